"""Reads ``expectations/rules/*.yaml`` into rules and refuses, with file and reason, what cannot be meant.

How a file looks and which kinds of equation there are: ``expectations/README.md``.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

import yaml

from dagster_project import vocabulary
from expectations import examples, kinds, lines
from expectations.model import (
    Check,
    Direction,
    Equation,
    Guard,
    LegitimateReason,
    Plug,
    Ratio,
    Role,
    Rows,
    RowsCheck,
    Rule,
    Same,
    StatementSum,
    StatementTie,
    Term,
    Wording,
)

RULES: Final = Path(__file__).resolve().parent / "rules"

FAMILIES: Final[Mapping[str, str]] = {
    "ROW": "行内 Within a row",
    "COL": "纵向合计 Down a column",
    "SIDE": "收支平衡 Two sides of a summary",
    "FORM": "表间 Form to form",
    "NAR": "文表 Text to form",
    "B2F": "预决算衔接 Budget to final account",
    "YOY": "跨年 Year to year",
    "D2U": "部门与单位 Department to units",
    "PERF": "绩效 Performance forms",
    "COMP": "完整性 Completeness",
    "CLS": "科目 Classification",
    "PLA": "合理性 Plausibility",
}
"""Family of rules → what it compares, as readers are told."""
SCOPES: Final = ("budget", "final", "both")
SEVERITIES: Final = ("error", "warning", "info")
TOLERANCES: Final = ("rounding", "exact", "last_unit", "coarser", "percent", "count")

_REQUIRED: Final = ("id", "version", "tier", "family", "scope", "severity", "title", "formula", "basis")
_ROW_CHOICES: Final = ("total", "leaf", "level", "unit_level", "code", "line")
_REQUIRED_LISTS: Final = ("equations", "examples")
_OPTIONAL: Final = ("tolerance", "severity_in", "exceptions", "plug", "left_out")
_ROLES: Final = get_args(Role)
_ACCUSING: Final = re.compile(
    "违规|违法|违反|虚假|造假|隐瞒|illegal|unlawful|false account|fraud", re.IGNORECASE
)
_ALL_MATCHED: Final = "key"
_LISTS: Final = frozenset({
    "equations", "exceptions", "forms", "parts", "left", "right", "when", "items", "wholes", "required",
    "blocks", "when_printed", "unless_printed", "other_base", "change", "part", "bases", "when_equal",
    "without", "difference",
})  # fmt: skip
"""Keys of a rule whose value is a list: one word alone would be taken letter by letter."""
_PRIOR: Final = "prior_year_"
_MISREAD: Final = (TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError)
"""What reading a value raises that is of another shape than its key asks for."""

Node = Mapping[str, Any]

_SAFE: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The fast safe loader, where PyYAML was built with it: every parsing process reads all rules."""


class _Mapping(dict[str, Any]):
    """A mapping of the file that knows the line it begins on, and those of its keys."""

    line: int
    lines: Mapping[str, int]


class _Loader(_SAFE):
    """The safe loader, which keeps the lines of mappings for complaints."""


def _mapping(loader: Any, node: yaml.MappingNode) -> Iterator[_Mapping]:
    found = _Mapping()
    found.line = node.start_mark.line + 1
    names = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    found.lines = {key.value: key.start_mark.line + 1 for key in names}
    if len(found.lines) < len(names):
        last = next(key for key in names if found.lines[key.value] != key.start_mark.line + 1)
        mark = last.start_mark
        raise yaml.constructor.ConstructorError(None, None, f"{last.value} is there twice", mark)
    yield found
    found.update(loader.construct_mapping(node))


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


class RuleError(ValueError):
    """A rule file that cannot be used: names the file, the place in it and the reason."""

    def __init__(self, file: str, reason: str) -> None:
        # Both arguments are kept, so that the error comes back whole from another process.
        super().__init__(file, reason)

    def __str__(self) -> str:
        return ": ".join(self.args)


