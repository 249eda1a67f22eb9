"""Documents as scans: the pages of their PDF as pictures, skewed, with noise and a red seal."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Sequence
from typing import Final

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from dagster_project.samples.pdf import pdf
from dagster_project.samples.pdf_style import PdfStyle
from dagster_project.samples.printed import Block

SEAL_INCHES: Final = 1.6
RED: Final = (215, 45, 40)


def scan(blocks: Sequence[Block], style: PdfStyle, rng: random.Random) -> bytes:
    """The document as a PDF of pictures only, one a page."""
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    for picture in scanned(pdf(blocks, style, rng), style, rng):
        width, height = (side * 72 / style.dpi for side in picture.size)
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(io.BytesIO(_jpeg(picture, style.quality))), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def tiff(blocks: Sequence[Block], style: PdfStyle, rng: random.Random) -> bytes:
    """The document as one TIFF file with a picture a page."""
    first, *others = scanned(pdf(blocks, style, rng), style, rng)
    stream = io.BytesIO()
    first.save(
        stream, "TIFF", save_all=True, append_images=others, dpi=(style.dpi,) * 2, compression="tiff_lzw"
    )
    return stream.getvalue()


def scanned(content: bytes, style: PdfStyle, rng: random.Random) -> list[Image.Image]:
    """The pages of a PDF as a scanner saw them; grey, or in colour where they carry a seal."""
    document = pypdfium2.PdfDocument(content)
    return [_page(document[number], style, rng) for number in range(len(document))]


def _page(page: pypdfium2.PdfPage, style: PdfStyle, rng: random.Random) -> Image.Image:
    picture = page.render(scale=style.dpi / 72).to_pil().convert("RGB")
    picture = _sealed(picture, style.dpi, rng) if style.seal else picture.convert("L")
    angle = rng.uniform(-style.skew, style.skew)
    paper = "white" if picture.mode == "RGB" else 255
    picture = picture.rotate(angle, Image.Resampling.BICUBIC, fillcolor=paper)
    dots = np.asarray(picture, dtype=np.float32)
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, style.noise, dots.shape)
    return Image.fromarray(np.clip(dots * 0.97 + noise, 0, 255).astype(np.uint8))


def _sealed(picture: Image.Image, dpi: int, rng: random.Random) -> Image.Image:
    """A round red seal with a star, pressed on somewhere in the upper half of the page."""
    radius = SEAL_INCHES * dpi / 2
    layer = Image.new("RGB", picture.size, "white")
    draw = ImageDraw.Draw(layer)
    x = rng.uniform(0.3, 0.7) * picture.width
    y = rng.uniform(0.2, 0.5) * picture.height
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=RED, width=int(radius / 14))
    points = []
    for number in range(10):
        length = radius * (0.3 if number % 2 == 0 else 0.12)
        turn = math.pi * number / 5 - math.pi / 2
        points.append((x + length * math.cos(turn), y + length * math.sin(turn)))
    draw.polygon(points, fill=RED)
    # Ink lets the print below show through: the darker of both is seen, channel by channel.
    return Image.fromarray(np.minimum(np.asarray(picture), np.asarray(layer)))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return stream.getvalue()
