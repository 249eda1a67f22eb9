"""What an analyst may rely on: sums that count nothing twice, stages apart, history kept, gaps shown."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from star_documents import ABSORBED, ARCHIVE, BUREAU, CLINIC, PICTURED, RENAMED, build_warehouse


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a built warehouse, with the SQL that dbt compiled in it."""
    return build_warehouse(tmp_path_factory.mktemp("star")).parent


@pytest.fixture(scope="module")
def warehouse(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built / "gouji.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def arithmetic(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the warehouse in which `additive` judges whatever cells are put into `int_cell`."""
    database = tmp_path_factory.mktemp("arithmetic") / "gouji.duckdb"
    shutil.copy(built / "gouji.duckdb", database)
    compiled = built / "target" / "compiled" / "gouji" / "models" / "intermediate" / "int_cell_additive.sql"
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create view additive as {compiled.read_text(encoding='utf-8')}")
        yield connection


def ask(warehouse: duckdb.DuckDBPyConnection, question: str) -> list[tuple[Any, ...]]:
    return warehouse.execute(question).fetchall()


def one(warehouse: duckdb.DuckDBPyConnection, question: str) -> Any:
    ((value,),) = ask(warehouse, question)
    return value


class TestPublications:
    def test_a_correction_is_a_new_version_and_the_latest_is_current(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            f"""
                select version, is_current, documents, version_basis from marts.dim_publication
                where organisation_name = '{BUREAU}' and fiscal_year = 2023 and kind = 'budget'
                order by 1
            """,
        )
        assert rows == [(1, False, 1, "published_on"), (2, True, 3, "published_on")]

    def test_two_formats_and_the_prose_apart_are_one_publication(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            """
                select document from marts.bridge_publication_document join marts.dim_document using
                (document_id) join marts.dim_publication using (publication_id) where version = 2
                order by document
            """,
        )
        assert [name for (name,) in rows] == [
            "bureau-2023-budget-corrected-as-word.txt",
            "bureau-2023-budget-corrected.txt",
            "bureau-2023-budget-explained.txt",
        ]

    def test_a_government_level_document_is_on_record_but_no_publication(self, warehouse: Any) -> None:
        assert (
            one(
                warehouse,
                """
                    select count(*) from marts.dim_document where status = 'unsupported_kind'
                """,
            )
            == 1
        )
        assert (
            one(
                warehouse,
                """
                    select count(*) from marts.dim_publication where organisation_name = '示例市'
                """,
            )
            == 0
        )

    def test_the_same_form_in_two_files_gives_its_figures_once(self, warehouse: Any) -> None:
        documents = one(
            warehouse,
            """
                select count(distinct f.document_id) from marts.fct_expenditure_by_function f join
                marts.dim_publication using (publication_id) where version = 2
            """,
        )
        assert documents == 1


class TestNothingIsCountedTwice:
    def test_rows_and_columns(self, warehouse: Any) -> None:
        """合计, classes and groups, parts of 合计 are all printed: one plain sum still gives the total."""
        additive, unallocated, everything = ask(
            warehouse,
            f"""
                select sum(amount_yuan), sum(unallocated_yuan), sum(printed_yuan) from
                marts.fct_expenditure_by_function join marts.dim_publication using (publication_id)
                where version = 2 and organisation_name = '{BUREAU}'
            """,
        )[0]
        assert additive + unallocated == Decimal("1700000.00")
        assert unallocated == Decimal("100.00")
        assert everything > 4 * additive  # what a sum over printed figures would have said

    def test_a_gap_stands_where_the_print_has_it(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            """
                select code, unallocated_yuan from marts.fct_expenditure_by_function join
                marts.dim_publication using (publication_id) where version = 2 and unallocated_yuan
                <> 0
            """,
        )
        assert rows == [("20805", Decimal("100.00"))]

    def test_two_ways_to_part_one_total(self, warehouse: Any) -> None:
        """合计 by nature and by fund in one table: the parts are not added to each other."""
        assert one(
            warehouse,
            f"""
                select sum(amount_yuan) from marts.fct_expenditure_by_function join
                marts.dim_publication p using (publication_id) where organisation_name = '{CLINIC}'
                and p.fiscal_year = 2023
            """,
        ) == Decimal("300000.00")

    def test_columns_nested_three_deep(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            f"""
                select fund, amount_yuan from marts.fct_revenue join marts.dim_publication using
                (publication_id) where organisation_name = '{CLINIC}' and amount_yuan is not null
                order by 2, 1
            """,
        )
        assert rows == [
            ("carried_over", Decimal("10000.00")),
            ("government_fund", Decimal("10000.00")),
            ("undertaking", Decimal("120000.00")),
            ("general_public_budget", Decimal("170000.00")),
        ]

    def test_departments_and_their_units(self, warehouse: Any) -> None:
        """The archive's 50.00 are in the bureau's 170.00; adding its document changes no total."""
        rows = ask(
            warehouse,
            """
                select organisation_name, is_counted from marts.dim_publication where fiscal_year =
                2023 and kind = 'budget' and is_current order by 1
            """,
        )
        assert dict(rows) == {BUREAU: True, ARCHIVE: False, CLINIC: True, PICTURED: True}
        mart = one(
            warehouse,
            """
                select sum(coalesce(all_funds_yuan, 0) + coalesce(unallocated_yuan, 0)) from
                marts.spending_by_function where fiscal_year = 2023 and budget_stage = 'initial'
            """,
        )
        naive = one(
            warehouse,
            """
                select sum(amount_yuan) from marts.fct_expenditure_by_function where is_current and
                fiscal_year = 2023 and budget_stage = 'initial'
            """,
        )
        assert mart == Decimal("2000000.00")  # 170.00 万元 and the clinic's 30.00
        assert naive > mart

    def test_versions(self, warehouse: Any) -> None:
        mart = one(
            warehouse,
            f"""
                select sum(expenditure_initial_yuan) from marts.organisation_by_year where
                organisation_name = '{BUREAU}' and fiscal_year = 2023
            """,
        )
        naive = one(
            warehouse,
            f"""
                select sum(amount_yuan + coalesce(unallocated_yuan, 0)) from
                marts.fct_expenditure_by_function join marts.dim_publication p using
                (publication_id) where organisation_name = '{BUREAU}' and p.fiscal_year = 2023 and
                budget_stage = 'initial'
            """,
        )
        assert mart == Decimal("1700000.00")
        assert naive > mart

    def test_prior_year_columns_belong_to_the_prior_year_and_to_no_sum(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            """
                select distinct f.fiscal_year, f.amount_yuan from marts.fct_expenditure_by_function
                f where column_key = 'prior_year_total'
            """,
        )
        assert rows == [(2023, None)]

    def test_lines_of_a_summary_add_up_on_each_side(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            """
                select side, sum(amount_yuan), sum(unallocated_yuan) from marts.fct_summary_line
                join marts.dim_publication using (publication_id) where version = 2 group by side
                order by side
            """,
        )
        assert rows == [
            ("expenditure", Decimal("1700000.00"), Decimal("0.00")),
            ("income", Decimal("1700000.00"), Decimal("0.00")),
        ]

    def test_three_public_items_without_what_stands_beside_them(self, warehouse: Any) -> None:
        assert one(
            warehouse,
            """
                select sum(amount_yuan) from marts.fct_three_public join marts.dim_publication using
                (publication_id) where version = 2
            """,
        ) == Decimal("100000.00")

    def test_every_money_cell_of_a_chosen_form_stands_in_exactly_one_fact(self, warehouse: Any) -> None:
        facts = [
            name
            for (name,) in ask(
                warehouse,
                """
                    select table_name from duckdb_columns() where schema_name = 'marts' and
                    column_name = 'cell_id' and table_name not in ('fct_revenue', 'fct_finding')
                """,
            )
        ]
        union = " union all ".join(f"select cell_id from marts.{name}" for name in facts)
        union += " union all select cell_id from marts.fct_revenue where source = 'income_form'"
        assert one(warehouse, f"select count(*) - count(distinct cell_id) from ({union})") == 0
        lost = ask(
            warehouse,
            f"""
                select cell_id from staging.cell join marts.bridge_publication_document using
                (document_id) where is_lead and cell_id not in ({union})
            """,
        )
        assert lost == []


FIGURE = st.none() | st.integers(-(10**9), 10**9).map(lambda fen: Decimal(fen) / 100)
"""A printed figure in yuan, or a blank. Nothing makes the figures of a form agree: publishers err."""

ACCOUNTS = ("201", "20101", "2010101", "2010102", "20102", "2010299", "208", "2080505", "301")
COLUMNS = ("total", "basic", "basic_personnel", "basic_operating", "project")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    grand=st.integers(-(10**9), 10**9).map(lambda fen: Decimal(fen) / 100),
    rows=st.lists(
        st.tuples(st.sampled_from(ACCOUNTS), st.tuples(*[FIGURE] * len(COLUMNS))),
        unique_by=lambda row: row[0],
        max_size=len(ACCOUNTS),
    ),
)
def test_whatever_is_printed_amount_and_gap_make_the_printed_total(
    arithmetic: Any, grand: Decimal, rows: list[tuple[str, tuple[Decimal | None, ...]]]
) -> None:
    printed = [("", "total", "合计", "total", grand)]
    for code, figures in rows:
        for column, figure in zip(COLUMNS, figures, strict=True):
            if figure is not None:
                printed.append((code, "leaf", f"科目{code}", column, figure))
    arithmetic.execute("delete from intermediate.int_cell")
    arithmetic.executemany(
        """
        insert into intermediate.int_cell by name select
            ? as cell_id, ? as row_id, 'b' as block, 'b' as outer_block, 'code' as row_tree,
            'amount' as role, ? as row_number, ? as row_kind, nullif(?, '') as code, ? as label,
            ? as column_key, if(? = 'total', null, 'nature') as partition_by,
            ?::decimal(20, 2) as printed_yuan
        """,
        [
            (f"c{number}", f"r{code}", number, kind, code, label, column, column, figure)
            for number, (code, kind, label, column, figure) in enumerate(printed)
        ],
    )
    ((whole,),) = arithmetic.execute(
        "select sum(coalesce(amount_yuan, 0) + coalesce(unallocated_yuan, 0)) from additive"
    ).fetchall()
    assert whole == grand