@cache
def load_rules(folder: Path = RULES) -> tuple[Rule, ...]:
    """Every rule of the folder, by id. Raises ``RuleError`` for a file that is no usable rule."""
    rules = [load_rule(path) for path in sorted(folder.glob("*.yaml"))]
    if not rules:
        raise RuleError(str(folder), "holds no rule file")
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(rule.file, f"id {rule.id} is used twice")
        seen.add(rule.id)
    return tuple(rules)


def load_rule(path: Path) -> Rule:
    """The rule of one file. Raises ``RuleError``."""
    try:
        node = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.YAMLError as error:
        raise RuleError(path.name, f"is no YAML: {error}") from error
    return build_rule(node, path.name)


def build_rule(node: Any, file: str) -> Rule:
    """A rule from the content of its file. Raises ``RuleError``."""
    if not isinstance(node, dict):
        raise RuleError(file, "must be a mapping")
    reader = _Reader(file, str(node.get("tolerance", "rounding")))
    try:
        return _built(node, file, reader)
    except RuleError:
        raise
    except _MISREAD as error:
        raise reader.fail(f"a value has another shape than its key asks for: {error}") from error


def _built(node: dict[str, Any], file: str, reader: _Reader) -> Rule:
    reader.demand(node, (*_REQUIRED, *_REQUIRED_LISTS), _OPTIONAL, "the file")
    for words in ("title", "formula", "left_out"):
        reader.demand(node.get(words, {"zh": "", "en": ""}), ("zh", "en"), (), words)
    reader.one_of(node["family"], FAMILIES, "family")
    reader.one_of(node["scope"], SCOPES, "scope")
    reader.one_of(node["severity"], SEVERITIES, "severity")
    reader.one_of(reader.tolerance, TOLERANCES, "tolerance")
    if f"{node['id']}.yaml" != file:
        raise RuleError(file, f"is named otherwise than its id {node['id']}")
    checks = _named_apart(itertools.chain.from_iterable(reader.checks(each) for each in node["equations"]))
    examples.demand(node["examples"], reader)
    regional = reader.regional(node.get("severity_in", {}))
    basis, in_force = reader.basis(node)
    plug = node.get("plug")
    if plug is not None:
        reader.demand(plug, ("closes", "open"), (), "plug")
    return Rule(
        id=node["id"],
        version=int(node["version"]),
        tier=int(node["tier"]),
        family=node["family"],
        scope=node["scope"],
        severity=node["severity"],
        title_zh=node["title"]["zh"],
        title_en=node["title"]["en"],
        formula_zh=node["formula"]["zh"],
        formula_en=node["formula"]["en"],
        basis=basis,
        tolerance=reader.tolerance,
        file=file,
        checks=checks,
        exceptions=tuple(reader.exception(each) for each in node.get("exceptions", ())),
        plug=Plug(plug["closes"], plug["open"]) if plug else None,
        in_force=in_force,
        regional=regional,
        left_out=(node["left_out"]["zh"], node["left_out"]["en"]) if "left_out" in node else None,
        examples=tuple(node["examples"]),
    )


