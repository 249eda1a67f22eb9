"""Parse many documents at once, each in a process of its own that time and memory bound.

Nothing a document contains can end a load: a document that cannot be read, takes too long or too much
memory, or meets a defect of the reader is set aside (``quarantined``) with a problem that says so.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from dagster_project import kept
from dagster_project.forms.identity import identify
from dagster_project.parse import parse
from dagster_project.readers import read
from dagster_project.readers.errors import ReadError
from dagster_project.records import DocumentRecord, ParsedDocument, ProblemRecord


@dataclass(frozen=True, slots=True)
class Task:
    """One document to parse: where it lies, its name, what is stated about it, where to keep the result.

    ``refusal`` is the reason not to read it at all (unreadable, too large), with what its owner can do.
    """

    document_id: str
    document: str
    path: Path
    sha256: str
    reader_version: str
    result: Path
    overrides: Mapping[str, str] = field(default_factory=dict)
    refusal: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task. ``final`` is false if another try may end otherwise (time, memory, crash)."""

    document_id: str
    document: str
    status: str
    cells: int
    problems: int
    final: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` and ``memory_mib`` (address space) that one document may take; ``workers`` at a time."""

    workers: int
    seconds: float
    memory_mib: int


def retry_path(result: Path) -> Path:
    """Where the result of a try that may end otherwise next time is kept."""
    return result.with_suffix(".retry.gz")


def parse_documents(tasks: Sequence[Task], limits: Limits) -> Iterator[Outcome]:
    """Parse and keep every task's document; yields in the order in which they end."""
    if not tasks:
        return
    with _pool(min(limits.workers, len(tasks)), limits) as pool:
        futures: dict[Future[Outcome], Task] = {
            pool.schedule(parse_and_keep, args=[task], timeout=limits.seconds): task for task in tasks
        }
        for future in as_completed(futures):
            error = future.exception()
            yield future.result() if error is None else _set_aside(futures[future], error, limits)


def fiscal_years(documents: Sequence[tuple[str, Path, str]], limits: Limits) -> dict[str, str]:
    """The fiscal year that each document says it is about, by ``document_id``.

    ``documents`` are triples of id, path and name. A document that says no year, or cannot be read, is
    left out.
    """
    if not documents:
        return {}
    found: dict[str, str] = {}
    with _pool(min(limits.workers, len(documents)), limits) as pool:
        futures: dict[Future[int | None], str] = {
            pool.schedule(_fiscal_year, args=[path, name], timeout=limits.seconds): document_id
            for document_id, path, name in documents
        }
        for future in as_completed(futures):
            year = None if future.exception() else future.result()
            if year is not None:
                found[futures[future]] = str(year)
    return found


def _fiscal_year(path: Path, name: str) -> int | None:
    try:
        source = read(path)
    except ReadError:
        return None
    return identify(source.lines, name).fiscal_year


@contextmanager
def _pool(workers: int, limits: Limits) -> Iterator[ProcessPool]:
    """A pool of bounded processes; left early, it stops what is in flight."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPool(workers, context=context, initializer=_bound, initargs=(limits.memory_mib,))
    try:
        yield pool
    finally:
        pool.stop()
        pool.join()


def parse_and_keep(task: Task) -> Outcome:
    """Parse one document and keep the result; a file that is no readable document is kept as such."""
    if task.refusal:
        return _keep(task, _quarantined(task, *task.refusal), retry_path(task.result), final=False)
    try:
        parsed = parse(task.path, document=task.document, override=task.overrides or None)
    except ReadError as error:
        parsed = _quarantined(task, "unreadable", f"{task.document} {error.reason}", error.action)
    if parsed.document.sha256 != task.sha256:
        reason = f"{task.document} changed while it was being loaded"
        moving = _quarantined(task, "changed", reason, "load again")
        return _keep(task, moving, retry_path(task.result), final=False)
    return _keep(task, parsed, task.result)


def _bound(memory_mib: int) -> None:
    """Set up a parsing process: its memory is bounded, and Ctrl-C is the parent's to handle."""
    import resource  # noqa: PLC0415  (exists on Unix alone; so does this function's caller)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    size = memory_mib * 1024 * 1024
    # macOS knows the limit and refuses to set it.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _set_aside(task: Task, error: BaseException, limits: Limits) -> Outcome:
    final = False
    if isinstance(error, FutureTimeoutError):
        kind, reason = "too_slow", f"was not read within {limits.seconds:g} s"
        action = "raise GOUJI_PARSE_SECONDS, or split the file"
    elif isinstance(error, MemoryError):
        kind, reason = "too_large", f"needs more than {limits.memory_mib} MiB to be read"
        action = "raise GOUJI_PARSE_MEMORY_MIB, or split the file"
    elif isinstance(error, ProcessExpired):
        kind, reason = "reader_crashed", f"ended the process that read it (exit code {error.exitcode})"
        action = "load again; if it happens again, report the file"
    else:
        kind, reason = "reader_defect", f"met a defect of the reader ({type(error).__name__}: {error})"
        action = "report the file; everything else was loaded"
        final = True
    parsed = _quarantined(task, kind, f"{task.document} {reason}", action)
    return _keep(task, parsed, task.result if final else retry_path(task.result), final=final)


def _keep(task: Task, parsed: ParsedDocument, result: Path, *, final: bool = True) -> Outcome:
    record = parsed.document
    record.reader_version = task.reader_version
    kept.write(result, parsed)
    if final:
        retry_path(task.result).unlink(missing_ok=True)
    return Outcome(
        task.document_id,
        task.document,
        record.status,
        len(parsed.cells),
        sum(problem.severity != "info" for problem in parsed.problems),
        final,
    )


def _quarantined(task: Task, kind: str, message: str, action: str) -> ParsedDocument:
    problem = ProblemRecord(
        document_id=task.document_id,
        document=task.document,
        page=None,
        line=None,
        form=None,
        kind=kind,
        severity="error",
        message=f"{message}.",
        action=f"{action[:1].upper()}{action[1:]}.",
        cause_key=f"{kind}:{Path(task.document).suffix.lower()}",
    )
    record = DocumentRecord(
        document_id=task.document_id,
        document=task.document,
        sha256=task.sha256,
        media_type="application/octet-stream",
        status="quarantined",
    )
    return ParsedDocument(record, problems=[problem])
