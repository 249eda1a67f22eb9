"""Data Docs that open without a network.

Great Expectations takes the looks of its Data Docs, and the script that fills their first page, from other
servers. Here its pages lose what lies elsewhere and get a style sheet beside them, and the first page is a
plain table of the suites. What a page says stays as Great Expectations wrote it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from lxml import html
from lxml.html import HtmlElement
from lxml.html.builder import CLASS, E

_HERE: Final = Path(__file__).resolve().parent
_STYLE: Final = "data_docs.css"
_ELSEWHERE: Final = (
    "//script | //link | //style | //footer | //img[starts-with(@src, 'http')] | //a[@data-toggle]"
    " | //*[contains(@class, 'modal')] | //nav[contains(@class, 'navbar') and not(@id)]"
    " | //div[contains(@class, 'card')][.//label[@onclick]]"
)
"""What lies on other servers, or does nothing without what does."""
_COUNTED: Final = ("Evaluated Expectations", "Successful Expectations")


def keep_here(folder: Path, families: Mapping[str, str]) -> Path:
    """Make the Data Docs in ``folder`` independent of other servers; returns their first page.

    ``families`` are the suites and what readers are told of them.
    """
    shutil.rmtree(folder / "static", ignore_errors=True)
    shutil.copyfile(_HERE / _STYLE, folder / _STYLE)
    first = folder / "index.html"
    first.unlink(missing_ok=True)
    for path in sorted(folder.rglob("*.html")):
        root = "../" * (len(path.relative_to(folder).parts) - 1)
        page = html.document_fromstring(path.read_text(encoding="utf-8"))
        for node in page.xpath(_ELSEWHERE):
            node.drop_tree()
        page.head.append(_style(root))
        page.body.insert(0, _home(root))
        _write(page, path)
    _write(_index(folder, families), first)
    return first


def _style(root: str) -> HtmlElement:
    return E.link(rel="stylesheet", href=f"{root}{_STYLE}")


def _home(root: str) -> HtmlElement:
    return E.p(E.a("校验记录 Data Docs", href=f"{root}index.html"), CLASS("home"))


def _index(folder: Path, families: Mapping[str, str]) -> HtmlElement:
    """The first page: a row a suite with its page and what became of its rules."""
    headings = ("套件 suite", "规则 rules", "通过 passed", "不符 failed")
    rows = [E.tr(*(E.th(heading) for heading in headings))]
    for family, said in families.items():
        for page in sorted((folder / "validations" / family).rglob("*.html")):
            rules, passed = _counts(page)
            address = page.relative_to(folder).as_posix()
            cells = (E.td(E.a(f"{family} {said}", href=address)), *_numbers(rules, passed, rules - passed))
            rows.append(E.tr(*cells))
    return E.html(
        E.head(
            E.meta(charset="utf-8"),
            E.meta(name="viewport", content="width=device-width, initial-scale=1"),
            E.title("校验记录 Data Docs"),
            E.link(rel="icon", href="data:,"),
            _style(""),
        ),
        E.body(
            E.h1("校验记录 Data Docs"),
            E.p(
                "由 Great Expectations 评判。一类规则一个套件；有文件违反规则，该规则即为不符。",
                E.br(),
                "Judged by Great Expectations: a suite a family; a rule fails where a document breaks it.",
            ),
            E.table(*rows, CLASS("table")),
        ),
        lang="zh-CN",
    )


def _numbers(*values: int) -> Iterator[HtmlElement]:
    for value in values:
        yield E.td(f"{value:,}", CLASS("number"))


def _counts(path: Path) -> tuple[int, int]:
    """The expectations of a suite, and those that succeeded, as its page counts them."""
    page = html.document_fromstring(path.read_text(encoding="utf-8"))
    found = [
        page.xpath(f"//tr[td[contains(., '{name}')]]/td[last()]")[0].text_content().strip()
        for name in _COUNTED
    ]
    return int(found[0]), int(found[1])


def _write(page: HtmlElement, path: Path) -> None:
    path.write_bytes(html.tostring(page, encoding="utf-8", doctype="<!doctype html>"))
