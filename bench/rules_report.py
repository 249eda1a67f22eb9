"""What a run of ``bench/rules.py`` found, for the terminal and as ``rules_measured.md``."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bench.damage import FIGURES, MISTAKES, Patient
from bench.judging import HOLDING, Bench, Proof, Verdict, share
from expectations.rules import load_rules

_EXPECTED: Final = {
    "digit_lost": "DIAG-DIGIT",
    "digits_swapped": "DIAG-DIGIT",
    "parent_copied": "DIAG-COPY",
    "times_ten_thousand": "DIAG-UNIT",
    "labels_shifted": "DIAG-SHIFT",
}
"""What a damage should be put down to, where one can tell."""

_NOBODY: Final = "no document at hand has what it looks at"
_HEAD: Final = """# What each rule caught 各规则检出

Written by `bench/rules.py --write` (see README), from one run of {seconds:.0f} s of processor time over
{documents} documents alone and {groups} groups of documents that belong together: {copies} damaged copies.

| | copies | caught | share |
|---|---|---|---|
"""
_DAMAGE: Final = """
## By damage 各类损坏

*felt*: some equation that held is moved by more than its tolerance; of mistakes in rows, names, words and
performance forms every copy counts. *caught*: a rule newly fails; for a blanked figure it is enough that one
which held cannot be evaluated. *suspect*: the damaged cell is the only one that two or more failing equations
share; *named*: the first finding names it. *put down*: its diagnosis is that of the damage.

| damage | made | felt | caught | share | suspect | named | put down | caught by most |
|---|---|---|---|---|---|---|---|---|
"""
_RULES: Final = """
## By rule 各规则

*caught*: damaged copies in which the rule newly failed; *silent*: those that moved an equation of it by more
than its tolerance, and it said nothing; *false*: findings on undamaged documents that gold does not know.
*looked at*: documents of this run in which the rule held before. A rule that caught nothing says why.

| rule | caught | silent | false | looked at | |
|---|---|---|---|---|---|
"""


@dataclass(slots=True)
class Part:
    """What one process found: of ``documents`` alone, or of ``groups`` of linked ones.

    ``alarms``: findings on the ``whole`` undamaged documents that gold does not know. ``looked``: rule → in
    how many documents it held before any damage; ``reasons``: rule → why it did not, and how often.
    """

    proof: Proof
    documents: int = 0
    groups: int = 0
    alarms: list[dict[str, Any]] = field(default_factory=list)
    whole: int = 0
    looked: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(slots=True)
class Run:
    """Everything that a run found. ``alone``, ``linked``: within documents, and across them.

    ``on_paper``: kind → for each damage on printed text, whether a rule fails, whether it shows in any way,
    the rules that fail.
    """

    alone: Sequence[Part]
    linked: Sequence[Part]
    clean: Sequence[Part]
    on_paper: Mapping[str, Sequence[tuple[bool, bool, frozenset[str]]]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def parts(self) -> list[Part]:
        """What every process found."""
        return [*self.alone, *self.linked, *self.clean]

    @property
    def verdicts(self) -> list[Verdict]:
        """What became of every damaged copy."""
        return [verdict for part in self.parts for verdict in part.proof.verdicts]

    @property
    def by_itself(self) -> Proof:
        """The proof within documents."""
        return joined(self.alone)

    @property
    def across(self) -> Proof:
        """The proof across documents."""
        return joined(self.linked)

    @property
    def patients(self) -> Mapping[str, Patient]:
        """Every document that was damaged."""
        return {**self.across.patients, **self.by_itself.patients}

    @property
    def alarms(self) -> list[dict[str, Any]]:
        """Wrong alarms."""
        return [alarm for part in self.parts for alarm in part.alarms]

    @property
    def whole(self) -> int:
        """Undamaged documents."""
        return sum(part.whole for part in self.parts)


def joined(parts: Iterable[Part]) -> Proof:
    """The proofs of several processes as one."""
    proof = Proof({})
    for part in parts:
        proof.patients = {**proof.patients, **part.proof.patients}
        proof.verdicts += part.proof.verdicts
    return proof


def part_of(bench: Bench, proof: Proof, alarms: list[dict[str, Any]], whole: int) -> Part:
    """What a bench found, without its database."""
    looked, reasons = _states(bench)
    groups = len({id(group) for group in bench.groups.values()})
    return Part(proof, len(bench.documents), groups, alarms, whole, looked, reasons)


def show(run: Run, wanted: str | None) -> None:
    """Print shares by damage, each rule's caught and silent, wrong alarms, and what was asked for."""
    print("\n".join((*_by_damage(run), *_by_rule(run))))
    print(f"\nwrong alarms: {len(run.alarms)} on {run.whole} undamaged documents, "
          f"{share(len(run.alarms), run.whole):.3f} a document")  # fmt: skip
    for alarm in run.alarms:
        print(f"  + {alarm['document']} {alarm['rule_id']}: {alarm['message_zh']}")
    for kind, printed in run.on_paper.items():
        fails, shows = sum(fails for fails, *_ in printed), sum(shows for _, shows, _ in printed)
        print(f"on paper: {kind:<22}{len(printed):>6} read again, {fails} fail a rule, {shows} show")
    chosen: dict[str, Callable[[Verdict], bool]] = {
        "missed": lambda verdict: verdict.counts and not verdict.caught,
        "unnamed": lambda verdict: verdict.sole_suspect and not verdict.named,
        "amiss": lambda verdict: (
            verdict.damage.kind in _EXPECTED
            and bool(verdict.caught_by)
            and verdict.diagnosis != _EXPECTED[verdict.damage.kind]
        ),
    }
    for verdict in run.verdicts if wanted else ():
        if chosen[wanted or ""](verdict):
            print(f"  - {_words(verdict, run.patients)}")


