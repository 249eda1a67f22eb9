"""Who published this, for which year, budget or final account: read from the document's own words.

The file name decides nothing; it only helps where the document itself is silent, and then a problem says so.
Words that contradict each other, and words that are missing, become problems on record.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from dagster_project.forms.region import region_path
from dagster_project.readers.page import Line
from dagster_project.records import ProblemRecord
from dagster_project.vocabulary import compact

_COVER_LINES: Final = 18
_TITLE_LINES: Final = 5
_TITLE_LENGTH: Final = 70
_COVER_WEIGHT: Final = 3
_YEARS: Final = range(2000, 2100)
_CONFLICT_SHARE: Final = 0.5

_CHINESE_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE_YEAR: Final = re.compile(r"二[〇○零][〇○零一二三四五六七八九]{2}(?=年)")
_PROSE: Final = re.compile(r"[。；，;,]")
_CONTENTS: Final = re.compile(r"目录$")
_FIRST_PART: Final = re.compile(r"第一部分|一、|（一）")
_NOT_COVER: Final = re.compile(
    r"附件[0-9一二三四五六七八九十]*[:：]?$|20\d\d年\d+月(?:\d+日)?$|—?\d+—?$|目录$"
)
_FINAL_TITLE: Final = re.compile(
    r"(?:部门|单位|年度?|收支|收入|支出|整体|本级\)?|）)决算|决算(?:总表|表|公开|情况|说明|报告|明细)"
)
_BUDGET_TITLE: Final = re.compile(
    r"(?:部门|单位|年度?|收支|收入|支出|整体|本级\)?|）)预算(?!绩效)|预算(?:总表|表|公开|情况说明|编制说明|草案|信息)"
)
_YEAR: Final = re.compile(r"(?<![\d比较与同、和])(20\d\d)年(?!\d{1,2}月)")
_YEAR_OF_KIND: Final = re.compile(r"(20\d\d)年(?!\d{1,2}月)(?=[^。]{0,30}(?:预算|决算))")
_FILE_YEAR: Final = re.compile(r"(?<!\d)(20\d\d)(?!\d)")

_LABEL: Final = re.compile(
    r"(?:预算主管部门|预算单位|主管部门|编制单位|编制部门|公开部门|公开单位|填报单位|部门名称|单位名称|部门（单位）名称|单位|部门)"
    r"(?:（盖章）|（公章）|\(盖章\))?[:：](?:（盖章）)?(?P<name>[^:：]{4,60}?)"
    r"(?=(?:金额)?单位[:：]|填报|编制日期|$)"
)
_MONEY_UNIT: Final = re.compile(r"(?:人民币)?[百千万亿]?元")
_TITLE: Final = re.compile(
    r"^(?:关于)?(?P<before>.*?)(?P<year>20\d\d)(?:年度?|(?=部门|单位))(?P<after>.*?)"
    r"(?P<edition>部门（单位）|部门\(单位\)|部门及单位|部门|单位)?(?:收支|综合|财务|整体|支出)*"
    r"(?P<kind>预算|决算)(?=公开|信息|草案|报告|情况|说明|的|及|和|编制|（|\(|$|目录|预算|单位|部门|附|第|[》”\"])"
)
_PART_NAME: Final = re.compile(
    r"^第[一二三四五六七八]部分[:：]?(?P<name>.+?)(?:20\d\d年度?.*|(?:基本|部门|单位)?(?:概况|情况))$"
)
_HEADING_NAME: Final = re.compile(r"^(?P<name>[^、。:：]{4,40}?)(?:部门|单位)?(?:主要职[能责]|概况)$")
_BODY: Final = re.compile(
    r"[\u4e00-\u9fa5（）]{2,30}(?:局|委|委员会|办公室|办|厅|中心|院|学校|中学|小学|幼儿园|大学|馆|站|队|所|处|会|社|台|政府|街道"
    r"|[镇乡部团库园场司])(?:（本级）|（汇总）|本级)?"
)
_NOISE: Final = re.compile(r"^.*(?:\d{6,}|[|\]】])")
_LEVEL_WORDS: Final = re.compile(r"^(?:省|市|州|区|县|旗|镇|乡)[本直]?[级属]?$|^[省市州区县旗][级直]$")
_GENERIC: Final = re.compile(
    r"^(?:第[一二三四五六七八]部分.*|(?:本|我|各)?(?:部门|单位|局|区|市|县)|部门（单位）|部门基本|单位基本|基本|部门整体|主要|公开|年度|部门决算.*|部门预算.*)$"
)
_OWN_LEVEL: Final = re.compile(r"(?:[（(](?:本级|机关|局机关|本部)[）)]|本级|机关本级)$")
_ONE_UNIT: Final = re.compile(
    r"由机关(?:单位)?组成|(?:无|没有)(?:下属|所属|二级)|仅(?:包括|包含|有)?(?:单位)?本级|只有本级|无二级预算单位"
)

_GOVERNMENT_TITLE: Final = re.compile(
    r"预算草案|决算草案|预算执行情况|(?:政府|财政|地方|本级财政|总)(?:收支)?(?:预算|决算|总决算|总预算)"
    r"|[省市州区县旗镇乡]本?级?(?:一般公共|政府性基金)预算收[入支]"
    r"|(?:[省市州区县旗]本?级|全[省市州区县旗]|部门汇总).{0,14}“?三公”?经费"
)
_GOVERNMENT_FORM: Final = re.compile(
    r"税收返还|转移支付(?:分地区|分项目|决算|预算|情况|支出)?表|(?:政府)?债务(?:限额|余额)|社会保险基金(?:预算|决算|收入|支出|收支)"
    r"|一般公共预算收入(?:决算|预算|完成|执行)?(?:情况)?表|政府性基金(?:预算)?收入(?:决算|预算|完成|执行)?(?:情况)?表"
    r"|地方政府(?:一般|专项)债|本级(?:一般公共预算|政府性基金|国有资本)(?:预算)?支出"
)
_GOVERNMENT_FORMS_NEEDED: Final = 3


@dataclass(frozen=True, slots=True)
class IdentityProblem:
    """Words about the document's identity that are missing or contradict each other."""

    kind: str
    message: str
    action: str
    line: int | None = None
    severity: str = "warning"

    def record(self, document_id: str, document: str) -> ProblemRecord:
        """The problem as a record of the document it was found in."""
        return ProblemRecord(
            document_id=document_id,
            document=document,
            page=None,
            line=self.line,
            form=None,
            kind=self.kind,
            severity=self.severity,
            message=self.message,
            action=self.action,
            cause_key=self.kind,
        )


