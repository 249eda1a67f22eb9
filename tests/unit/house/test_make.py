"""``make help`` knows every target, and the help needs nothing but make."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

MAKEFILE = Path(__file__).resolve().parents[3] / "Makefile"


def test_help_lists_every_target_in_both_languages() -> None:
    targets = re.findall(r"^\.PHONY: (.+)$", MAKEFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)[
        0
    ].split()
    told = subprocess.run(
        ["make", "--no-print-directory", "-C", str(MAKEFILE.parent), "help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for target in targets:
        (line,) = [
            line for line in told.splitlines() if line.startswith(f"  make {target} ") and "<" not in line
        ]
        assert re.search(r"[a-z]{3}.*[\u4e00-\u9fff]", line.removeprefix(f"  make {target}")), line


def test_the_uv_that_sets_up_is_pinned() -> None:
    assert re.search(
        r"^UV_VERSION := \d+\.\d+\.\d+$", MAKEFILE.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