def markdown(run: Run) -> str:
    """The same as a page: shares, damage by damage, rule by rule with a reason where nothing was caught."""
    head = _HEAD.format(
        seconds=run.seconds,
        documents=sum(part.documents for part in run.alone),
        groups=sum(part.groups for part in run.linked),
        copies=f"{len(run.verdicts):,}",
    )
    alone = run.by_itself
    suspects = sum(verdict.sole_suspect for verdict in alone.verdicts)
    mistakes = [v for v in alone.verdicts if v.damage.kind in MISTAKES]
    lines = [
        _shares("figures that an equation can feel", alone.felt),
        _shares("the same, seen from other documents", [v for v in run.across.verdicts if v.counts]),
        _shares("mistakes in rows, names, words, performance", mistakes),
        _shares("put down to what they are", _told(alone.felt), _is_told),
        f"| sole suspect named first | {suspects:,} | | {alone.share_named:.4f} |",
        f"| wrong alarms on {run.whole} undamaged documents | {len(run.alarms)} | |"
        f" {share(len(run.alarms), run.whole):.3f} a document |",
    ]
    return head + "\n".join(lines) + "\n" + _DAMAGE + "\n".join(_by_damage(run)) + "\n" + _RULES + "\n".join(
        _by_rule(run)
    ) + "\n"  # fmt: skip


def _shares(
    name: str,
    verdicts: Sequence[Verdict],
    is_good: Callable[[Verdict], bool] = lambda verdict: verdict.caught,
) -> str:
    good = sum(map(is_good, verdicts))
    return f"| {name} | {len(verdicts):,} | {good:,} | {share(good, len(verdicts)):.4f} |"


