"""``gouji load``: the load itself, its progress bar and the summary at its end."""

from __future__ import annotations

import signal
import time
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

from dagster_project.cli.app import Exit, WarehouseOption, console, errors, fail, published, settings
from dagster_project.cli.summary import print_summary
from dagster_project.progress import Listener, heard_by

_STAGES = {
    "discover": "清点文件 taking stock",
    "parse": "解析 parsing",
    "recognise": "识别扫描页 recognising scans",
    "stage": "入库 staging",
    "reconcile": "勾稽 reconciling",
    "transform": "建模 modelling",
    "judge": "评判规则 judging rules",
    "publish": "发布 publishing",
}
_TELL_SECONDS = 10
_UNTOUCHED = (
    "Stopped. What was published is untouched; documents parsed so far need not be parsed again.\n"
    "已停止：已发布的内容未变，已解析的文件下次不再解析。"
)
_FIRST_PUBLISHED = (
    "Stopped. What was read from text is published; the next load goes on with the pages to recognise.\n"
    "已停止：按文字层读出的内容已发布，待识别的页由下次装载继续。"
)


def load(
    raw: Annotated[
        Path | None, typer.Option("--raw", "-r", help="Folder of documents 文件夹 (default: raw/)")
    ] = None,
    warehouse: WarehouseOption = None,
    year: Annotated[
        list[str] | None, typer.Option("--year", help="Only this fiscal year 只装载某年度; may be repeated")
    ] = None,
    select: Annotated[
        str | None,
        typer.Option("--select", help="Run a Dagster asset selection again, such as 'key:\"marts/*\"+'"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Run even if nothing has changed")] = False,
) -> None:
    """Load documents into the warehouse 装载文件.

    Only what is new or has changed is parsed. What is published stays until the new state is complete.
    Documents with text are published first; scans follow, a batch at a time, where what recognises them is
    installed (make ocr).

    Example: gouji load --raw ~/budgets --warehouse ~/warehouse
    """
    from dagster_project import publish  # noqa: PLC0415
    from dagster_project.discovery import NothingToLoadError  # noqa: PLC0415
    from dagster_project.load import LoadFailedError, NoSuchYearError  # noqa: PLC0415
    from dagster_project.load import load as run_load  # noqa: PLC0415
    from dagster_project.lock import WarehouseLockedError  # noqa: PLC0415
    from dagster_project.manifest import ManifestError  # noqa: PLC0415
    from dagster_project.vocabulary import SeedError  # noqa: PLC0415

    chosen = settings(raw=raw, warehouse=warehouse)
    signal.signal(signal.SIGTERM, _stop)
    started = time.monotonic()
    before = publish.current(chosen.folder)
    try:
        with _Bar() as bar, heard_by(bar):
            done = run_load(chosen, years=tuple(year or ()), select=select, force=force)
    except (NothingToLoadError, ManifestError, NoSuchYearError, SeedError) as error:
        raise fail(str(error)) from error
    except WarehouseLockedError as error:
        raise fail(str(error), Exit.LOCKED) from error
    except LoadFailedError as error:
        raise fail(
            f"The load failed; what was published is untouched. 装载失败，已发布的内容未变。\n{error}\n"
            f"Look closer with: make dev WAREHOUSE={chosen.folder.root}",
            Exit.FAILED,
        ) from error
    except (KeyboardInterrupt, RuntimeError) as error:
        if not is_stopped(error):
            raise
        untouched = publish.current(chosen.folder) == before
        raise fail(_UNTOUCHED if untouched else _FIRST_PUBLISHED, Exit.STOPPED) from error
    if not done.changed:
        when = done.release.published_at if done.release else ""
        console.print(f"没有变化 Nothing has changed since the release of {when}; no run was launched.")
        return
    if not done.published:
        console.print(
            "已重跑，尚未发布 Run again, not published yet: select with its descendants (…+) to publish."
        )
        return
    with published(chosen.folder.root) as connection:
        print_summary(connection, chosen.folder, done, time.monotonic() - started)


def is_stopped(error: BaseException) -> bool:
    """Whether this is Ctrl-C; DuckDB, when it comes during a query, raises ``RuntimeError`` because of it."""
    return isinstance(error, KeyboardInterrupt) or isinstance(error.__cause__, KeyboardInterrupt)


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class _Bar(Listener):
    """The progress bar: documents done, pages a second, time left, the current document, problems so far.

    Without a terminal, a line for each stage and one every few seconds of a long one.
    """

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[detail]}"),
            console=errors,
            transient=False,
        )
        self._task = self._progress.add_task("", total=None, visible=False, count="", detail="")
        self._quiet = not errors.is_terminal
        self._now = _Stage("", None, None)

    def __enter__(self) -> _Bar:
        if not self._quiet:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._quiet:
            self._close_stage()
            self._progress.stop()

    def stage(self, name: str, total: int | None = None, pages: int | None = None) -> None:
        """Show the stage; without a terminal, print a line for it."""
        self._now = _Stage(name, total, pages)
        if self._quiet:
            errors.print(self._now.headline, highlight=False)
            return
        self._close_stage()
        self._task = self._progress.add_task(
            _STAGES[name], total=self._now.size, count=self._now.count, detail=""
        )

    def advance(self, item: str, problems: int = 0, pages: int = 0) -> None:
        """Count the document or model and show its name with the problems so far."""
        now = self._now
        now.add(problems, pages)
        if not self._quiet:
            detail = item + (f"  问题 problems: {now.problems}" if now.pages else "")
            self._progress.update(self._task, completed=now.completed, count=now.count, detail=detail)
        elif now.is_due():
            errors.print(f"  {now.count}{now.left}", highlight=False)

    def notice(self, message: str) -> None:
        """Print the message above the bar."""
        errors.print(f"! {message}", style="yellow", markup=False, highlight=False, soft_wrap=True)

    def _close_stage(self) -> None:
        task = next(task for task in self._progress.tasks if task.id == self._task)
        self._progress.update(self._task, total=task.total or 1, completed=task.total or 1, detail="")


