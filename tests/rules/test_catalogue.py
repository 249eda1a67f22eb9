"""The page that lists the rules says what the rule files say."""

from expectations import catalogue


def test_the_page_of_rules_is_not_stale():
    assert catalogue.TARGET.read_text(encoding="utf-8") == catalogue.page(), (
        "run `python -m expectations.catalogue`"
    )
