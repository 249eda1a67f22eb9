"""One load: Dagster runs in this process, from the raw folder to the published warehouse.

A load takes stock first; if neither folder nor project have changed since the published release, it ends
there. Otherwise one run discovers and reads, and one reconciles, models and publishes the years concerned.
Pages that can only be recognised come after that, a batch and a publication at a time; a handful of them is
recognised first, for that takes less than publishing twice.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dagster_project import lock, publish
from dagster_project.progress import listener
from dagster_project.settings import Settings, Warehouse

if TYPE_CHECKING:
    from dagster import DagsterInstance, Definitions

    from dagster_project.inventory import Item

_DAGSTER_SETTINGS: Final = """\
telemetry:
  enabled: false
nux:
  enabled: false
# DuckDB has one writer: runs that sensors and people ask for wait for each other.
concurrency:
  runs:
    max_concurrent_runs: 1
# Capturing a step's output would redirect the terminal's own: the bar would stutter behind a file.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""
_QUIET: Final = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class LoadFailedError(RuntimeError):
    """A run failed; what was published is untouched. The message names the step and its reason."""


class NoSuchYearError(ValueError):
    """A load was asked for a year of which there is no document. The message lists those there are."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did.

    ``release`` is what is published now, ``years`` what was loaded; ``changed``: there was something to do;
    ``published``: this load published (a selection of assets need not reach that far).
    """

    release: publish.Release | None
    years: tuple[str, ...]
    changed: bool
    published: bool


def load(
    settings: Settings, *, years: Sequence[str] = (), select: str | None = None, force: bool = False
) -> Loaded:
    """Bring the warehouse up to the raw folder.

    ``years`` limits the load to these fiscal years, and loads them even if they have not changed; ``select``
    is a Dagster asset selection (``key:"marts/*"+``) to run again instead; ``force`` runs everything again.
    Raises :class:`LoadFailedError`, :class:`NoSuchYearError`, ``WarehouseLockedError``,
    ``NothingToLoadError``, ``ManifestError`` and ``SeedError``.
    """
    from dagster_project import parsing  # noqa: PLC0415  (reaches the readers; the message of --help does not wait)

    folder = settings.folder
    stock = parsing.take_stock(settings)
    published = publish.current(folder)
    asked = bool(years or select or force)
    if published and published.fingerprint == stock.fingerprint and not asked:
        return Loaded(published, (), changed=False, published=False)
    with (
        settings.in_environment(),
        lock.hold(folder.lock, "gouji load", settings.lock_seconds),
        _dagster(folder) as instance,
    ):
        done = _run_all(instance, settings, years, select, force)
    now = publish.current(folder)
    return Loaded(now, done, changed=True, published=now != published)


