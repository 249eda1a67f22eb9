"""Blank cells vanished: which columns do the figures of a row belong to, and when must nobody say so?"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.forms.table import FormTable, TableRow, Value
from dagster_project.proof.placement import settle

FUNCTION = ("total", "basic", "basic_personnel", "basic_operating", "project")
SPENDING = ("total", "basic", "project")


def open_row(label: str, figures: str, columns: tuple[str, ...], code: str | None = None) -> TableRow:
    """A row of which the print gives the figures and not their columns."""
    values = [Value(text=text, line=1) for text in figures.split()]
    return TableRow(label=label, values={}, code=code, open_values=values, open_columns=columns)


def full_row(label: str, figures: str, columns: tuple[str, ...], code: str | None = None) -> TableRow:
    """A row without blanks: one figure a column; ``/`` is a blank that left its place."""
    values = {
        column: Value(text=text, line=1)
        for column, text in zip(columns, figures.split(), strict=True)
        if text != "/"
    }
    return TableRow(label=label, values=values, code=code)


def row(label: str, figures: str, columns: tuple[str, ...], code: str | None = None) -> TableRow:
    """A row as loose lines give it: blanks (``/``) have left no trace; without blanks it is settled."""
    printed = [text for text in figures.split() if text != "/"]
    make = full_row if len(printed) == len(columns) else open_row
    return make(label, " ".join(printed), columns, code)


def table(form: str, *rows: TableRow, unit: str = "wan") -> FormTable:
    return FormTable(form=form, rows=list(rows), unit=unit)


def placed(row: TableRow) -> dict[str, str]:
    return {column: value.text for column, value in row.values.items()}


def test_the_row_decides_where_its_own_sum_leaves_one_reading() -> None:
    item = open_row("行政运行", "90.00 90.00 70.00 20.00", FUNCTION, "2010101")
    settle([table("budget_general_by_function", item)])
    assert placed(item) == {
        "total": "90.00",
        "basic": "90.00",
        "basic_personnel": "70.00",
        "basic_operating": "20.00",
    }
    assert item.open_values == []


def test_parents_decide_between_columns_of_their_children() -> None:
    spending = table(
        "budget_expenditure",
        full_row("合计", "50.00 30.00 20.00", SPENDING),
        full_row("一般公共服务支出", "50.00 30.00 20.00", SPENDING, "201"),
        full_row("档案事务", "50.00 30.00 20.00", SPENDING, "20126"),
        open_row("行政运行", "30.00 30.00", SPENDING, "2012601"),
        open_row("一般行政管理事务", "20.00 20.00", SPENDING, "2012602"),
    )
    settle([spending])
    assert placed(spending.rows[3]) == {"total": "30.00", "basic": "30.00"}
    assert placed(spending.rows[4]) == {"total": "20.00", "project": "20.00"}
    assert spending.problems == []


def test_a_figure_names_what_placed_it_and_a_full_row_nothing() -> None:
    spending = table(
        "budget_expenditure",
        full_row("合计", "30.00 30.00 0.00", SPENDING),
        open_row("一般公共服务支出", "30.00 30.00", SPENDING, "201"),
    )
    settle([spending])
    value = spending.rows[1].values["basic"]
    assert value.placement == "arithmetic"
    assert {"X-ROW-01", "X-COL-01"} & set(value.settled_by)
    assert {one.placement for one in spending.rows[0].values.values()} == {"layout"}
    assert not any(one.settled_by for one in spending.rows[0].values.values())


def test_another_form_of_the_document_decides() -> None:
    """Three columns are blank in all rows; only the general budget says which of the figures is basic."""
    columns = (*SPENDING, "operating", "remit_superior", "subsidise_affiliates")
    total = open_row("合计", "50.00 30.00 20.00", columns)
    education = open_row("教育支出", "50.00 30.00 20.00", columns, "205")
    settle(
        [
            table("budget_expenditure", total, education),
            table("budget_general_by_function", full_row("教育支出", "50.00 30.00 20.00", SPENDING, "205")),
        ]
    )
    assert placed(total) == placed(education) == {"total": "50.00", "basic": "30.00", "project": "20.00"}
    assert "X-FORM-08" in education.values["basic"].settled_by
    assert "X-COL-01" in total.values["basic"].settled_by


def test_forms_in_yuan_and_in_ten_thousand_yuan_are_compared_in_yuan() -> None:
    columns = ("total", "abroad", "vehicle", "vehicle_purchase", "vehicle_operation", "reception")
    three = open_row("", "3.00 2.00 2.00 1.00", columns)
    economic = ("total", "basic_personnel", "basic_operating")
    vehicles = full_row("公务用车运行维护费", "20000.00 0.00 20000.00", economic, "30231")
    settle(
        [
            table("budget_three_public", three),
            table("budget_general_basic_by_economic", vehicles, unit="yuan"),
        ]
    )
    assert placed(three)["vehicle_operation"] == "2.00"
    assert placed(three)["reception"] == "1.00"


def test_what_the_sums_cannot_tell_apart_is_a_problem_and_only_the_certain_figure_a_cell() -> None:
    item = open_row("住房公积金", "12.00 12.00", SPENDING, "2210201")
    spending = table("budget_expenditure", item)
    settle([spending])
    assert placed(item) == {"total": "12.00"}
    assert [problem.kind for problem in spending.problems] == ["ambiguous_placement"]
    assert "12.00" in spending.problems[0].message


def test_a_printed_error_in_an_unclear_row_is_not_shifted_until_it_fits() -> None:
    """340.00 was printed as 304.00 under 项目支出: no reading adds up, so none is taken."""
    item = open_row("一般行政管理事务", "340.00 304.00", SPENDING, "2010102")
    spending = table("budget_expenditure", item)
    settle([spending])
    assert placed(item) == {}
    assert [problem.kind for problem in spending.problems] == ["contradictory_placement"]


def test_an_error_that_happens_to_fit_the_row_is_caught_by_the_column() -> None:
    """人员经费 100 with 基本支出 misprinted as 0.00 reads like 项目支出 100; the parent has no projects."""
    general = table(
        "budget_general_by_function",
        full_row("合计", "100.00 100.00 100.00 0.00 0.00", FUNCTION),
        full_row("一般公共服务支出", "100.00 100.00 100.00 0.00 0.00", FUNCTION, "201"),
        open_row("档案事务", "100.00 0.00 100.00", FUNCTION, "20126"),
    )
    settle([general])
    assert placed(general.rows[2]) == {"total": "100.00"}
    assert "contradictory_placement" in [problem.kind for problem in general.problems]


def test_an_error_elsewhere_does_not_choose_a_column() -> None:
    """The parent's 项目支出 is misprinted: no choice for the children adds up, so none is made by it."""
    spending = table(
        "budget_expenditure",
        full_row("一般公共服务支出", "50.00 30.00 25.00", SPENDING, "201"),
        open_row("档案事务", "30.00 30.00", SPENDING, "20126"),
        open_row("统计信息事务", "20.00 20.00", SPENDING, "20105"),
    )
    settle([spending])
    assert placed(spending.rows[1]) in ({}, {"total": "30.00"})
    assert placed(spending.rows[2]) in ({}, {"total": "20.00"})
    assert len(spending.problems) == 2


