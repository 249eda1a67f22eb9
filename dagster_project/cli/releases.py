"""``gouji rollback``: publish a kept release again."""

from __future__ import annotations

from typing import Annotated

import typer

from dagster_project.cli.app import Exit, WarehouseOption, console, fail, settings


def rollback(
    release: Annotated[
        str | None,
        typer.Argument(help="Release to return to 版本 (default: the one before); see `gouji status`"),
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Publish an earlier release again 退回以前的版本.

    The next `gouji load` publishes the state of the raw folder anew.

    Example: gouji rollback
    """
    from dagster_project import lock, publish  # noqa: PLC0415

    folder = settings(warehouse=warehouse).folder
    try:
        with lock.hold(folder.lock, "gouji rollback"):
            done = publish.roll_back(folder, release)
    except publish.NoSuchReleaseError as error:
        raise fail(str(error)) from error
    except lock.WarehouseLockedError as error:
        raise fail(str(error), Exit.LOCKED) from error
    console.print(f"已发布 Published again: release {done.name} of {done.published_at}", highlight=False)
