"""Hostile and broken files cost themselves: what they are is on record, and everything else is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import hostile_documents as hostile
import pytest
from printed_documents import ARCHIVE, budget

from dagster_project import kept
from dagster_project.parse_pool import Limits, Outcome, Task, read_documents, recognise_documents
from dagster_project.readers.limits import ocr_installed

ENDED = {"too_large", "too_slow", "reader_crashed"}
FILES: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "three-gibibytes.pdf": (hostile.a_stream_that_unpacks_to_gibibytes, ENDED),
    "endless-drawing.pdf": (hostile.a_stream_of_endless_drawing, ENDED),
    "form-in-itself.pdf": (hostile.a_form_that_draws_itself, {*ENDED, "missing_kind"}),
    "forms-in-forms.pdf": (hostile.forms_that_multiply, {*ENDED, "missing_kind"}),
    "tree-without-end.pdf": (hostile.a_tree_of_pages_without_end, {"too_many_pages"}),
    "deep-tree.pdf": (hostile.a_deep_tree_of_pages, {"page_damaged", *ENDED}),
    "hundred-kilometres.pdf": (hostile.a_page_of_a_hundred_kilometres, {"missing_kind"}),
    "gigapixel-scan.pdf": (hostile.a_scan_of_gigapixels, {"needs_ocr"}),
    "gigapixel.png": (hostile.a_picture_of_gigapixels, {"too_large"}),
    "many-pages.pdf": (hostile.many_pages, {"too_many_pages"}),
    "endless.docx": (hostile.a_word_file_without_end, {"unreadable", *ENDED}),
    "entities.html": (hostile.entities_that_multiply, {"missing_kind", *ENDED}),
    "nested-tables.html": (hostile.tables_within_tables, {"unreadable", *ENDED}),
    "cut-off.pdf": (lambda: hostile.many_pages()[:200], {"unreadable"}),
}
"""What each file is, and the kinds of problem of which one must be on record."""


@dataclass(frozen=True)
class Read:
    """What became of a file: its outcome and the kinds of its problems with what to do about each."""

    outcome: Outcome
    problems: dict[str, str]


def limits(folder: Path, memory_mib: int = 900) -> Limits:
    return Limits(
        workers=2, seconds=15, memory_mib=memory_mib, pages=2000, scratch=folder / "scratch", page_seconds=15
    )


def task(folder: Path, name: str, content: bytes, waiting: int = 0) -> Task:
    path = folder / name
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    result = folder / "kept" / f"{sha256[:32]}-plain.gz"
    return Task(sha256[:16], name, path, sha256, "reader", result, waiting=waiting)


def look(task: Task, outcome: Outcome) -> Read:
    places = (task.result, kept.waiting_path(task.result), kept.retry_path(task.result))
    (path,) = [place for place in places if place.exists()]
    problems = [json.loads(record) for table, record in kept.read_lines(path) if table == "problem"]
    return Read(outcome, {problem["kind"]: problem["action"] for problem in problems})


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Read]:
    """All of them in one queue, healthy documents between them."""
    folder = tmp_path_factory.mktemp("hostile")
    tasks = {}
    for number, (name, (make, _)) in enumerate(FILES.items()):
        healthy = f"healthy-{number}.txt"
        tasks[healthy] = task(folder, healthy, budget(f"{ARCHIVE}第{number}分馆", 2024).encode())
        tasks[name] = task(folder, name, make())
    outcomes = {each.document: each for each in read_documents(list(tasks.values()), limits(folder))}
    return {name: look(tasks[name], outcomes[name]) for name in tasks}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_set_aside_with_its_reason(met: dict[str, Read], name: str) -> None:
    found = met[name]
    assert found.outcome.cells == 0
    assert FILES[name][1] & set(found.problems), found.problems
    assert all(found.problems.values())


def test_what_stands_between_hostile_files_is_read(met: dict[str, Read]) -> None:
    healthy = {name: read for name, read in met.items() if name.startswith("healthy")}
    assert len(healthy) == len(FILES)
    assert {read.outcome.status for read in healthy.values()} == {"loaded"}
    assert {read.outcome.fiscal_year for read in healthy.values()} == {2024}


def test_what_a_limit_stopped_is_tried_again_and_what_is_broken_is_not(met: dict[str, Read]) -> None:
    assert not met["many-pages.pdf"].outcome.settled
    assert not met["three-gibibytes.pdf"].outcome.settled
    assert met["cut-off.pdf"].outcome.settled
    assert met["gigapixel.png"].outcome.settled


def test_a_picture_larger_than_any_page_is_no_danger_to_recognition(tmp_path: Path) -> None:
    if not ocr_installed():
        pytest.skip("what recognises scans is not installed (make ocr)")
    hostile_scan = task(tmp_path, "page.pdf", hostile.a_page_of_a_hundred_kilometres(), waiting=1)
    (outcome,) = recognise_documents([hostile_scan], limits(tmp_path, memory_mib=2048))
    assert set(look(hostile_scan, outcome).problems) & {*ENDED, "missing_kind", "no_text"}
