"""Parse many documents at once, each in a process of its own that time, memory and pages bound.

Nothing a document contains can end a load: a document that cannot be read, takes too long or too much
memory, has too many pages or meets a defect of the reader is set aside (``quarantined``) with a problem that
says so. Pages that only their picture could tell are left for a second reading (``recognise_documents``),
which has limits of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, as_completed
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pebble import ProcessExpired, ProcessPool

from dagster_project import kept
from dagster_project.parse import parse
from dagster_project.readers import limits as reading
from dagster_project.readers.errors import ReadError
from dagster_project.readers.libreoffice import NEEDS_LIBREOFFICE
from dagster_project.records import DocumentRecord, ParsedDocument, ProblemRecord

_TASKS_A_PROCESS: Final = 500
"""A process is replaced after so many documents: what a reader has left in its memory goes with it."""

_THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""There is a process for every core; libraries that start threads for every core as well only wait."""


_MENDABLE: Final = frozenset({NEEDS_LIBREOFFICE, reading.TOO_MANY_PAGES})
"""Kinds of refusal that a setting or a program to install may undo."""


_NO_MEMORY: Final = ("Insufficient memory", "bad allocation", "bad_alloc", "Failed to allocate memory")


_IN_CHINESE: Final = {
    "changed": "在装载时被改动",
    "reader_crashed": "使读取进程异常结束",
    "reader_defect": "遇到读取程序的缺陷",
    "too_large": "超出大小或内存限度",
    "too_slow": "未能在限时内读完",
    reading.TOO_MANY_PAGES: "页数超限",
    NEEDS_LIBREOFFICE: "需要 LibreOffice 才能读取",
}


class ParsingStoppedError(RuntimeError):
    """No process could be started that parses documents; none of them is to blame."""


@dataclass(frozen=True, slots=True)
class Task:
    """One document to parse: where it lies, its name, what is stated about it, where to keep the result.

    ``refusal`` is the reason not to read it at all (unreadable, too large), with what its owner can do.
    ``waiting``: pages that an earlier reading has left to be recognised.
    """

    document_id: str
    document: str
    path: Path
    sha256: str
    reader_version: str
    result: Path
    overrides: Mapping[str, str] = field(default_factory=dict)
    refusal: tuple[str, str, str] | None = None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task.

    ``waiting`` pages are still to be recognised; ``settled`` is false if another try may end otherwise
    (time, memory, crash). ``pages`` counts 1 for a document without pages.
    """

    document_id: str
    document: str
    status: str
    fiscal_year: int | None
    pages: int
    cells: int
    problems: int
    waiting: int = 0
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """What the documents of one pool may take: ``workers`` at a time, each ``seconds``, and ``page_seconds``
    more for every page to recognise, ``memory_mib`` of address space and ``pages``. ``scratch`` is the folder
    for its temporary files, which outlive a process that is ended.
    """

    workers: int
    seconds: float
    memory_mib: int
    pages: int
    scratch: Path
    page_seconds: float = 0


def read_documents(tasks: Sequence[Task], limits: Limits) -> Iterator[Outcome]:
    """Parse and keep every task's document without recognising pictures of pages; yields in the order in
    which they end.
    """
    yield from _parse_documents(tasks, limits, reading.Limits(pages=limits.pages, ocr=False))


def recognise_documents(tasks: Sequence[Task], limits: Limits) -> Iterator[Outcome]:
    """Parse and keep every task's document, pictures of pages included; yields in the order in which they
    end.
    """
    workers = max(1, min(limits.workers, len(tasks)))
    within = reading.Limits(pages=limits.pages, ocr=True, threads=max(1, limits.workers // workers))
    yield from _parse_documents(tasks, limits, within)


def _parse_documents(tasks: Sequence[Task], limits: Limits, within: reading.Limits) -> Iterator[Outcome]:
    if not tasks:
        return
    with _pool(min(limits.workers, len(tasks)), limits, within.threads) as pool:
        futures: dict[Future[Outcome], Task] = {
            pool.schedule(parse_and_keep, args=[task, within], timeout=_seconds(task, limits)): task
            for task in tasks
        }
        for future in as_completed(futures):
            error = future.exception()
            yield future.result() if error is None else _set_aside(futures[future], error, limits)


def _seconds(task: Task, limits: Limits) -> float:
    return limits.seconds + task.waiting * limits.page_seconds


@contextmanager
def _pool(workers: int, limits: Limits, threads: int) -> Iterator[ProcessPool]:
    """A pool of bounded processes; left early, it stops what is in flight."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPool(
        workers,
        max_tasks=_TASKS_A_PROCESS,
        context=context,
        initializer=_bound,
        initargs=(limits.memory_mib,),
    )
    limits.scratch.mkdir(parents=True, exist_ok=True)
    inherited = {name: str(threads) for name in _THREADS} | {"TMPDIR": str(limits.scratch)}
    with _environment(inherited):
        try:
            yield pool
        finally:
            pool.stop()
            pool.join()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set what processes that start meanwhile inherit: libraries read these before any of our code runs."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def parse_and_keep(task: Task, within: reading.Limits) -> Outcome:
    """Parse one document and keep the result; a file that is no readable document is kept as such."""
    if task.refusal:
        return _keep_for_retry(task, _quarantined(task, *task.refusal))
    try:
        with reading.within(within):
            parsed = parse(task.path, document=task.document, override=task.overrides or None)
            waiting = 0 if reading.ocr_wanted() else _waiting(parsed)
    except ReadError as error:
        parsed = _quarantined(task, error.kind, f"{task.document} {error.reason}", error.action)
        waiting = 0
        if error.kind in _MENDABLE:
            return _keep_for_retry(task, parsed)
    if parsed.document.sha256 != task.sha256:
        reason = f"{task.document} changed while it was being loaded"
        return _keep_for_retry(task, _quarantined(task, "changed", reason, "load again"))
    return _keep(task, parsed, waiting)


