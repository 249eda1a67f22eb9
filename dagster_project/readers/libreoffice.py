"""Formats of older and other offices: LibreOffice converts them where it is installed, then they are read.

Word 97-2003 (.doc, .wps), RTF and OpenDocument text become .docx; OpenDocument sheets, binary workbooks and
the XML of Excel 2003 become .xlsx. The format was made sure of by its bytes before: LibreOffice converts
random bytes without complaint.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from dagster_project.readers import formats, word
from dagster_project.readers.errors import ReadError
from dagster_project.readers.page import ReadProblem, Source
from dagster_project.readers.sheets import xlsx
from dagster_project.readers.sheets.sheet import FORMULA_WITHOUT_VALUE

NEEDS_LIBREOFFICE: Final = "needs_libreoffice"
"""Kind of the problem of a file that could be read where LibreOffice is installed."""

_PROGRAMS: Final = ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
_SECONDS: Final = 100
"""Longest time a conversion may take; most take one or two seconds."""

_MEDIA_TYPES: Final = {
    ".doc": "application/msword",
    ".rtf": "application/rtf",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".xlsb": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    ".spreadsheetml": "application/vnd.ms-excel",
    ".wordml": "application/msword",
}
_SUFFIX: Final = {".spreadsheetml": ".xml", ".wordml": ".xml"}


def read_text(path: Path) -> Source:
    """Read a text document. Raises ``ReadError`` where LibreOffice is missing, fails or takes too long."""
    return _read(path, ".docx", word.read)


def read_workbook(path: Path) -> Source:
    """Read a workbook. Raises ``ReadError`` where LibreOffice is missing, fails or takes too long."""
    return _read(path, ".xlsx", xlsx.read)


def read_xlsx(path: Path) -> Source:
    """Read a workbook, with formulas that no program has calculated yet calculated by LibreOffice where it is
    installed. Raises ``ReadError`` as ``xlsx.read`` does.
    """
    source = xlsx.read(path)
    if program() is None or not any(one.kind == FORMULA_WITHOUT_VALUE for one in source.problems):
        return source
    try:
        calculated = _read(path, ".xlsx", xlsx.read)
    except ReadError:
        return source
    note = ReadProblem(
        kind="formulas_calculated",
        message="文件中的公式没有计算结果，已由 LibreOffice 计算"
        " / the file holds formulas that were never calculated: LibreOffice calculated them",
        action="none needed; compare with the file as published if in doubt",
        severity="info",
    )
    return replace(calculated, media_type=source.media_type, problems=(note, *calculated.problems))


def program() -> str | None:
    """LibreOffice's program, ``None`` where it is not installed."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def _read(path: Path, target: str, reader: Callable[[Path], Source]) -> Source:
    ending = formats.actual(path) or path.suffix.lower()
    office = program()
    if office is None:
        raise ReadError(
            path,
            f"is a {ending} file, which needs LibreOffice to be read",
            "install it (Debian, Ubuntu: apt-get install libreoffice-writer-nogui libreoffice-calc-nogui;"
            f" macOS: brew install --cask libreoffice), or save the file as {target}",
            kind=NEEDS_LIBREOFFICE,
        )
    with tempfile.TemporaryDirectory(prefix="gouji-office-") as scratch:
        converted = _converted(office, path, _SUFFIX.get(ending, ending), target, Path(scratch))
        try:
            source = reader(converted)
        except ReadError as error:
            raise ReadError(path, error.reason, error.action, error.kind) from error
    return replace(
        source, media_type=_MEDIA_TYPES.get(ending, source.media_type), reader=f"libreoffice+{source.reader}"
    )


def _converted(office: str, path: Path, ending: str, target: str, scratch: Path) -> Path:
    """The converted file. LibreOffice is given a copy under a plain name, and a profile of its own so that
    several can run at once.
    """
    given = scratch / f"document{ending}"
    shutil.copyfile(path, given)
    made = scratch / "out" / f"document{target}"
    command = [
        office,
        f"-env:UserInstallation={(scratch / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--nodefault",
        "--convert-to",
        target[1:],
        "--outdir",
        str(made.parent),
        str(given),
    ]
    said = _run(command, path)
    if not made.is_file() or formats.actual(made) != target:
        raise ReadError(
            path,
            f"could not be converted by LibreOffice ({said or 'it gave no reason'})",
            f"open it in an office, save it as {target} and load that",
        )
    return made


def _run(command: list[str], path: Path) -> str:
    """Run LibreOffice to its end; what it said last. Its processes end with it, whatever happens."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={**os.environ, "SAL_USE_VCLPLUGIN": "svp"},
    )
    try:
        output, _ = process.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ReadError(
            path,
            f"was not converted by LibreOffice within {_SECONDS} s",
            "open it in an office, save it in a present format and load that",
            kind="too_slow",
        ) from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return output.decode(errors="replace").strip().rpartition("\n")[2]
