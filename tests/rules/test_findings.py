"""One finding a cause, with evidence and words that need no rule book."""

from __future__ import annotations

from decimal import Decimal

from dagster_project.records import PassageRecord
from tests.rules.documents import document, findings, judged
from tests.rules.test_states import COLUMNS, TREE, with_cell

BALANCED = {"budget_expenditure": (COLUMNS, TREE), "budget_general_by_function": (COLUMNS, TREE)}


def test_a_document_that_agrees_with_itself_has_no_finding():
    assert findings(judged(document(BALANCED))) == []


def test_one_wrong_cell_is_one_finding_however_many_sums_it_breaks():
    forms = {**BALANCED, "budget_expenditure": (COLUMNS, with_cell("2012604", "project", "15.00"))}
    found = findings(judged(document(forms)))
    assert [(row["rule_id"], row["key"], abs(row["difference"])) for row in found] == [
        ("X-ROW-01", "2012604", Decimal("5"))
    ]
    assert found[0]["related"] == len(found[0]["related_results"]) - 1 > 0


def test_the_cell_that_all_failing_sums_share_is_accused_though_it_stands_on_the_right_of_them():
    forms = {**BALANCED, "budget_expenditure": (COLUMNS, with_cell("2012604", "project", "15.00"))}
    found = findings(judged(document(forms)))[0]
    assert (found["form"], found["key"], found["column"]) == ("budget_expenditure", "2012604", "project")
    assert (found["stated"], found["expected"], found["difference"]) == (15, 10, 5)
    assert (found["line"], found["text_printed"]) == (5, "15.00")
    assert (
        "“2012604 档案馆”的项目支出印为 15.00 万元，同行的合计为 10.00 万元，两者应当一致，相差 5.00 万元"
        in found["message_zh"]
    )
    assert "15.00 wan yuan is printed, Total of the row: 10.00 wan yuan" in found["message_en"]


def test_a_figure_that_is_subtracted_is_told_what_it_would_have_to_be():
    columns = ["opening_balance", "income", "total", "basic", "project", "closing_balance"]
    printed = [
        ["", "合计", "1.00", "9.00", "8.00", "", "8.00", "2.00"],
        ["212", "城乡社区支出", "1.00", "9.00", "8.00", "", "8.00", "2.00"],
        ["21208", "国有土地使用权出让收入安排的支出", "1.00", "9.00", "8.00", "", "8.00", "2.00"],
        ["2120803", "城市建设支出", "1.00", "9.00", "5.00", "", "8.00", "2.00"],
    ]
    found = findings(judged(document({"final_government_fund": (columns, printed)}, kind="final")))
    assert [(row["key"], row["column"], row["stated"], row["expected"]) for row in found] == [
        ("2120803", "total", 5, 8)
    ]


def test_a_parent_above_its_only_child_is_accused_not_the_child_though_two_rules_compare_them():
    lost = [row for row in TREE if row[0] != "2012604"]
    found = findings(judged(document({"budget_expenditure": (COLUMNS, lost)})))
    assert {row["key"] for row in found} == {"20126"}


def test_two_wrong_cells_are_two_findings():
    forms = {"budget_expenditure": (COLUMNS, with_cell("2012604", "project", "15.00"))}
    forms["budget_general_by_function"] = (COLUMNS, with_cell("2210201", "basic", "13.00"))
    differences = sorted(abs(row["difference"]) for row in findings(judged(document(forms))))
    assert differences == [Decimal("3"), Decimal("5")]


def test_two_wrong_cells_are_two_findings_though_they_are_off_by_one_round_amount():
    forms = {"budget_expenditure": (COLUMNS, with_cell("2012604", "project", "15.00"))}
    forms["budget_general_by_function"] = (COLUMNS, with_cell("合计", "basic", "25.00"))
    found = findings(judged(document(forms)))
    assert {(row["form"], row["key"], abs(row["difference"])) for row in found} == {
        ("budget_expenditure", "2012604", Decimal("5")),
        ("budget_general_by_function", "合计", Decimal("5")),
    }


