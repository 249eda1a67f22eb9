"""What the reconciliation says, and what it keeps silent about."""

from __future__ import annotations

from decimal import Decimal

from dagster_project.reconciliation import reconcile
from dagster_project.records import ProblemRecord
from expectations.rules import load_rules
from tests.rules.documents import document, findings, judged, rows, states

COLUMNS = ["total", "basic", "project"]
TEXT = ("X-ROW-12", "X-NAR-15")
TREE = [
    ["", "合计", "30.00", "20.00", "10.00"],
    ["201", "一般公共服务支出", "20.00", "10.00", "10.00"],
    ["20126", "档案事务", "20.00", "10.00", "10.00"],
    ["2012601", "行政运行", "10.00", "10.00", ""],
    ["2012604", "档案馆", "10.00", "", "10.00"],
    ["221", "住房保障支出", "10.00", "10.00", ""],
    ["22102", "住房改革支出", "10.00", "10.00", ""],
    ["2210201", "住房公积金", "10.00", "10.00", ""],
]


def with_cell(code: str, column: str, text: str) -> list[list[str]]:
    """The tree with one printed figure changed."""
    at = 2 + COLUMNS.index(column)
    return [[*row[:at], text, *row[at + 1 :]] if (row[0] or "合计") == code else row for row in TREE]


def test_a_blank_cell_of_a_printed_row_counts_zero():
    assert set(
        states(judged(document({"budget_expenditure": (COLUMNS, TREE)}), by=("X-ROW-01",)), "X-ROW-01")
    ) == {"pass_exact"}


def test_rounding_passes_up_to_half_a_last_unit_of_every_term():
    printed = document({"budget_expenditure": (COLUMNS, with_cell("201", "total", "20.01"))})
    connection = judged(printed, by=("X-ROW-01",))
    found = rows(
        connection, "SELECT * FROM reconciliation.result WHERE rule_id = 'X-ROW-01' AND key = '201'"
    )[0]
    assert (found["state"], found["difference"], found["tolerance"]) == (
        "pass_rounding", Decimal("0.01"), Decimal("0.015")
    )  # fmt: skip


def test_a_lone_zero_takes_the_finest_decimals_of_its_column():
    exact = [["201", "一般公共服务支出", "20.30", "20.00", "0"], ["208", "社会保障支出", "1.00", "", "1.00"]]
    connection = judged(document({"budget_expenditure": (COLUMNS, exact)}), by=("X-ROW-01",))
    assert states(connection, "X-ROW-01") == ["fail", "pass_exact"]


def test_an_unreadable_form_is_not_evaluable_and_named():
    connection = judged(document(states={"budget_expenditure": "unreadable"}), by=("X-ROW-01",))
    found = rows(connection, "SELECT * FROM reconciliation.result WHERE rule_id = 'X-ROW-01'")
    assert [row["state"] for row in found] == ["not_evaluable"]
    assert "《支出预算总表》" in found[0]["reason"]


def test_an_empty_form_is_not_applicable():
    connection = judged(document(states={"budget_government_fund": "declared_empty"}), by=("X-ROW-10",))
    assert states(connection, "X-ROW-10") == ["not_applicable"]


def test_documents_times_rules_is_complete():
    connection = judged(
        document({"budget_expenditure": (COLUMNS, TREE)}, name="甲.txt"),
        document(kind="final", name="乙.txt", statements=[["total.amount", "10.00", "wan"]]),
    )
    found = connection.execute(
        "SELECT count(DISTINCT (document_id, rule_id)) FROM reconciliation.result"
    ).fetchall()
    assert found == [(2 * len(load_rules()),)]


def test_a_rule_without_an_instance_has_exactly_one_row():
    connection = judged(document())
    found = rows(connection, "SELECT rule_id, count(*) AS n FROM reconciliation.result GROUP BY 1")
    assert {row["n"] for row in found} == {1}


def test_judging_one_document_again_leaves_the_others_alone():
    one = document({"budget_expenditure": (COLUMNS, TREE)}, name="甲.txt")
    two = document({"budget_expenditure": (COLUMNS, with_cell("221", "total", "90.00"))}, name="乙.txt")
    connection = judged(one, two)
    before = connection.execute("SELECT * FROM reconciliation.result ORDER BY ALL").fetchall()
    reconcile(connection, ["甲.txt"])
    reconcile(connection, fiscal_years=[2024])
    assert connection.execute("SELECT * FROM reconciliation.result ORDER BY ALL").fetchall() == before


