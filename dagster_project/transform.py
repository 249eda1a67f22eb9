"""dbt in this process: its manifest, kept in step with the project's files, and its builds.

dbt's own events become Dagster's through dagster-dbt's message class, which is why that package is pinned
exactly.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg

from dagster_project import lock, vocabulary
from dagster_project.progress import listener
from dagster_project.settings import PROJECT, Settings

DBT = PROJECT / "dbt"
TARGET = DBT / "target"
MANIFEST = TARGET / "manifest.json"
_STAMP = TARGET / "manifest.sha256"
_PARSED = "partial_parse.msgpack"
_PARSE_SECONDS = 120
_SOURCES = ("*.yml", "models/**/*", "seeds/**/*", "macros/**/*", "tests/**/*", "snapshots/**/*")
_RESULTS = ("LogModelResult", "LogSeedResult", "LogTestResult")


class TransformError(RuntimeError):
    """dbt could not do what it was asked. The message is dbt's."""


def manifest() -> Path:
    """dbt's manifest of the project as its files are now; parses the project if they have changed.

    Of processes that find it changed at the same time, one parses it and the others wait.
    """
    digest = _digest()
    if not _is_parsed(digest):
        with lock.hold(TARGET / ".lock", "dbt parse", _PARSE_SECONDS):
            if not _is_parsed(digest):
                # A build names the catalog after the file's stem; the file itself need not exist to parse.
                _invoke(["parse"], TARGET, TARGET / "gouji.duckdb")
                _STAMP.write_text(digest)
    return MANIFEST


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _SOURCES for path in DBT.glob(pattern) if path.is_file()}):
        digest.update(path.relative_to(DBT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _is_parsed(digest: str) -> bool:
    return MANIFEST.is_file() and _STAMP.is_file() and _STAMP.read_text() == digest


def build(
    context: dg.AssetExecutionContext,
    selection: Sequence[str],
    settings: Settings,
    nodes: Mapping[str, Any],
) -> Iterator[Any]:
    """Build what is selected in the working file; yields Dagster's events for every model and test.

    ``nodes`` is the manifest as a mapping. Raises ``SeedError`` before anything is built, and
    :class:`TransformError` after the events of what did run.
    """
    from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage  # noqa: PLC0415
    from dbt_common.events.functions import msg_to_dict  # noqa: PLC0415

    # dbt tells a broken row of a seed by what its own table library makes of it.
    vocabulary.check_seeds()
    results: list[dict[str, Any]] = []

    def collect(event: Any) -> None:
        if event.info.name in _RESULTS:
            results.append(msg_to_dict(event))
            listener().advance(results[-1]["data"]["node_info"]["node_name"])

    failure = None
    try:
        _invoke(
            ["build", "--exclude-resource-type", "unit_test", *selection],
            settings.folder.dbt_target,
            settings.folder.working,
            callback=collect,
            parsed=TARGET / _PARSED,
        )
    except TransformError as error:
        failure = error
    for raw_event in results:
        event = DbtCoreCliEventMessage(raw_event=raw_event, event_history_metadata={})
        yield from event.to_default_asset_events(manifest=nodes, context=context)
    if failure:
        raise failure


def load_manifest() -> dict[str, Any]:
    """The manifest as a mapping."""
    return json.loads(manifest().read_text(encoding="utf-8"))


def _invoke(
    arguments: Sequence[str],
    target: Path,
    database: Path,
    *,
    callback: Any = None,
    parsed: Path | None = None,
) -> None:
    from dbt.cli.main import dbtRunner  # noqa: PLC0415
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415

    folders = ["--project-dir", str(DBT), "--profiles-dir", str(DBT)]
    paths = ["--target-path", str(target), "--log-path", str(target)]
    quiet = ["--log-level", "none", "--log-level-file", "info"]
    known = Manifest.from_msgpack(parsed.read_bytes()) if parsed else None
    with _environment(database):
        runner = dbtRunner(manifest=known, callbacks=[callback] if callback else [])
        outcome = runner.invoke([*arguments, *folders, *paths, *quiet])
        _close_connections()
    if not outcome.success:
        raise TransformError(_reason(outcome))


@contextmanager
def _environment(database: Path) -> Iterator[None]:
    """dbt's profile reads the database from the environment."""
    before = dict(os.environ)
    os.environ.update(GOUJI_DATABASE=str(database), DBT_SEND_ANONYMOUS_USAGE_STATS="false")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _close_connections() -> None:
    """dbt keeps its connection, and with it DuckDB's lock on the file, for as long as the process lives."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415
    from dbt.adapters.factory import reset_adapters  # noqa: PLC0415

    reset_adapters()
    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()


def main() -> None:
    """Parse the project, once, at set-up."""
    manifest()


def _reason(outcome: Any) -> str:
    if outcome.exception is not None:
        return f"dbt: {outcome.exception}"
    results = getattr(outcome.result, "results", None) or []
    bad = [result for result in results if str(result.status) in ("error", "fail", "runtime error")]
    lines = [f"{result.node.name}: {result.message}" for result in bad[:5]]
    return "dbt could not build " + "; ".join(lines or ["the models"])


if __name__ == "__main__":
    main()
