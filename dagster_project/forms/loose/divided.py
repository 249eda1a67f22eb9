"""Headers that say things several times over: each column in two stages, one year beside another.

Such a header is hung up once, without what repeats, and the columns are multiplied afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dagster_project.forms.loose.cells import Word
from dagster_project.forms.loose.words import Path, Words

_Widen = Callable[[Sequence[Path]], tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class Division:
    """``cells`` are what is left to hang up, ``widen`` makes all columns of the columns found.

    ``divided``: each column will have a stage or a year more than its own cells say.
    """

    cells: tuple[Word, ...]
    widen: _Widen
    divided: bool


def divisions(cells: Sequence[Word], words: Words) -> Iterator[Division]:
    """The ways in which a header can repeat itself, at last that it does not."""
    stages = _repeated_stages(cells, words)
    if stages:
        rest = tuple(cell for cell in cells if not words.is_stage(cell.text))
        yield Division(rest, lambda paths: _below(paths, stages, words), divided=True)
    halves = _halves(cells, words)
    if halves:
        before, years, half = halves
        keys = tuple((cell.text,) for cell in before)
        yield Division(half, lambda paths: (*keys, *_beside(paths, years)), divided=True)
    yield Division(tuple(cells), tuple, divided=False)


def _repeated_stages(cells: Sequence[Word], words: Words) -> tuple[str, ...]:
    """The stages that every column is divided into (预算数 决算数 预算数 决算数 …); empty where there are
    none.
    """
    stages = [cell.text for cell in cells if cell.known and words.is_stage(cell.text)]
    for length in (2, 3):
        if len(stages) >= 2 * length and stages == stages[:length] * (len(stages) // length):
            return tuple(stages[:length]) if len(set(stages[:length])) == length else ()
    return ()


def _below(paths: Sequence[Path], stages: Sequence[str], words: Words) -> tuple[Path, ...]:
    """Every column but code and label divided into its stages."""
    return tuple(
        divided
        for path in paths
        for divided in ([path] if words.is_naming(path[-1]) else [(*path, stage) for stage in stages])
    )


def _halves(
    cells: Sequence[Word], words: Words
) -> tuple[tuple[Word, ...], tuple[str, ...], tuple[Word, ...]] | None:
    """Key cells, the years or stages over halves that are alike, and the cells of one half, row by row."""
    begin = next((n for n, cell in enumerate(cells) if not words.is_naming(cell.text)), len(cells))
    end = begin
    while end < len(cells) and cells[end].known and words.is_stage(cells[end].text):
        end += 1
    years = tuple(cell.text for cell in cells[begin:end])
    if len(years) < 2 or len(set(years)) < len(years):
        return None
    half = _one_of(cells[end:], len(years))
    return (tuple(cells[:begin]), years, half) if half else None


def _one_of(cells: Sequence[Word], times: int) -> tuple[Word, ...] | None:
    """The cells once, of rows that each print theirs so many ``times``, in the fewest rows; else ``None``."""
    fewest: list[tuple[int, tuple[Word, ...]] | None] = [None] * (len(cells) + 1)
    fewest[0] = (0, ())
    for start, reached in enumerate(fewest):
        for size in range(1, (len(cells) - start) // times + 1) if reached else ():
            row = tuple(cells[start : start + size])
            end = start + size * times
            if tuple(cells[start:end]) != row * times or reached is None:
                continue
            known = fewest[end]
            if known is None or reached[0] + 1 < known[0]:
                fewest[end] = (reached[0] + 1, (*reached[1], *row))
    found = fewest[-1]
    return found[1] if found else None


def _beside(paths: Sequence[Path], years: Sequence[str]) -> tuple[Path, ...]:
    """The columns of one half below each of the years."""
    return tuple((year, *path) for year in years for path in paths)