def test_a_column_of_unknown_header_keeps_its_place_and_makes_no_cell() -> None:
    item = row("合计", "9.00 1.00 8.00", ("total", "?绩效奖励", "project"))
    assert placed(item)["?绩效奖励"] == "1.00"
    unsure = open_row("合计", "9.00 8.00", ("total", "?绩效奖励", "project"))
    unknown = table("budget_expenditure", unsure)
    settle([unknown])
    assert placed(unsure) == {}
    assert len(unknown.problems) == 1


def test_rows_that_need_no_settling_are_left_alone() -> None:
    spending = table("budget_expenditure", full_row("合计", "50.00 31.00 20.00", SPENDING))
    settle([spending])
    assert placed(spending.rows[0]) == {"total": "50.00", "basic": "31.00", "project": "20.00"}
    assert spending.problems == []


ITEMS = (("2012601", "行政运行"), ("2012602", "一般行政管理事务"), ("2080501", "行政单位离退休"))
ABOVE = {
    "201": "一般公共服务支出",
    "20126": "档案事务",
    "208": "社会保障和就业支出",
    "20805": "行政事业单位养老支出",
}
cents = st.integers(min_value=0, max_value=4_000_000)


@st.composite
def general_forms(draw: st.DrawFn) -> dict[str, tuple[int, ...]]:
    """Code (empty: 合计) to the five figures of a form that adds up, in cents of 万元."""
    rows: dict[str, list[int]] = {code: [0] * 5 for code in ("", *ABOVE)}
    for code, _ in ITEMS:
        personnel, operating, project = draw(cents), draw(cents), draw(cents)
        basic = personnel + operating
        figures = [basic + project, basic, personnel, operating, project]
        rows[code] = figures
        for above in ("", code[:3], code[:5]):
            rows[above] = [one + other for one, other in zip(rows[above], figures, strict=True)]
    return {code: tuple(figures) for code, figures in rows.items()}


def printed(cents_: int) -> str:
    return f"{Decimal(cents_) / 100:,.2f}" if cents_ else "/"


