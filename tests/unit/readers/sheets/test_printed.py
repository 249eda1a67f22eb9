"""What a spreadsheet shows of a number is what was published."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project import money
from dagster_project.readers.sheets.printed import BUILT_IN, printed, printed_text


@pytest.mark.parametrize(
    ("stored", "number_format", "shown"),
    [
        ("1469135.7799999998", "General", "1469135.78"),
        ("1469135.7799999998", "#,##0.00", "1,469,135.78"),
        ("0.30000000000000004", "General", "0.3"),
        ("33.333333333333336", "General", "33.33333333"),
        ("1.5E+6", "General", "1500000"),
        ("12", "0.00_ ", "12.00"),
        ("2.6749999999999998", "0.00", "2.68"),
        ("-12.3", "#,##0.00_);(#,##0.00)", "(12.30)"),
        ("-12.3", "#,##0.00_ ;[Red]\\-#,##0.00\\ ", "-12.30"),
        ("0", BUILT_IN[43], "-"),
        ("-5", BUILT_IN[43], "-5.00"),
        ("0", "0.00;-0.00;;@", ""),
        ("0", '[=0]"";General', ""),
        ("7", '[=0]"";General', "7"),
        ("0", "#,###", ""),
        ("0.1256", "0.00%", "12.56%"),
        ("7", "[$¥-804]#,##0.00", "¥7.00"),
        ("12345678", "0\\.0000", "1234.5678"),
        ("12345678", "0!.0,", "1234.6"),
        ("12345678", '0.00,,"百万"', "12.35百万"),
        ("2080501", "0000000", "2080501"),
        ("301", "General", "301"),
        ("5", "#,##0.##", "5"),
        ("45292", 'yyyy"年"m"月"d"日"', "2024年1月1日"),
        ("45292.5", "yyyy/m/d h:mm", "2024/1/1 12:00"),
        ("1234.5", "0.00E+00", "1234.5"),
        ("0.25", "# ?/?", "0.25"),
        ("1E+300", "0.00", "1E+300"),
        ("1E-300", "0.00", "0.00"),
        ("9E+20", "yyyy-mm-dd", "900000000000000000000"),
    ],
)
def test_a_number_is_shown_as_its_format_says(stored: str, number_format: str, shown: str) -> None:
    assert printed(Decimal(stored), number_format) == shown


def test_a_text_may_be_hidden_or_added_to_by_the_fourth_part_of_its_format() -> None:
    assert printed_text("合计", "0.00") == "合计"
    assert printed_text("合计", '0;0;0;"（"@"）"') == "（合计）"
    assert printed_text("合计", ";;;") == ""


def test_dates_can_be_counted_from_1904() -> None:
    assert printed(Decimal(43830), "yyyy-mm-dd", since_1904=True) == "2024-01-01"


CENTS = st.decimals(min_value=-(10**11), max_value=10**11, places=2)


@given(CENTS)
def test_an_amount_stored_as_a_binary_fraction_shows_its_own_digits(amount: Decimal) -> None:
    stored = Decimal(repr(float(amount)))
    for number_format in ("0.00", "#,##0.00", "General", "#,##0.00_);(#,##0.00)"):
        read = money.parse_amount(printed(stored, number_format))
        assert read is not None
        assert read.amount == amount


@given(st.decimals(min_value=0, max_value=10**8, places=6), st.integers(min_value=0, max_value=6))
def test_a_format_rounds_halves_away_from_zero_to_its_decimals(amount: Decimal, decimals: int) -> None:
    shown = printed(amount, "0." + "0" * decimals if decimals else "0")
    assert Decimal(shown) == amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def test_a_currency_sign_that_a_sheet_shows_does_not_hide_the_figure() -> None:
    shown = printed(Decimal("-1234.5"), "[$¥-804]#,##0.00")
    assert shown == "-¥1,234.50"
    assert money.parse_amount(shown) == money.Printed(Decimal("-1234.50"), 2)
    assert money.parse_amount(printed(Decimal(0), BUILT_IN[44])) == money.Printed(Decimal(0), 0)
