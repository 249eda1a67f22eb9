"""Small pages as a scanner would hand them over: 200 dots per inch, on grey paper, sealed, turned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import paperang_p2_fonts_cjk
from PIL import Image, ImageDraw, ImageFont

DPI = 200
FONT = Path(paperang_p2_fonts_cjk.__file__).parent / "fonts" / "wqy-microhei.ttc"
MARGIN = 70
ROW = 54


def page(rows, widths, *, title="", note="", size=(1300, 760), ruled=True):
    """A page with a table, ruled or not: ``rows`` of texts, ``widths`` of its columns in pixels."""
    picture = Image.new("RGB", size, (246, 246, 244))
    draw = ImageDraw.Draw(picture)
    draw.text((MARGIN + 200, 30), title, font=font(40), fill=(20, 20, 20))
    top = 130
    edges = [MARGIN + sum(widths[:index]) for index in range(len(widths) + 1)]
    for number, row in enumerate(rows):
        y = top + number * ROW
        for text, left, right in zip(row, edges, edges[1:], strict=False):
            if ruled:
                draw.rectangle((left, y, right, y + ROW), outline=(20, 20, 20), width=3)
            draw.text((left + 12, y + 12), text, font=font(28), fill=(20, 20, 20))
    draw.text((MARGIN, top + len(rows) * ROW + 16), note, font=font(26), fill=(20, 20, 20))
    return picture


def font(size):
    return ImageFont.truetype(str(FONT), size)


def sealed(picture, x, y, radius=110):
    """A red ring with a star in it, over what is printed there; black shows through."""
    seal = Image.new("L", picture.size, 0)
    draw = ImageDraw.Draw(seal)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=255, width=9)
    draw.regular_polygon((x, y, radius // 3), 5, fill=255)
    strength = np.asarray(seal)[..., None] / 255 * 0.85
    red = np.array([205, 35, 45]) / 255
    pixels = np.asarray(picture) * (1 - strength * (1 - red))
    return Image.fromarray(pixels.astype(np.uint8))


def worn(picture, degrees=0.8, seed=1):
    """The picture turned, with noise."""
    turned = picture.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=(246, 246, 244))
    noise = np.random.default_rng(seed).normal(0, 6, (picture.height, picture.width, 1))
    return Image.fromarray((np.asarray(turned) + noise).clip(0, 255).astype(np.uint8))