def _named_apart(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Checks of one rule whose names tell them apart: a repeated name is numbered."""
    seen: Counter[str] = Counter()
    named: list[Check] = []
    for check in checks:
        seen[check.name] += 1
        number = seen[check.name]
        named.append(check if number == 1 else replace(check, name=f"{check.name}~{number}"))
    return tuple(named)


def _said_to_people(node: Node) -> Iterator[str]:
    """The words of a rule that reports print: its title, its formula, what its checks say of a text."""
    for words in (node["title"], node["formula"], *(each.get("says", {}) for each in node["equations"])):
        yield from map(str, words.values())


def _asked(name: str, known: Iterable[str]) -> str:
    """A key that is not known, and the known one that may be meant."""
    near = difflib.get_close_matches(name, known, 1)
    return f"{name} ({near[0]}?)" if near else name


class _Reader:
    """Turns the nodes of one file into checks; knows the file's name for its complaints."""

    def __init__(self, file: str, tolerance: str) -> None:
        self.file = file
        self._line: int | None = None
        self._key_lines: Mapping[str, int] = {}
        self.tolerance: Any = tolerance
        self._kinds: dict[str, Callable[[Node], Iterable[Check]]] = {
            "row": self._row,
            "children": self._children,
            "total": self._total,
            "lines": self._lines,
            "tie": self._tie,
            "rows": self._rows_check,
            "statement": self._statement,
            "statement_sum": self._statement_sum,
            "ratio": self._ratio,
            "same": self._same,
            "direction": self._direction,
            "wording": self._wording,
            "copy": self._copy,
        }

    # -- validation -------------------------------------------------------------------------------------

    def fail(self, reason: str) -> RuleError:
        """The complaint, with the line where the entry that it is about begins."""
        return RuleError(f"{self.file}:{self._line}" if self._line else self.file, reason)

    def at(self, node: Node) -> None:
        """From here on complaints are about this entry."""
        if isinstance(node, _Mapping):
            self._line, self._key_lines = node.line, node.lines

    def demand(self, node: Node, required: Iterable[str], optional: Iterable[str], place: str) -> None:
        """Refuse a key that is not known, which may be a misspelt one that is missed, then a missing one."""
        if not isinstance(node, Mapping):
            raise self.fail(f"{place}: must be a mapping")
        known = (*required, *optional)
        unknown = [str(name) for name in node if name not in known]
        if unknown:
            self.at(node)
            self._line = self._key_lines.get(unknown[0], self._line)
            raise self.fail(f"{place}: does not know {', '.join(_asked(name, known) for name in unknown)}")
        missing = [name for name in required if name not in node]
        if missing:
            self.at(node)
            raise self.fail(f"{place}: lacks {', '.join(missing)}")
        for name in _LISTS.intersection(node):
            if not isinstance(node[name], list) and not place.startswith("example"):
                self.at(node)
                self._line = self._key_lines.get(name, self._line)
                raise self.fail(f"{place}: {name} must be a list")

    def one_of(self, value: Any, allowed: Iterable[str], place: str) -> None:
        choices = tuple(allowed)
        if value not in choices:
            raise self.fail(f"{place}: {value!r} is none of {', '.join(choices)}")

    def forms(self, node: Node) -> tuple[str, ...]:
        forms = tuple(node["forms"])
        for form in forms:
            self._known_form(form)
        return forms

    def _known_form(self, form: str) -> None:
        if form not in vocabulary.forms():
            raise self.fail(f"form {form!r} is not declared in dbt/seeds/form.csv")

    def columns(self, form: str, names: Any) -> tuple[str, ...]:
        columns = (names,) if isinstance(names, str) else tuple(names)
        known = form_columns().get(form)
        for column in columns:
            # Columns of the year before are those of the year under a prefix.
            if known is not None and column.removeprefix(_PRIOR) not in known:
                raise self.fail(f"column {column!r} of {form} is not declared in dbt/seeds/form_column.csv")
        return columns

    def line(self, name: str) -> str:
        if name not in lines.names():
            raise self.fail(f"line {name!r} is not declared in dbt/seeds/summary_line.csv")
        return name

    def pattern(self, text: str) -> str:
        try:
            re.compile(text)
        except re.error as error:
            raise self.fail(f"pattern {text!r}: {error}") from error
        return text

    def regional(self, node: Node) -> tuple[tuple[str, str], ...]:
        """``severity_in``: regions where a rule that others keep loosely holds strictly, or the other way."""
        known = {row["name"] for row in vocabulary.seed_rows("region")}
        for name, severity in node.items():
            if name not in known:
                raise self.fail(f"severity_in: region {name!r} is not declared in dbt/seeds/region.csv")
            self.one_of(severity, SEVERITIES, f"severity_in: {name}")
        return tuple(node.items())

    def basis(self, node: Node) -> tuple[str, tuple[int | None, int | None]]:
        """What the rule rests on, in words, and the fiscal years it holds for.

        Arithmetic needs no authority. A law or notice names its article and the year it is in force from;
        a rule with neither may warn, not accuse.
        """
        given = node["basis"]
        if isinstance(given, str):
            kind, words = given.partition(":")[0], given
            if kind not in ("arithmetic", "practice"):
                raise self.fail("basis: a law or notice names its source, article and the year it holds from")
            if kind == "practice" and "error" in (node["severity"], *node.get("severity_in", {}).values()):
                raise self.fail("basis: practice alone is no ground for severity error")
            years: tuple[int | None, int | None] = (None, None)
        else:
            self.demand(given, ("kind", "source", "article", "from"), ("to",), "basis")
            self.one_of(given["kind"], ("law", "notice"), "basis: kind")
            words = f"{given['kind']}: {given['source']}{given['article']}"
            years = (int(given["from"]), int(given["to"]) if "to" in given else None)
        if found := _ACCUSING.search(" ".join(_said_to_people(node))):
            raise self.fail(f"{found.group()}: a rule states what differs, it does not accuse")
        return words, years

    # -- parts ------------------------------------------------------------------------------------------

    def rows(self, node: Node) -> Rows:
        """The rows that a term selects; all rows where it names none."""
        chosen = [name for name in _ROW_CHOICES if name in node]
        if len(chosen) > 1:
            raise self.fail(f"a term selects rows in one way, not by {' and '.join(chosen)}")
        if not chosen:
            return Rows()
        kind = chosen[0]
        if kind in ("total", "leaf"):
            return Rows(kind)
        given = node[kind] if isinstance(node[kind], list) else [node[kind]]
        values = tuple(str(value) for value in given)
        if kind == "line":
            values = tuple(self.line(value) for value in values)
        return Rows(kind, values)

    def term(self, node: Node, match: Any = "none", by_column: bool = False) -> Term:
        """One term as written."""
        self.at(node)
        self.demand(node, ("form",), ("side", *_ROW_CHOICES, "column", "weight", "match", "document"), "term")
        self._known_form(node["form"])
        if "document" in node:
            self.one_of(node["document"], _ROLES, "term: document")
        columns = self.columns(node["form"], node["column"]) if "column" in node else ()
        return Term(
            form=node["form"],
            rows=self.rows(node),
            columns=columns,
            side=node.get("side"),
            match=node.get("match", match),
            by_column=by_column,
            weight=int(node.get("weight", 1)),
            document=node.get("document"),
        )

    def guards(self, nodes: Iterable[Node]) -> tuple[Guard, ...]:
        """``when``: conditions on what the document prints."""
        found = []
        for node in nodes:
            plain = {name: value for name, value in node.items() if name not in ("printed", "nonzero")}
            found.append(
                Guard(self.term(plain), bool(node.get("printed", True)), bool(node.get("nonzero", False)))
            )
        return tuple(found)

    def checks(self, node: Node) -> Iterable[Check]:
        """The checks that one entry of ``equations`` stands for."""
        self.at(node)
        if "kind" not in node:
            misspelt = difflib.get_close_matches("kind", map(str, node), 1)
            self.demand(dict.fromkeys(misspelt), ("kind",), (), "equation")
        kind = str(node["kind"])
        fields = {name: value for name, value in node.items() if name != "kind"}
        if kind in kinds.KINDS:
            return kinds.read(kind, fields, self)
        if kind not in self._kinds:
            raise self.fail(f"equation kind {kind!r} is none of {', '.join((*self._kinds, *kinds.KINDS))}")
        return self._kinds[kind](fields)

    def exception(self, node: Node) -> LegitimateReason:
        """A named exception and what proves it: equations, a difference, words of the text, another code."""
        self.at(node)
        proofs = ("equations", "difference", "stated", "moved")
        self.demand(node, ("id", "title"), (*proofs, "only"), "exception")
        self.demand(node["title"], ("zh", "en"), (), "exception: title")
        self.one_of(node.get("only", "any"), ("any", "smaller", "larger"), "exception: only")
        if not any(node.get(name) for name in proofs):
            raise self.fail(f"exception {node['id']}: has no equation of its own: {', '.join(proofs)}")
        checks = tuple(itertools.chain.from_iterable(self.checks(each) for each in node.get("equations", ())))
        equations = tuple(check for check in checks if isinstance(check, Equation))
        if len(equations) != len(checks):
            raise self.fail(f"exception {node['id']}: only equations over cells can prove an exception")
        return LegitimateReason(
            node["id"],
            node["title"]["zh"],
            node["title"]["en"],
            equations,
            tuple(self.term(each) for each in node.get("difference", ())),
            self._amount_pattern(node["stated"]) if "stated" in node else None,
            self.term(node["moved"]) if "moved" in node else None,
            node.get("only", "any"),
        )

    def _amount_pattern(self, text: str) -> str:
        """A pattern that says where an amount and its unit stand."""
        if missing := [name for name in ("amount", "unit") if f"(?P<{name}>" not in text]:
            raise self.fail(f"exception: stated lacks the group {', '.join(missing)}")
        return self.pattern(text)

    # -- kinds ------------------------------------------------------------------------------------------

    def _row(self, node: Node) -> Iterable[Equation]:
        """``whole = sum of parts`` in every printed row; a part with a minus is subtracted."""
        optional = ("side", "blocks", "when_printed", "unless_printed")
        self.demand(node, ("forms", "whole", "parts"), optional, "row")
        for form, block in itertools.product(self.forms(node), node.get("blocks", [""])):
            side = node.get("side")
            added = [block + name for name in node["parts"] if not name.startswith("-")]
            taken = [block + name[1:] for name in node["parts"] if name.startswith("-")]
            parts = [
                Term(form, Rows(), self.columns(form, names), side, "row", False, weight, each_column=True)
                for names, weight in ((added, 1), (taken, -1))
                if names
            ]
            printed = tuple(column for part in parts for column in part.columns)
            guards = [Guard(Term(form, columns=printed, side=side))]
            for names, wanted in ((node.get("when_printed"), True), (node.get("unless_printed"), False)):
                if names:
                    guards.append(Guard(Term(form, columns=self.columns(form, names), side=side), wanted))
            whole = Term(form, Rows(), self.columns(form, block + node["whole"]), side, "row")
            yield Equation(
                f"{form}:{block}{node['whole']}", (whole,), tuple(parts), self.tolerance, "equal", "none",
                guards=tuple(guards),
            )  # fmt: skip

    def _children(self, node: Node) -> Iterable[Equation]:
        """A row of the level = sum of the rows whose code begins with its code, in every column."""
        self.demand(node, ("forms",), ("level", "unit_level", "only_child"), "children")
        for form in self.forms(node):
            rows = self.rows({name: node[name] for name in ("level", "unit_level") if name in node})
            level = int(rows.values[0])
            yield Equation(
                f"{form}:children{level}",
                (Term(form, rows, (), None, "code", True),),
                (Term(form, Rows(rows.kind, (str(level + 1),)), (), None, "parent", True),),
                self.tolerance,
                presence="rows",
                only_child=bool(node.get("only_child", False)),
            )

    def _total(self, node: Node) -> Iterable[Equation]:
        """The total row = sum of the rows of a level (or of the leaf rows), in every column."""
        self.demand(node, ("forms",), ("level", "unit_level", "leaf"), "total")
        for form in self.forms(node):
            yield Equation(
                f"{form}:total:{'leaf' if 'leaf' in node else 'level'}",
                (Term(form, Rows("total"), (), None, "none", True),),
                (
                    Term(
                        form,
                        self.rows({n: v for n, v in node.items() if n != "forms"}),
                        (),
                        None,
                        "none",
                        True,
                    ),
                ),
                self.tolerance,
                presence="rows",
            )

    def _lines(self, node: Node) -> Iterable[Equation]:
        """A line of a two-sided summary = sum of other lines of that side, in every column.

        ``unless_printed``, ``when_printed``: lines that must be absent or present on that side.
        """
        optional = ("unless_printed", "when_printed", "presence")
        self.demand(node, ("forms", "side", "whole", "parts"), optional, "lines")
        for form in self.forms(node):
            side = node["side"]
            guards = [
                Guard(Term(form, Rows("line", (self.line(name),)), side=side), wanted)
                for names, wanted in ((node.get("unless_printed"), False), (node.get("when_printed"), True))
                for name in names or ()
            ]
            parts = Rows("line", tuple(self.line(name) for name in node["parts"]))
            yield Equation(
                f"{form}:{side}:{node['whole']}",
                (Term(form, Rows("line", (self.line(node["whole"]),)), (), side, "none", True),),
                (Term(form, parts, (), side, "none", True),),
                self.tolerance,
                presence=node.get("presence", "rows"),
                guards=tuple(guards),
            )

    def _tie(self, node: Node) -> Iterable[Equation]:
        """Cells of one place equal cells of another; terms are written out."""
        optional = (
            "name",
            "match",
            "by_column",
            "compare",
            "presence",
            "outer",
            "when",
            "tolerance",
            "proves",
            "other_base",
        )
        self.demand(node, ("left", "right"), optional, "tie")
        match, by_column = node.get("match", "none"), bool(node.get("by_column", False))
        left = tuple(self.term(each, match, by_column) for each in node["left"])
        yield Equation(
            node.get("name") or f"{left[0].form}:tie",
            left,
            tuple(self.term(each, match, by_column) for each in node["right"]),
            node.get("tolerance", self.tolerance),
            node.get("compare", "equal"),
            node.get("presence", "cells"),
            outer=bool(node.get("outer", False)),
            guards=self.guards(node.get("when", ())),
            proves=bool(node.get("proves", True)),
            other_base=tuple(node.get("other_base", ())),
        )

    def _copy(self, node: Node) -> Iterable[Equation]:
        """Every cell of the forms against the same cell of another document: same row, same column.

        ``outer``: what only the other document prints counts against 0. ``without``: columns of money that
        vanishes in the other document. A change is larger or smaller for no part of a whole, so that only
        what must be equal compares the columns of changes.
        """
        optional = ("compare", "tolerance", "outer", "without")
        self.demand(node, ("forms", "document"), optional, "copy")
        self.one_of(node["document"], _ROLES, "copy: document")
        self.one_of(node.get("compare", "equal"), ("equal", "at_most", "at_least"), "copy: compare")
        for form in self.forms(node):
            own = Term(form, columns=self._amounts(form, node), match=_ALL_MATCHED, by_column=True)
            other = replace(own, document=node["document"])
            yield Equation(
                f"{form}:{node['document']}",
                (own,),
                (other,),
                node.get("tolerance", self.tolerance),
                node.get("compare", "equal"),
                outer=bool(node.get("outer", False)),
                guards=(Guard(Term(form)), Guard(replace(other, match="none", by_column=False))),
            )

    def _amounts(self, form: str, node: Node) -> tuple[str, ...]:
        """The columns of a form that a copy compares; all, where they must be equal."""
        left_out = self.columns("*", node.get("without", ()))
        if node.get("compare", "equal") == "equal" and not left_out:
            return ()
        return tuple(
            sorted(name for name in form_columns()[form] if "change" not in name and name not in left_out)
        )

    def _rows_check(self, node: Node) -> Iterable[RowsCheck]:
        """Rows that are missing, doubled or blank."""
        self.demand(node, ("forms", "check"), (), "rows")
        self.one_of(node["check"], ("orphan", "childless", "duplicate", "blank_parent"), "rows: check")
        for form in self.forms(node):
            yield RowsCheck(f"{form}:{node['check']}", node["check"], form)

    def _statement(self, node: Node) -> Iterable[StatementTie]:
        """A stated figure = cells of a form."""
        optional = (
            "compare", "tolerance", "blank_is_zero", "other_base", "when", "match", "change",
            "absent_is_zero",
        )  # fmt: skip
        self.demand(node, ("items", "right"), optional, "statement")
        right = tuple(self.term(each, node.get("match", "none")) for each in node["right"])
        yield StatementTie(
            f"{node['items'][0]}:{right[0].form}",
            tuple(node["items"]),
            right,
            node.get("compare", "equal"),
            node.get("tolerance", self.tolerance),
            node.get("blank_is_zero"),
            tuple(node.get("other_base", ())),
            self.guards(node.get("when", ())),
            tuple(node.get("change", ())),
            bool(node.get("absent_is_zero", False)),
        )

    def _statement_sum(self, node: Node) -> Iterable[StatementSum]:
        """A stated whole = sum of stated parts."""
        optional = (
            "parts", "listed", "required", "paired_with", "unless", "document_kind", "leaves", "counts",
            "unchanged",
        )  # fmt: skip
        self.demand(node, ("wholes",), optional, "statement_sum")
        if bool(node.get("listed")) == bool(node.get("parts")):
            raise self.fail("statement_sum: either listed: true or parts")
        yield StatementSum(
            f"{node['wholes'][0]}:{'listed' if node.get('listed') else node['parts'][0]}",
            tuple(node["wholes"]),
            tuple(node.get("parts", ())),
            bool(node.get("listed", False)),
            tuple(node.get("required", ())),
            node.get("paired_with"),
            node.get("unless"),
            node.get("document_kind"),
            bool(node.get("leaves", False)),
            bool(node.get("counts", False)),
            tuple((item, self.pattern(words)) for item, words in node.get("unchanged", {}).items()),
        )

    def _ratio(self, node: Node) -> Iterable[Ratio]:
        """A stated percentage of stated amounts."""
        optional = ("when_equal", "unless", "document_kind", "named")
        self.demand(node, ("percent", "part", "bases", "formula"), optional, "ratio")
        self.one_of(node["formula"], ("share", "change", "growth", "excess"), "ratio: formula")
        equal = node.get("when_equal")
        yield Ratio(
            node["percent"],
            node["percent"],
            tuple(node["part"]),
            tuple(node["bases"]),
            node["formula"],
            (equal[0], equal[1]) if equal else None,
            tuple(node.get("unless", ())),
            node.get("document_kind"),
            tuple((self.pattern(name), tuple(items)) for name, items in node.get("named", {}).items()),
        )

    def _same(self, node: Node) -> Iterable[Same]:
        """One concept stated twice."""
        self.demand(node, ("items",), ("any_of",), "same")
        yield Same(node["items"][0], tuple(node["items"]), bool(node.get("any_of", False)))

    def _direction(self, node: Node) -> Iterable[Direction]:
        """Words of change against signs."""
        self.demand(node, ("check",), (), "direction")
        self.one_of(node["check"], ("signs", "compared"), "direction: check")
        yield Direction(node["check"], node["check"])

    def _wording(self, node: Node) -> Iterable[Wording]:
        """Words that no finished text carries."""
        self.demand(node, ("name", "pattern", "says"), (), "wording")
        self.demand(node["says"], ("zh", "en"), (), "wording: says")
        yield Wording(node["name"], self.pattern(node["pattern"]), node["says"]["zh"], node["says"]["en"])


@cache
def form_columns() -> dict[str, frozenset[str]]:
    """The declared columns of each form (seed ``form_column``)."""
    found: dict[str, set[str]] = {}
    for row in vocabulary.seed_rows("form_column"):
        found.setdefault(row["form"], set()).add(row["column_key"])
    everywhere = found.pop("*", set())
    return {form: frozenset(columns | everywhere) for form, columns in found.items()}
