"""What a spreadsheet shows of a stored number: number formats (ECMA-376 part 1, 18.8.31) applied exactly.

A sheet stores ``1469135.7799999998`` and shows ``1,469,135.78``; what it shows is what was published. A
number is first taken to the 15 significant digits that a spreadsheet keeps, then rounded half away from zero.
Not understood: fractions, exponents, elapsed hours and Chinese numerals; such numbers are shown as they are.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import cached_property, lru_cache
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
_LARGEST: Final = 30
"""Power of ten beyond which a number is no amount and not worked on."""

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


@dataclass(frozen=True)
class _Section:
    tokens: tuple[_Token, ...]
    condition: tuple[str, Decimal] | None

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(token.kind for token in self.tokens)

    @cached_property
    def places(self) -> _Places:
        return _places(self.tokens)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the digits of a format stand.

    ``before``, ``after``: the tokens before and from the point. ``decimals``: the marks (0 # ?) after the
    point. ``whole``: digits before the point that are shown even where they are zero. ``shift``: the power
    of ten that percents and trailing commas multiply by. ``one_piece``: nothing stands between the digits.
    ``fraction``: the format is a fraction.
    """

    before: tuple[_Token, ...]
    after: tuple[_Token, ...]
    decimals: str
    whole: int
    shift: int
    grouped: bool
    one_piece: bool
    fraction: bool


def printed(value: Decimal, number_format: str = GENERAL, *, since_1904: bool = False) -> str:
    """What a cell with ``value`` and ``number_format`` shows, without padding.

    ``since_1904`` says which day the file counts dates from.
    """
    value = _EXACT.plus(value)
    if value.adjusted() > _LARGEST:
        return str(value)
    section, magnitude, sign = _section(_sections(number_format), value)
    if "date" in section.kinds:
        return _date(section, value, since_1904=since_1904)
    if "foreign" in section.kinds:
        return sign + general(magnitude)
    if section.kinds & {"general", "text"}:
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
    return "date" in _sections(number_format)[0].kinds


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
    if "digit" not in section.kinds:
        return "".join(token.text for token in section.tokens if token.kind != "comma")
    places = section.places
    if places.fraction:
        return general(magnitude)
    shown = _rounded(_WIDE.scaleb(magnitude, places.shift), len(places.decimals))
    whole, _, decimals = format(shown, "f").partition(".")
    whole = whole.lstrip("0").rjust(places.whole, "0")
    decimals = _optional(decimals, places.decimals)
    return _set_whole(places, whole) + _set_decimals(places, decimals)


def _places(tokens: tuple[_Token, ...]) -> _Places:
    digits = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    point = next((index for index, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    whole = [index for index in digits if index < point]
    commas = _trailing_commas(tokens, digits[-1])
    if whole and whole[-1] != digits[-1]:
        commas += _trailing_commas(tokens, whole[-1])
    percents = sum(token.kind == "percent" for token in tokens)
    between = {token.kind for token in tokens[digits[0] : digits[-1] + 1]}
    inside = tokens[digits[0] : whole[-1]] if whole else ()
    return _Places(
        before=tokens[:point],
        after=tokens[point:],
        decimals="".join(tokens[index].text for index in digits if index > point),
        whole=sum(tokens[index].text == "0" for index in whole),
        shift=2 * percents - 3 * commas,
        grouped=any(token.kind == "comma" for token in inside),
        one_piece=between <= {"digit", "comma", "point"},
        fraction="slash" in between,
    )


def _trailing_commas(tokens: tuple[_Token, ...], last: int) -> int:
    following = itertools.takewhile(lambda token: token.kind == "comma", tokens[last + 1 :])
    return sum(1 for _ in following)


def _optional(decimals: str, places: str) -> str:
    """Decimals without zeros at the end where the format makes them optional (``#``)."""
    while decimals.endswith("0") and places[len(decimals) - 1] in "#?":
        decimals = decimals[:-1]
    return decimals


def _set_whole(places: _Places, whole: str) -> str:
    """Digits before the point set into their places; the first place takes all that are left."""
    grouped = places.grouped and len(whole) > 3
    if places.one_piece and not (grouped and whole.startswith("0")):
        digits = f"{int(whole):,}" if grouped else whole
        first = next((at for at, token in enumerate(places.before) if token.kind == "digit"), None)
        shown = [
            digits if at == first else token.text
            for at, token in enumerate(places.before)
            if at == first or token.kind not in {"digit", "comma"}
        ]
        return "".join(shown)
    shown = []
    left = sum(token.kind == "digit" for token in places.before)
    count = 0
    for token in reversed(places.before):
        if token.kind != "digit":
            shown.append(token.text if token.kind != "comma" else "")
            continue
        left -= 1
        taken, whole = (whole, "") if left == 0 else (whole[-1:], whole[:-1])
        for digit in reversed(taken):
            shown.append(f"{digit}," if places.grouped and count and count % 3 == 0 else digit)
            count += 1
    return "".join(reversed(shown))


def _set_decimals(places: _Places, decimals: str) -> str:
    """The point, digits set into their places after it, and what stands behind."""
    shown: list[str] = []
    remaining = decimals
    for token in places.after:
        if token.kind == "point":
            shown.append("." if decimals or "0" in places.decimals else "")
        elif token.kind == "digit":
            shown.append(remaining[:1])
            remaining = remaining[1:]
        elif token.kind != "comma":
            shown.append(token.text)
    return "".join(shown)


def _rounded(value: Decimal, places: int) -> Decimal:
    return _WIDE.quantize(value, _unit(places))


@lru_cache(maxsize=64)
def _unit(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


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
