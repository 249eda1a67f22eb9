"""Damage as print, copying and carelessness do it: a kind changes one thing that an auditor would call wrong.

A kind takes a document and yields damages: the records that are different in the damaged one. Nothing here
knows what the rules will make of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bench.damage import figures, linked, performance, rows, sentences, words
from bench.damage.model import Change, Damage, Kind, Patient, changes

__all__ = [
    "FIGURES", "KINDS", "LINKED", "MISTAKES", "OF_ONE_CELL", "Change", "Damage", "Kind", "Patient", "changes"
]  # fmt: skip


def _named(*kinds: Kind) -> Mapping[str, Kind]:
    return {kind.__name__: kind for kind in kinds}


FIGURES: Final = _named(
    figures.figure_off,
    figures.figure_blanked,
    figures.digit_lost,
    figures.digits_swapped,
    figures.neighbour_swapped,
    figures.labels_shifted,
    figures.times_ten_thousand,
    figures.parent_copied,
    sentences.sentence_changed,
    sentences.percentage_changed,
    sentences.verb_flipped,
    figures.form_removed,
    sentences.year_changed,
)
"""Damage to figures: it counts where an equation that held can feel it."""

MISTAKES: Final = _named(
    figures.sign_turned,
    figures.total_rounded,
    sentences.count_changed,
    sentences.counts_swapped,
    sentences.base_is_nothing,
    sentences.bases_mixed,
    rows.row_lost,
    rows.parent_row_lost,
    rows.row_doubled,
    rows.rows_exchanged,
    rows.amount_repeated,
    rows.classes_out_of_order,
    rows.code_mistyped,
    rows.code_cut,
    rows.account_renamed,
    rows.former_name_printed,
    rows.fund_in_general_form,
    rows.general_in_fund_form,
    performance.weight_changed,
    performance.score_above_weight,
    performance.execution_rate_changed,
    performance.execution_amount_changed,
    performance.execution_score_changed,
    performance.total_score_changed,
    performance.target_missed,
    performance.actual_differs,
    performance.growth_changed,
    performance.funding_changed,
    performance.project_amount_changed,
    performance.project_form_lost,
    performance.estimate_changed,
    performance.declared_funding_changed,
    performance.purchase_account_changed,
    performance.purchases_left_out,
    words.both_words_left,
    words.figure_not_filled_in,
    words.reason_not_filled_in,
    words.section_removed,
    words.heading_lost,
    words.entry_lost,
    words.title_of_another_year,
    words.another_body_named,
    words.stock_of_another_year,
    words.period_of_another_year,
    words.grade_changed,
    words.account_named_amiss,
    words.path_broken,
    words.former_name_in_text,
    words.declaration_lost,
    words.declared_beside_figures,
    words.form_emptied,
    words.form_as_picture,
)
"""Mistakes in rows, names, words and performance forms: every one of them counts, felt or not."""

LINKED: Final = {
    **{
        name: FIGURES[name]
        for name in ("figure_off", "digit_lost", "times_ten_thousand", "sentence_changed", "verb_flipped")
    },
    **_named(sentences.count_changed, rows.row_lost, linked.figures_of_another_body),
}
"""Damage that is looked at from the other documents."""

KINDS: Final = {**FIGURES, **MISTAKES, **LINKED}
"""Every kind of damage by its name."""

OF_ONE_CELL: Final = (
    "figure_off",
    "figure_blanked",
    "digit_lost",
    "digits_swapped",
    "times_ten_thousand",
    "parent_copied",
)
"""Kinds in which one cell of a form is wrong."""