def test_a_form_in_another_unit_than_the_others_is_one_finding():
    thousandths = [
        [code, label, *(str(Decimal(text) / 10_000) if text else "" for text in figures)]
        for code, label, *figures in TREE
    ]
    forms = {
        **BALANCED,
        "budget_expenditure": (COLUMNS, thousandths),
        "budget_summary.expenditure": (["amount"], [["", "支出总计", "20.00"]]),
    }
    found = findings(judged(document(forms)))
    assert len(found) == 1
    assert found[0]["related"] > 1


def test_two_rows_lost_from_one_form_are_one_finding():
    whole = [
        ["", "合计", "20.00", "12.00", "8.00"],
        ["201", "一般公共服务支出", "20.00", "12.00", "8.00"],
        ["20126", "档案事务", "20.00", "12.00", "8.00"],
        ["2012601", "行政运行", "9.00", "9.00", ""],
        ["2012602", "一般行政管理事务", "4.00", "1.00", "3.00"],
        ["2012604", "档案馆", "7.00", "2.00", "5.00"],
    ]
    lost = [row for row in whole if row[0] not in ("2012602", "2012604")]
    found = findings(
        judged(
            document({"budget_expenditure": (COLUMNS, lost), "budget_general_by_function": (COLUMNS, whole)})
        )
    )
    assert {(row["form"], row["key"]) for row in found} == {("budget_expenditure", "20126")}


def test_a_finding_names_form_line_and_figures_in_both_languages():
    forms = {"budget_expenditure": (COLUMNS, with_cell("221", "total", "11.00"))}
    found = findings(judged(document(forms)))[0]
    assert found["line"] == 6
    assert found["text_printed"] == "11.00"
    assert "《支出预算总表》" in found["message_zh"]
    assert "221 住房保障支出" in found["message_zh"]
    assert "11.00 万元" in found["message_zh"]
    assert "10.00 万元" in found["message_zh"]
    assert "Expenditure budget" in found["message_en"]


def test_a_repeated_wrong_percentage_is_one_finding():
    stated = [
        [item, figure, unit]
        for part in ("total", "income.total", "expenditure.total")
        for item, figure, unit in (
            (f"{part}.amount", "80.00", "wan"),
            (f"{part}.change_amount", "-20.00", "wan"),
            (f"{part}.change_pct", "-25", "pct"),
        )
    ]
    found = findings(judged(document(statements=stated)))
    assert [(row["stated"], row["expected"], row["related"]) for row in found] == [(-25, -20, 2)]


def test_a_finding_about_a_sentence_says_where_on_the_page_it_stands():
    stated = [
        ["total.amount", "80.00", "wan"],
        ["total.change_amount", "-20.00", "wan"],
        ["total.change_pct", "-25", "pct"],
    ]
    parsed = document(statements=stated)
    for number, statement in enumerate(parsed.statements):
        statement.page, statement.bbox = 3, (10.0 * number, 20.0, 10.0 * number + 8, 30.0)
    found = findings(judged(parsed))
    assert [(row["page"], tuple(row["bbox"])) for row in found] == [(3, (20.0, 20.0, 28.0, 30.0))]


def test_a_figure_placed_by_arithmetic_makes_the_reading_suspect():
    parsed = document({"budget_expenditure": (COLUMNS, with_cell("2012604", "project", "15.00"))})
    wrong = next(cell for cell in parsed.cells if (cell.code, cell.column) == ("2012604", "project"))
    wrong.placement, wrong.attributes = "arithmetic", {"settled_by": "X-COL-04"}
    found = findings(judged(parsed))
    assert {row["cause"] for row in found} == {"reading"}


def test_a_finding_keeps_its_id_when_its_document_is_judged_again():
    forms = {"budget_expenditure": (COLUMNS, with_cell("221", "total", "11.00"))}
    first, second = (findings(judged(document(forms))) for _ in range(2))
    assert [row["finding_id"] for row in first] == [row["finding_id"] for row in second]


def test_template_words_left_in_the_text_are_one_finding_a_document():
    sentences = [f"比上年增加（减少）{n}万元" for n in range(3)]
    stated = [{"item": "total.change_amount", "amount": "0", "sentence": sentence} for sentence in sentences]
    found = findings(judged(document(statements=stated)))
    assert [(row["rule_id"], row["key"], row["related"]) for row in found] == [
        ("X-COMP-08", "增加（减少）", 2)
    ]


