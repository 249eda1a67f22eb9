"""Documents of invented bodies, small enough to add up by hand, and the warehouse that dbt builds from them.

The figures are 万元 as printed unless a form says otherwise. What a document is there for stands beside it.
"""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from dagster_project.reconciliation import schema as reconciliation
from dagster_project.records import (
    CellRecord,
    DocumentRecord,
    FormRecord,
    IndicatorRecord,
    ParsedDocument,
    ProblemRecord,
    ProjectAmountRecord,
    StatementRecord,
)
from dagster_project.staging import insert_parsed

PROJECT = Path(__file__).resolve().parents[2]

BUREAU = "示例市档案局"
ARCHIVE = "示例市档案馆"
RENAMED = "示例市档案和方志局"
ABSORBED = "示例市方志办公室"
CLINIC = "示例市卫生院"
PICTURED = "示例市园林局"


def document(
    name: str,
    kind: str,
    year: int,
    organisation: str,
    *,
    edition: str = "department",
    published_on: str | None = None,
    status: str = "loaded",
) -> ParsedDocument:
    """An empty document; its identity is its name."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return ParsedDocument(
        DocumentRecord(
            digest[:16],
            f"{name}.txt",
            digest,
            kind,
            year,
            organisation,
            edition,
            "示例省/示例市",
            pages=9,
            reader="text",
            reader_version="test",
            status=status,
            published_on=published_on,
        )
    )


def add_form(
    parsed: ParsedDocument,
    form: str,
    columns: str,
    rows: list[tuple[str, str, str, str]],
    *,
    unit: str = "wan",
    side: str | None = None,
    verification: str = "proved",
) -> ParsedDocument:
    """A form as read. ``rows`` are (row kind, code, label, figures).

    Figures and columns are set apart by spaces; a full stop is a blank cell.
    """
    record = parsed.document
    if not any(met.form == form for met in parsed.forms):
        parsed.forms.append(
            FormRecord(
                record.document_id, record.document, form, form, unit, len(parsed.forms) + 1, None, "read"
            )
        )
    page = len(parsed.forms)
    for number, (row_kind, code, label, figures) in enumerate(rows, start=1):
        for column, text in zip(columns.split(), figures.split(), strict=True):
            if text == ".":
                continue
            cell_id = "-".join(filter(None, (record.document_id, form, side, str(number), column)))
            parsed.cells.append(
                CellRecord(
                    cell_id,
                    record.document_id,
                    record.document,
                    form,
                    side,
                    None,
                    row_kind,
                    code or None,
                    code or None,
                    label,
                    label,
                    column,
                    None,
                    Decimal(text),
                    unit,
                    page,
                    None,
                    number,
                    number,
                    text,
                    len(text.partition(".")[2]),
                    {},
                    "layout",
                    verification,
                    1,
                )
            )
    return parsed


def add_statement(
    parsed: ParsedDocument, item: str, amount: str, *, unit: str = "wan", base: str | None = None
) -> ParsedDocument:
    """A figure stated in prose about the document's own year."""
    record = parsed.document
    assert record.fiscal_year is not None
    parsed.statements.append(
        StatementRecord(
            f"{record.document_id}-s{len(parsed.statements)}",
            record.document_id,
            record.document,
            item,
            record.fiscal_year,
            Decimal(amount),
            unit,
            len(amount.partition(".")[2]),
            7,
            None,
            "",
            amount,
            f"{base or ''}{amount}万元",
            base=base,
        )
    )
    return parsed


