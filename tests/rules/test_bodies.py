"""Names of bodies in the running text: another body is told, a form of the own name never."""

from __future__ import annotations

import pytest

from dagster_project.reconciliation.bodies import is_another, is_short_form
from dagster_project.records import PassageRecord
from tests.rules.documents import document, findings, judged

OWN = "示例市东湖区人民政府办公室"


@pytest.mark.parametrize(
    "name",
    [
        "示例市东湖区人民政府办公室",
        "东湖区人民政府办公室",
        "东湖区政府办公室",
        "区政府办",
        "示例省示例市东湖区人民政府办公室",
        "示例市东湖区人民政府办公室（本级）",
        "示例市东湖区档案馆",
        "本办公室",
    ],
)
def test_a_form_of_the_own_name_or_a_body_of_another_kind_is_not_another(name: str) -> None:
    assert not is_another(OWN, name)


@pytest.mark.parametrize(
    "name", ["示例市西湖区人民政府办公室", "示例市人民政府办公室", "西湖区人民政府办公室"]
)
def test_the_same_kind_of_body_elsewhere_is_another(name: str) -> None:
    assert is_another(OWN, name)


@pytest.mark.parametrize(
    ("own", "name", "another"),
    [
        ("示例市东湖区文物和档案局", "示例市东湖区文物与档案局", True),
        ("示例市东湖区文物和档案局", "示例市东湖区文物档案局", False),
        ("示例市东湖区第一小学", "示例市东湖区第二小学", False),
        ("示例市公安局", "示例市公安局东湖分局", False),
        ("云岭彝族自治州农垦局", "云岭州农垦局", False),
    ],
)
def test_one_wrong_character_is_a_slip_and_a_number_or_a_shortened_name_is_not(
    own: str, name: str, another: bool
) -> None:
    assert is_another(own, name) is another


def test_a_short_form_keeps_the_order_of_the_characters() -> None:
    assert is_short_form("区政府办", OWN)
    assert not is_short_form("办政府区", OWN)


def told(*sentences: str, heading: str | None = None) -> list[tuple[str, str]]:
    """Rule and key of the findings about the sentences of a document of 示例市档案馆."""
    parsed = document(statements=[{"item": "total.amount", "amount": "20.00"}], kind="final")
    name = parsed.document.document
    parsed.passages += [
        PassageRecord(f"{name}:p{number}", name, name, number, "sentence", None, heading, text)
        for number, text in enumerate(sentences)
    ]
    found = findings(judged(parsed, by=("X-PLA-09", "X-NAR-25")))
    return [(row["rule_id"], row["key"]) for row in found]


OF_ITS_OWN = ("示例市档案馆2024年度收入总计20.00万元。", "示例市档案馆2024年度支出总计20.00万元。")


def test_two_wrong_names_are_two_findings_and_each_is_told_once():
    sentences = (
        *OF_ITS_OWN,
        "样例市档案馆2024年度政府采购支出3.00万元。",
        "样例市档案馆2024年度机关运行经费支出2.00万元。",
        "范例市档案馆2024年度“三公”经费支出1.00万元。",
    )
    assert sorted(told(*sentences)) == [("X-PLA-09", "样例市档案馆"), ("X-PLA-09", "范例市档案馆")]


def test_a_body_that_the_document_speaks_of_elsewhere_is_its_own_affair():
    stranger = "示例市气象台中心2024年度收入总计3.00万元。"
    assert told(*OF_ITS_OWN, stranger) == [("X-PLA-09", "示例市气象台中心")]
    assert told(*OF_ITS_OWN, stranger, "所属单位:示例市气象台中心。") == []


def test_where_the_text_never_uses_the_name_of_the_cover_the_cover_may_be_misread():
    assert told("样例市档案馆2024年度收入总计20.00万元。") == []


def test_a_reason_and_a_use_copied_from_one_account_are_one_finding():
    sentences = (
        "1.文化支出(类)文物(款)地方志编纂(项)9.00万元,主要用于地方志编纂。",
        "主要原因是:地方志编纂经费增加。",
        "2.文化支出(类)文物(款)档案修复(项)3.00万元,主要用于地方志编纂。",
        "主要原因是:地方志编纂经费增加。",
    )
    assert told(*sentences, heading="三、支出说明") == [("X-NAR-25", "地方志编纂")]
