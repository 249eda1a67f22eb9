"""``gouji`` over a loaded warehouse: every command answers, explains itself, and says what to do."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from places import Place

COMMANDS = (
    "load",
    "status",
    "findings",
    "explain",
    "problems",
    "show",
    "rules",
    "coverage",
    "report",
    "rollback",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(loaded: Place, command: str) -> None:
    done = loaded.gouji(command, "--help")
    assert done.returncode == 0
    assert f"Example: gouji {command}" in done.stdout


def test_help_lists_the_commands_and_the_exit_codes(loaded: Place) -> None:
    told = " ".join(loaded.gouji("--help").stdout.split())
    assert all(command in told for command in COMMANDS)
    assert "3 another load holds the warehouse" in told


def test_status_says_whether_the_folder_has_moved_on(loaded: Place, copied: Place) -> None:
    assert "up to date" in loaded.gouji("status").stdout
    (copied.raw / "2024/library.txt").unlink()
    assert f"gouji load --raw {copied.raw}" in copied.gouji("status").stdout


def test_findings_come_for_eyes_for_programs_and_for_excel(loaded: Place) -> None:
    assert "示例市图书馆" in loaded.gouji("findings").stdout
    rows = json.loads(loaded.gouji("findings", "--format", "json").stdout)
    assert {row["document"] for row in rows if row["severity"] == "error"} == {"2024/library.txt"}
    table = csv.DictReader(io.StringIO(loaded.gouji("findings", "--format", "csv").stdout))
    assert [row["finding_id"] for row in table] == [row["finding_id"] for row in rows]


def test_findings_can_be_narrowed(loaded: Place) -> None:
    def found(*options: str) -> list[dict[str, str]]:
        return json.loads(loaded.gouji("findings", "--format", "json", *options).stdout)

    assert found("--document", "library", "--severity", "error")
    assert not found("--document", "档案馆", "--severity", "error")
    assert {row["fiscal_year"] for row in found("--year", "2024")} == {2024}
    assert "choose error, warning or info" in loaded.gouji("findings", "--severity", "bad").stderr


def test_coverage_has_a_state_for_every_document_and_rule(loaded: Place) -> None:
    everything = json.loads(loaded.gouji("coverage", "--format", "json").stdout)
    rules = json.loads(loaded.gouji("rules", "--format", "json").stdout)
    assert {row["rules"] for row in everything} == {len(rules)}
    assert {row["document"] for row in everything} >= {"2024/library.txt"}


def test_coverage_says_what_was_missing(loaded: Place) -> None:
    rows = json.loads(loaded.gouji("coverage", "--state", "not_evaluable", "--format", "json").stdout)
    assert rows
    assert all(row["reason"] for row in rows)
    assert "choose fail" in loaded.gouji("coverage", "--state", "bad").stderr


def test_explain_shows_both_sides_with_every_figure_as_printed(loaded: Place) -> None:
    rows = json.loads(loaded.gouji("findings", "--severity", "error", "--format", "json").stdout)
    told = loaded.gouji("explain", rows[0]["finding_id"][:8]).stdout
    assert rows[0]["message_zh"][:10] in told
    for printed in ("100.00", "60.00", "40.10", "left", "right", "line ", rows[0]["cause_reason_zh"]):
        assert printed in told
    assert rows[0]["form"] not in told, "a form is called by its name"


def test_problems_are_grouped_by_cause_with_what_to_do(loaded: Place) -> None:
    rows = json.loads(loaded.gouji("problems", "--format", "json").stdout)
    causes = {row["cause_key"]: row for row in rows}
    assert len(causes) == len(rows)
    unreadable = [row for row in rows if row["kind"] == "unreadable"]
    assert sum(row["documents"] for row in unreadable) == 3
    assert all(row["action"] for row in rows)


def test_show_prints_a_form_as_read_with_its_marks(loaded: Place) -> None:
    told = loaded.gouji("show", "2023/档案馆", "--form", "budget_expenditure").stdout
    assert "机关事业单位基本养老保险缴费支出" in told
    assert "40.00 ✓" in told
    assert "budget_summary" not in told


def test_show_asks_for_more_of_a_name_that_fits_several(loaded: Place) -> None:
    several, none = loaded.gouji("show", "档案馆"), loaded.gouji("show", "博览馆")
    assert (several.returncode, none.returncode) == (2, 2)
    assert "2023/档案馆.txt" in several.stderr
    assert "There is no document 博览馆" in none.stderr


def test_show_writes_a_page_of_text_as_a_web_page(loaded: Place, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = loaded.gouji("show", "2023/档案馆", "--page", "1", "--out", str(page))
    assert (done.returncode, str(page) in done.stdout.replace("\n", "")) == (0, True)
    assert '<mark class="proved">40.00</mark>' in page.read_text(encoding="utf-8")


def test_show_says_which_pages_there_are_and_where_the_file_should_lie(loaded: Place, tmp_path: Path) -> None:
    beyond = loaded.gouji("show", "2023/档案馆", "--page", "7")
    elsewhere = loaded.gouji("show", "2023/档案馆", "--page", "1", "--raw", str(tmp_path))
    assert (beyond.returncode, elsewhere.returncode) == (2, 2)
    assert "pages 1 to 1" in beyond.stderr
    assert "does not lie in" in elsewhere.stderr


def test_rules_are_listed_with_what_became_of_them(loaded: Place) -> None:
    rows = {row["rule_id"]: row for row in json.loads(loaded.gouji("rules", "--format", "json").stdout)}
    assert rows["X-ROW-01"]["passed"] > 0
    assert rows["X-COL-01"]["failed"] > 0
    assert "支出" in loaded.gouji("rules", "x-row-01").stdout
    assert loaded.gouji("rules", "X-ROW-99").returncode == 2


def test_rules_say_what_is_judged_in_part_or_not_at_all(loaded: Place) -> None:
    listed = loaded.gouji("rules").stdout
    assert "X-COMP-11" in listed
    assert "judged in part" in listed
    assert "day of approval" in " ".join(loaded.gouji("rules", "x-comp-11").stdout.split())
    assert "left_out" in loaded.gouji("rules", "X-CLS-04").stdout


@pytest.mark.parametrize("command", ["status", "findings", "problems", "rules"])
def test_before_the_first_load_every_command_says_to_load(
    loaded: Place, tmp_path: Path, command: str
) -> None:
    done = loaded.gouji(command, "--warehouse", str(tmp_path))
    assert done.returncode == 2
    assert "Run `gouji load`" in done.stderr


def test_a_rollback_without_an_earlier_release_says_so(loaded: Place) -> None:
    done = loaded.gouji("rollback")
    assert done.returncode == 2
    assert "There is no release before the published one" in done.stderr