def bureau_budget(name: str, published_on: str | None, personnel: str) -> ParsedDocument:
    """The bureau's budget of 2023. ``personnel`` is the basic expenditure of 2012601; the totals follow."""
    basic = Decimal(personnel) + Decimal("20.00")
    total = basic + Decimal("50.00")
    parsed = document(name, "budget", 2023, BUREAU, published_on=published_on)
    add_form(
        parsed,
        "budget_expenditure",
        "total basic project",
        [
            ("total", "", "合计", f"{total} {basic} 50.00"),
            ("parent", "201", "一般公共服务支出", f"{total - 20} {personnel} 50.00"),
            ("parent", "20126", "档案事务", f"{total - 20} {personnel} 50.00"),
            ("leaf", "2012601", "行政运行", f"{personnel} {personnel} ."),
            ("leaf", "2012604", "档案馆", "50.00 . 50.00"),
            ("parent", "208", "社会保障和就业支出", "20.00 20.00 ."),
            # The items below print 0.01 less than their group: the gap must not vanish.
            ("parent", "20805", "行政事业单位养老支出", "20.00 20.00 ."),
            ("leaf", "2080501", "行政单位离退休", "7.99 7.99 ."),
            ("leaf", "2080505", "机关事业单位基本养老保险缴费支出", "12.00 12.00 ."),
        ],
    )
    add_form(
        parsed,
        "budget_general_by_function",
        "total basic basic_personnel basic_operating project",
        [
            ("total", "", "合计", f"{total} {basic} {Decimal(personnel) + 5} 15.00 50.00"),
            ("parent", "201", "一般公共服务支出", f"{total - 20} {personnel} {personnel} . 50.00"),
            ("parent", "20126", "档案事务", f"{total - 20} {personnel} {personnel} . 50.00"),
            ("leaf", "2012601", "行政运行", f"{personnel} {personnel} {personnel} . ."),
            ("leaf", "2012604", "档案馆", "50.00 . . . 50.00"),
            ("parent", "208", "社会保障和就业支出", "20.00 20.00 5.00 15.00 ."),
            ("parent", "20805", "行政事业单位养老支出", "20.00 20.00 5.00 15.00 ."),
            ("leaf", "2080501", "行政单位离退休", "8.00 8.00 5.00 3.00 ."),
            ("leaf", "2080505", "机关事业单位基本养老保险缴费支出", "12.00 12.00 . 12.00 ."),
        ],
    )
    add_form(
        parsed,
        "budget_general_by_unit",
        "total basic project",
        [
            ("total", "", "合计", f"{total} {basic} 50.00"),
            ("parent", "126", BUREAU, f"{total} {basic} 50.00"),
            ("leaf", "126001", f"{BUREAU}本级", f"{basic} {basic} ."),
            ("leaf", "126002", ARCHIVE, "50.00 . 50.00"),
        ],
    )
    add_form(
        parsed,
        "budget_summary",
        "amount",
        [
            ("parent", "", "财政拨款收入", f"{total - 1}"),
            ("leaf", "", "一般公共预算拨款收入", f"{total - 1}"),
            ("leaf", "", "其他收入", "1.00"),
            ("total", "", "本年收入合计", f"{total}"),
            ("total", "", "收入总计", f"{total}"),
        ],
        side="income",
    )
    add_form(
        parsed,
        "budget_summary",
        "amount",
        [
            ("leaf", "", "一般公共服务支出", f"{total - 20}"),
            ("leaf", "", "社会保障和就业支出", "20.00"),
            ("total", "", "本年支出合计", f"{total}"),
            ("total", "", "支出总计", f"{total}"),
        ],
        side="expenditure",
    )
    return add_form(
        parsed,
        "budget_three_public",
        "total abroad vehicle vehicle_purchase vehicle_operation reception agency_operating",
        [("leaf", "", "“三公”经费", "10.00 . 8.00 5.00 3.00 2.00 99.00")],
    )


def documents() -> list[ParsedDocument]:
    """Every document of the fixture warehouse."""
    # Published in January, corrected in March; the correction also came in another format, the prose apart.
    first = bureau_budget("bureau-2023-budget", "2023-01-20", "90.00")
    corrected = bureau_budget("bureau-2023-budget-corrected", "2023-03-01", "100.00")
    copy = bureau_budget("bureau-2023-budget-corrected-as-word", "2023-03-02", "100.00")
    prose = document("bureau-2023-budget-explained", "budget", 2023, BUREAU, published_on="2023-01-20")
    add_statement(prose, "total.amount", "170.00")
    # The archive's money is in the bureau's budget already.
    unit = document("archive-2023-budget", "budget", 2023, ARCHIVE, edition="unit")
    add_form(
        unit,
        "budget_expenditure",
        "total basic project",
        [
            ("total", "", "合计", "50.00 . 50.00"),
            ("parent", "201", "一般公共服务支出", "50.00 . 50.00"),
            ("parent", "20126", "档案事务", "50.00 . 50.00"),
            ("leaf", "2012604", "档案馆", "50.00 . 50.00"),
        ],
    )
    # A unit whose department published nothing counts for itself.
    clinic = document("clinic-2023-budget", "budget", 2023, CLINIC, edition="unit")
    add_form(
        clinic,
        "budget_expenditure",
        "total basic project general_public_budget unit_funds",
        [
            ("total", "", "合计", "300000 300000 . 180000 120000"),
            ("parent", "210", "卫生健康支出", "300000 300000 . 180000 120000"),
            ("leaf", "2100302", "乡镇卫生院", "300000 300000 . 180000 120000"),
        ],
        unit="yuan",
    )
    add_form(
        clinic,
        "budget_income",
        "total current_year fiscal_appropriation general_public_budget government_fund undertaking"
        " carried_over",
        [("total", "", "合计", "310000 300000 180000 170000 10000 120000 10000")],
        unit="yuan",
    )
    # The tables of this budget are pictures; its prose is all there is.
    pictured = document("parks-2023-budget", "budget", 2023, PICTURED, status="partial")
    add_statement(pictured, "expenditure.total.amount", "88.00")
    add_statement(pictured, "three_public.total.amount", "1.50")
    return [first, corrected, copy, prose, unit, clinic, pictured, *_finals(), *_next_year()]


