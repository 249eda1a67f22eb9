"""Small documents as a department prints them: invented bodies, figures that add up unless told otherwise."""

from __future__ import annotations

from pathlib import Path

ARCHIVE = "示例市档案馆"
LIBRARY = "示例市图书馆"
MUSEUM = "示例市博物馆"


def budget(
    organisation: str, year: int, *, offices: str = "60.00", pensions: str = "40.00", total: str = "100.00"
) -> str:
    """A budget with two statutory forms in tab-separated lines. Amounts in 万元, as printed."""
    return f"""{organisation}{year}年部门预算

收支预算总表
单位：万元
收入\t\t支出\t
项目\t预算数\t项目\t预算数
一、一般公共预算拨款收入\t{total}\t一、一般公共服务支出\t{offices}
二、其他收入\t\t二、社会保障和就业支出\t{pensions}
本年收入合计\t{total}\t本年支出合计\t{total}
收入总计\t{total}\t支出总计\t{total}

支出预算总表
单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出
\t合计\t{total}\t{total}\t
201\t一般公共服务支出\t{offices}\t{offices}\t
20126\t档案事务\t{offices}\t{offices}\t
2012601\t行政运行\t{offices}\t{offices}\t
208\t社会保障和就业支出\t{pensions}\t{pensions}\t
20805\t行政事业单位养老支出\t{pensions}\t{pensions}\t
2080505\t机关事业单位基本养老保险缴费支出\t{pensions}\t{pensions}\t
"""


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    """Write a document into the raw folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path
