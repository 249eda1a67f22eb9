"""What the report calls figures and states."""

from __future__ import annotations

import pytest

from dagster_project.report.names import clause, reason

SENTENCE = "2024年预算安排1,250.30万元，比上年增加25.00万元，增长2.04%；其中：印刷费25.00万元。"


@pytest.mark.parametrize(
    ("printed", "context", "said"),
    [
        ("1,250.30万元", "预算安排1,250.30万元", "2024年预算安排1,250.30万元"),
        ("25.00万元", "比上年增加25.00万元", "比上年增加25.00万元"),
        ("25.00万元", "其中：印刷费25.00万元", "印刷费25.00万元"),
        ("2.04%", "增长2.04%", "增长2.04%"),
    ],
)
def test_a_stated_figure_is_named_by_its_clause(printed: str, context: str, said: str) -> None:
    assert clause({"sentence": SENTENCE, "text_printed": printed, "context": context}) == said


def test_a_figure_that_its_sentence_does_not_print_is_named_by_the_sentence() -> None:
    assert clause({"sentence": SENTENCE, "text_printed": "7.00万元", "context": None}) == SENTENCE


def test_a_reason_is_said_in_chinese_first() -> None:
    assert reason("not loaded: the budget|未装载：预算") == ("未装载：预算", "not loaded: the budget")
    assert reason("no such form") == ("no such form", "")
