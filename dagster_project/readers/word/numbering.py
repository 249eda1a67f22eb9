"""List numbers that Word counts itself (ECMA-376 part 1, 17.9).

``一、`` and ``（一）`` of such lists stand in no text of the file, and headings are known by them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_LEVELS: Final = 9
_DIGITS: Final = "零一二三四五六七八九"
_LEGAL: Final = "零壹贰叁肆伍陆柒捌玖"
_UNITS: Final = ("", "十", "百", "千")
_LEGAL_UNITS: Final = ("", "拾", "佰", "仟")
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN: Final = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_PLACE: Final = re.compile(r"%([1-9])")
_FULL_WIDTH: Final = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    legal: bool = False


@dataclass(slots=True)
class _List:
    """One numbering: its levels, and which abstract numbering it counts with."""

    abstract: str
    levels: dict[int, _Level]
    restarts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of a document. Numbers are given in the order in which paragraphs ask for them."""

    def __init__(self, tree: etree._Element | None, styles: etree._Element | None) -> None:
        """``tree`` and ``styles``: the parts ``numbering.xml`` and ``styles.xml``, if the file has them."""
        self._lists = _lists(tree) if tree is not None else {}
        self._styles = _style_numbers(styles) if styles is not None else {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()

    def label(self, properties: etree._Element | None) -> str:
        """The number before a paragraph with these properties (``w:pPr``), empty where it has none."""
        number, level = self._reference(properties)
        numbered = self._lists.get(number)
        if numbered is None or level not in numbered.levels:
            return ""
        counts = self._counts.setdefault(numbered.abstract, {})
        if number not in self._begun:
            self._begun.add(number)
            for at, start in numbered.restarts.items():
                counts[at] = start - 1
        counts[level] = counts.get(level, numbered.levels[level].start - 1) + 1
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]
        return _shown(numbered, level, counts)

    def _reference(self, properties: etree._Element | None) -> tuple[str, int]:
        """Which list and which level of it a paragraph is in; its own word comes before its style's."""
        style = _value(properties, "pStyle")
        number, level = self._styles.get(style or "", ("", 0))
        own = properties.find(f"{W}numPr") if properties is not None else None
        if own is not None:
            number = _value(own, "numId") or number
            level = _integer(_value(own, "ilvl"), level if _value(own, "numId") is None else 0)
        return number, level


def formatted(number: int, style: str) -> str:
    """A number in one of Word's number formats; unknown formats count in digits, bullets not at all."""
    known = _FORMATS.get(style)
    return known(number) if known and number >= 0 else str(number)


