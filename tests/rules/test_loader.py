"""A rule file that cannot be meant is refused with its name and the reason."""

from __future__ import annotations

import copy
import pickle
import re

import pytest
import yaml

from expectations.rules import RULES, RuleError, build_rule, load_rules


def rule_file(rule_id: str) -> dict:
    return yaml.safe_load((RULES / f"{rule_id}.yaml").read_text(encoding="utf-8"))


def refused(change) -> str:
    node = copy.deepcopy(rule_file("X-ROW-01"))
    change(node)
    with pytest.raises(RuleError) as caught:
        build_rule(node, "X-ROW-01.yaml")
    return str(caught.value)


def test_a_form_nobody_declared_is_refused():
    reason = refused(lambda node: node["equations"][0].update(forms=["budget_dreams"]))
    assert reason == "X-ROW-01.yaml: form 'budget_dreams' is not declared in dbt/seeds/form.csv"


def test_a_column_nobody_declared_is_refused():
    reason = refused(lambda node: node["equations"][0]["parts"].append("gifts"))
    assert "column 'gifts' of budget_expenditure is not declared" in reason


def test_a_line_nobody_declared_is_refused():
    node = rule_file("X-COL-11")
    node["equations"][0]["whole"] = "net_worth"
    with pytest.raises(RuleError, match=r"line 'net_worth' is not declared in dbt/seeds/summary_line\.csv"):
        build_rule(node, "X-COL-11.yaml")


def test_a_misspelt_key_is_refused():
    reason = refused(lambda node: node["equations"][0].update(hwole="total"))
    assert reason == "X-ROW-01.yaml: row: does not know hwole (whole?)"