def _finals() -> list[ParsedDocument]:
    """Final accounts of 2023, with budget columns and with an initial budget told in prose only."""
    final = document("bureau-2023-final", "final", 2023, BUREAU)
    add_form(
        final,
        "final_expenditure",
        "total basic project",
        [
            ("total", "", "合计", "160.00 115.00 45.00"),
            ("parent", "201", "一般公共服务支出", "140.00 95.00 45.00"),
            ("parent", "20103", "政府办公厅（室）及相关机构事务", "10.00 . 10.00"),
            ("leaf", "2010308", "信访事务", "10.00 . 10.00"),
            ("parent", "20126", "档案事务", "130.00 95.00 35.00"),
            ("leaf", "2012601", "行政运行", "95.00 95.00 ."),
            ("leaf", "2012604", "档案馆", "35.00 . 35.00"),
            ("parent", "208", "社会保障和就业支出", "20.00 20.00 ."),
            ("parent", "20805", "行政事业单位养老支出", "20.00 20.00 ."),
            ("leaf", "2080505", "机关事业单位基本养老保险缴费支出", "20.00 20.00 ."),
        ],
    )
    add_form(
        final,
        "final_general_by_function",
        "budget_adjusted total basic project",
        [
            ("total", "", "合计", "165.00 160.00 115.00 45.00"),
            ("leaf", "201", "一般公共服务支出", "145.00 140.00 95.00 45.00"),
            ("leaf", "208", "社会保障和就业支出", "20.00 20.00 20.00 ."),
        ],
    )
    add_form(
        final,
        "final_three_public",
        "budget_total budget_vehicle budget_vehicle_operation budget_reception"
        " final_total final_vehicle final_vehicle_operation final_reception",
        [("leaf", "", "“三公”经费", "6.00 4.00 4.00 2.00 5.00 4.00 4.00 1.00")],
    )
    add_statement(final, "three_public.total.budget", "6.00", base="全年预算")
    # The office publishes no budget; its final account tells the initial one in a sentence.
    office = document("office-2023-final", "final", 2023, ABSORBED)
    add_form(
        office,
        "final_general_by_function",
        "total basic project",
        [("total", "", "合计", "30.00 30.00 ."), ("leaf", "201", "一般公共服务支出", "30.00 30.00 .")],
    )
    add_statement(office, "general.expenditure.budget", "40.00", base="年初预算")
    # Two sentences that disagree say nothing.
    add_statement(office, "function.201.budget", "40.00", base="年初预算")
    add_statement(office, "function.201.budget", "41.00", base="年初预算")
    office.forms.append(
        FormRecord(
            office.document.document_id,
            office.document.document,
            "final_income",
            None,
            None,
            None,
            None,
            "missing",
        )
    )
    office.problems.append(
        ProblemRecord(
            office.document.document_id,
            office.document.document,
            3,
            None,
            "final_income",
            "missing_form",
            "warning",
            "收入决算表未见",
            "补充文件",
            "missing:final_income",
        )
    )
    return [final, office]


def _next_year() -> list[ParsedDocument]:
    """2024: the bureau has a new name and has absorbed the office; petitions have a code of their own."""
    final = document("bureau-2024-final", "final", 2024, RENAMED)
    add_form(
        final,
        "final_expenditure",
        "total basic project prior_year_total",
        [
            ("total", "", "合计", "200.00 150.00 50.00 160.00"),
            ("parent", "201", "一般公共服务支出", "180.00 130.00 50.00 140.00"),
            ("parent", "20126", "档案事务", "168.00 130.00 38.00 130.00"),
            ("leaf", "2012601", "行政运行", "130.00 130.00 . 95.00"),
            ("leaf", "2012604", "档案馆", "38.00 . 38.00 35.00"),
            ("parent", "20140", "信访事务", "12.00 . 12.00 ."),
            ("leaf", "2014004", "信访业务", "12.00 . 12.00 10.00"),
            ("parent", "208", "社会保障和就业支出", "20.00 20.00 . 20.00"),
            ("leaf", "2080505", "机关事业单位基本养老保险缴费支出", "20.00 20.00 . 20.00"),
        ],
    )
    final.indicators.append(
        IndicatorRecord(
            final.document.document_id,
            final.document.document,
            "perf_project_self_evaluation",
            1,
            project="馆藏数字化",
            horizon="annual",
            level1="产出指标",
            level3="扫描页数",
            target="≥10000页",
            actual="12000页",
            weight="20",
            score="19.5",
        )
    )
    final.project_details.append(
        ProjectAmountRecord(
            final.document.document_id,
            final.document.document,
            "馆藏数字化",
            "扫描费",
            Decimal("3.5"),
            "wan",
            8,
        )
    )
    government = document("town-2024-government", "final", 2024, "示例市", status="unsupported_kind")
    # The clinic's petitions code moved between the years; nothing else of it did.
    clinic = document("clinic-2024-budget", "budget", 2024, CLINIC, edition="unit")
    add_form(
        clinic,
        "budget_expenditure",
        "total basic project",
        [
            ("total", "", "合计", "330000 330000 ."),
            ("parent", "210", "卫生健康支出", "330000 330000 ."),
            ("leaf", "2100302", "乡镇卫生院", "330000 330000 ."),
        ],
        unit="yuan",
    )
    return [final, government, clinic]


