"""What the rules see: one row a cell, with everything that rules select by, in temporary tables.

``rc_document``: the documents to judge. ``rc_read``: these and the documents that they are compared with.
``rc_link``: which documents belong together. ``rc_cell``: cells in yuan, with half width, code level, line
and class. ``rc_statement``: stated figures. ``rc_form``: form states. All amounts are DECIMAL.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import duckdb

from dagster_project import vocabulary
from dagster_project.reconciliation import links
from expectations import lines

SIDED_FORMS: Final = tuple(form.key for form in vocabulary.forms().values() if form.has_sides)
"""Forms whose rows are lines of two sides."""

CODED_BY: Final = {form.key: form.keyed_by for form in vocabulary.forms().values()}
"""What the codes of each form mean."""

NOT_MONEY: Final = ("quantity", "unit_price", "change_percent")
"""Columns that are counted, priced or rated: no sum down a column means anything."""

_FACTOR: Final = """CASE unit WHEN 'wan' THEN 10000::DECIMAL(5,0) ELSE 1::DECIMAL(5,0) END"""
_HALF: Final = """CASE {0} WHEN 0 THEN 0.5 WHEN 1 THEN 0.05 WHEN 2 THEN 0.005 WHEN 3 THEN 0.0005
    WHEN 4 THEN 0.00005 WHEN 5 THEN 0.000005 ELSE 0.0000005 END::DECIMAL(9,7)"""


@dataclass(frozen=True)
class Facts:
    """What the temporary tables hold: the forms that have cells, the items that are stated, by number, and
    the roles in which some document has another one.

    The cells of each form lie in a table of their own, so that an equation reads its own forms only.
    """

    forms: frozenset[str]
    items: dict[str, int]
    roles: frozenset[str] = frozenset()

    def cells(self, form: str) -> str:
        """The table of a form's cells; an empty one where no document prints it."""
        return f"rc_cell_{form}" if form in self.forms else "rc_cell_none"

    def matching(self, patterns: Sequence[str]) -> list[int]:
        """Numbers of the stated items that match one of these patterns."""
        found: dict[int, None] = {}
        for pattern in patterns:
            expression = re.compile(item_expression(pattern))
            if "<" not in pattern:
                found.update({self.items[pattern]: None} if pattern in self.items else {})
                continue
            found.update({number: None for item, number in self.items.items() if expression.fullmatch(item)})
        return list(found)

    @cached_property
    def names(self) -> dict[int, str]:
        """Number → item."""
        return {number: item for item, number in self.items.items()}


_NAME: Final = r"[^.]*[^\x00-\x7f.][^.]*"
_PLACEHOLDERS: Final = {
    "<account>": rf"((?:\d+|{_NAME})(?:\.{_NAME})*)",
    "<code>": r"(\d+)",
    "<class>": r"(\d{3})",
    "<item>": r"(\d{7})",
    "<name>": "(.+)",
    "<subject>": "(.+)",
}


def item_expression(item: str) -> str:
    """The regular expression of an item with placeholders."""
    text = re.escape(item)
    for name, expression in _PLACEHOLDERS.items():
        text = text.replace(re.escape(name), expression)
    return text