@dataclass(frozen=True, slots=True)
class DocumentIdentity:
    """What a document says about itself. ``None`` where it does not say it.

    ``kind`` budget or final; ``organisation`` as printed on the cover; ``edition`` department, unit or both;
    ``region`` a path such as ``浙江省/杭州市/西湖区``; ``government_level`` marks the budget
    of a whole region, which is no departmental document.
    """

    kind: str | None
    fiscal_year: int | None
    organisation: str | None
    edition: str | None
    region: str | None
    government_level: bool = False
    problems: tuple[IdentityProblem, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class _Text:
    """A line without white space, years in digits."""

    text: str
    number: int

    @property
    def is_title(self) -> bool:
        return len(self.text) <= _TITLE_LENGTH and not _PROSE.search(self.text)


def identify(source_lines: Sequence[Line], file_name: str) -> DocumentIdentity:
    """Read kind, fiscal year, organisation, edition and region from a document's lines.

    ``file_name`` is asked only for a kind or year that the document does not print. Never raises: what is
    missing is ``None`` and a problem.
    """
    lines = _plain_lines(source_lines)
    cover = _cover(lines)
    text = "".join(line.text for line in lines)
    title = _title(cover, text)
    problems: list[IdentityProblem] = []
    kind = _kind(lines, cover, file_name, problems)
    year = _year(lines, title, file_name, problems)
    organisation = _organisation(lines, cover, title, problems)
    region, ambiguous = region_path(organisation or "", text)
    if ambiguous:
        problems.append(_ambiguous_region(ambiguous))
    return DocumentIdentity(
        kind=kind,
        fiscal_year=year,
        organisation=organisation,
        edition=_edition(title, organisation, text),
        region=region,
        government_level=_government_level(lines, cover),
        problems=tuple(problems),
    )


def _plain_lines(source_lines: Iterable[Line]) -> list[_Text]:
    plain = []
    for line in source_lines:
        text = compact(line.text)
        if text:
            text = _CHINESE_YEAR.sub(lambda found: found.group().translate(_CHINESE_DIGITS), text)
            plain.append(_Text(text.replace("(", "（").replace(")", "）"), line.number))
    return plain


def _cover(lines: Sequence[_Text]) -> list[_Text]:
    """The lines before the contents or the first part; none where the document starts with its first part."""
    cover: list[_Text] = []
    for line in lines[:_COVER_LINES]:
        contents = _CONTENTS.search(line.text)
        if contents and len(line.text) > len("目录"):
            cover.append(_Text(line.text[: contents.start()], line.number))
        if contents or _FIRST_PART.match(line.text) or not line.is_title:
            break
        cover.append(line)
    return [line for line in cover if not _NOT_COVER.match(line.text)]


def _title(cover: Sequence[_Text], text: str) -> re.Match[str] | None:
    """The title on the cover: the line that is one, else the lines it is broken over.

    Of several ways to put lines together, the one whose name the document repeats, and of those the longest.
    """
    alone = [found for line in cover if (found := _TITLE.match(line.text)) and not _LABEL.match(line.text)]
    named = [found for found in alone if not _only_year_and_kind(found)]
    if named:
        return named[0]
    broken = [found for found in _broken_titles(cover) if not _only_year_and_kind(found)]
    repeated = [found for found in broken if text.count(_name_in(found)) > 1]
    if repeated or broken:
        return max(repeated or broken[:1], key=lambda found: len(_name_in(found)))
    return alone[0] if alone else None


def _broken_titles(cover: Sequence[_Text]) -> Iterator[re.Match[str]]:
    """Titles over two lines and more, the shortest first."""
    for length in range(2, _TITLE_LINES + 1):
        for first in range(len(cover) - length + 1):
            lines = cover[first : first + length]
            found = _TITLE.match("".join(line.text for line in lines))
            if found and not any(_LABEL.match(line.text) for line in lines):
                yield found


def _name_in(title: re.Match[str]) -> str:
    return _clean_name(title["before"]) or _clean_name(title["after"])


def _only_year_and_kind(title: re.Match[str]) -> bool:
    return not title["before"] and not title["after"]


def _kind(
    lines: Sequence[_Text], cover: Sequence[_Text], file_name: str, problems: list[IdentityProblem]
) -> str | None:
    votes: Counter[str] = Counter()
    covered = {line.number for line in cover}
    for line in lines:
        if not line.is_title:
            continue
        weight = _COVER_WEIGHT if line.number in covered else 1
        if _FINAL_TITLE.search(line.text):
            votes["final"] += weight
        elif _BUDGET_TITLE.search(line.text):
            votes["budget"] += weight
    if not votes:
        return _kind_of_file_name(file_name, problems)
    (kind, most), *others = votes.most_common()
    if others and others[0][1] > most * _CONFLICT_SHARE:
        problems.append(
            IdentityProblem(
                "conflicting_kind",
                f"标题中预算与决算并见 / titles speak of both kinds "
                f"(budget {votes['budget']}, final {votes['final']}): read as {kind}",
                "check the document, or set kind in raw/manifest.csv",
            )
        )
    return kind


def _kind_of_file_name(file_name: str, problems: list[IdentityProblem]) -> str | None:
    kind = "final" if "决算" in file_name else "budget" if "预算" in file_name else None
    problems.append(
        IdentityProblem(
            "missing_kind",
            "正文未写明预算或决算 / no title says whether this is a budget or a final account"
            + (f": taken from the file name as {kind}" if kind else ""),
            "set kind in raw/manifest.csv",
            severity="warning" if kind else "error",
        )
    )
    return kind


def _year(
    lines: Sequence[_Text], title: re.Match[str] | None, file_name: str, problems: list[IdentityProblem]
) -> int | None:
    votes: Counter[int] = Counter()
    for line in lines:
        pattern, weight = (_YEAR_OF_KIND, _COVER_WEIGHT) if line.is_title else (_YEAR, 1)
        for found in pattern.finditer(line.text):
            votes[int(found.group(1))] += weight
    if title:
        votes[int(title["year"])] += _COVER_WEIGHT
    if not votes:
        return _year_of_file_name(file_name, problems)
    year = votes.most_common(1)[0][0]
    if title and int(title["year"]) != year:
        problems.append(
            IdentityProblem(
                "conflicting_year",
                f"封面为{title['year']}年，正文多为{year}年 "
                f"/ the cover says {title['year']}, most headings say {year}: read as {year}",
                "check the document, or set fiscal_year in raw/manifest.csv",
            )
        )
    return year


def _year_of_file_name(file_name: str, problems: list[IdentityProblem]) -> int | None:
    found = _FILE_YEAR.search(file_name)
    year = int(found.group(1)) if found and int(found.group(1)) in _YEARS else None
    problems.append(
        IdentityProblem(
            "missing_year",
            "正文未写明年度 / no heading names the fiscal year"
            + (f": taken from the file name as {year}" if year else ""),
            "set fiscal_year in raw/manifest.csv",
            severity="warning" if year else "error",
        )
    )
    return year


def _organisation(
    lines: Sequence[_Text],
    cover: Sequence[_Text],
    title: re.Match[str] | None,
    problems: list[IdentityProblem],
) -> str | None:
    for name in (
        _labelled(cover),
        _titled(title),
        _alone_on_cover(cover),
        _named_in_parts(lines),
        _labelled(lines),
    ):
        if name:
            return name
    problems.append(
        IdentityProblem(
            "missing_organisation",
            "未找到部门或单位名称 / neither cover, headings nor forms name the organisation",
            "set organisation in raw/manifest.csv",
            severity="error",
        )
    )
    return None


def _titled(title: re.Match[str] | None) -> str | None:
    """The name in the cover's title; none where it names only a region and a level (区级部门预算)."""
    if title is None:
        return None
    before, after = _clean_name(title["before"]), _clean_name(title["after"])
    name = before or after
    if not name or _LEVEL_WORDS.match(after) or region_path(name, "", whole=True)[0]:
        return None
    return None if _GENERIC.match(name) else name


def _alone_on_cover(cover: Sequence[_Text]) -> str | None:
    """The line of the cover that is nothing but a body's name."""
    for line in cover:
        if _BODY.fullmatch(line.text) and not _GENERIC.match(line.text):
            return line.text
    return None


def _labelled(lines: Sequence[_Text]) -> str | None:
    """The most frequent name after 编制单位：, 预算主管部门： and the like."""
    names: Counter[str] = Counter()
    for line in lines:
        found = _LABEL.search(line.text)
        if found:
            name = _clean_name(found["name"])
            if len(name) >= 4 and not _MONEY_UNIT.match(name) and not _GENERIC.match(name):
                names[name] += 1
    return names.most_common(1)[0][0] if names else None


def _named_in_parts(lines: Sequence[_Text]) -> str | None:
    names: Counter[str] = Counter()
    for line in lines:
        if not line.is_title:
            continue
        found = _PART_NAME.match(line.text) or _HEADING_NAME.match(line.text)
        if found:
            name = _clean_name(found["name"])
            if len(name) >= 4 and not _GENERIC.match(name):
                names[name] += 1
    return names.most_common(1)[0][0] if names else None


def _clean_name(name: str) -> str:
    name = _NOISE.sub("", name)
    name = re.sub(r"^[《“\"\-_#*、.．\d]+|[》”\"\-*]+$", "", name)
    name = re.sub(r"(?:部门|单位)$", "", name) if not name.endswith(("（部门）", "（单位）")) else name[:-4]
    return "" if name in {"部门", "单位", "（部门）"} else name.strip("的年度")


def _edition(title: re.Match[str] | None, organisation: str | None, text: str) -> str | None:
    """department, unit or both (a department of one body publishes both in one)."""
    printed = (title["edition"] or title["before"][-2:]) if title else None
    if organisation and _OWN_LEVEL.search(organisation):
        return "unit"
    if printed in {"部门", "单位"}:
        return "department" if printed == "部门" else "unit"
    if (title and title["edition"]) or _ONE_UNIT.search(text):
        return "both"
    departments, units = (text.count(word + "预算") + text.count(word + "决算") for word in ("部门", "单位"))
    if departments == units == 0:
        return None
    return "department" if departments >= units else "unit"


def _government_level(lines: Sequence[_Text], cover: Sequence[_Text]) -> bool:
    """Is this the budget of a whole region? A departmental title on the cover says no."""
    front = "".join(line.text for line in cover)
    if re.search(r"(?:部门|单位)(?:（单位）)?(?:收支)?(?:预算|决算)", front):
        return False
    forms = {
        found.group()
        for line in lines
        if line.is_title
        for found in [_GOVERNMENT_FORM.search(line.text)]
        if found
    }
    return len(forms) >= _GOVERNMENT_FORMS_NEEDED or bool(_GOVERNMENT_TITLE.search(front))


def _ambiguous_region(candidates: Sequence[str]) -> IdentityProblem:
    return IdentityProblem(
        "ambiguous_region",
        "同名地区不止一处 / several regions bear this name: " + "，".join(candidates),
        "set region in raw/manifest.csv",
        severity="info",
    )
