"""Imports go one way, and what reads documents knows neither Dagster nor a database."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_project import kept

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "dagster_project"

LAYERS = ("money", "records", "vocabulary", "readers", "forms", "proof", "parse")
"""From the bottom up: a module may import its own layer and those before it."""

READING = {name: position for position, name in enumerate(LAYERS)}

EXCEPTIONS = {("forms", "proof")}
"""Readers of loose tables ask arithmetic where the print leaves a placement open."""

NO_BUSINESS_OF_READERS = frozenset(
    {"dagster", "dagster_dbt", "dbt", "duckdb", "great_expectations", "pandas", "rich", "sqlalchemy", "typer"}
)


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the package with its dotted name below the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


def imported(path: Path) -> Iterator[str]:
    """The full names that a file imports, wherever in it, for type checking or not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(name: str) -> str:
    """The room a dotted name stands in."""
    return name.removeprefix("dagster_project.").split(".")[0]


READERS = [(name, path) for name, path in modules() if layer(name) in READING]


@pytest.mark.parametrize(("name", "path"), READERS, ids=[name for name, _ in READERS])
def test_what_reads_documents_imports_only_what_lies_below_it(name: str, path: Path) -> None:
    for target in imported(path):
        if target.startswith("dagster_project.") and (layer(name), layer(target)) not in EXCEPTIONS:
            assert layer(target) in READING, f"{name} imports {target}"
            assert READING[layer(target)] <= READING[layer(name)], f"{name} imports {target} above it"


@pytest.mark.parametrize(("name", "path"), READERS, ids=[name for name, _ in READERS])
def test_what_reads_documents_knows_no_orchestrator_and_no_database(name: str, path: Path) -> None:
    foreign = {target.split(".")[0] for target in imported(path)} & NO_BUSINESS_OF_READERS
    assert not foreign, f"{name} imports {', '.join(sorted(foreign))}"


def test_only_the_registry_makes_definitions() -> None:
    makers = [name for name, path in modules() if "dg.Definitions(" in path.read_text(encoding="utf-8")]
    assert makers == ["definitions"]


def test_the_reader_version_covers_every_module_that_reads() -> None:
    covered = {path for pattern in kept.READING for path in PROJECT.glob(pattern)}
    missing = {path for _, path in READERS if path.name != "__init__.py" or path.stat().st_size} - covered
    assert not missing


def test_nothing_in_the_package_catches_everything() -> None:
    for name, path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception")
                assert not broad, f"{name}, line {node.lineno}"
