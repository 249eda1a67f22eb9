"""What the reconciliation says, and what it keeps silent about."""

from __future__ import annotations

from decimal import Decimal

from dagster_project.reconciliation import reconcile
from expectations.rules import load_rules
from tests.rules.documents import document, findings, judged, rows, states

COLUMNS = ["total", "basic", "project"]
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
    assert set(states(judged(document({"budget_expenditure": (COLUMNS, TREE)})), "X-ROW-01")) == {
        "pass_exact"
    }


def test_rounding_passes_up_to_half_a_last_unit_of_every_term():
    connection = judged(document({"budget_expenditure": (COLUMNS, with_cell("201", "total", "20.01"))}))
    found = rows(
        connection, "SELECT * FROM reconciliation.result WHERE rule_id = 'X-ROW-01' AND key = '201'"
    )[0]
    assert (found["state"], found["difference"], found["tolerance"]) == (
        "pass_rounding", Decimal("0.01"), Decimal("0.015")
    )  # fmt: skip


def test_a_lone_zero_takes_the_finest_decimals_of_its_column():
    exact = [["201", "一般公共服务支出", "20.30", "20.00", "0"], ["208", "社会保障支出", "1.00", "", "1.00"]]
    connection = judged(document({"budget_expenditure": (COLUMNS, exact)}))
    assert states(connection, "X-ROW-01") == ["fail", "pass_exact"]


def test_an_unreadable_form_is_not_evaluable_and_named():
    connection = judged(document(states={"budget_expenditure": "unreadable"}))
    found = rows(connection, "SELECT * FROM reconciliation.result WHERE rule_id = 'X-ROW-01'")
    assert [row["state"] for row in found] == ["not_evaluable"]
    assert "budget_expenditure" in found[0]["reason"]


def test_an_empty_form_is_not_applicable():
    connection = judged(document(states={"budget_government_fund": "declared_empty"}))
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
    connection = judged(parsed)
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
    connection = judged(document({"budget_summary.income": lines}))
    assert states(connection, "X-COL-10") == ["not_evaluable"]
    assert findings(connection) == []