class TestRevenue:
    def test_without_a_revenue_form_the_summary_tells_the_sources(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            """
                select source, fund, amount_yuan from marts.fct_revenue join marts.dim_publication
                using (publication_id) where version = 2 order by 2
            """,
        )
        assert rows == [
            ("summary_form", "general_public_budget", Decimal("1690000.00")),
            ("summary_form", "other", Decimal("10000.00")),
        ]


class TestBudgetAgainstFinal:
    def row(self, warehouse: Any, organisation: str, subject: str, key: str) -> tuple[Any, ...]:
        (row,) = ask(
            warehouse,
            f"""
                select initial_yuan, initial_source, adjusted_yuan, final_yuan,
                completion_of_initial, execution_rate from marts.budget_against_final where
                organisation_name = '{organisation}' and fiscal_year = 2023 and subject =
                '{subject}' and subject_key = '{key}'
            """,
        )
        return row

    def test_two_rates_from_two_bases(self, warehouse: Any) -> None:
        assert self.row(warehouse, BUREAU, "general_public_budget_expenditure", "total") == (
            Decimal("1700000.00"),
            "budget_document",
            Decimal("1650000.00"),
            Decimal("1600000.00"),
            Decimal("0.941176"),
            Decimal("0.969697"),
        )

    def test_no_base_no_rate(self, warehouse: Any) -> None:
        initial, _, adjusted, final, completion, execution = self.row(
            warehouse, BUREAU, "expenditure", "total"
        )
        assert (initial, final) == (Decimal("1700000.00"), Decimal("1600000.00"))
        assert adjusted is None and execution is None
        assert completion == Decimal("0.941176")

    def test_an_initial_budget_told_in_prose_serves_and_says_so(self, warehouse: Any) -> None:
        row = self.row(warehouse, ABSORBED, "general_public_budget_expenditure", "total")
        assert row[:2] == (Decimal("400000.00"), "final_document_prose")
        assert row[4] == Decimal("0.750000")

    def test_where_the_tables_are_lost_the_prose_of_the_budget_serves(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            f"""
            select subject, subject_key, initial_yuan, initial_source from marts.budget_against_final
            where organisation_name = '{PICTURED}' order by 1
            """,
        )
        assert rows == [
            ("expenditure", "total", Decimal("880000.00"), "budget_document_prose"),
            ("three_public", "total", Decimal("15000.00"), "budget_document_prose"),
        ]

    def test_without_a_revenue_form_the_summary_says_the_revenue(self, warehouse: Any) -> None:
        assert one(
            warehouse,
            f"""
            select revenue_initial_yuan from marts.organisation_by_year
            where organisation_name = '{BUREAU}' and fiscal_year = 2023
            """,
        ) == Decimal("1700000.00")

    def test_sentences_that_disagree_say_nothing(self, warehouse: Any) -> None:
        assert self.row(warehouse, ABSORBED, "function", "201")[0] is None

    def test_the_prose_says_which_budget_the_three_public_form_means(self, warehouse: Any) -> None:
        initial, _, adjusted, final, _, execution = self.row(warehouse, BUREAU, "three_public", "reception")
        assert (initial, adjusted, final) == (Decimal("20000.00"), Decimal("20000.00"), Decimal("10000.00"))
        assert execution == Decimal("0.500000")


