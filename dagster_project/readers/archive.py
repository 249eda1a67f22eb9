"""ZIP archives of documents, nested ones too: each file inside is a document of its own.

A file inside is named by a path through the archive (``公开.zip/部门/预算.pdf``), as if the archive were a
folder; :func:`opened` turns such a path into a real file for as long as it is read. Names never become paths
on the disk. What cannot be unpacked safely is refused as a whole: too many files, too many bytes, too deep.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import shutil
import stat
import struct
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from dagster_project.readers import formats
from dagster_project.readers.errors import ReadError
from dagster_project.readers.packages import DAMAGED, damaged
from dagster_project.readers.page import Source

MOST_FILES: Final = 20_000
MOST_BYTES: Final = 8 << 30
DEEPEST: Final = 4
"""Bounds of one archive, everything inside it counted: files, unpacked bytes, archives within archives."""

_SUSPICIOUS_BYTES: Final = 64 << 20
_SUSPICIOUS_RATIO: Final = 200
_IN_MEMORY: Final = 16 << 20
_CHUNK: Final = 1 << 20
_UNICODE_FLAG: Final = 0x800
_ENCRYPTED_FLAG: Final = 0x1
_UNICODE_PATH: Final = 0x7075
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\ufffd]")
_LONGEST_ENDING: Final = 10
_PAGES: Final = frozenset({".html", ".htm"})
_MOST_BESIDE: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """A file inside an archive. ``name`` is its path from the archive on, ``size`` its unpacked bytes.

    ``sha256`` is of its content; of a file that cannot be unpacked, of what the archive says about it.
    """

    name: str
    size: int
    sha256: str


@dataclass(slots=True)
class _Walk:
    """The way through one archive: which names are wanted, and what may still be unpacked."""

    path: Path
    wanted: Callable[[str], bool]
    files: int = MOST_FILES
    size: int = MOST_BYTES

    def documents(self, packed: zipfile.ZipFile, above: str = "", depth: int = 1) -> Iterator[Found]:
        """The wanted files; ``above`` is the path to this archive in others, ``depth`` how many it is in."""
        self._count(packed)
        for label, info in labels(packed).items():
            name = above + label
            if not self.wanted(name):
                continue
            inner = list(self._inside(packed, info, name, depth))
            if inner:
                yield from inner
            else:
                yield Found(name, info.file_size, _digest(packed, info, name))

    def _inside(
        self, packed: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, depth: int
    ) -> Iterator[Found]:
        """The files of an archive inside an archive; none where it is no archive or cannot be opened."""
        if depth >= DEEPEST or not _is_packed(packed, info):
            return
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
            try:
                with packed.open(info) as stream:
                    shutil.copyfileobj(stream, file, _CHUNK)
                with zipfile.ZipFile(file) as inner:
                    if formats.of_package(inner) == ".zip":
                        yield from self.documents(inner, f"{name}/", depth + 1)
            except DAMAGED:
                return

    def _count(self, packed: zipfile.ZipFile) -> None:
        """Count an archive's files. Raises ``ReadError`` where they are more than may be."""
        for info in packed.infolist():
            self.files -= 1
            self.size -= info.file_size
            ratio = info.file_size / max(info.compress_size, 1)
            if info.file_size > _SUSPICIOUS_BYTES and ratio > _SUSPICIOUS_RATIO:
                raise _too_much(self.path, f"holds a file that unpacks to {ratio:.0f} times its size")
        if self.files < 0:
            raise _too_much(self.path, f"holds more than {MOST_FILES} files")
        if self.size < 0:
            raise _too_much(self.path, f"unpacks to more than {MOST_BYTES >> 30} GiB")


def documents(path: Path, wanted: Callable[[str], bool]) -> list[Found]:
    """The files inside an archive and inside archives in it, by name; only names that are ``wanted``.

    An archive inside that cannot be opened is a file itself. Raises ``ReadError`` where ``path`` cannot be
    opened as an archive or passes the bounds.
    """
    with _zip(path, path) as packed:
        return sorted(_Walk(path, wanted).documents(packed), key=lambda found: found.name)


def read(path: Path) -> Source:
    """Refuse an archive: one whose files can be told apart is never read itself. Raises ``ReadError``."""
    if documents(path, lambda _: True):
        reason = f"is an archive inside {DEEPEST} others, or holds nothing that can be a document"
        raise ReadError(path, reason, "unpack it into the folder")
    raise ReadError(path, "is an empty archive", "get it again from its publisher")


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """A real file with the content that ``path`` names, be it a file or a file inside an archive.

    Raises ``ReadError`` where an archive on the way cannot be opened, or the file not be unpacked.
    """
    archive = _archive_of(path)
    if archive is None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="gouji-archive-") as folder:
        target = Path(folder) / f"document{path.suffix[:_LONGEST_ENDING]}"
        _unpack(path, archive, path.relative_to(archive).as_posix(), target)
        yield target


