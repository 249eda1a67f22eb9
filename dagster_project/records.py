"""The records a parsed document consists of: one class a staging table, one field a column.

Field names and order are the staging contract; ``None`` is SQL NULL. Amounts are as printed, in the
printed unit. What a load adds later (``load_id``, ``loaded_at``) is no field of a parsed document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

BBox = tuple[float, float, float, float]
"""Left, top, right, bottom in points, origin at the top left of the page."""


@dataclass(slots=True)
class DocumentRecord:
    """``staging.document``: one file version."""

    document_id: str
    document: str
    sha256: str
    kind: str | None = None
    fiscal_year: int | None = None
    organisation: str | None = None
    edition: str | None = None
    region: str | None = None
    media_type: str = "text/plain"
    pages: int | None = None
    reader: str = ""
    reader_version: str = ""
    status: str = "loaded"
    source_url: str | None = None
    published_on: str | None = None
    retrieved_at: str | None = None


@dataclass(slots=True)
class PageRecord:
    """``staging.page``: one page (sheet) of a document as its reader met it.

    ``page`` is ``None`` where the format has no pages; ``width`` and ``height`` are in points. ``read_by`` is
    ``text`` or ``ocr``; ``reason`` says why a page was not, or could not be, read from its characters.
    ``turned``: degrees counter-clockwise by which its picture was turned to be upright; boxes refer to that.
    ``lines`` and ``tables`` count what the reader found, ``cells`` the figures of forms read from it and
    ``figures_unread`` the printed amounts that became no record. ``amounts_unread``: these by their line, as
    printed, with spaces between.
    """

    document_id: str
    document: str
    page: int | None
    width: float | None
    height: float | None
    read_by: str
    reason: str | None
    turned: float
    lines: int
    tables: int
    cells: int
    figures_unread: int
    amounts_unread: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class FormRecord:
    """``staging.form``: one form met or required.

    ``state``: read, printed_blank, declared_empty, unreadable, missing.
    """

    document_id: str
    document: str
    form: str
    title_printed: str | None
    unit: str | None
    first_page: int | None
    last_page: int | None
    state: str
    first_line: int | None = None
    declaration: str | None = None


@dataclass(slots=True)
class CellRecord:
    """``staging.cell``: one printed figure of a form."""

    cell_id: str
    document_id: str
    document: str
    form: str
    side: str | None
    section: str | None
    row_kind: str
    code: str | None
    code_printed: str | None
    label: str
    label_printed: str
    column: str
    header_printed: str | None
    amount: Decimal
    unit: str
    page: int | None
    bbox: BBox | None
    line: int | None
    row_number: int
    text_printed: str
    decimals: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    placement: str = "layout"
    verification: str = "unchecked"
    independent_equations: int = 0


@dataclass(slots=True)
class StatementRecord:
    """``staging.statement``: one figure stated in prose. ``amount`` is negative for a decrease.

    ``scope`` says whose money is meant (all, appropriation, general, government_fund, state_capital),
    ``verb`` the printed word of change, ``base`` what a change, share or completion is measured against,
    as printed.
    ``position`` counts the figures of the document in printed order. A list ("其中：A …，B …") has an id: its
    sum carries it in ``whole_of``, its members in ``part_of``; ``exhaustive`` stands on the sum and is false
    where the words leave room for more (主要, 等).
    ``bbox`` is where the figure is printed, as far as it stands on one line.
    """

    statement_id: str
    document_id: str
    document: str
    item: str
    year: int
    amount: Decimal
    unit: str
    decimals: int
    page: int | None
    line: int | None
    context: str
    text_printed: str
    sentence: str
    scope: str | None = None
    verb: str | None = None
    base: str | None = None
    position: int | None = None
    part_of: str | None = None
    whole_of: str | None = None
    exhaustive: bool | None = None
    bbox: BBox | None = None


@dataclass(slots=True)
class IndicatorRecord:
    """``staging.indicator``: one row of a performance form (绩效目标表、自评表). Values are as printed.

    ``bbox`` is the printed line that the row begins with.
    """

    document_id: str
    document: str
    form: str
    row_number: int
    project: str | None = None
    horizon: str | None = None
    goal: str | None = None
    level1: str | None = None
    level2: str | None = None
    level3: str | None = None
    target: str | None = None
    actual: str | None = None
    weight: str | None = None
    score: str | None = None
    share: str | None = None
    prior_year_2: str | None = None
    prior_year_1: str | None = None
    expected: str | None = None
    basis: str | None = None
    page: int | None = None
    line: int | None = None
    bbox: BBox | None = None


@dataclass(slots=True)
class ProjectAmountRecord:
    """``staging.project_detail``, ``staging.project_funding``: one amount of a project's declaration form."""

    document_id: str
    document: str
    project: str
    item: str
    amount: Decimal
    unit: str
    page: int | None = None
    line: int | None = None


@dataclass(slots=True)
class ProblemRecord:
    """``staging.problem``: what could not be read or was doubtful. ``cause_key`` is equal for one cause."""

    document_id: str
    document: str
    page: int | None
    line: int | None
    form: str | None
    kind: str
    severity: str
    message: str
    action: str
    cause_key: str


@dataclass(slots=True)
class PassageRecord:
    """``staging.passage``: a piece of running text, as printed but without white space.

    ``kind``: ``cover``, ``contents`` (an entry of the contents page), ``heading``, ``title`` (of a form),
    ``note`` (a sentence below a form), ``sentence``, ``entry`` (a text in a performance form). ``form``
    is the form that a title, note or entry belongs to; ``heading`` the nearest one above, as printed.
    ``bbox`` holds the lines on which it is printed, as far as they stand on ``page``.
    """

    passage_id: str
    document_id: str
    document: str
    position: int
    kind: str
    form: str | None
    heading: str | None
    text: str
    page: int | None = None
    line: int | None = None
    bbox: BBox | None = None


@dataclass(slots=True)
class ParsedDocument:
    """Everything that was read from one document; complete and self-contained."""

    document: DocumentRecord
    pages: list[PageRecord] = field(default_factory=list)
    forms: list[FormRecord] = field(default_factory=list)
    cells: list[CellRecord] = field(default_factory=list)
    statements: list[StatementRecord] = field(default_factory=list)
    indicators: list[IndicatorRecord] = field(default_factory=list)
    project_details: list[ProjectAmountRecord] = field(default_factory=list)
    project_funding: list[ProjectAmountRecord] = field(default_factory=list)
    problems: list[ProblemRecord] = field(default_factory=list)
    passages: list[PassageRecord] = field(default_factory=list)