class TestHistory:
    def test_a_renamed_organisation_is_one_organisation_with_two_names(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            f"""
                select organisation_name, valid_from::varchar, valid_to::varchar, is_current from
                marts.dim_organisation where organisation_id = (select organisation_id from
                marts.dim_organisation where organisation_name = '{RENAMED}') order by valid_from
            """,
        )
        assert rows == [
            (BUREAU, "2023-01-01", "2023-12-31", False),
            (RENAMED, "2024-01-01", None, True),
        ]

    def test_a_merger_breaks_the_series(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            f"""
                select fiscal_year, series_break from marts.organisation_by_year where
                organisation_name in ('{BUREAU}', '{RENAMED}') order by 1
            """,
        )
        assert rows == [(2023, False), (2024, True)]

    def test_across_a_break_no_change_is_computed(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            f"""
                select distinct comparability, all_funds_change_yuan from marts.spending_by_function
                where organisation_name = '{RENAMED}'
            """,
        )
        assert rows == [("not_comparable", None)]

    def test_a_code_that_moved_is_compared_with_what_it_was(self, warehouse: Any) -> None:
        assert one(
            warehouse,
            f"""
                select prior_year_all_funds_yuan from marts.spending_by_function where
                organisation_name = '{RENAMED}' and code = '2014004'
            """,
        ) == Decimal("100000.00")

    def test_an_unbroken_series_has_its_change(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            f"""
                select comparability, all_funds_change_yuan from marts.spending_by_function where
                organisation_name = '{CLINIC}' and fiscal_year = 2024 and code = '2100302'
            """,
        )
        assert rows == [("comparable", Decimal("30000.00"))]

    def test_the_units_superior_comes_from_the_departments_own_form(self, warehouse: Any) -> None:
        assert ask(
            warehouse,
            f"""
                select parent_name, parent_basis from marts.dim_organisation where organisation_name
                = '{ARCHIVE}'
            """,
        ) == [(RENAMED, "unit_form")]