def _archive_of(path: Path) -> Path | None:
    """The archive that a path leads into, ``None`` for a path on the disk."""
    if path.exists() or path.is_symlink():
        return None
    return next((parent for parent in path.parents if parent.is_file()), None)


def _is_packed(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    try:
        with packed.open(info) as stream:
            return stream.read(4) == b"PK\x03\x04"
    except DAMAGED:
        return False


def _digest(packed: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with packed.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except DAMAGED:
        return hashlib.sha256(f"unreadable:{name}:{info.CRC}:{info.file_size}".encode()).hexdigest()
    return digest.hexdigest()


def labels(packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of an archive by names that are safe, composed and unique: no root, no way up, no control
    characters, no second of a kind.
    """
    found: dict[str, zipfile.ZipInfo] = {}
    for info in packed.infolist():
        name = _CONTROL.sub("_", unicodedata.normalize("NFC", _name(info))).replace("\\", "/")
        parts = [part for part in name.split("/") if part.strip() not in {"", ".", ".."}]
        if not parts or name.endswith("/") or stat.S_ISLNK(info.external_attr >> 16):
            continue
        label = PurePosixPath(*parts)
        same = (label.with_stem(f"{label.stem} ({count})") for count in itertools.count(2))
        while str(label) in found:
            label = next(same)
        found[str(label)] = info
    return found


def _name(info: zipfile.ZipInfo) -> str:
    """A file's name in an archive. Chinese Windows writes it in GBK without saying so."""
    if info.flag_bits & _UNICODE_FLAG:
        return info.filename
    if declared := _unicode_path(info.extra):
        return declared
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _unicode_path(extra: bytes) -> str | None:
    """The name that some packers add in UTF-8 (Info-ZIP field 0x7075)."""
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == _UNICODE_PATH and length > 5:
            return extra[9 : 4 + length].decode("utf-8", errors="replace")
        extra = extra[4 + length :]
    return None


def _unpack(path: Path, archive: Path, inside: str, target: Path) -> None:
    """Write the file ``inside`` an archive to ``target``, through as many archives as its name leads."""
    with _zip(archive, path) as packed:
        found = labels(packed)
        label = next((one for one in found if inside == one or inside.startswith(f"{one}/")), None)
        if label is None:
            raise ReadError(path, "is no longer in its archive", "load again")
        info = found[label]
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise ReadError(path, "asks for a password in its archive", "unpack it with the password")
        if label == inside:
            with target.open("wb") as file:
                _copy(path, packed, info, file)
            if target.suffix.lower() in _PAGES:
                _unpack_beside(packed, found, PurePosixPath(label), target.parent)
            return
        with tempfile.NamedTemporaryFile(prefix="gouji-archive-", suffix=".zip") as inner:
            _copy(path, packed, info, inner.file)
            inner.flush()
            _unpack(path, Path(inner.name), inside.removeprefix(f"{label}/"), target)


def _unpack_beside(
    packed: zipfile.ZipFile, found: dict[str, zipfile.ZipInfo], page: PurePosixPath, folder: Path
) -> None:
    """Write what lies beside a web page in its archive, and below: its frames and pictures."""
    left = _MOST_BESIDE
    for label, info in found.items():
        other = PurePosixPath(label)
        if other == page or not other.is_relative_to(page.parent):
            continue
        left -= info.file_size
        if left < 0:
            return
        # What cannot be unpacked, or has a name that this system cannot write, is missing from the page.
        with suppress(*DAMAGED):
            target = folder / other.relative_to(page.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(info) as stream, target.open("xb") as file:
                shutil.copyfileobj(stream, file, _CHUNK)


def _copy(path: Path, packed: zipfile.ZipFile, info: zipfile.ZipInfo, file: IO[bytes]) -> None:
    try:
        with packed.open(info) as stream:
            shutil.copyfileobj(stream, file, _CHUNK)
    except DAMAGED as error:
        raise damaged(path, str(error)) from error


@contextmanager
def _zip(archive: Path, path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        packed = zipfile.ZipFile(archive)
    except OSError as error:
        raise ReadError(
            path, f"cannot be opened ({error.strerror})", "check that the file is readable"
        ) from error
    except DAMAGED as error:
        raise damaged(path, str(error)) from error
    with packed:
        yield packed


def _too_much(path: Path, reason: str) -> ReadError:
    return ReadError(
        path, f"{reason}, more than an archive may", "unpack it into the folder", kind="too_large"
    )
