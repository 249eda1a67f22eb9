"""Office files that are ZIP packages of XML (ECMA-376 part 2), opened with bounds and without entities."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO, Final
from zlib import error as ZlibError  # noqa: N812  (an exception class, whatever its spelling)

from lxml import etree

from dagster_project.readers.errors import ReadError

_MOST_BYTES: Final = 512 << 20
"""Most bytes that all parts of a package may unpack to."""

DAMAGED: Final = (
    zipfile.BadZipFile,
    ZlibError,
    LZMAError,
    EOFError,
    RuntimeError,
    KeyError,
    OSError,
    ValueError,
    struct.error,
)
"""What ``zipfile`` raises for packages that are broken, encrypted or packed in a way nobody uses."""

_STRICT: Final = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL: Final = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
"""The two names of Word's elements: the standard's strict and its transitional edition."""

_RELATIONSHIPS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package; parts are named without a leading slash."""

    path: Path
    archive: zipfile.ZipFile

    def has(self, part: str) -> bool:
        """Whether the package holds a part."""
        return part in self.archive.NameToInfo

    def tree(self, part: str) -> etree._Element | None:
        """The XML of a part, ``None`` where there is no such part. Raises ``ReadError`` for broken XML."""
        if not self.has(part):
            return None
        try:
            return etree.fromstring(self.content(part).replace(_STRICT, _TRANSITIONAL), parser())
        except etree.XMLSyntaxError as error:
            raise damaged(self.path, f"{part}: {error}") from error

    def content(self, part: str) -> bytes:
        """The bytes of a part. Raises ``ReadError`` where they cannot be unpacked."""
        try:
            return self.archive.read(part)
        except DAMAGED as error:
            raise damaged(self.path, f"{part}: {error}") from error

    def open(self, part: str) -> IO[bytes]:
        """A part as a stream of bytes."""
        return self.archive.open(part)

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: relation id → (type, name of the part); addresses outside are left out."""
        folder = PurePosixPath(part).parent
        tree = self.tree(str(folder / "_rels" / f"{PurePosixPath(part).name}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for relation in tree.iter(_RELATIONSHIPS) if tree is not None else ():
            if relation.get("TargetMode") == "External":
                continue
            target = relation.get("Target", "")
            name = target.lstrip("/") if target.startswith("/") else _resolved(folder, target)
            kind = relation.get("Type", "").rpartition("/")[2]
            found[relation.get("Id", "")] = (kind, name)
        return found


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """Open a package. Raises ``ReadError`` where it is damaged or unpacks to more than any document."""
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED as error:
        raise damaged(path, str(error)) from error
    with archive:
        size = sum(part.file_size for part in archive.infolist())
        if size > _MOST_BYTES:
            raise ReadError(
                path,
                f"unpacks to {size >> 20} MiB, more than the {_MOST_BYTES >> 20} MiB that are read",
                "split the file",
            )
        yield Package(path, archive)


def parser() -> etree.XMLParser:
    """A parser that follows no entity, no DTD and no address."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)


def damaged(path: Path, detail: str) -> ReadError:
    """The refusal of a file whose inside is broken; ``detail`` is what the unpacking said."""
    return ReadError(path, f"is damaged ({detail})", "get it again from its publisher")


def _resolved(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = []
    for part in (folder / target).parts:
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
