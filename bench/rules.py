"""Proof of the rules: thousands of damaged documents, and what the rules make of them.

    python bench/rules.py            samples, generated documents and, where it is there, the corpus
    python bench/rules.py --number 40 --each 20 --write
    python bench/rules.py --kind digit_lost --show missed

Every damaged document is a copy of a whole one in which one thing is wrong. Copies stand side by side in one
database, so that the rules judge hundreds of them at once. A damage is *caught* where a rule fails that did
not fail before; a blanked figure also where a rule that held can no longer be evaluated. Damage to a figure
that no equation can feel is left out. Rules that compare documents are tried on copies of whole groups.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench import reprinted  # noqa: E402
from bench.damage import FIGURES, KINDS, LINKED, MISTAKES  # noqa: E402
from bench.documents import families, generated, has_figures, published, together  # noqa: E402
from bench.findings import meets  # noqa: E402
from bench.gold import gold_rows  # noqa: E402
from bench.judging import Bench, Proof, prove  # noqa: E402
from bench.rules_report import Part, Run, markdown, part_of, show  # noqa: E402
from dagster_project.parse import parse  # noqa: E402
from dagster_project.records import ParsedDocument  # noqa: E402
from dagster_project.samples import FAMILIES, Wish, write  # noqa: E402
from dagster_project.samples.collection import SAMPLES  # noqa: E402

CORPUS = ROOT.parent / "shared" / "corpus"
GOLD = ROOT.parent / "shared" / "gold"
FOLDER = ROOT / "raw" / "samples"
MEASURED: Final = ROOT / "bench" / "rules_measured.md"


def alone(documents: Iterable[ParsedDocument]) -> Bench:
    """A bench of documents each by itself."""
    return Bench([[parsed] for parsed in documents])


def linked(documents: Sequence[ParsedDocument], invented: Iterable[Sequence[ParsedDocument]]) -> Bench:
    """A bench of published documents in the groups that they are linked in, and of invented groups."""
    if not documents:
        return Bench([list(group) for group in invented], across=True)
    everything = Bench([list(documents)], across=True)
    links = everything.connection.execute("SELECT document_id, other_id FROM reconciliation.link").fetchall()
    groups = [group for group in together(documents, links) if len(group) > 1]
    return Bench([*groups, *invented], across=True)


def on_paper(number: int, each: int) -> dict[str, list[tuple[bool, bool, frozenset[str]]]]:
    """Kind → for each damage on the printed text: a rule newly fails; it shows in any way; those rules."""
    found: dict[str, list[tuple[bool, bool, frozenset[str]]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        places = itertools.cycle(itertools.product(("tabs", "aligned", "markdown"), FAMILIES))
        documents = []
        for at, (layout, family) in zip(range(number), places, strict=False):
            written = write(Wish(9000 + at, 2024, ("budget", "final")[at % 2], family, layout))
            path = Path(folder, f"{family}-{layout}-{at}{written.suffix}")
            path.write_text(written.text, encoding="utf-8")
            documents.append(parse(path))
        bench = alone(documents)
        pairs = list(zip(documents, bench.patients(), strict=True))
        for kind, *shown in reprinted.judge(pairs, each, bench.rules, Path(folder)):
            found[kind].append(tuple(shown))
    return found


def wrong_alarms(bench: Bench, gold: Path) -> tuple[list[dict[str, Any]], int]:
    """Findings on undamaged documents that meet no gold row, and the number of these documents.

    Samples that are printed with errors on purpose are not undamaged, nor is what is compared with them.
    """
    planted = {
        sample.path
        for sample in SAMPLES
        if sample.wish.changes or sample.wish.misstated or sample.wish.misremembered or sample.wish.reopened
    }
    whole = {
        parsed.document.document
        for identifier, parsed in bench.documents.items()
        if not any(other.document.document in planted for other in bench.groups[identifier])
    }
    rows = {name: gold_rows(gold, Path(name).stem, "findings") for name in whole}
    alarms = [
        finding
        for finding in bench.found
        if finding["document"] in whole and not any(meets(row, finding) for row in rows[finding["document"]])
    ]
    return alarms, len(whole)


def _left_out(documents: Iterable[ParsedDocument]) -> list[ParsedDocument]:
    """The documents that state a figure; the others are named in print."""
    kept = []
    for parsed in documents:
        if has_figures(parsed):
            kept.append(parsed)
        else:
            reason = next((problem.kind for problem in parsed.problems), "no figure is printed")
            print(f"left out: {parsed.document.document} ({reason})")
    return kept


# -- processes ------------------------------------------------------------------------------------------


def _alone(documents: Sequence[ParsedDocument], given: argparse.Namespace) -> Part:
    wanted = [tuple(k for k in kinds if not given.kind or k in given.kind) for kinds in (FIGURES, MISTAKES)]
    bench = alone(documents)
    proof = prove(bench, given.each, given.seed, wanted[0])
    proof.verdicts += prove(bench, given.mistakes, given.seed, wanted[1]).verdicts
    return part_of(bench, proof, *wrong_alarms(bench, given.gold))


def _linked(documents: Sequence[ParsedDocument], number: int, first: int, given: argparse.Namespace) -> Part:
    bench = linked(documents, families(number, first=first))
    across = tuple(kind for kind in LINKED if not given.kind or kind in given.kind)
    return part_of(bench, prove(bench, given.linked, given.seed, across), *wrong_alarms(bench, given.gold))


def _clean(number: int, first: int, given: argparse.Namespace) -> Part:
    bench = alone(generated(number, seed=5000, first=first))
    return part_of(bench, Proof({}), *wrong_alarms(bench, given.gold))


def _shards(number: int, processes: int) -> list[tuple[int, int]]:
    """How many, and from which on, each process takes."""
    bounds = [number * at // processes for at in range(processes + 1)]
    return [(end - start, start) for start, end in itertools.pairwise(bounds) if end > start]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; exit code 1 when a share asked for by ``--require`` is not reached."""
    given = _arguments(arguments)
    folders = [FOLDER, *([given.corpus] if given.corpus.is_dir() else [])]
    documents = _left_out(published(folders))
    every = [*documents, *generated(given.number)]
    many = given.processes
    with ProcessPoolExecutor(many) as pool:
        singles = [pool.submit(_alone, every[at::many], given) for at in range(many)]
        # The groups of published documents go with the first groups of invented ones.
        groups = [
            pool.submit(_linked, [] if first else documents, number, first, given)
            for number, first in _shards(given.families, many)
        ]
        clean = [pool.submit(_clean, number, first, given) for number, first in _shards(given.clean, many)]
        paper = pool.submit(on_paper, given.printed, 2)
        run = Run(*([job.result() for job in jobs] for jobs in (singles, groups, clean)), paper.result())
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    run.seconds = sum(each.ru_utime + each.ru_stime for each in spent)
    show(run, given.show)
    print(f"{len(run.verdicts)} damaged documents, {run.seconds:.0f} s of processor time")
    if given.write:
        MEASURED.write_text(markdown(run), encoding="utf-8")
    return 1 if given.require and run.by_itself.share_caught < given.require else 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--number", type=int, default=60, help="generated documents that are damaged")
    parser.add_argument("--clean", type=int, default=240, help="generated documents only judged as they are")
    parser.add_argument("--families", type=int, default=10, help="generated groups of linked documents")
    parser.add_argument("--printed", type=int, default=12, help="documents damaged on the printed text")
    parser.add_argument("--each", type=int, default=8, help="damages of figures of each kind a document")
    parser.add_argument("--mistakes", type=int, default=2, help="the same of mistakes in rows and words")
    parser.add_argument("--linked", type=int, default=2, help="the same in groups of documents")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=tuple(KINDS), action="append")
    parser.add_argument("--show", choices=("missed", "unnamed", "amiss"))
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--require", type=float, help="smallest share caught")
    parser.add_argument("--write", action="store_true", help=f"write {MEASURED.name}")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
