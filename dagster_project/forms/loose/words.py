"""Which words the header of a form may print, which may stand below which, and which column a path names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import headers

Path = tuple[str, ...]

CODE: Final = "@code"
LABEL: Final = "@label"
OWNER_CODE: Final = "@owner_code"
OWNER: Final = "@owner"
"""Code and name of the spending unit, in tables that print them beside the accounts' own."""
LINE_NUMBER: Final = "@line_number"
TEXT: Final = "@text:"
IGNORED: Final = "@ignored"
UNKNOWN: Final = "?"
"""First character of the key of a column whose header nobody declared: its figures become no cells."""

YEAR: Final = re.compile(r"20\d\d年?(?:度)?")
_NAMING: Final = frozenset({"code", "code_part", "label", "line"})
_SIDES: Final = frozenset({"收入", "支出"})
_COMPARING: Final = ("比", "较", "与")
_TOTALS: Final = frozenset({"小计", "合计", "总计"})
_LINE_WORDS: Final = frozenset({"行次", "行", "次"})
_COLUMN_WORDS: Final = frozenset({"栏次"})


@dataclass(frozen=True, eq=False)
class Words:
    """The header vocabulary of one form: the ``roles`` of each word, which words belong below a parent."""

    form: str
    roles: dict[str, frozenset[str]]
    below: frozenset[tuple[str, str]]

    @cached_property
    def longest(self) -> int:
        """Length of the longest word, a year before it included."""
        return max((len(word) for word in self.roles), default=0) + 8

    @cached_property
    def parents(self) -> frozenset[str]:
        """Value words with words of their own below them: 基本支出, 上年结转结余, 公务用车购置及运行费 …."""
        return frozenset(parent for parent, _ in self.below)

    def role(self, word: str) -> frozenset[str]:
        """The roles of a word; a year before it changes none, a year alone is a stage."""
        found = self.roles.get(word)
        if found is None and self.is_comparison(word):
            return _STAGE
        if found is None and (year := YEAR.match(word)):
            return self.roles.get(word[year.end() :], _STAGE if year.end() == len(word) else frozenset())
        return found or (_VALUE if found is None and self.is_cut(word) else frozenset())

    def is_word(self, word: str) -> bool:
        """Whether the wording is declared whole, with or without a year before it."""
        if word in self.roles or self.is_comparison(word):
            return True
        year = YEAR.match(word)
        return year is not None and (year.end() == len(word) or word[year.end() :] in self.roles)

    def is_comparison(self, word: str) -> bool:
        """Whether the words compare two years: 2024年预算数比2023年执行数, 比上年增减情况."""
        marked = any(mark in word[1:-2] or word.startswith(mark) for mark in _COMPARING)
        return marked and len(word) > 4 and headers.is_header_word(self.form, word)

    @lru_cache(maxsize=4096)  # noqa: B019 - one object a form, kept for the life of the process
    def is_cut(self, word: str) -> bool:
        """Whether a cell's text is the beginning of a declared wording that its column cut off."""
        return (
            len(word) >= _SHORTEST_CUT
            and word not in self.roles
            and any(whole.startswith(word) for whole, roles in self.roles.items() if "value" in roles)
        )

    def is_attribute(self, word: str) -> bool:
        """Whether the word heads a column of free text: 项目单位, 资金来源."""
        roles = self.role(word)
        return "attribute" in roles and not roles & {"value", "label", "code"}

    @lru_cache(maxsize=8192)  # noqa: B019 - one object a form, kept for the life of the process
    def is_nameless(self, path: Path) -> bool:
        """Whether a cell that stands so is no column, and no merged cell that could have columns below it."""
        roles = self.role(path[-1])
        if "value" not in roles or roles & (_NAMING | {"group"}):
            return False
        return self.column(path, None).startswith(UNKNOWN)

    def is_naming(self, word: str) -> bool:
        """Whether the word heads a code or label column."""
        return bool(self.role(word) & _NAMING)

    def is_money(self, word: str) -> bool:
        """Whether the word can name a column of money and heads no codes or labels."""
        return "value" in self.role(word) and not self.is_naming(word)

    def is_stage(self, word: str) -> bool:
        """Whether the word names a budget stage or a year: 预算数, 决算数, 2024年."""
        return "stage" in self.role(word)

    def is_total(self, word: str) -> bool:
        """Whether the word is 小计 or one of its like, of which merged cells have one."""
        return word in _TOTALS

    @cached_property
    def panels(self) -> int:
        """The most tables that the form prints side by side: two sides, or panels of economic accounts."""
        return 2 if vocabulary.forms()[self.form].has_sides else 4 if self.repeats else 1

    @property
    def repeats(self) -> bool:
        """Whether the form is printed as panels side by side that repeat their header cells."""
        return "economic" in self.form

    def is_special(self, path: Path, column: str) -> bool:
        """Whether the last word means another column below its parents than by itself (totals excepted)."""
        if len(path) < 2 or path[-1] in _TOTALS or any(self.is_stage(word) for word in path):
            return False
        plain = vocabulary.header_words(self.form).get(("", path[-1]))
        return plain is not None and plain.role == "value" and plain.column != column

    def is_first_cell(self, word: str) -> bool:
        """Whether the word begins a group of cells by itself: 小计, 合计, 项目, 科目编码 …."""
        return word in _TOTALS or (word not in _SIDES and bool(self.role(word) & _NAMING))

    def parts(self, before: str, after: str) -> bool:
        """Whether two neighbouring texts are two cells although together they read as one: 支出 / 项目."""
        if after in _TOTALS:
            return True
        naming = before not in _SIDES and self.is_naming(before)
        return self.is_first_cell(after) and not naming

    def is_side(self, word: str) -> bool:
        """Whether the word heads one side of a summary: 收入, 支出."""
        return word in _SIDES

    @lru_cache(maxsize=8192)  # noqa: B019 - one object a form, kept for the life of the process
    def may_stand(self, parent: str, word: str) -> bool:
        """Whether ``word`` can be printed below ``parent`` (below nothing, an empty string: always)."""
        if not parent or (parent, word) in self.below:
            return True
        if word == parent or {parent, word} <= _SIDES or {parent, word} <= set(vocabulary.stages()):
            return False
        roles, above = self.role(word), self.role(parent)
        if above & _NAMING and "value" not in above:
            return self._may_stand_below_name(parent, roles, above)
        if above & {"group", "stage", "base"}:
            return self.repeats or not roles <= {"code", "code_part"}
        if "stage" in roles:
            return "value" in above and not above & _STAGE
        return parent not in _TOTALS and bool(roles & {"value", "group"})

    def _may_stand_below_name(self, parent: str, roles: frozenset[str], above: frozenset[str]) -> bool:
        """Below a heading of codes or labels only their parts stand, below a side amounts too."""
        if above == _CODE:
            return "code_part" in roles
        return bool(roles & _NAMING) or (parent in _SIDES and bool(roles & {"stage", "base", "value"}))

    def is_part(self, parent: str, word: str) -> bool:
        """Whether the word belongs below the parent by the seeds, or the parent adds meaning to no word."""
        above = self.role(parent)
        roles = self.role(word)
        return (parent, word) in self.below or "value" not in above or bool(roles & (_NAMING | {"stage"}))

    @lru_cache(maxsize=8192)  # noqa: B019 - one object a form, kept for the life of the process
    def is_of_another(self, parent: str, word: str) -> bool:
        """Whether the word is a part of another column than the parent: 公务用车购置费 below 公务接待费."""
        plain = vocabulary.header_words(self.form)
        own, above = plain.get(("", word)), plain.get(("", parent))
        if own is None or above is None or "group" in self.role(parent):
            return False
        whole = [
            column for column in vocabulary.column_order(self.form) if own.column.startswith(f"{column}_")
        ]
        return bool(whole) and above.column not in whole

    @lru_cache(maxsize=8192)  # noqa: B019 - one object a form, kept for the life of the process
    def is_component(self, parent: str, word: str) -> bool:
        """Whether the word's column is a component of the parent's: 人员经费 of 基本支出."""
        plain = vocabulary.header_words(self.form)
        own, above = plain.get(("", word)), plain.get(("", parent))
        return bool(own and above and above.column and own.column.startswith(f"{above.column}_"))

    def may_open(self, parent: str, word: str) -> bool:
        """Whether ``word`` can be the first cell below ``parent``: below a column, only a part of it or a
        stage.
        """
        above = self.role(parent)
        if above & {"group", "stage", "base"} or above & _NAMING:
            return True
        return (parent, word) in self.below or "stage" in self.role(word) or self.is_component(parent, word)

    def surely_opens(self, parent: str, word: str) -> bool:
        """Whether ``word`` right behind ``parent`` stands below it and not beside it."""
        if (parent, word) in self.below or "stage" in self.role(word):
            return True
        return "value" not in self.role(parent) and self.may_open(parent, word)

    def may_hold(self, word: str) -> bool:
        """Whether cells can stand below a word."""
        return bool(self.role(word) & {"group", "stage", "base", "value", "label", "code"})

    def must_hold(self, word: str) -> bool:
        """Whether the word is no column by itself."""
        return self.role(word) <= {"group"}

    def _is_whole(self, word: str) -> bool:
        """Whether a word over others adds nothing to them: it names the whole, or it heads code and label."""
        if self.role(word) & _NAMING:
            return True
        plain = vocabulary.header_words(self.form).get(("", word))
        return plain is not None and plain.column == "total" and word not in self.parents

    def _is_own(self, column: str) -> bool:
        """Whether the form has the column, of whatever year and stage."""
        return column.endswith(tuple(vocabulary.column_order(self.form)))

    @lru_cache(maxsize=8192)  # noqa: B019 - one object a form, kept for the life of the process
    def column(self, path: Path, fiscal_year: int | None) -> str:
        """The canonical column, or the role, that a path names."""
        roles = self.role(path[-1])
        if "line" in roles:
            return LINE_NUMBER
        if "ignored" in roles:
            return IGNORED
        meant = tuple(word for word in path[:-1] if not self._is_whole(word))
        found = headers.resolve(self.form, (*meant, path[-1]), fiscal_year)
        while meant and found.role == "value" and not self._is_own(found.column):
            meant = meant[1:]
            found = headers.resolve(self.form, (*meant, path[-1]), fiscal_year)
        if found.role == "value" and found.column:
            return found.column
        if found.role == "base":
            return headers.base_column(self.form)
        return _ROLES.get(found.role) or (
            TEXT + path[-1] if found.role == "attribute" else UNKNOWN + "/".join(path)
        )


_STAGE: Final = frozenset({"stage"})
_CODE: Final = frozenset({"code"})
_VALUE: Final = frozenset({"value"})
_SHORTEST_CUT: Final = 3
_ROLES: Final = {"code": CODE, "code_part": CODE, "label": LABEL, "ignored": IGNORED}


@cache
def words_of(form: str) -> Words:
    """The header vocabulary of a form, as the seeds declare it."""
    roles: dict[str, set[str]] = {}
    below: set[tuple[str, str]] = set()
    for (parent, word), meaning in vocabulary.header_words(form).items():
        roles.setdefault(word, set()).add(meaning.role)
        if parent:
            roles.setdefault(parent, set())
            below.add((parent, word))
    for word in vocabulary.group_words():
        roles.setdefault(word, set()).add("group")
    for word in vocabulary.stages():
        roles.setdefault(word, set()).add("stage")
    for word in _LINE_WORDS:
        roles[word] = {"line"}
    for word in _COLUMN_WORDS:
        roles.pop(word, None)
    return Words(form, {word: frozenset(own) for word, own in roles.items()}, frozenset(below))
