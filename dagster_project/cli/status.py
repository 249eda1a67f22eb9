"""``gouji status``: what is published, and whether the raw folder has moved on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dagster_project.cli.app import WarehouseOption, console, published, settings
from dagster_project.cli.summary import print_state


def status(
    warehouse: WarehouseOption = None,
    raw: Annotated[
        Path | None, typer.Option("--raw", "-r", help="Folder of documents to compare with 原始文件夹")
    ] = None,
) -> None:
    """Show what is published and whether it is up to date 查看当前状态.

    Example: gouji status
    """
    from dagster_project import lock, parsing, publish  # noqa: PLC0415
    from dagster_project.discovery import NothingToLoadError  # noqa: PLC0415
    from dagster_project.manifest import ManifestError  # noqa: PLC0415
    from dagster_project.vocabulary import SeedError  # noqa: PLC0415

    chosen = settings(warehouse=warehouse, raw=raw)
    with published(warehouse) as connection:
        release = publish.current(chosen.folder)
        if release:
            console.print(f"已发布 Published: release {release.name}", highlight=False)
        print_state(connection, chosen.folder)
    try:
        stock = parsing.take_stock(chosen)
    except (NothingToLoadError, ManifestError, SeedError) as error:
        console.print(f"\n{error}", markup=False, highlight=False, soft_wrap=True)
    else:
        fresh = release is not None and release.fingerprint == stock.fingerprint
        order = f"gouji load --raw {chosen.raw} --warehouse {chosen.folder.root}"
        state = "与发布一致 up to date" if fresh else f"与发布不同 not what is published; to load it: {order}"
        console.print(f"\n{chosen.raw}: {state}", markup=False, highlight=False, soft_wrap=True)
    writer = lock.holder(chosen.folder.lock)
    if writer:
        console.print(f"正在装载 Loading now: {writer}", markup=False, highlight=False)
    kept = publish.releases(chosen.folder)
    console.print("版本 Releases: " + ", ".join(item.name for item in kept), highlight=False)