def as_table(rows: dict[str, tuple[int, ...]]) -> FormTable:
    names = {"": "合计", **ABOVE, **dict(ITEMS)}
    return table(
        "budget_general_by_function",
        *(
            row(names[code], " ".join(map(printed, figures)), FUNCTION, code or None)
            for code, figures in sorted(rows.items())
            if any(figures)
        ),
    )


@settings(max_examples=150, deadline=None)
@given(general_forms())
def test_whatever_is_placed_stands_where_it_was_printed(rows: dict[str, tuple[int, ...]]) -> None:
    general = as_table(rows)
    settle([general])
    names = {code or None: figures for code, figures in rows.items()}
    for one in general.rows:
        truth = dict(zip(FUNCTION, map(printed, names[one.code]), strict=True))
        assert placed(one).items() <= truth.items()
        complete = placed(one).keys() == {column for column, text in truth.items() if text != "/"}
        assert complete or any(one.code or one.label in problem.message for problem in general.problems)


@settings(max_examples=150, deadline=None)
@given(general_forms(), st.data())
def test_one_wrong_figure_is_never_read_into_another_column(
    rows: dict[str, tuple[int, ...]], data: st.DataObject
) -> None:
    """A digit of a figure in an unclear row is wrong: the figure is placed where it stands, or not at all."""
    unclear = [code for code, figures in rows.items() if any(figures) and not all(figures)]
    if not unclear:
        return
    code = data.draw(st.sampled_from(unclear))
    number = data.draw(st.sampled_from([n for n, figure in enumerate(rows[code]) if figure]))
    wrong = data.draw(st.integers(min_value=1, max_value=9_999_999).filter(lambda cents_: cents_ % 97 == 13))
    if wrong in {figure for figures in rows.values() for figure in figures}:
        return
    rows = {**rows, code: tuple(wrong if n == number else one for n, one in enumerate(rows[code]))}
    general = as_table(rows)
    settle([general])
    for one in general.rows:
        truth = dict(zip(FUNCTION, map(printed, rows[one.code or ""]), strict=True))
        assert placed(one).items() <= truth.items()


@pytest.mark.parametrize("zero", ["0", "0.00", "-"])
def test_a_printed_zero_is_a_figure_that_may_stand_in_more_than_one_column(zero: str) -> None:
    item = open_row("公共卫生", f"5.00 5.00 5.00 {zero}", FUNCTION, "21004")
    general = table("budget_general_by_function", item)
    settle([general])
    assert placed(item) == {"total": "5.00", "basic": "5.00"}
    assert zero in general.problems[0].message


def aligned(*rows: TableRow, otherwise: tuple[str, ...]) -> FormTable:
    """A table read by positions, whose lines read as loose ones give ``otherwise``."""
    read = table("budget_expenditure", *rows)
    read.layout = "aligned"
    read.otherwise = lambda: table(
        "budget_expenditure",
        *(row(one.label, text, SPENDING) for one, text in zip(rows, otherwise, strict=True)),
    )
    return read


MISREAD = ("9.00 9.00 18.00", "8.00 8.00 16.00", "1.00 1.00 2.00")


def test_positions_that_do_not_add_up_give_way_to_loose_lines_that_do() -> None:
    read = aligned(
        *(full_row(label, text, SPENDING) for label, text in zip("甲乙丙", MISREAD, strict=True)),
        otherwise=("18.00 9.00 9.00", "16.00 8.00 8.00", "2.00 1.00 1.00"),
    )
    settle([read])
    assert read.layout == "loose"
    assert [placed(one)["total"] for one in read.rows] == ["18.00", "16.00", "2.00"]


def test_where_both_readings_agree_the_publisher_does_not_add_up() -> None:
    printed = ("9.00 5.00 5.00", "8.00 5.00 5.00", "7.00 5.00 5.00")
    read = aligned(
        *(full_row(label, text, SPENDING) for label, text in zip("甲乙丙", printed, strict=True)),
        otherwise=printed,
    )
    settle([read])
    assert [placed(one)["total"] for one in read.rows] == ["9.00", "8.00", "7.00"]
    assert read.problems == []


def test_where_neither_reading_adds_up_no_figure_is_a_cell_and_a_problem_says_so() -> None:
    read = aligned(
        *(full_row(label, text, SPENDING) for label, text in zip("甲乙丙", MISREAD, strict=True)),
        otherwise=("9.00 18.00 9.00", "8.00 16.00 8.00", "1.00 2.00 1.00"),
    )
    settle([read])
    assert [placed(one) for one in read.rows] == [{}, {}, {}]
    assert [problem.kind for problem in read.problems] == ["misread_columns"]