class _Stage:
    """How far a stage is: in pages where their number is known, else in documents or models."""

    def __init__(self, name: str, total: int | None, total_pages: int | None) -> None:
        self.name, self.total, self.total_pages = name, total, total_pages
        self.done = self.pages = self.problems = 0
        self._started = self._told = time.monotonic()

    @property
    def headline(self) -> str:
        total = "" if self.total is None else f" {self.total:,}"
        pages = "" if self.total_pages is None else f" ({self.total_pages:,} 页 pages)"
        return f"{_STAGES[self.name]}{total}{pages}"

    @property
    def size(self) -> int | None:
        return self.total if self.total_pages is None else self.total_pages

    @property
    def completed(self) -> int:
        return self.done if self.total_pages is None else self.pages

    @property
    def count(self) -> str:
        counted = f"{self.done:,}" + ("" if self.total is None else f"/{self.total:,}")
        seconds = time.monotonic() - self._started
        if not self.pages or not seconds:
            return counted
        speed = f"{self.pages / seconds:.3g} 页/秒 pages/s"
        return f"{counted} 份 documents · {self.pages:,} 页 pages · {speed}"

    @property
    def left(self) -> str:
        if not self.size or not self.completed:
            return ""
        seconds = (time.monotonic() - self._started) * (self.size - self.completed) / self.completed
        return f" · 剩 left {timedelta(seconds=round(seconds))}"

    def add(self, problems: int, pages: int) -> None:
        self.done += 1
        self.problems += problems
        self.pages += pages

    def is_due(self) -> bool:
        """Whether it is time to tell again how far the stage is."""
        now = time.monotonic()
        due = now - self._told >= _TELL_SECONDS
        if due:
            self._told = now
        return due