def prepare_home(folder: Warehouse) -> None:
    """Make the folder in which Dagster keeps its history, and point this process at it."""
    folder.dagster_home.mkdir(parents=True, exist_ok=True)
    settings_file = folder.dagster_home / "dagster.yaml"
    if not settings_file.exists():
        settings_file.write_text(_DAGSTER_SETTINGS, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(folder.dagster_home)


@contextmanager
def _dagster(folder: Warehouse) -> Iterator[DagsterInstance]:
    from dagster_project import history  # noqa: PLC0415  (a second that unchanged input need not wait for)

    prepare_home(folder)
    with history.instance(folder.dagster_home) as instance:
        yield instance


def _run_all(
    instance: DagsterInstance, settings: Settings, years: Sequence[str], select: str | None, force: bool
) -> tuple[str, ...]:
    from dagster_project.automation.jobs import DISCOVER, RECOGNISE  # noqa: PLC0415
    from dagster_project.definitions import defs  # noqa: PLC0415
    from dagster_project.resources import close_dead_runs  # noqa: PLC0415
    from expectations import suites  # noqa: PLC0415

    shutil.rmtree(settings.folder.scratch, ignore_errors=True)
    close_dead_runs(instance)
    definitions = defs()
    if not (years or select):
        # While documents are read in other processes, this one has nothing else to do.
        threading.Thread(target=suites.prepare).start()
    _run(definitions, DISCOVER, instance)
    state = _state(settings)
    while state.waiting and state.pages <= settings.ocr_at_once_pages and not (years or select):
        _run(definitions, RECOGNISE, instance)
        state = _state(settings)
    wanted = tuple(years) or tuple(state.years if force or select else state.pending)
    _demand_known(wanted, state.years)
    done: set[str] = set()
    if years or select or force or state.has_first_wave:
        chosen = (
            _selection(definitions, select) if select or force else _what_may_differ(definitions, settings)
        )
        _run_years(definitions, instance, wanted or state.years[-1:], chosen)
        done.update(wanted)
    if state.waiting and (years or select):
        listener().notice(f"{state.told}: a load of everything recognises them 待识别的页由完整装载识别")
        return tuple(sorted(done))
    while state.waiting:
        listener().notice(f"{state.told}; they are published when recognised 识别后发布")
        _run(definitions, RECOGNISE, instance)
        state = _state(settings)
        _run_years(
            definitions, instance, state.pending or state.years[-1:], _what_may_differ(definitions, settings)
        )
        done.update(state.pending)
        state = _state(settings)
    return tuple(sorted(done))


@dataclass(frozen=True, slots=True)
class _State:
    """How raw folder and staging differ: all years, those that differ, and the documents that wait.

    ``has_first_wave``: something is to be loaded and published before anything is recognised.
    """

    years: tuple[str, ...]
    pending: tuple[str, ...]
    waiting: tuple[Item, ...]
    has_first_wave: bool

    @property
    def pages(self) -> int:
        return sum(item.waiting for item in self.waiting)

    @property
    def told(self) -> str:
        return f"{self.pages:,} pages of {len(self.waiting):,} documents wait to be recognised"


def _state(settings: Settings) -> _State:
    from dagster_project import inventory, kept, parsing  # noqa: PLC0415
    from dagster_project.resources import open_working  # noqa: PLC0415

    with open_working(settings) as connection:
        pending = inventory.partitions_to_load(connection, kept.building_version())
        items = inventory.items(connection)
        changed, gone = inventory.changes(connection, pending)
    waiting = tuple(parsing.waiting(items, settings))
    unread = {item.document_id for item in waiting if item.partition == inventory.UNDATED}
    only_unread = bool(changed) and not gone and all(item.document_id in unread for item in changed)
    return _State(
        years=tuple(sorted({*(item.partition for item in items), *pending})),
        pending=tuple(pending),
        waiting=waiting,
        has_first_wave=not waiting or (bool(pending) and not only_unread),
    )


def _run_years(
    definitions: Definitions,
    instance: DagsterInstance,
    years: Sequence[str],
    selection: list[Any] | None = None,
) -> None:
    """Load these years and publish, or run what is selected of them."""
    from dagster_project.automation.jobs import LOAD_YEARS  # noqa: PLC0415

    *first, last = _blocks(instance, years)
    for block in first:
        _run(definitions, LOAD_YEARS, instance, block, _reading_only(definitions))
    _run(definitions, LOAD_YEARS, instance, last, selection)


def _demand_known(wanted: Sequence[str], known: Sequence[str]) -> None:
    for year in wanted:
        if year not in known:
            listed = ", ".join(known)
            raise NoSuchYearError(f"No document is of the year {year}. There are documents of {listed}.")


def _blocks(instance: DagsterInstance, years: Sequence[str]) -> list[tuple[str, str]]:
    """The years as ranges of neighbouring partitions: a run can have one range."""
    order = list(instance.get_dynamic_partitions("fiscal_year"))
    positions = sorted(order.index(year) for year in years)
    blocks: list[list[int]] = []
    for position in positions:
        if blocks and blocks[-1][-1] == position - 1:
            blocks[-1].append(position)
        else:
            blocks.append([position])
    return [(order[block[0]], order[block[-1]]) for block in blocks]


def _selection(definitions: Definitions, select: str | None) -> list[Any] | None:
    if select is None:
        return None
    from dagster import AssetSelection  # noqa: PLC0415

    graph = definitions.resolve_asset_graph()
    on_demand = AssetSelection.assets("findings_report")
    return sorted((AssetSelection.from_string(select) - on_demand).resolve(graph))


def _what_may_differ(definitions: Definitions, settings: Settings) -> list[Any] | None:
    """Everything but the seeds, where the working file holds them as they are now."""
    from dagster import AssetSelection  # noqa: PLC0415

    from dagster_project import inventory, kept  # noqa: PLC0415
    from dagster_project.assets.dbt_models import SEED_KEYS  # noqa: PLC0415
    from dagster_project.automation.jobs import load_years_job  # noqa: PLC0415
    from dagster_project.resources import open_working  # noqa: PLC0415

    with open_working(settings) as connection:
        if inventory.seeds(connection) != kept.seeds_version():
            return None
    everything = load_years_job.selection - AssetSelection.assets(*SEED_KEYS)
    return sorted(everything.resolve(definitions.resolve_asset_graph()))


def _reading_only(definitions: Definitions) -> list[Any]:
    return (
        _selection(definitions, 'key:"parsed_documents" or key:"staging/*" or key:"reconciliation/*"') or []
    )


def _run(
    definitions: Definitions,
    job: str,
    instance: DagsterInstance,
    years: tuple[str, str] | None = None,
    selection: list[Any] | None = None,
) -> None:
    from dagster_project.automation.sensors import LOAD_TAG  # noqa: PLC0415
    from dagster_project.resources import own_tags  # noqa: PLC0415

    tags = {LOAD_TAG: "yes", **own_tags()}
    if years:
        tags |= {
            "dagster/asset_partition_range_start": years[0],
            "dagster/asset_partition_range_end": years[1],
        }
    with _listening_for_ctrl_c() as stopped:
        result = definitions.resolve_job_def(job).execute_in_process(
            instance=instance, tags=tags, run_config=_QUIET, asset_selection=selection, raise_on_error=False
        )
    if _was_interrupted(result) or stopped():
        raise KeyboardInterrupt
    if not result.success:
        raise LoadFailedError(_reason(result))


@contextmanager
def _listening_for_ctrl_c() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed meanwhile: Dagster forgets one that comes after a run's last step."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    heard, told = socket.socketpair()
    with heard, told:
        heard.setblocking(False)
        told.setblocking(False)
        before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
        pressed = False
        try:
            yield lambda: pressed
        finally:
            signal.set_wakeup_fd(before)
            with suppress(BlockingIOError):
                pressed = not {signal.SIGINT, signal.SIGTERM}.isdisjoint(heard.recv(4096))


def _was_interrupted(result: Any) -> bool:
    """Whether somebody stopped the run: Dagster records that as the failure of the step at work."""
    errors = [event.event_specific_data.error for event in result.all_events if event.is_step_failure]
    return any(error.cls_name == "DagsterExecutionInterruptedError" for error in errors if error)


def _reason(result: Any) -> str:
    failures = [event for event in result.all_events if event.is_step_failure]
    reasons = []
    for event in failures:
        error = event.event_specific_data.error
        while error.cause is not None:
            error = error.cause
        reasons.append(f"{event.step_key}: {error.message.strip()}")
    return "\n".join(reasons) or f"Run {result.run_id} did not end well; see `make dev`."