def _shown(numbered: _List, level: int, counts: dict[int, int]) -> str:
    own = numbered.levels[level]
    if own.format in {"bullet", "none"} and not _PLACE.search(own.text):
        return "" if own.format == "bullet" else own.text

    def place(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        one = numbered.levels.get(at, _Level())
        return formatted(counts.get(at, one.start), "decimal" if own.legal else one.format)

    return _PLACE.sub(place, own.text)


def _lists(tree: etree._Element) -> dict[str, _List]:
    abstract = {entry.get(f"{W}abstractNumId", ""): entry for entry in tree.iterfind(f"{W}abstractNum")}
    by_style = {
        link: key for key, entry in abstract.items() if (link := _value(entry, "styleLink")) is not None
    }
    found: dict[str, _List] = {}
    for entry in tree.iterfind(f"{W}num"):
        key = _value(entry, "abstractNumId") or ""
        if key not in abstract:
            continue
        # A list may lend its levels from another one by the name of a style.
        lent = by_style.get(_value(abstract[key], "numStyleLink") or "", key)
        levels = dict(map(_level, abstract[lent].iterfind(f"{W}lvl")))
        restarts: dict[int, int] = {}
        for override in entry.iterfind(f"{W}lvlOverride"):
            at = _integer(override.get(f"{W}ilvl"), 0)
            if (own := override.find(f"{W}lvl")) is not None:
                levels[at] = _level(own)[1]
            if (start := _value(override, "startOverride")) is not None:
                restarts[at] = _integer(start, 1)
        found[entry.get(f"{W}numId", "")] = _List(lent, levels, restarts)
    return found


def _level(entry: etree._Element) -> tuple[int, _Level]:
    at = _integer(entry.get(f"{W}ilvl"), 0)
    return at, _Level(
        start=_integer(_value(entry, "start"), 1),
        format=_value(entry, "numFmt") or "decimal",
        text=_value(entry, "lvlText") or "",
        legal=_is_on(entry.find(f"{W}isLgl")),
    )


def _style_numbers(styles: etree._Element) -> dict[str, tuple[str, int]]:
    """Paragraph styles that number their paragraphs: style → list and level; styles lend from their base."""
    own: dict[str, tuple[str | None, str | None]] = {}
    base: dict[str, str | None] = {}
    for style in styles.iterfind(f"{W}style"):
        key = style.get(f"{W}styleId", "")
        numbered = style.find(f"{W}pPr/{W}numPr")
        own[key] = (_value(numbered, "numId"), _value(numbered, "ilvl"))
        base[key] = _value(style, "basedOn")
    found: dict[str, tuple[str, int]] = {}
    for key in own:
        number = level = None
        at: str | None = key
        seen: set[str] = set()
        while at in own and at not in seen:
            seen.add(at)
            number, level = number or own[at][0], level or own[at][1]
            at = base[at]
        if number:
            found[key] = (number, _integer(level, 0))
    return found


def _value(element: etree._Element | None, name: str) -> str | None:
    child = element.find(f"{W}{name}") if element is not None else None
    return child.get(f"{W}val") if child is not None else None


def _is_on(element: etree._Element | None) -> bool:
    return element is not None and element.get(f"{W}val", "1") not in {"0", "false", "off"}


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.lstrip("-").isdigit() else otherwise


def _chinese(number: int, digits: str = _DIGITS, units: tuple[str, ...] = _UNITS) -> str:
    """``21`` → ``二十一``; the one before ten is dropped as it is in counting (``十二``)."""
    if number == 0 or number >= 10 ** len(units):
        return "".join(digits[int(digit)] for digit in str(number))
    shown = ""
    for position, digit in enumerate(reversed(str(number))):
        if digit != "0":
            shown = digits[int(digit)] + units[position] + shown
        elif shown and not shown.startswith(digits[0]):
            shown = digits[0] + shown
    return shown[1:] if 10 <= number < 20 and units is _UNITS else shown


def _digit_by_digit(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def _letters(number: int) -> str:
    """``1`` → ``a``, ``27`` → ``aa``, as Word counts."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number else ""


def _roman(number: int) -> str:
    shown = ""
    for value, letters in _ROMAN:
        shown += letters * (number // value)
        number %= value
    return shown


def _enclosed(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


def _of(series: str) -> Callable[[int], str]:
    return lambda number: series[(number - 1) % len(series)] if number else ""


_FORMATS: Final[dict[str, Callable[[int], str]]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalFullWidth2": lambda number: str(number).translate(_FULL_WIDTH),
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "ideographDigital": _digit_by_digit,
    "japaneseDigitalTenThousand": _digit_by_digit,
    "taiwaneseDigital": _digit_by_digit,
    "chineseLegalSimplified": lambda number: _chinese(number, _LEGAL, _LEGAL_UNITS),
    "japaneseLegal": lambda number: _chinese(number, _LEGAL, _LEGAL_UNITS),
    "ideographLegalTraditional": lambda number: _chinese(number, _LEGAL, _LEGAL_UNITS),
    "ideographTraditional": _of(_STEMS),
    "ideographZodiac": _of(_BRANCHES),
    "decimalEnclosedCircle": _enclosed,
    "decimalEnclosedCircleChinese": _enclosed,
    "ideographEnclosedCircle": lambda number: chr(0x3280 + number - 1) if 1 <= number <= 10 else str(number),
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "numberInDash": lambda number: f"-{number}-",
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "bullet": lambda _: "",
    "none": lambda _: "",
}
