"""``gouji load``: the load itself, its progress bar and the summary at its end."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
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
    "stage": "入库 staging",
    "reconcile": "勾稽 reconciling",
    "transform": "建模 modelling",
    "judge": "评判规则 judging rules",
    "publish": "发布 publishing",
}


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

    Example: gouji load --raw ~/budgets --warehouse ~/warehouse
    """
    from dagster_project.discovery import NothingToLoadError  # noqa: PLC0415
    from dagster_project.load import LoadFailedError, NoSuchYearError  # noqa: PLC0415
    from dagster_project.load import load as run_load  # noqa: PLC0415
    from dagster_project.lock import WarehouseLockedError  # noqa: PLC0415
    from dagster_project.manifest import ManifestError  # noqa: PLC0415

    chosen = settings(raw=raw, warehouse=warehouse)
    signal.signal(signal.SIGTERM, _stop)
    started = time.monotonic()
    try:
        with _Bar() as bar, heard_by(bar):
            done = run_load(chosen, years=tuple(year or ()), select=select, force=force)
    except (NothingToLoadError, ManifestError, NoSuchYearError) as error:
        raise fail(str(error)) from error
    except WarehouseLockedError as error:
        raise fail(str(error), Exit.LOCKED) from error
    except LoadFailedError as error:
        raise fail(
            f"The load failed; what was published is untouched. 装载失败，已发布的内容未变。\n{error}\n"
            f"Look closer with: make dev WAREHOUSE={chosen.folder.root}",
            Exit.FAILED,
        ) from error
    except KeyboardInterrupt as error:
        raise fail(
            "Stopped. What was published is untouched; documents parsed so far need not be parsed again.\n"
            "已停止：已发布的内容未变，已解析的文件下次不再解析。",
            Exit.STOPPED,
        ) from error
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


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class _Bar(Listener):
    """The progress bar: documents done, the current one, problems so far, time left."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[detail]}"),
            console=errors,
            transient=False,
        )
        self._task = self._progress.add_task("", total=None, visible=False, detail="")
        self._problems = 0
        self._quiet = not errors.is_terminal
        self._name = ""

    def __enter__(self) -> _Bar:
        if not self._quiet:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._quiet:
            self._close_stage()
            self._progress.stop()

    def stage(self, name: str, total: int | None = None) -> None:
        """Show the stage; without a terminal, print a line for it."""
        self._name = name
        if self._quiet:
            count = f" {total}" if total is not None else ""
            errors.print(f"{_STAGES[name]}{count}", highlight=False)
            return
        self._close_stage()
        self._problems = 0
        self._task = self._progress.add_task(_STAGES[name], total=total, detail="")

    def advance(self, item: str, problems: int = 0) -> None:
        """Count the document or model and show its name with the problems so far."""
        self._problems += problems
        detail = f"{item}" + (f"  问题 problems: {self._problems}" if self._name == "parse" else "")
        if not self._quiet:
            self._progress.update(self._task, advance=1, detail=detail)

    def notice(self, message: str) -> None:
        """Print the message above the bar."""
        errors.print(f"! {message}", style="yellow", markup=False, highlight=False)

    def _close_stage(self) -> None:
        task = next(task for task in self._progress.tasks if task.id == self._task)
        self._progress.update(self._task, total=task.total or 1, completed=task.total or 1, detail="")
