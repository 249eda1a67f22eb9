"""What a load costs: generated documents through the real ``gouji load`` into a fresh warehouse.

    python bench/load.py                100 and 1,000 documents
    python bench/load.py 50 200         other numbers
    python bench/load.py --layout pdf   PDF files instead of text

Prints wall seconds, the largest memory of the whole process tree at one moment (sampled), seconds a document,
the ratio of the last to the first, and the seconds of every step of the Dagster run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from dagster_project.samples.collection import many  # noqa: E402

TEXT = ("tabs", "aligned", "loose")
SAMPLE_SECONDS = 0.5
STEPS = """
import json, sys
from dagster import DagsterInstance
with DagsterInstance.get() as instance:
    runs = [record.dagster_run.run_id for record in instance.get_run_records()]
    steps = [
        (step.step_key, step.start_time, step.end_time)
        for run in reversed(runs)
        for step in instance.get_run_step_stats(run)
        if step.end_time
    ]
json.dump(steps, sys.stdout)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """One measured load. ``steps``: seconds by Dagster step; ``processor``: seconds of all its processes;
    ``peak`` in bytes."""

    documents: int
    seconds: float
    processor: float
    peak: int
    steps: tuple[tuple[str, float], ...]

    @property
    def each(self) -> float:
        return self.seconds / self.documents


def prepare(folder: Path, number: int, layouts: Sequence[str]) -> Path:
    """Write ``number`` documents below ``folder``."""
    raw = folder / "raw"
    for name, written in many(number, layouts=layouts):
        path = raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written.content)
    return raw


def tree_memory(root: int) -> int:
    """Resident bytes of a process and everything that it started."""
    listed = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True
    ).stdout
    rows = [tuple(map(int, row.split())) for row in listed.splitlines()]
    children: dict[int, list[int]] = {}
    for pid, parent, _ in rows:
        children.setdefault(parent, []).append(pid)
    memory = {pid: kilobytes for pid, _, kilobytes in rows}
    return 1024 * sum(memory.get(pid, 0) for pid in _descendants(root, children))


def _descendants(root: int, children: dict[int, list[int]]) -> Iterator[int]:
    yield root
    for child in children.get(root, ()):
        yield from _descendants(child, children)


def measure(number: int, layouts: Sequence[str] = TEXT) -> Cost:
    """Load ``number`` documents into a fresh warehouse; ``RuntimeError`` with its words if that fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw, warehouse = prepare(folder, number, layouts), folder / "warehouse"
        command = [str(Path(sys.executable).with_name("gouji")), "load"]
        command += ["--raw", str(raw), "--warehouse", str(warehouse)]
        with (folder / "log").open("w+") as log:
            start, used = time.monotonic(), _processor()
            process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
            peak = 0
            while process.poll() is None:
                peak = max(peak, tree_memory(process.pid))
                time.sleep(SAMPLE_SECONDS)
            seconds = time.monotonic() - start
            log.seek(0)
            if process.returncode:
                raise RuntimeError(log.read())
            print(log.read())
        return Cost(number, seconds, _processor() - used, peak, steps(warehouse))


def _processor() -> float:
    """Processor seconds of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def steps(warehouse: Path) -> tuple[tuple[str, float], ...]:
    """Seconds of each step of the runs that the load made."""
    environment = {**os.environ, "DAGSTER_HOME": str(warehouse / ".dagster")}
    printed = subprocess.run(
        [sys.executable, "-c", STEPS], env=environment, capture_output=True, text=True, check=True
    ).stdout
    return tuple((name, end - start) for name, start, end in json.loads(printed))


def main(argv: list[str] | None = None) -> int:
    """Measure every number asked for and compare the last with the first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("numbers", nargs="*", type=int, default=[100, 1000])
    parser.add_argument("--layout", nargs="+", default=TEXT, help="such as pdf, scan or xlsx")
    asked = parser.parse_args(argv)
    costs = [measure(number, asked.layout) for number in asked.numbers]
    for cost in costs:
        print(f"\n{cost.documents} documents: {cost.seconds:.1f} s, {cost.each * 1000:.0f} ms each, "
              f"{cost.processor:.0f} s of processor time, peak {cost.peak / 2**20:,.0f} MiB")  # fmt: skip
        for name, seconds in sorted(cost.steps, key=lambda step: -step[1]):
            print(f"  {seconds:8.1f} s  {name}")
        print(f"  {cost.seconds - sum(seconds for _, seconds in cost.steps):8.1f} s  outside the steps")
    if len(costs) > 1:
        print(f"\ncost of a document, last to first: {costs[-1].each / costs[0].each:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