def prepare(connection: duckdb.DuckDBPyConnection, document_ids: Sequence[str] | None) -> Facts:
    """Build the temporary tables for these documents, for all loaded ones where ``None``.

    Documents that are compared with one of them, now or when they were last judged, are judged again too.
    """
    _documents(connection, document_ids, links.find(connection))
    _line_names(connection)
    connection.execute(_CELL_SQL)
    forms = [row[0] for row in connection.execute("SELECT DISTINCT form FROM rc_cell").fetchall()]
    for form in forms:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE rc_cell_{form} AS SELECT * FROM rc_cell WHERE form = '{form}'"
        )
    connection.execute("CREATE OR REPLACE TEMP TABLE rc_cell_none AS SELECT * FROM rc_cell LIMIT 0")
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE rc_item AS
        SELECT item, row_number() OVER (ORDER BY item)::INTEGER AS item_id
        FROM (SELECT DISTINCT item FROM staging.statement JOIN rc_read USING (document_id))"""
    )
    connection.execute(_STATEMENT_SQL)
    _forms_and_problems(connection)
    items = dict(connection.execute("SELECT item, item_id FROM rc_item").fetchall())
    roles = [row[0] for row in connection.execute("SELECT DISTINCT role FROM rc_link").fetchall()]
    return Facts(frozenset(forms), items, frozenset(roles))


def _forms_and_problems(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE rc_form AS
        SELECT document_id, form, first(state ORDER BY CASE state WHEN 'read' THEN 0 ELSE 1 END) AS state
        FROM staging.form JOIN rc_document USING (document_id) GROUP BY ALL"""
    )
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE rc_problem AS
        SELECT p.document_id, p.form, p.kind, p.severity, p.line, p.message, p.cause_key
        FROM staging.problem p JOIN rc_document USING (document_id) WHERE p.form IS NOT NULL"""
    )


def _documents(
    connection: duckdb.DuckDBPyConnection, document_ids: Sequence[str] | None, found: Sequence[links.Link]
) -> None:
    links.write(connection, found)
    read = "status IN ('loaded', 'partial', 'superseded') AND kind IS NOT NULL"
    judged = None if document_ids is None else links.affected(found, document_ids) | links.moved(connection)
    needed = None if judged is None else links.affected(found, judged)
    for table, wanted in (("rc_document", judged), ("rc_read", needed)):
        chosen = "" if wanted is None else "AND document_id IN (SELECT unnest(?::VARCHAR[]))"
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE {table} AS
            SELECT document_id, document, kind, fiscal_year, organisation, edition, region, load_id
            FROM staging.document WHERE {read} {chosen}""",
            [] if wanted is None else [sorted(wanted)],
        )