def _told(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Damages caught of which one can tell what they are."""
    return [v for v in verdicts if v.caught_by and v.damage.kind in _EXPECTED]


def _is_told(verdict: Verdict) -> bool:
    return verdict.diagnosis == _EXPECTED[verdict.damage.kind]


def _by_damage(run: Run) -> Iterator[str]:
    for verdicts, kinds, word in (
        (run.by_itself.verdicts, FIGURES, ""),
        (run.by_itself.verdicts, MISTAKES, ""),
        (run.across.verdicts, None, " (linked)"),
    ):
        made = {verdict.damage.kind for verdict in verdicts}
        for kind in (kind for kind in kinds or sorted(made) if kind in made):
            yield _line(f"{kind}{word}", [v for v in verdicts if v.damage.kind == kind])
    for kind, printed in run.on_paper.items():
        fails = sum(fails for fails, *_ in printed)
        rules = Counter(rule for *_, rules in printed for rule in rules)
        yield (f"| {kind} (on paper) | {len(printed)} | {len(printed)} | {fails} |"
               f" {share(fails, len(printed)):.4f} | | | | {_most(rules)} |")  # fmt: skip


def _line(name: str, verdicts: Sequence[Verdict]) -> str:
    counting = [v for v in verdicts if v.counts]
    caught, suspected, told = (
        sum(v.caught for v in counting),
        [v for v in verdicts if v.sole_suspect],
        _told(counting),
    )
    rules = Counter(rule for verdict in counting for rule in verdict.caught_by)
    named = f"{share(sum(v.named for v in suspected), len(suspected)):.3f}" if suspected else ""
    down = f"{share(sum(map(_is_told, told)), len(told)):.3f}" if told else ""
    ratio = f"{share(caught, len(counting)):.4f}" if counting else ""
    return (f"| {name} | {len(verdicts)} | {len(counting)} | {caught} | {ratio} | {len(suspected) or ''} |"
            f" {named} | {down} | {_most(rules)} |")  # fmt: skip


def _most(rules: Counter[str]) -> str:
    return ", ".join(f"{rule} {count}" for rule, count in rules.most_common(4))


def _by_rule(run: Run) -> Iterator[str]:
    caught = Counter(rule for v in run.verdicts for rule in v.caught_by)
    caught.update(rule for printed in run.on_paper.values() for *_, rules in printed for rule in rules)
    silent = Counter(rule for v in run.verdicts for rule in v.standing - v.caught_by - v.held_back)
    false = Counter(finding["rule_id"] for finding in run.alarms)
    looked = sum((part.looked for part in run.parts), Counter[str]())
    counted = sum((part.reasons for part in run.parts), Counter[tuple[str, str]]())
    reasons = {rule: reason for (rule, reason), _ in reversed(counted.most_common())}
    for rule in load_rules():
        why = ""
        if not caught[rule.id]:
            why = _idle(looked[rule.id], silent[rule.id]) or reasons.get(rule.id, _NOBODY)
        yield (f"| {rule.id} | {caught[rule.id]} | {silent[rule.id]} | {false[rule.id]} |"
               f" {looked[rule.id]} | {why} |")  # fmt: skip


def _idle(looked: int, silent: int) -> str:
    """Why a rule that looked at some document caught nothing there."""
    if silent:
        return "figures of it were moved, and it was silent"
    return "no damage of this run is of its kind" if looked else ""


def _states(bench: Bench) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """In how many documents each rule held before any damage, and why it did not where it never did."""
    looked: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    for results in bench.base.values():
        looked.update({result.rule_id for result in results if result.state in HOLDING})
        reasons.update(
            {
                (result.rule_id, result.reason.partition("|")[0])
                for result in results
                if result.reason and "other kind" not in result.reason
            }
        )
    return looked, reasons


def _words(verdict: Verdict, patients: Mapping[str, Patient]) -> str:
    """One damage for a person who looks after a rule: what was there, what is there now, what rules say."""
    damage = verdict.damage
    parsed = patients[damage.document_id].parsed
    cells = {cell.cell_id: cell for cell in parsed.cells}
    changed = [
        f"{c.form} {c.side or ''} {c.section or ''} {c.code or c.label} {c.column}: {c.text_printed} → "
        f"{f'{now.code or now.label} {now.text_printed}' if now else 'blank'}"
        for i, now in itertools.islice(damage.cells.items(), 3)
        if (c := cells.get(i) or now)
    ]
    changed += [
        f"{s.item} {s.year}: {s.text_printed} “{s.sentence}”" for s in damage.statements.values() if s
    ]
    texts = {piece.passage_id: piece.text for piece in parsed.passages}
    changed += [
        f"“{texts[i]}” → “{piece.text if piece else 'gone'}”"
        for i, piece in itertools.islice(damage.passages.items(), 2)
    ]
    for name, records in damage.lists.items():
        before = getattr(parsed, name)
        changed += [f"{record}" for record in itertools.islice((r for r in records if r not in before), 1)]
    cause = f"{verdict.findings} findings, {verdict.diagnosis}"
    return (
        f"{damage.kind} {parsed.document.document} {'; '.join(changed)} | stands in"
        f" {' '.join(sorted(verdict.standing))} | fail {' '.join(sorted(verdict.caught_by))}"
        f" | held back {' '.join(sorted(verdict.held_back))} | {cause}"
    )