def test_a_document_that_left_staging_leaves_no_result():
    connection = judged(
        document({"budget_expenditure": (COLUMNS, TREE)}, name="甲.txt"), document(name="乙.txt")
    )
    connection.execute("DELETE FROM staging.document WHERE document_id = '甲.txt'")
    reconcile(connection, [])
    left = rows(connection, "SELECT DISTINCT document_id FROM reconciliation.result")
    assert left == [{"document_id": "乙.txt"}]


def test_an_equation_that_placed_a_figure_is_no_pass_of_its_rule():
    parsed = document({"budget_expenditure": (COLUMNS, TREE)})
    placed = next(cell for cell in parsed.cells if (cell.code, cell.column) == ("2012604", "project"))
    placed.placement, placed.attributes = "arithmetic", {"settled_by": "X-ROW-01"}
    connection = judged(parsed, by=("X-ROW-01", "X-COL-03"))
    found = rows(
        connection,
        "SELECT state, independent FROM reconciliation.result WHERE rule_id = 'X-ROW-01' AND key = '2012604'",
    )
    assert found == [{"state": "not_evaluable", "independent": False}]
    down = rows(
        connection, "SELECT state FROM reconciliation.result WHERE rule_id = 'X-COL-03' AND key = '20126'"
    )
    assert {row["state"] for row in down} == {"pass_exact"}


def test_units_are_compared_in_yuan():
    income = (["amount"], [["", "收入总计", "1234560.00"]])
    connection = judged(
        document({"budget_summary.income": income}, [["total.amount", "123.46", "wan"]], unit="yuan")
    )
    assert states(connection, "X-NAR-01") == ["pass_rounding"]


def test_a_line_that_nobody_knows_makes_no_false_alarm():
    lines = (
        ["amount"],
        [["", "本年收入合计", "10.00"], ["", "一般公共预算拨款收入", "9.00"], ["", "彩票收益", "1.00"]],
    )
    connection = judged(document({"budget_summary.income": lines}), by=("X-COL-10",))
    assert states(connection, "X-COL-10") == ["not_evaluable"]
    assert findings(connection) == []


def test_a_row_read_one_column_off_makes_no_false_alarm():
    columns = ["total", "abroad", "vehicle", "vehicle_purchase", "vehicle_operation", "reception"]
    off = [["", "“三公”经费", "7.00", "4.00", "0.00", "0.00", "3.00", "0.00"]]
    connection = judged(document({"budget_three_public": (columns, off)}), by=("X-ROW-12", "X-ROW-13"))
    assert states(connection, "X-ROW-12") + states(connection, "X-ROW-13") == ["not_evaluable"] * 2


def test_two_figures_of_a_row_that_changed_places_are_found_out():
    columns = ["total", "abroad", "vehicle", "vehicle_purchase", "vehicle_operation", "reception"]
    swapped = [["", "“三公”经费", "2.00", "0.00", "7.00", "0.00", "2.00", "5.00"]]
    connection = judged(document({"budget_three_public": (columns, swapped)}), by=("X-ROW-12", "X-ROW-13"))
    assert states(connection, "X-ROW-12") + states(connection, "X-ROW-13") == ["fail"] * 2


def test_a_figure_placed_by_arithmetic_alone_is_no_witness_against_the_text():
    columns = ["total", "reception"]
    parsed = document(
        {"budget_three_public": (columns, [["", "“三公”经费", "", "3.00"]])},
        [["three_public.reception.amount", "4.00", "wan"]],
    )
    parsed.cells[0].placement = "arithmetic"
    connection = judged(parsed)
    assert "fail" not in states(connection, "X-NAR-15")


def test_a_blank_counts_zero_against_the_text_only_where_its_row_adds_up():
    columns = ["total", "abroad", "vehicle", "reception"]
    stated = [["three_public.abroad.amount", "4.00", "wan"]]
    whole = document({"budget_three_public": (columns, [["", "“三公”经费", "3.00", "", "", "3.00"]])}, stated)
    torn = document({"budget_three_public": (columns, [["", "“三公”经费", "", "", "", "3.00"]])}, stated)
    assert states(judged(whole, by=TEXT), "X-NAR-15") == ["fail"]
    assert states(judged(torn, by=TEXT), "X-NAR-15") == ["not_applicable"]


def test_figures_that_found_no_place_are_not_missing_from_the_sum():
    parsed = document({"budget_expenditure": (COLUMNS, [row for row in TREE if row[0] != "2012604"])})
    parsed.problems.append(
        ProblemRecord(
            "示例.txt", "示例.txt", None, 5, "budget_expenditure", "ambiguous_placement", "warning",
            "2012604：10.00、10.00 可属多列", "look it up", "ambiguous_placement:budget_expenditure",
        )
    )  # fmt: skip
    assert "fail" not in states(judged(parsed, by=("X-COL-03",)), "X-COL-03")