def _waiting(parsed: ParsedDocument) -> int:
    return sum(problem.kind == reading.NEEDS_OCR for problem in parsed.problems)


def _bound(memory_mib: int) -> None:
    """Set up a parsing process: its memory is bounded, and Ctrl-C is the parent's to handle."""
    import resource  # noqa: PLC0415  (exists on Unix alone; so does this function's caller)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    size = memory_mib * 1024 * 1024
    # macOS knows the limit and refuses to set it.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _set_aside(task: Task, error: BaseException, limits: Limits) -> Outcome:
    """Keep why a task has failed. What is no document's fault is raised: that processes do not start."""
    if isinstance(error, BrokenExecutor | CancelledError):
        raise ParsingStoppedError(
            "The processes that parse documents do not start: is there enough memory, and do the limits"
            " GOUJI_PARSE_MEMORY_MIB and GOUJI_OCR_MEMORY_MIB leave enough?"
        ) from error
    recognising = task.waiting > 0
    if isinstance(error, FutureTimeoutError):
        setting = "GOUJI_OCR_PAGE_SECONDS" if recognising else "GOUJI_PARSE_SECONDS"
        kind, reason = "too_slow", f"was not read within {_seconds(task, limits):g} s"
        action = f"raise {setting}, or split the file"
    elif _is_out_of_memory(error):
        setting = "GOUJI_OCR_MEMORY_MIB" if recognising else "GOUJI_PARSE_MEMORY_MIB"
        kind, reason = "too_large", f"needs more than {limits.memory_mib} MiB to be read"
        action = f"raise {setting}, or split the file"
    elif isinstance(error, ProcessExpired):
        kind, reason = "reader_crashed", f"ended the process that read it ({_ending(error.exitcode)})"
        action = (
            f"check that the file opens elsewhere; if it does, it may need more than {limits.memory_mib} MiB"
            f" (GOUJI_{'OCR' if recognising else 'PARSE'}_MEMORY_MIB), or it meets a defect: report it"
        )
    else:
        reason = f"{task.document} met a defect of the reader ({type(error).__name__}: {error})"
        action = "report the file; everything else was loaded"
        return _keep(task, _quarantined(task, "reader_defect", reason, action), 0)
    return _keep_for_retry(task, _quarantined(task, kind, f"{task.document} {reason}", action))


def _is_out_of_memory(error: BaseException) -> bool:
    """Whether memory was refused; libraries written in C++ say so in words of their own."""
    said = str(error)
    return isinstance(error, MemoryError) or any(words in said for words in _NO_MEMORY)


def _ending(exit_code: int) -> str:
    """How a process ended, in words: a signal has a negative exit code."""
    return signal.Signals(-exit_code).name if exit_code < 0 else f"exit code {exit_code}"


def _keep(task: Task, parsed: ParsedDocument, waiting: int) -> Outcome:
    """Keep a result that no other try would change, unless the waiting pages are recognised."""
    parsed.document.reader_version = task.reader_version
    if waiting:
        kept.write(kept.waiting_path(task.result), parsed)
    else:
        kept.write(task.result, parsed)
        kept.waiting_path(task.result).unlink(missing_ok=True)
    kept.retry_path(task.result).unlink(missing_ok=True)
    return _outcome(task, parsed, waiting=waiting)


def _keep_for_retry(task: Task, parsed: ParsedDocument) -> Outcome:
    """Keep a result that another try may change. What was read of the document before stays beside it."""
    parsed.document.reader_version = task.reader_version
    earlier, target = kept.waiting_path(task.result), kept.retry_path(task.result)
    if earlier.exists():
        kept.add_problems(earlier, target, parsed.problems)
    else:
        kept.write(target, parsed)
    return _outcome(task, parsed, settled=False)


def _outcome(task: Task, parsed: ParsedDocument, *, waiting: int = 0, settled: bool = True) -> Outcome:
    record = parsed.document
    return Outcome(
        document_id=task.document_id,
        document=task.document,
        status=record.status,
        fiscal_year=record.fiscal_year,
        pages=max(1, len(parsed.pages)),
        cells=len(parsed.cells),
        problems=sum(problem.severity != "info" for problem in parsed.problems),
        waiting=waiting,
        settled=settled,
    )


def _quarantined(task: Task, kind: str, message: str, action: str) -> ParsedDocument:
    chinese = _IN_CHINESE.get(kind, "无法读取")
    problem = ProblemRecord(
        document_id=task.document_id,
        document=task.document,
        page=None,
        line=None,
        form=None,
        kind=kind,
        severity="error",
        message=f"{task.document} {chinese} / {message}.",
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