def test_an_empty_reason_is_another_matter_than_template_words():
    sentences = ["比上年增加（减少）0万元", "预算2.00万元，主要原因是。"]
    stated = [{"item": "total.change_amount", "amount": "0", "sentence": sentence} for sentence in sentences]
    found = findings(judged(document(statements=stated), by=("X-COMP-08",)))
    assert sorted(row["key"] for row in found) == ["原因是。", "增加（减少）"]
    assert "未填原因或用途" in "".join(row["message_zh"] for row in found)


def said(*sentences):
    """A document of these sentences, each of which states a figure and is a piece of the running text."""
    stated = [
        {"item": "total.change_amount", "amount": "2.00", "sentence": sentence} for sentence in sentences
    ]
    parsed = document(statements=stated)
    name = parsed.document.document
    parsed.passages += [
        PassageRecord(f"{name}:p{number}", name, name, number, "sentence", None, None, sentence)
        for number, sentence in enumerate(sentences)
    ]
    return parsed


def test_an_empty_reason_that_two_rules_complain_about_is_one_finding():
    found = findings(judged(said("预算2.00万元，主要原因是。"), by=("X-COMP-08", "X-NAR-25")))
    assert [(row["rule_id"], row["related"]) for row in found] == [("X-COMP-08", 1)]


def test_other_words_of_the_same_sentence_stay_a_finding_of_their_own():
    sentence = "比上年增加（减少）0万元，主要原因是。"
    found = findings(judged(said(sentence), by=("X-COMP-08", "X-NAR-25")))
    assert sorted(row["key"] for row in found) == ["原因是。", "增加（减少）"]


def test_the_same_words_in_another_sentence_stay_a_finding_of_their_own():
    parsed = said("预算2.00万元，主要原因是。")
    parsed.passages[0].text = "决算1.00万元，主要原因是。"
    found = findings(judged(parsed, by=("X-COMP-08", "X-NAR-25")))
    assert [row["rule_id"] for row in found] == ["X-COMP-08", "X-NAR-25"]


def test_a_wrong_amount_that_spoils_its_percentage_is_one_finding():
    stated = [
        {"item": "expenditure.total.amount", "amount": "100.00", "whole_of": "a", "exhaustive": True},
        {"item": "expenditure.basic.amount", "amount": "70.00", "part_of": "a"},
        {"item": "expenditure.basic.share_pct", "amount": "60", "unit": "pct"},
        {"item": "expenditure.project.amount", "amount": "40.00", "part_of": "a"},
    ]
    found = findings(judged(document(statements=stated)))
    assert [(row["rule_id"], row["related"]) for row in found] == [("X-NAR-03", 1)]


def test_a_wrong_percentage_beside_a_wrong_amount_is_a_finding_of_its_own():
    stated = [
        {"item": "expenditure.total.amount", "amount": "100.00", "whole_of": "a", "exhaustive": True},
        {"item": "expenditure.basic.amount", "amount": "70.00", "part_of": "a"},
        {"item": "expenditure.basic.share_pct", "amount": "33", "unit": "pct"},
        {"item": "expenditure.project.amount", "amount": "40.00", "part_of": "a"},
    ]
    found = findings(judged(document(statements=stated)))
    assert [row["rule_id"] for row in found] == ["X-NAR-03", "X-NAR-07"]


def test_a_figure_above_its_limit_that_also_breaks_a_sum_is_one_finding():
    forms = {**BALANCED, "budget_general_by_function": (COLUMNS, with_cell("2012604", "project", "13.00"))}
    assert len(findings(judged(document(forms)))) == 1


def test_a_wrong_share_that_spoils_the_sum_of_the_shares_is_one_finding():
    stated = [
        {"item": "expenditure.total.amount", "amount": "90.00"},
        {"item": "expenditure.basic.amount", "amount": "30.00"},
        {"item": "expenditure.basic.share_pct", "amount": "30.3", "unit": "pct"},
        {"item": "expenditure.project.amount", "amount": "60.00"},
        {"item": "expenditure.project.share_pct", "amount": "66.7", "unit": "pct"},
    ]
    found = findings(judged(document(statements=stated)))
    assert [(row["rule_id"], row["stated"], row["related"]) for row in found] == [
        ("X-NAR-07", Decimal("30.3"), 1)
    ]