SUCCESSIONS = [
    ("", BUREAU, RENAMED, "rename", "2024", "示例市机构改革方案"),
    ("", ABSORBED, RENAMED, "merger", "2024", "示例市机构改革方案"),
]


def build_warehouse(folder: Path) -> Path:
    """Write the documents, run dbt in this process, return the database. Raises where dbt fails."""
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    database = folder / "gouji.duckdb"
    with duckdb.connect(str(database)) as connection:
        insert_parsed(connection, documents(), load_id="test", loaded_at=datetime(2024, 6, 1))
        reconciliation.create(connection)
        _add_finding(connection)
    project = folder / "dbt"
    shutil.copytree(PROJECT / "dbt", project, ignore=shutil.ignore_patterns("target", "logs"))
    with (project / "seeds" / "organisation_succession.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(SUCCESSIONS)
    environment = dict(os.environ)
    os.environ["GOUJI_DATABASE"] = str(database)
    try:
        outcome = dbtRunner().invoke(
            [
                "build",
                "--quiet",
                f"--project-dir={project}",
                f"--profiles-dir={project}",
                f"--target-path={folder / 'target'}",
                f"--log-path={folder / 'logs'}",
            ]
        )
    finally:
        os.environ.clear()
        os.environ.update(environment)
    _release(database)
    if outcome.exception is not None:
        raise outcome.exception
    bad = [
        f"{result.node.name}: {result.message}"
        for result in outcome.result.results
        if result.status not in ("success", "pass", "skipped")
    ]
    if bad:
        raise AssertionError("dbt build failed: " + "; ".join(bad))
    return database


def _release(database: Path) -> None:
    """dbt keeps its connection for as long as the process lives; let it go."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415
    from dbt.adapters.factory import reset_adapters  # noqa: PLC0415

    reset_adapters()
    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()


def _add_finding(connection: duckdb.DuckDBPyConnection) -> None:
    record = documents()[1].document
    place = [record.document_id, record.document]
    connection.execute(
        """
        insert into reconciliation.rule values (
            'X-COL-01', 1, 1, 'column', 'both', 'error', '上下级勾稽', 'Children add up', '类＝Σ款',
            'class = sum of groups', '表内勾稽', 'rounding', 'x.yaml'
        )
        """
    )
    connection.execute(
        """
        insert into reconciliation.result by name select
            'r1' as result_id, 'X-COL-01' as rule_id, 1 as rule_version, ? as document_id, ? as document,
            2023 as fiscal_year, 'budget_expenditure' as form, '20805' as key, 20.00 as left_value,
            19.99 as right_value, 0.01 as difference, 0.015 as tolerance, 'wan' as unit, 2 as terms,
            'pass_rounding' as state, true as independent
        """,
        place,
    )
    # Every document has a result of every rule.
    connection.execute(
        """
        insert into reconciliation.result by name select
            'r-' || document_id as result_id, 'X-COL-01' as rule_id, 1 as rule_version, document_id, document,
            'not_applicable' as state, true as independent
        from staging.document where document_id <> ?
        """,
        place[:1],
    )
    connection.execute(
        """
        insert into reconciliation.finding by name select
            'f1' as finding_id, 'X-COL-01' as rule_id, 1 as rule_version, 'warning' as severity,
            ? as document_id, ? as document, 2023 as fiscal_year, 'publisher' as cause,
            '-' as cause_reason, '-' as cause_reason_zh,
            '示例' as message_zh, 'example' as message_en, 0 as related, ['r1'] as related_results,
            false as waived, 'new' as version_status
        """,
        place,
    )