class TestCoverageAndQuality:
    def test_what_was_not_published_is_a_row_too(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            f"""
                select fiscal_year, kind, state from marts.publication_coverage where
                organisation_name = '{CLINIC}' order by 1, 2
            """,
        )
        assert rows == [
            (2023, "budget", "published_read"),
            (2023, "final", "not_found"),
            (2024, "budget", "published_read"),
            (2024, "final", "not_found"),
        ]

    def test_missing_forms_are_named(self, warehouse: Any) -> None:
        assert ask(
            warehouse,
            f"""
                select state, missing_forms from marts.publication_coverage where organisation_name
                = '{ABSORBED}' and kind = 'final' and fiscal_year = 2023
            """,
        ) == [("published_partly_read", "final_income")]

    def test_document_quality_counts_cells_problems_and_findings(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            """
                select share_proved, problem_warnings, finding_warnings from marts.document_quality
                where document in ('office-2023-final.txt', 'bureau-2023-budget-corrected.txt')
                order by document
            """,
        )
        assert rows == [(Decimal("1.000000"), 0, 1), (Decimal("1.000000"), 1, 0)]


class TestShape:
    def test_every_table_and_column_says_what_it_is_in_both_languages(self, warehouse: Any) -> None:
        undescribed = ask(
            warehouse,
            """
            with described as (
                select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts'
                union all
                select table_name, null, comment from duckdb_tables() where schema_name = 'marts'
            )
            select table_name, column_name from described
            where comment is null or not regexp_matches(comment, '[一-龥].* / .*[A-Za-z]')
            """,
        )
        assert undescribed == []

    def test_no_amount_is_a_float(self, warehouse: Any) -> None:
        floats = ask(
            warehouse,
            """
                select table_name, column_name from duckdb_columns() where schema_name in ('marts',
                'intermediate') and data_type in ('DOUBLE', 'FLOAT')
            """,
        )
        assert floats == []

    def test_printed_figure_and_unit_stand_beside_yuan(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            """
                select distinct unit_printed, printed_yuan / amount_printed from
                marts.fct_expenditure_by_function where amount_printed <> 0 order by 1
            """,
        )
        assert rows == [("wan", 10000.0), ("yuan", 1.0)]

    def test_indicators_and_projects_share_their_project(self, warehouse: Any) -> None:
        rows = ask(
            warehouse,
            """
                select p.project_name, i.score_points, d.amount_yuan from marts.dim_project p join
                marts.fct_indicator i using (project_id) join marts.fct_project_declaration d using
                (project_id)
            """,
        )
        assert rows == [("馆藏数字化", Decimal("19.5000"), Decimal("35000.00"))]