@pytest.mark.parametrize(
    ("key", "misspelt", "reason"),
    [
        ("severity", "severty", "the file: does not know severty (severity?)"),
        ("zh", "hz", "title: does not know hz"),
        ("kind", "knid", "equation: does not know knid (kind?)"),
        ("whole", "hwole", "lines: does not know hwole (whole?)"),
        ("tolerance", "colour", "the file: does not know colour"),
    ],
)
def test_a_misspelt_key_is_named_with_its_line_and_the_key_that_is_meant(tmp_path, key, misspelt, reason):
    text = (RULES / "X-COL-11.yaml").read_text(encoding="utf-8")
    wrong = re.sub(rf"\b{key}:", f"{misspelt}:", text, count=1)
    line = next(n for n, printed in enumerate(wrong.splitlines(), start=1) if f"{misspelt}:" in printed)
    (tmp_path / "X-COL-11.yaml").write_text(wrong, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    assert str(caught.value) == f"X-COL-11.yaml:{line}: {reason}"


def test_words_without_their_translation_are_refused():
    assert "title: lacks en" in refused(lambda node: node["title"].pop("en"))
    assert "formula: must be a mapping" in refused(lambda node: node.update(formula="合计等于各项之和"))


def test_a_rule_without_a_failing_example_is_refused():
    reason = refused(lambda node: node.update(examples=[e for e in node["examples"] if e["state"] != "fail"]))
    assert "needs at least one that passes and one that fails" in reason


def test_a_file_named_otherwise_than_its_id_is_refused():
    assert "is named otherwise than its id X-ROW-99" in refused(lambda node: node.update(id="X-ROW-99"))


def test_a_file_that_is_no_yaml_is_refused(tmp_path):
    (tmp_path / "X-ROW-01.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(RuleError, match=r"X-ROW-01\.yaml: is no YAML"):
        load_rules(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(RuleError, match="holds no rule file"):
        load_rules(tmp_path)


def test_a_wording_that_is_no_regular_expression_is_refused():
    wording = {"kind": "wording", "name": "open", "pattern": "(增加", "says": {"zh": "未填", "en": "is open"}}
    with pytest.raises(RuleError, match=r"X-COMP-08.yaml: pattern '\(增加'"):
        build_rule({**rule_file("X-COMP-08"), "equations": [wording]}, "X-COMP-08.yaml")


def test_the_complaint_names_the_line_of_the_entry_it_is_about(tmp_path):
    text = (RULES / "X-COL-11.yaml").read_text(encoding="utf-8")
    wrong = text.replace("kind: lines", "kind: lnies", 1)
    line = next(n for n, printed in enumerate(wrong.splitlines(), start=1) if "lnies" in printed)
    (tmp_path / "X-COL-11.yaml").write_text(wrong, encoding="utf-8")
    with pytest.raises(RuleError, match=rf"X-COL-11\.yaml:{line}: equation kind 'lnies' is none of"):
        load_rules(tmp_path)


def test_a_law_without_its_article_is_no_basis():
    node = {**rule_file("X-ROW-01"), "basis": "law: 预算法"}
    with pytest.raises(RuleError, match="names its source, article and the year it holds from"):
        build_rule(node, "X-ROW-01.yaml")


def test_practice_alone_may_warn_but_is_no_error():
    node = {**rule_file("X-ROW-01"), "basis": "practice: 通行做法"}
    with pytest.raises(RuleError, match="practice alone is no ground for severity error"):
        build_rule(node, "X-ROW-01.yaml")


def test_a_rule_states_what_differs_and_accuses_nobody():
    assert "虚假: a rule states what differs" in refused(lambda node: node["title"].update(zh="虚假列支"))
    says = {"zh": "涉嫌违规", "en": "is left open"}
    wording = {"kind": "wording", "name": "open", "pattern": "未填", "says": says}
    with pytest.raises(RuleError, match="违规: a rule states what differs, it does not accuse"):
        build_rule({**rule_file("X-COMP-08"), "equations": [wording]}, "X-COMP-08.yaml")


def test_a_pattern_must_name_the_figures_that_its_equation_takes():
    said = {"kind": "said", "name": "change", "pattern": "减少(?P<change>[0-9.]+)", "equation": "difference"}
    with pytest.raises(RuleError, match="said: pattern lacks the group now, before"):
        build_rule({**rule_file("X-COMP-08"), "equations": [said]}, "X-COMP-08.yaml")


def test_a_check_that_the_kind_does_not_know_is_refused():
    outline = {"kind": "outline", "check": "backwards"}
    with pytest.raises(RuleError, match="outline: check: 'backwards' is none of listed, unlisted"):
        build_rule({**rule_file("X-COMP-08"), "equations": [outline]}, "X-COMP-08.yaml")


def test_a_refusal_comes_back_whole_from_another_process() -> None:
    refusal = RuleError("X-ROW-01.yaml:7", "equation kind 'lnies' is none of lines")

    assert str(pickle.loads(pickle.dumps(refusal))) == str(refusal)


def test_a_legitimate_reason_has_an_equation_of_its_own():
    reason = {"id": "told", "title": {"zh": "已说明", "en": "was told"}}
    with pytest.raises(RuleError, match="exception told: has no equation of its own"):
        build_rule({**rule_file("X-ROW-01"), "exceptions": [reason]}, "X-ROW-01.yaml")
    with pytest.raises(RuleError, match="exception: stated lacks the group amount, unit"):
        build_rule({**rule_file("X-ROW-01"), "exceptions": [{**reason, "stated": "调整"}]}, "X-ROW-01.yaml")


@pytest.mark.parametrize(
    ("printed", "wrong", "reason"),
    [
        ("- state: fail", "- sate: fail", "example: does not know sate (state?)"),
        ("- state: fail", "- state: fails", "example: state: 'fails' is none of pass_exact, pass_rounding"),
        ("columns: [amount]", "colums: [amount]", "does not know colums (columns?)"),
        ("columns: [amount]", "columns: [amuont]", "column 'amuont' of"),
        ("  forms:", "  froms:", "example: does not know froms (forms?)"),
        ("'10.00'", "10.00", "10.0 is no printed figure (in quotation marks)"),
        ("'10.00']", "'10.00', '']", "is not code, label and 1 figures"),
    ],
)
def test_a_misspelt_example_is_refused_with_its_line(tmp_path, printed, wrong, reason):
    text = (RULES / "X-COL-11.yaml").read_text(encoding="utf-8")
    equations, examples = text.split("examples:", 1)
    assert printed in examples
    changed = f"{equations}examples:{examples.replace(printed, wrong, 1)}"
    first = changed.splitlines().index("examples:") + 1
    (tmp_path / "X-COL-11.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(RuleError, match=re.escape(reason)) as caught:
        load_rules(tmp_path)
    assert int(str(caught.value).split(":")[1]) > first


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        ({"forms": {"budget_dreams": {"columns": ["total"], "rows": []}}}, "form 'budget_dreams'"),
        ({"forms": {"budget_summary.right": {"columns": ["total"], "rows": []}}}, "side of budget_summary"),
        ({"form_states": {"budget_income": "lost"}}, "'lost' is none of read, printed_blank"),
        ({"statements": [["total.amount", "10.00"]]}, "is not item, figure and unit"),
        ({"statements": [{"item": "total.amount", "amuont": "1"}]}, "does not know amuont (amount?)"),
        ({"passages": [["sentense", "……"]]}, "example: passage: 'sentense' is none of"),
        ({"indicators": [{"wieght": "5"}]}, "does not know wieght (weight?)"),
        ({"document": {"fiscal_yaer": 2024}}, "does not know fiscal_yaer (fiscal_year?)"),
        ({"others": [{"staet": "fail"}]}, "example: others: does not know staet"),
    ],
)
def test_every_part_of_an_example_is_read(example, reason):
    node = rule_file("X-ROW-01")
    node["examples"].append({"state": "fail", **example})
    with pytest.raises(RuleError, match=re.escape(reason)):
        build_rule(node, "X-ROW-01.yaml")


def test_a_key_that_is_there_twice_is_refused(tmp_path):
    text = (RULES / "X-ROW-01.yaml").read_text(encoding="utf-8")
    (tmp_path / "X-ROW-01.yaml").write_text(f"{text}severity: info\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"severity is there twice(.|\n)*line"):
        load_rules(tmp_path)


@pytest.mark.parametrize("shape", [None, 5, "words", [], {}])
@pytest.mark.parametrize("rule_id", ["X-ROW-01", "X-FORM-20", "X-NAR-10", "X-COMP-01"])
def test_a_value_of_another_shape_is_refused_or_means_the_same(rule_id, shape):
    for key in rule_file(rule_id):
        for place in (None, 0):
            node = rule_file(rule_id)
            if place is None:
                node[key] = shape
            elif isinstance(node[key], list):
                node[key][place] = shape
            try:
                build_rule(node, f"{rule_id}.yaml")
            except RuleError as refusal:
                assert str(refusal).startswith(f"{rule_id}.yaml")


def test_one_word_for_a_list_is_not_taken_letter_by_letter():
    reason = refused(lambda node: node["equations"][0].update(parts="basic"))
    assert reason == "X-ROW-01.yaml: row: parts must be a list"
