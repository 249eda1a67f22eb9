"""How long Great Expectations takes over the results of many documents, and how much memory.

    python bench/judge.py --documents 10000

The results are made up: every document has ``--instances`` results of every rule, one in a thousand fails.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import duckdb  # noqa: E402

from dagster_project.reconciliation import schema  # noqa: E402
from expectations import suites  # noqa: E402
from expectations.rules import load_rules  # noqa: E402

_RESULTS = """INSERT INTO reconciliation.result (result_id, rule_id, rule_version, document_id, document,
    fiscal_year, form, key, "column", left_value, right_value, difference, tolerance, unit, terms, state)
SELECT md5(concat(d.d, r.rule_id, i.i)), r.rule_id, 1, d.d::VARCHAR, d.d || '.pdf', 2020 + d.d % 6,
    'budget_expenditure', i.i::VARCHAR, 'total', 10, 10, 0, 0.01, 'wan', 3,
    CASE WHEN hash(d.d, r.rule_id, i.i) % 1000 = 0 THEN 'fail' ELSE 'pass_exact' END
FROM range(?) d(d), (SELECT unnest(?::VARCHAR[]) AS rule_id) r, range(?) i(i)"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the results, judge them, print what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--instances", type=int, default=3, help="results of a rule in a document")
    given = parser.parse_args(arguments)
    rules = load_rules()
    with tempfile.TemporaryDirectory() as folder:
        connection = duckdb.connect(str(Path(folder, "results.duckdb")))
        connection.execute("SET memory_limit = '700MiB'")
        schema.create(connection)
        connection.execute(_RESULTS, [given.documents, [rule.id for rule in rules], given.instances])
        started, worked = time.perf_counter(), time.process_time()
        verdicts = suites.judge(connection, rules)
        wall, processor = time.perf_counter() - started, time.process_time() - worked
        connection.close()
    rows = given.documents * len(rules) * given.instances
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{given.documents:,} documents, {len(rules)} rules, {rows:,} results: {wall:.1f} s wall, "
          f"{processor:.1f} s processor time, peak memory {peak:,} MiB")  # fmt: skip
    return 0 if len(verdicts) == len(rules) else 1


if __name__ == "__main__":
    raise SystemExit(main())
