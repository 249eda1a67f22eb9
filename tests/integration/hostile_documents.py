"""Files made to harm whoever reads them: bombs, loops, endless trees, absurd sizes, cut-off ends."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable
from io import BytesIO

MEBI = 1 << 20
FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"


def pdf(objects: Iterable[bytes]) -> bytes:
    """A PDF file of these objects, numbered from 1; the first is the catalogue."""
    body = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    return bytes(body) + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(body))
    )


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream of a PDF file, as it is."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def packed(pattern: bytes, size: int) -> bytes:
    """``pattern`` again and again, about ``size`` bytes of it, deflated without ever being there.

    What is deflated after a full flush can be repeated; only the checksum at the end is wrong.
    """
    packer = zlib.compressobj(9)
    block = pattern * (MEBI // len(pattern))
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (size // len(block) - 1) + packer.flush()


def one_page(content: bytes, box: bytes = b"0 0 595 842", resources: bytes = b"", *more: bytes) -> bytes:
    """A PDF file of one page; ``content`` is its stream, ``more`` objects have the numbers from 5 on."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<<%s>>>>" % (box, resources)
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", tree, page, content, *more])


def a_stream_that_unpacks_to_gibibytes() -> bytes:
    """Blanks only: three gibibytes from three mebibytes."""
    return one_page(stream(packed(b" ", 3 << 30), b"/Filter/FlateDecode"))


def a_stream_of_endless_drawing() -> bytes:
    """Fifteen million lines to draw."""
    return one_page(stream(packed(b"1 1 m 9 9 l S ", 200 * MEBI), b"/Filter/FlateDecode"))


def a_form_that_draws_itself() -> bytes:
    """A form that contains itself, twice."""
    itself = b"/XObject<</F 5 0 R>>"
    form = stream(b"/F Do /F Do", FORM + b"/Resources<<%s>>" % itself)
    return one_page(stream(b"/F Do"), b"0 0 595 842", itself, form)


def forms_that_multiply(levels: int = 24) -> bytes:
    """Each form draws the next one four times: 4 to the power of ``levels`` drawings."""
    forms = [
        stream(
            b"/F Do /F Do /F Do /F Do",
            FORM + b"/Resources<</XObject<</F %d 0 R>>>>" % (number + 1),
        )
        for number in range(5, 5 + levels)
    ]
    last = stream(b"0 0 9 9 re f", FORM)
    return one_page(stream(b"/F Do"), b"0 0 595 842", b"/XObject<</F 5 0 R>>", *forms, last)


def a_tree_of_pages_without_end() -> bytes:
    """A page tree that contains itself."""
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 100000>>"])


def a_deep_tree_of_pages(depth: int = 100_000) -> bytes:
    """A page at the end of a long chain of page trees."""
    nodes = [
        b"<</Type/Pages/Parent %d 0 R/Kids[%d 0 R]/Count 1>>" % (max(number - 1, 2), number + 1)
        for number in range(2, depth)
    ]
    page = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 9 9]>>" % (depth - 1)
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", *nodes, page])


def a_page_of_a_hundred_kilometres() -> bytes:
    """A scan on a page whose sides no printer has."""
    picture = stream(
        b"\x80", b"/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
    )
    draw = stream(b"283464567 0 0 283464567 0 0 cm /I Do")
    return one_page(draw, b"0 0 283464567 283464567", b"/XObject<</I 5 0 R>>", picture)


def a_scan_of_gigapixels(side: int = 50_000) -> bytes:
    """A PDF page with a grey picture of ``side`` × ``side`` dots."""
    picture = stream(
        packed(b"\xff", side * side),
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/FlateDecode" % (side, side),
    )
    return one_page(stream(b"595 0 0 842 0 0 cm /I Do"), b"0 0 595 842", b"/XObject<</I 5 0 R>>", picture)


def a_picture_of_gigapixels(side: int = 50_000) -> bytes:
    """A PNG file of ``side`` × ``side`` dots."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = packed(b"\x00", (side + 1) * side)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def many_pages(number: int = 5000) -> bytes:
    """``number`` pages, each of which is the same object."""
    tree = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b"3 0 R " * number, number)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", tree, page])


def package(name: str, pattern: bytes, size: int, *, start: bytes = b"", end: bytes = b"") -> bytes:
    """A ZIP package with one member of about ``size`` bytes behind small ones."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        zipped.writestr("[Content_Types].xml", CONTENT_TYPES)
        zipped.writestr("_rels/.rels", RELATIONS)
        with zipped.open(name, "w", force_zip64=True) as member:
            member.write(start)
            block = pattern * (MEBI // len(pattern))
            for _ in range(size // MEBI):
                member.write(block)
            member.write(end)
    return file.getvalue()


CONTENT_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml"
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
RELATIONS = """<?xml version="1.0"?><Relationships
xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
Target="word/document.xml"/></Relationships>"""
WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'


def a_word_file_without_end() -> bytes:
    """A hundred million empty paragraphs."""
    return package("word/document.xml", b"<w:p/>", 600 * MEBI, start=WORD, end=b"</w:body></w:document>")


def entities_that_multiply() -> bytes:
    """A web page whose entities stand for each other ten times over."""
    lines = [b'<!DOCTYPE l [<!ENTITY l0 "ha">']
    lines += [b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)]
    return b"\n".join([*lines, b"]><html><body>&l9;</body></html>"])


def tables_within_tables(depth: int = 100_000) -> bytes:
    """A web page of nested tables."""
    return b"<html><body>" + b"<table><tr><td>" * depth