def _line_names(connection: duckdb.DuckDBPyConnection) -> None:
    """Look every printed label of a line up once, however many documents print it."""
    sided = ", ".join(f"'{form}'" for form in SIDED_FORMS)
    printed = connection.execute(
        f"""SELECT DISTINCT CASE WHEN form IN ({sided}) THEN coalesce(side, '') ELSE '' END,
            coalesce(section, ''), label
        FROM staging.cell JOIN rc_read USING (document_id) WHERE form IN ({sided}) OR code IS NULL"""
    ).fetchall()
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE rc_line
        (side VARCHAR, section VARCHAR, label VARCHAR, line VARCHAR, class_code VARCHAR)"""
    )
    if printed:
        known = [(*place, *lines.line_of(*place)) for place in printed]
        columns = [list(column) for column in zip(*known, strict=True)]
        connection.execute(
            """INSERT INTO rc_line SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]),
            unnest(?::VARCHAR[]), unnest(?::VARCHAR[])""",
            columns,
        )


def _coded_by_case() -> str:
    arms = " ".join(f"WHEN '{form}' THEN '{keyed}'" for form, keyed in CODED_BY.items())
    return f"CASE form {arms} END"


_CELL_SQL: Final = f"""
CREATE OR REPLACE TEMP TABLE rc_cell AS
WITH cell AS (
    SELECT c.* EXCLUDE (line), c.line AS printed_line, d.kind, d.fiscal_year,
        coalesce(c.side, '') AS at_side, coalesce(c.section, '') AS at_section,
        {_coded_by_case()} AS keyed_by,
        c.unit IN ('wan', 'yuan') AND c."column" NOT IN {NOT_MONEY} AS is_money
    FROM staging.cell c JOIN rc_read d USING (document_id)
), codes AS (
    SELECT document_id, form,
        bool_or(length(code) IN (6, 9)) AND NOT bool_or(length(code) IN (5, 7)) AS by_unit
    FROM cell WHERE code IS NOT NULL GROUP BY ALL
), sections AS (
    SELECT document_id, form, bool_or(n > 1) AS by_section FROM (
        SELECT document_id, form, code, count(DISTINCT at_section) AS n FROM cell
        WHERE code IS NOT NULL GROUP BY ALL) GROUP BY ALL
), finest AS (
    SELECT document_id, form, "column", max(decimals) AS decimals FROM cell WHERE amount <> 0 GROUP BY ALL
), finest_form AS (
    SELECT document_id, form, max(decimals) AS decimals FROM cell WHERE amount <> 0 GROUP BY ALL
), scheme AS (
    SELECT c.*, l.line, l.class_code,
        CASE WHEN keyed_by = 'function_or_unit' THEN CASE WHEN codes.by_unit THEN 'unit' ELSE 'function' END
             WHEN keyed_by = 'project' THEN 'unit' ELSE keyed_by END AS scheme,
        CASE WHEN coalesce(s.by_section, false) THEN at_section ELSE '' END AS block,
        CASE WHEN c.amount = 0 AND c.decimals = 0
             THEN coalesce(f.decimals, ff.decimals, 0) ELSE c.decimals END AS fineness
    FROM cell c
    LEFT JOIN codes USING (document_id, form)
    LEFT JOIN sections s USING (document_id, form)
    LEFT JOIN finest f USING (document_id, form, "column")
    LEFT JOIN finest_form ff USING (document_id, form)
    LEFT JOIN rc_line l ON l.side = CASE WHEN keyed_by = 'label' THEN c.at_side ELSE '' END
        AND l.section = c.at_section AND l.label = c.label AND (c.code IS NULL OR keyed_by = 'label')
), levels AS (
    SELECT *, CASE WHEN scheme IN ('function', 'economic')
            THEN CASE length(code) WHEN 3 THEN 1 WHEN 5 THEN 2 WHEN 7 THEN 3 END
        WHEN scheme = 'unit' THEN CASE length(code) WHEN 3 THEN 1 WHEN 6 THEN 2 WHEN 9 THEN 3 END END AS level
    FROM scheme
)
SELECT document_id, document, kind, fiscal_year, cell_id, form, at_side AS side, at_section AS section, block,
    scheme, row_kind, code, label, "column", is_money, amount, unit, {_FACTOR} AS factor,
    (amount * {_FACTOR})::DECIMAL(26,6) AS yuan,
    ({_HALF.format("fineness")} * {_FACTOR})::DECIMAL(20,7) AS half,
    concat_ws('|', at_side, at_section, row_number, code, label) AS row_id,
    coalesce(code, nullif(label, '')) AS key, level,
    CASE WHEN level > 1
        THEN left(code, length(code) - CASE scheme WHEN 'unit' THEN 3 ELSE 2 END) END AS parent,
    line, CASE WHEN class_code IS NOT NULL THEN class_code
        WHEN level = 1 AND scheme = 'function' THEN code END AS class,
    coalesce(line = 'grand_total', false)
        OR (row_kind = 'total' AND line IS NULL AND code IS NULL) AS is_total,
    placement, verification, json_extract_string(attributes, '$.settled_by') AS settled_by, printed_line,
    header_printed AS header
FROM levels
"""

_STATED_FINENESS: Final = (
    "CASE WHEN s.amount = 0 AND s.decimals = 0 THEN coalesce(f.decimals, 0) ELSE s.decimals END"
)

_STATEMENT_SQL: Final = f"""
CREATE OR REPLACE TEMP TABLE rc_statement AS
WITH finest AS (
    SELECT document_id, unit, max(decimals) AS decimals FROM staging.statement
    WHERE amount <> 0 AND unit IN ('wan', 'yuan') GROUP BY ALL
)
SELECT s.document_id, d.document, d.kind, d.fiscal_year, s.statement_id, s.item, i.item_id,
    regexp_extract(s.item, '(?:^|\\.)(\\d+)(?:\\.|$)', 1) AS code, s.year, s.amount, s.unit,
    {_FACTOR.replace("unit", "s.unit")} AS factor,
    (s.amount * {_FACTOR.replace("unit", "s.unit")})::DECIMAL(26,6) AS yuan,
    ({_HALF.format(_STATED_FINENESS)}
        * {_FACTOR.replace("unit", "s.unit")})::DECIMAL(20,7) AS half,
    s.decimals, s.page, s.line, coalesce(s.position, s.line) AS position, s.sentence, s.text_printed,
    coalesce(s.scope, '') AS scope, s.part_of, s.whole_of, s.exhaustive, s.base, s.verb
FROM staging.statement s JOIN rc_read d USING (document_id) JOIN rc_item i ON i.item = s.item
LEFT JOIN finest f ON f.document_id = s.document_id AND f.unit = s.unit
"""
