"""A budget as a scanner hands it over: one picture a page, with a ruled table."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = (1654, 1000)
LEFT, TOP, ROW = 120, 200, 60
WIDTHS = (240, 620, 240, 240)
INK = (20, 20, 20)


def scanned_budget(organisation: str, year: int) -> Image.Image:
    """Half an A4 page at 200 dots an inch; its three rows of figures add up."""
    page = Image.new("RGB", SIZE, (247, 247, 245))
    draw = ImageDraw.Draw(page)
    draw.text((LEFT, 40), f"{organisation}{year}年部门预算", font=_font(44), fill=INK)
    draw.text((LEFT, 120), "支出预算总表", font=_font(36), fill=INK)
    draw.text((SIZE[0] - 360, 150), "单位：万元", font=_font(28), fill=INK)
    rows = [
        ("科目编码", "科目名称", "合计", "基本支出"),
        ("", "合计", "60.00", "60.00"),
        ("201", "一般公共服务支出", "60.00", "60.00"),
        ("20126", "档案事务", "60.00", "60.00"),
        ("2012601", "行政运行", "60.00", "60.00"),
    ]
    for number, row in enumerate(rows):
        left = LEFT
        for text, width in zip(row, WIDTHS, strict=True):
            top = TOP + number * ROW
            draw.rectangle((left, top, left + width, top + ROW), outline=INK, width=3)
            draw.text((left + 14, top + 12), text, font=_font(30), fill=INK)
            left += width
    return page


def put_scan(folder: Path, name: str, organisation: str, year: int) -> Path:
    """Write a scanned budget of one page into the raw folder; ``name`` says in which format."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    scanned_budget(organisation, year).save(path, dpi=(200, 200), resolution=200)
    return path


def _font(size: int) -> ImageFont.FreeTypeFont:
    with resources.as_file(resources.files("paperang_p2_fonts_cjk").joinpath("fonts")) as fonts:
        return ImageFont.truetype(str(fonts / "wqy-microhei.ttc"), size)
