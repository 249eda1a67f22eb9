"""Scans are read after everything else: what waits, what is recognised, what an interruption leaves."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from PIL import Image
from places import Place
from printed_documents import ARCHIVE, LIBRARY, MUSEUM, budget, put
from scanned_documents import put_scan

from dagster_project import inventory, kept, parsing, publish
from dagster_project.page_picture import KINDS
from dagster_project.readers.limits import ocr_installed
from dagster_project.settings import Settings

needs_ocr = pytest.mark.skipif(
    not ocr_installed(), reason="what recognises scans is not installed (make ocr)"
)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        inventory.create(opened)
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A folder with a text and a scan, nothing of which has been read."""
    put(tmp_path / "raw", "library.txt", budget(LIBRARY, 2024))
    put_scan(tmp_path / "raw", "museum.png", MUSEUM, 2023)
    return Settings(raw=tmp_path / "raw", warehouse=tmp_path / "warehouse")


def years(report: parsing.Report) -> dict[str, tuple[str, int]]:
    """Year and waiting pages of every document."""
    return {item.document: (item.partition, item.waiting) for item in report.items}


@needs_ocr
def test_scans_wait_are_recognised_once_and_then_have_a_year(
    connection: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    first = parsing.take_inventory(connection, settings)
    assert years(first) == {"library.txt": ("2024", 0), "museum.png": (inventory.UNDATED, 1)}
    assert [item.document for item in parsing.waiting(first.items, settings)] == ["museum.png"]

    recognised = parsing.recognise(connection, settings)
    assert years(recognised) == {"library.txt": ("2024", 0), "museum.png": ("2023", 0)}
    (outcome,) = recognised.outcomes
    assert (outcome.document, outcome.cells > 0) == ("museum.png", True)
    assert not parsing.waiting(recognised.items, settings)

    inventory.write(connection, first.items, "as it was, had the load been killed just before its end")
    again = parsing.take_inventory(connection, settings)
    assert (years(again), again.outcomes) == (years(recognised), ())


@needs_ocr
def test_a_scan_that_takes_too_long_waits_for_the_next_load_and_is_on_record(
    connection: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    parsing.take_inventory(connection, settings)
    hasty = settings.model_copy(update={"parse_seconds": 0.01, "ocr_page_seconds": 0.01})
    failed = parsing.recognise(connection, hasty)
    assert not parsing.waiting(failed.items, settings)
    (scan,) = [item for item in failed.items if item.document == "museum.png"]
    path, settled = parsing.kept_result(scan, settings)
    assert not settled
    problems = [json.loads(record) for table, record in kept.read_lines(path) if table == "problem"]
    assert [problem["kind"] for problem in problems] == ["needs_ocr", "too_slow"]

    next_load = parsing.take_inventory(connection, settings)
    assert [item.document for item in parsing.waiting(next_load.items, settings)] == ["museum.png"]


def test_without_recognition_a_scan_is_on_record_and_stops_nothing(
    connection: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    lean = settings.model_copy(update={"ocr": False})
    report = parsing.take_inventory(connection, lean)
    assert years(report) == {"library.txt": ("2024", 0), "museum.png": (inventory.UNDATED, 1)}
    assert not parsing.waiting(report.items, lean)
    assert {outcome.document: outcome.status for outcome in report.outcomes} == {
        "library.txt": "loaded",
        "museum.png": "quarantined",
    }


@needs_ocr
def test_text_is_published_before_the_scans_and_stays_so_if_they_are_interrupted(
    copied: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOUJI_OCR_AT_ONCE_PAGES", "0")
    monkeypatch.setenv("GOUJI_KEEP_RELEASES", "9")
    put(copied.raw, "2026/archive.txt", budget(ARCHIVE, 2026))
    put_scan(copied.raw, "2026/scan.pdf", MUSEUM, 2027)
    before = publish.current(copied.folder)
    process = copied.start("load")
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if "recognising scans" in line:
            process.send_signal(signal.SIGINT)
            break
    said += process.communicate(timeout=120)[0]
    assert process.returncode == 130, said
    assert "the next load goes on with the pages to recognise" in said
    assert publish.current(copied.folder) != before
    assert copied.query("select status from staging.document where document = '2026/archive.txt'") == [
        ("loaded",)
    ]
    waiting = copied.query(
        "select document.status, problem.kind from staging.problem as problem"
        " join staging.document as document using (document_id) where document.document = '2026/scan.pdf'"
    )
    assert waiting == [("quarantined", "needs_ocr")]

    monkeypatch.delenv("GOUJI_OCR_AT_ONCE_PAGES")
    releases = len(publish.releases(copied.folder))
    done = copied.gouji("load")
    assert done.returncode == 0, done.stderr
    assert len(publish.releases(copied.folder)) == releases + 1, "one page is recognised before publishing"
    assert copied.query(
        "select status, fiscal_year, organisation, read_by, cells > 0 from staging.document"
        " join staging.page using (document_id) where staging.document.document = '2026/scan.pdf'"
    ) == [("loaded", 2027, MUSEUM, "ocr", True)]
    assert "Nothing has changed" in copied.gouji("load").stdout

    picture = copied.raw.parent / "page.png"
    shown = copied.gouji("show", "2026/scan.pdf", "--page", "1", "--out", str(picture))
    assert shown.returncode == 0, shown.stderr
    with Image.open(picture) as page:
        colours = {colour for _, colour in page.getcolors(1 << 24)}
    assert KINDS["proved"].colour in colours
