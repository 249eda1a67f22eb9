"""Whether a page can be read from its characters, and why not."""

from __future__ import annotations

from typing import Final

from dagster_project.readers.pdf.characters import UNKNOWN, Text
from dagster_project.readers.pdf.objects import Scene

PICTURE: Final = 0.3
"""Share of the page that a picture covers before it is taken for the page itself."""

GARBLED: Final = 0.15
"""Share of characters without a meaning above which no figure of the page is to be trusted."""

NO_TEXT: Final = "没有文字层，只有图像 / it has no text layer, only a picture"
HIDDEN_TEXT: Final = "文字层是不可见的识别结果 / its text layer is hidden under a picture of the page"
BROKEN_FONT: Final = "字体编码损坏，文字不可用 / its fonts do not say which characters are printed"


def unfit(text: Text, scene: Scene) -> str | None:
    """Why a page cannot be read from its characters, in both languages; ``None`` where it can.

    A page without characters and without a picture is blank, which is fit.
    """
    visible = len(text.visible)
    if _is_picture(scene) and visible < 10:
        return HIDDEN_TEXT if text.hidden > visible else NO_TEXT
    if visible and _garbled(text) > GARBLED * visible:
        return BROKEN_FONT
    return None


def _is_picture(scene: Scene) -> bool:
    left, bottom, right, top = scene.box
    boxes = scene.pictures
    area = ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).sum() if len(boxes) else 0.0
    return bool(area >= PICTURE * (right - left) * (top - bottom))


def _garbled(text: Text) -> int:
    codes = text.visible.codes
    private = ((codes >= 0xE000) & (codes < 0xF900)) | (codes >= 0xF0000)
    return max(int(((codes == UNKNOWN) | private).sum()), text.unmapped)
