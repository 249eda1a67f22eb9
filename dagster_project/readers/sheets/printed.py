"""What a spreadsheet shows of a stored number: number formats (ECMA-376 part 1, 18.8.31) applied exactly.

A sheet stores ``1469135.7799999998`` and shows ``1,469,135.78``; what it shows is what was published. A
number is first taken to the 15 significant digits that a spreadsheet keeps, then rounded half away from zero.
Not understood: fractions, exponents, elapsed hours and Chinese numerals; such numbers are shown as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

GENERAL: Final = "General"

BUILT_IN: Final[dict[int, str]] = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"¥"#,##0;"¥"-#,##0',
    6: '"¥"#,##0;"¥"-#,##0',
    7: '"¥"#,##0.00;"¥"-#,##0.00',
    8: '"¥"#,##0.00;"¥"-#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* -#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    45: "mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
"""Formats that a file names by number alone, as Chinese editions show them."""

_EXACT: Final = Context(prec=15, rounding=ROUND_HALF_UP)
_WIDE: Final = Context(prec=60, rounding=ROUND_HALF_UP)
_GENERAL_WIDTH: Final = 11
_LONGEST_EXACT: Final = 6
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<general>General|G/通用格式)'
    r"|(?P<exponent>E[+-])|(?P<date>y+|m+|d+|h+|s+|e+|b+|AM/PM|A/P|上午/下午)|(?P<mark>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_CURRENCY: Final = re.compile(r"\$([^-]*)")
_MARKS: Final = {".": "point", ",": "comma", "%": "percent", "@": "text", "/": "slash"}
_KINDS: Final = {"quoted": "literal", "escaped": "literal", "exponent": "foreign"}
_LEAP_BUG: Final = 60
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class _Token:
    """``kind``: literal, digit (0 # ?), point, comma, percent, general, text, date, foreign."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    tokens: tuple[_Token, ...]
    condition: tuple[str, Decimal] | None

    def has(self, kind: str) -> bool:
        return any(token.kind == kind for token in self.tokens)


def printed(value: Decimal, number_format: str = GENERAL, *, since_1904: bool = False) -> str:
    """What a cell with ``value`` and ``number_format`` shows, without padding.

    ``since_1904`` says which day the file counts dates from.
    """
    value = _EXACT.plus(value)
    section, magnitude, sign = _section(_sections(number_format), value)
    if section.has("date"):
        return _date(section, value, since_1904=since_1904)
    if section.has("foreign"):
        return sign + general(magnitude)
    if section.has("general") or section.has("text"):
        number = general(magnitude)
        return sign + "".join(
            number if token.kind in {"general", "text"} else token.text for token in section.tokens
        )
    return (sign + _number(section, magnitude)).strip()


def printed_text(text: str, number_format: str = GENERAL) -> str:
    """What a cell with a text shows: the fourth section of its format may add to it, or hide it."""
    sections = _sections(number_format)
    if len(sections) < 4:
        return text
    return "".join(text if token.kind == "text" else token.text for token in sections[3].tokens)


def general(value: Decimal) -> str:
    """A number in format General: the shortest digits that are the number.

    Quotients with more than six decimals are cut to the eleven characters that a spreadsheet shows.
    """
    value = _EXACT.plus(value)
    if not value:
        return "0"
    shortest = format(value.normalize(), "f")
    whole, _, decimals = shortest.partition(".")
    if len(decimals) <= _LONGEST_EXACT:
        return shortest
    kept = max(_GENERAL_WIDTH - 1 - len(whole.lstrip("-")), _LONGEST_EXACT)
    rounded = _rounded(value, kept)
    return format(rounded.normalize(), "f") if rounded else "0"


def is_date(number_format: str) -> bool:
    """Whether numbers of this format are days."""
    return _sections(number_format)[0].has("date")


@lru_cache(maxsize=4096)
def _sections(number_format: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    tokens: list[_Token] = []
    condition: tuple[str, Decimal] | None = None
    for match in _TOKEN.finditer(number_format or GENERAL):
        if match["mark"] == ";":
            sections.append(_Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif match["bracket"] is not None and (found := _CONDITION.fullmatch(match["bracket"])):
            condition = (found[1], Decimal(found[2]))
        else:
            tokens.extend(_tokens(match))
    sections.append(_Section(tuple(tokens), condition))
    return tuple(sections)


def _tokens(match: re.Match[str]) -> list[_Token]:
    """The token that a piece of a format is; fillers, paddings and colours are none."""
    bracket, mark = match["bracket"], match["mark"]
    if bracket is not None:
        currency = _CURRENCY.match(bracket)
        if bracket.lower() in {"h", "hh", "m", "mm", "s", "ss"}:
            return [_Token("foreign", bracket)]
        return [_Token("literal", currency[1])] if currency and currency[1] else []
    if mark is not None:
        return [_Token("digit" if mark in "0#?" else _MARKS.get(mark, "literal"), mark)]
    for kind, text in match.groupdict().items():
        if text is not None:
            return [_Token(_KINDS.get(kind, kind), text)]
    return []


def _section(sections: tuple[_Section, ...], value: Decimal) -> tuple[_Section, Decimal, str]:
    """The section that shows a value, the number that it shows, and the sign before it."""
    numeric = sections[:3]
    conditions = [section for section in numeric if section.condition]
    for section in conditions:
        if _holds(section.condition, value):
            shows_sign = value < 0 and not _only_negative(section.condition)
            return section, abs(value), "-" if shows_sign else ""
    if conditions:
        rest = next((section for section in numeric if not section.condition), None)
        return rest or _Section((_Token("general", GENERAL),), None), abs(value), "-" if value < 0 else ""
    if value < 0 and len(numeric) > 1:
        return numeric[1], -value, ""
    if value == 0 and len(numeric) > 2:
        return numeric[2], abs(value), ""
    return numeric[0], abs(value), "-" if value < 0 else ""


def _holds(condition: tuple[str, Decimal] | None, value: Decimal) -> bool:
    if condition is None:
        return False
    operator, bound = condition
    return {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[operator]


def _only_negative(condition: tuple[str, Decimal] | None) -> bool:
    return condition is not None and condition[0] in {"<", "<="} and condition[1] <= 0


def _number(section: _Section, magnitude: Decimal) -> str:
    tokens = [*section.tokens]
    digits = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    if not digits:
        return "".join(token.text for token in tokens if token.kind in {"literal", "percent", "slash"})
    if any(token.kind == "slash" for token in tokens[digits[0] : digits[-1]]):
        return general(magnitude)
    point = next((index for index, token in enumerate(tokens) if token.kind == "point"), None)
    whole_end = next((index for index in reversed(digits) if point is None or index < point), -1)
    scale = _trailing_commas(tokens, digits[-1]) + (
        _trailing_commas(tokens, whole_end) if whole_end != digits[-1] else 0
    )
    percents = sum(token.kind == "percent" for token in tokens)
    places = [token.text for token in tokens[point:] if token.kind == "digit"] if point is not None else []
    shown = _rounded(_WIDE.scaleb(magnitude, 2 * percents - 3 * scale), len(places))
    whole, _, decimals = format(shown, "f").partition(".")
    needed = "".join(token.text for token in tokens[:point] if token.kind == "digit")
    whole = whole.lstrip("0").rjust(needed.count("0"), "0")
    grouped = any(token.kind == "comma" for token in tokens[digits[0] : max(whole_end, digits[0])])
    decimals = _optional(decimals, places)
    return _set(tokens, point, whole, decimals, grouped=grouped)


def _trailing_commas(tokens: list[_Token], last: int) -> int:
    count = 0
    while last >= 0 and last + 1 + count < len(tokens) and tokens[last + 1 + count].kind == "comma":
        count += 1
    return count


def _optional(decimals: str, places: list[str]) -> str:
    """Decimals without zeros at the end where the format makes them optional (``#``)."""
    while decimals and decimals.endswith("0") and places[len(decimals) - 1] in "#?":
        decimals = decimals[:-1]
    return decimals


def _set(tokens: list[_Token], point: int | None, whole: str, decimals: str, *, grouped: bool) -> str:
    """Digits set into the places of the format; literals between the places stay where they stand."""
    before = tokens if point is None else tokens[:point]
    shown: list[str] = []
    left = len([token for token in before if token.kind == "digit"])
    rest, count = whole, 0
    for token in reversed(before):
        if token.kind != "digit":
            shown.append(token.text if token.kind not in {"comma", "point"} else "")
            continue
        left -= 1
        taken = rest if left == 0 else rest[-1:]
        rest = "" if left == 0 else rest[:-1]
        for digit in reversed(taken):
            if grouped and count and count % 3 == 0:
                shown.append(",")
            shown.append(digit)
            count += 1
    after: list[str] = []
    remaining = decimals
    for token in tokens[point:] if point is not None else []:
        if token.kind == "point":
            after.append("." if decimals or "0" in "".join(t.text for t in tokens[point:]) else "")
        elif token.kind == "digit":
            after.append(remaining[:1])
            remaining = remaining[1:]
        elif token.kind != "comma":
            after.append(token.text)
    return "".join(reversed(shown)) + "".join(after)


def _rounded(value: Decimal, places: int) -> Decimal:
    return _WIDE.quantize(value, Decimal(1).scaleb(-places))


def _date(section: _Section, value: Decimal, *, since_1904: bool) -> str:
    days = value if since_1904 or value >= _LEAP_BUG else value + 1
    first = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
    try:
        moment = first + timedelta(seconds=round(float(days) * 86400))
    except (OverflowError, InvalidOperation):
        return general(value)
    half_day = any(token.text.upper() in {"AM/PM", "A/P", "上午/下午"} for token in section.tokens)
    shown: list[str] = []
    before = ""
    for index, token in enumerate(section.tokens):
        if token.kind != "date":
            shown.append(token.text)
            continue
        name = token.text.lower()
        minutes = name in {"m", "mm"} and (before.startswith("h") or _next_date(section, index) == "s")
        shown.append(_date_part(moment, "minute" if minutes else name, len(name), half_day=half_day))
        before = name
    return "".join(shown)


def _next_date(section: _Section, index: int) -> str:
    return next((token.text[:1].lower() for token in section.tokens[index + 1 :] if token.kind == "date"), "")


def _date_part(moment: datetime, name: str, width: int, *, half_day: bool) -> str:
    number = {
        "y": moment.year if width > 2 else moment.year % 100,
        "e": moment.year,
        "b": moment.year + 543,
        "d": moment.day,
        "h": (moment.hour - 1) % 12 + 1 if half_day else moment.hour,
        "s": moment.second,
    }
    if name == "minute":
        return f"{moment.minute:0{width}d}"
    if name[0] == "m":
        return f"{moment.month:0{width}d}" if width <= 2 else _MONTHS[moment.month - 1]
    if name[0] == "d" and width > 2:
        return ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")[moment.weekday()]
    if name[0] in "a上":
        afternoon = moment.hour >= 12
        return ("下午" if afternoon else "上午") if name[0] == "上" else ("PM" if afternoon else "AM")
    return f"{number[name[0]]:0{width}d}" if name[0] != "y" else f"{number['y']:0{max(width, 2)}d}"
