"""Reads a findings report as a person does: opens every page, follows every link, uses every control, prints.

Works on the folder of any report. What is wrong is collected, never raised, so that one run tells everything.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from bench.browser import Browser, BrowserError, Page

WIDTHS: Final = (360, 768, 1280)
"""Widths of windows: a telephone, a tablet, a desk."""
LISTS: Final = ("index.html", "documents.html")
"""The pages with a list that can be filtered."""
_TALL: Final = 700
"""Pixels of a row of a list that only a squeezed column takes."""
_FIELDS: Final = (
    "{rows: document.querySelectorAll('.browse tbody tr').length,"
    " count: document.querySelector('.count').textContent, address: location.hash,"
    " first: document.querySelector('.browse tbody tr')?.textContent ?? ''}"
)
_WIDE: Final = """(() => {
  const wide = document.documentElement.scrollWidth, inside = document.documentElement.clientWidth;
  const broken = [...document.images].filter((image) => !image.naturalWidth).map((image) => image.src);
  const tall = Math.max(0, ...[...document.querySelectorAll(".list tr")].map((row) => row.offsetHeight));
  return { wide, inside, broken, tall };
})()"""
_PICTURES: Final = """(async () => {
  const shown = (source) => new Promise((done) => {
    const image = new Image();
    image.onload = () => done(null);
    image.onerror = () => done(source);
    image.src = source;
  });
  const sources = new Set([...document.querySelectorAll("svg image")].map((node) => node.href.baseVal));
  return (await Promise.all([...sources].map(shown))).filter(Boolean);
})()"""
_NAMES: Final = "[...document.querySelectorAll('.filters {}')].map((node) => node.name)"
_OPTIONS: Final = "[...document.querySelector({}).options].map((each) => each.text)"


@dataclass(slots=True)
class Walk:
    """What was done, by name, and what was ``wrong``."""

    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        done = ", ".join(f"{count:,} {what}" for what, count in self.done.items())
        return "\n".join([done, f"{len(self.wrong)} wrong", *(f"  {each}" for each in self.wrong[:50])])


@dataclass(frozen=True)
class Site:
    """The files of a report."""

    folder: Path

    @cached_property
    def pages(self) -> dict[str, LexborHTMLParser]:
        """Every page by its path."""
        return {
            path.relative_to(self.folder).as_posix(): LexborHTMLParser(path.read_text(encoding="utf-8"))
            for path in sorted(self.folder.rglob("*.html"))
        }

    @cached_property
    def ids(self) -> dict[Path, set[str | None]]:
        """The ids of every page."""
        return {
            (self.folder / name).resolve(): {node.attributes["id"] for node in page.css("[id]")}
            for name, page in self.pages.items()
        }

    def address(self, name: str) -> str:
        """A page as a browser is told to open it."""
        return (self.folder / name).resolve().as_uri()

    def links(self, name: str) -> Iterator[str]:
        """Everything that a page links to, loads or shows."""
        for node in self.pages[name].css("[href], [src]"):
            target = node.attributes.get("href") or node.attributes.get("src") or ""
            if not target.startswith("data:"):
                yield target

    def amiss(self, name: str, link: str) -> str | None:
        """What is wrong with a link: it leads to another server, to no file or to no place in a page."""
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            return "lies on another server"
        target = (self.folder / name).parent / unquote(parts.path) if parts.path else self.folder / name
        if not target.is_file():
            return "leads to no file"
        known = self.ids.get(target.resolve())
        if known is not None and parts.fragment and "=" not in parts.fragment:
            return None if unquote(parts.fragment) in known else "leads to no place in its page"
        return None


def walk(browser: Browser, folder: Path, paper: Path, widths: Iterable[int] = WIDTHS) -> Walk:
    """Do everything; ``paper`` is a folder for what is printed."""
    site, told = Site(folder), Walk()
    follow(site, told)
    page = browser.page(1280)
    for width in widths:
        open_all(site, page, width, told)
    page.resize(1280)
    for name in LISTS:
        use_list(site, name, page, told)
    use_overview(site, page, told)
    print_all(site, page, paper, told)
    told.wrong += page.complaints
    return told


def follow(site: Site, told: Walk) -> None:
    """Look where every link and picture leads."""
    for name in site.pages:
        for link in site.links(name):
            told.done["links"] += 1
            if amiss := site.amiss(name, link):
                told.wrong.append(f"{name}: {link} {amiss}")


def open_all(site: Site, page: Page, width: int, told: Walk) -> None:
    """Open every page in a window so wide: content fits, pictures are there, the console says nothing."""
    page.resize(width)
    for name in site.pages:
        page.open(site.address(name))
        told.done[f"pages at {width} px"] += 1
        seen = page.value(_WIDE)
        if seen["wide"] > seen["inside"]:
            told.wrong.append(f"{name}: {seen['wide']} px wide in a window of {width}")
        if seen["tall"] > _TALL:
            told.wrong.append(f"{name}: a row of its list is {seen['tall']} px tall at {width} px")
        missing = seen["broken"] + page.value(_PICTURES)
        told.wrong += [f"{name}: {each} shows no picture" for each in missing]
        told.wrong += [f"{name}: {each}" for each in page.complaints]
        page.complaints.clear()


def use_list(site: Site, name: str, page: Page, told: Walk) -> None:
    """Use every control of a list as a hand does, and compare what it then shows with its data."""
    try:
        page.open(site.address(name))
        everything = _shown(page)
        for control in page.value(
            "[...document.querySelectorAll('.filters select')].map((node) => node.name)"
        ):
            _choose_each(page, name, control, told)
        for control in page.value(
            "[...document.querySelectorAll('.filters input')].map((node) => node.name)"
        ):
            _search(page, name, control, told)
        _sort(page, name, told)
        _turn(page, name, told)
        page.open(site.address(name))
        _expect(told, f"{name} as it opens", _shown(page), everything)
    except BrowserError as error:
        told.wrong.append(f"{name}: {error}")


def _choose_each(page: Page, name: str, control: str, told: Walk) -> None:
    """Choose every value of a select with the keyboard; its option says how many rows it has."""
    selector = f'.filters select[name="{control}"]'
    options = page.value(
        f"[...document.querySelector({json.dumps(selector)}).options].map((each) => each.text)"
    )
    page.value(f"document.querySelector({json.dumps(selector)}).focus()")
    for option in options[1:]:
        page.press("ArrowDown")
        told.done["choices"] += 1
        expected = int(option.rpartition("(")[2].rstrip(")").replace(",", ""))
        found = _count(_shown(page))
        _expect(told, f"{name}: {control} = {option}", found, expected)
    _clear(page, name, told)


def _search(page: Page, name: str, control: str, told: Walk) -> None:
    """Write a word of the first row into a search box; what is then listed holds it."""
    everything = _shown(page)
    table = page.value("document.querySelector('.browse').dataset.table")
    known = f"LISTS.{table}.fields.indexOf('{'organisation' if control == 'organisation' else 'document'}')"
    word = page.value(f"String(gouji.tables.{table}?.[0]?.[{known}] ?? '').slice(0, 6)")
    if not word:
        return
    for written in (word, "no such words anywhere"):
        page.click(f'.filters input[name="{control}"]')
        page.value("document.activeElement.select()")
        page.write(written)
        told.done["searches"] += 1
        shown = _shown(page)
        if (_count(shown) == 0) != (written != word):
            told.wrong.append(f"{name}: {control} = {written} lists {_count(shown)} rows")
    _clear(page, name, told)
    _expect(told, f"{name} after {control}", _shown(page), everything)


def _sort(page: Page, name: str, told: Walk) -> None:
    """Press every heading twice: the rows stay the same, their order turns round."""
    before = _count(_shown(page))
    for at in range(1, 1 + page.value("document.querySelectorAll('.list thead button').length")):
        for order in ("ascending", "descending"):
            page.click(f".list thead th:nth-child({at}) button")
            told.done["sortings"] += 1
            said = page.value(f"document.querySelector('.list thead th:nth-child({at})').ariaSort")
            _expect(told, f"{name}: column {at}", (said, _count(_shown(page))), (order, before))
    _clear(page, name, told)


def _turn(page: Page, name: str, told: Walk) -> None:
    """Turn the pages of the list to the last; together they hold every row."""
    seen = _shown(page)["rows"]
    total = _count(_shown(page))
    while not page.value("document.querySelector('.pager button:last-child').disabled"):
        page.click(".pager button:last-child")
        told.done["pages of lists turned"] += 1
        seen += _shown(page)["rows"]
    _expect(told, f"{name}: rows on all pages", seen, total)


def _clear(page: Page, name: str, told: Walk) -> None:
    if page.value("document.querySelector('.filters button').disabled"):
        return
    page.click(".filters button")
    told.done["filters cleared"] += 1
    _expect(told, f"{name}: address after clearing", _shown(page)["address"], "")


def _shown(page: Page) -> dict[str, Any]:
    shown: dict[str, Any] = page.value(f"({_FIELDS})")
    return shown


def _count(shown: dict[str, Any]) -> int:
    """The rows that a list says it has."""
    return int(shown["count"].partition("/")[0].strip().replace(",", ""))


def _expect(told: Walk, what: str, found: Any, expected: Any) -> None:
    if found != expected:
        told.wrong.append(f"{what}: {found}, not {expected}")


def use_overview(site: Site, page: Page, told: Walk) -> None:
    """Follow every count of the overview: the list has as many rows as the link says. Findings are followed
    with the keyboard; its first key leads past the head of the page.
    """
    for node in site.pages["index.html"].css(".counts td a[href*='='], .tiles a[href*='=']"):
        link = node.attributes["href"] or ""
        if link.startswith("#"):
            page.open(site.address("index.html"))
            page.value(f"document.querySelector({json.dumps(f'a[href={json.dumps(link)}]')}).focus()")
            page.press("Enter")
            page.settle()
        else:
            name, _, chosen = link.partition("#")
            page.open(f"{site.address(name)}#{chosen}")
        told.done["counts of the overview"] += 1
        said = int(node.text().split()[-1].replace(",", ""))
        _expect(told, f"index.html: {link}", _count(_shown(page)), said)
    page.open(site.address("index.html"))
    page.press("Tab", "Enter")
    page.settle()
    _expect(told, "the first key leads to", page.value("location.hash"), "#content")


def print_all(site: Site, page: Page, paper: Path, told: Walk) -> None:
    """Print every sheet of a finding, which takes one, and the largest page of every other kind."""
    page.resize(1280)
    for name in _kinds(site):
        page.open(site.address(name))
        sheets = page.paper(paper / f"{name.replace('/', '_')}.pdf")
        finding = name.startswith("findings/")
        told.done["findings printed" if finding else f"sheets of {name}"] += 1 if finding else sheets
        if finding and sheets != 1:
            told.wrong.append(f"{name} takes {sheets} sheets")


def _kinds(site: Site) -> Iterator[str]:
    yield from (name for name in site.pages if "/" not in name)
    documents = [name for name in site.pages if name.startswith("documents/")]
    yield from sorted(documents, key=lambda name: (site.folder / name).stat().st_size)[-1:]
    yield from (name for name in site.pages if name.startswith("findings/"))
