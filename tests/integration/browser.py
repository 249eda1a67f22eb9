"""Pages as a real browser shows them: headless Chromium, started by its command line."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any

import pypdfium2

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = "headless Chromium is not installed"

_MESSAGE = re.compile(r"CONSOLE\S*\] (.*)")
_VISITS = """<!doctype html><meta charset="utf-8"><pre id="told"></pre><script>
const told = {};
async function visit(address) {
  const frame = document.createElement("iframe");
  Object.assign(frame, { width: WIDTH, height: 800, src: address });
  await new Promise((resolve) => { frame.onload = resolve; document.body.append(frame); });
  const page = frame.contentDocument.documentElement;
  told[address] = { wide: page.scrollWidth, ids: [...page.querySelectorAll("[id]")].map((node) => node.id),
    rows: page.querySelectorAll(".browse tbody tr").length, text: page.querySelector("body").innerText };
  frame.remove();
}
(async () => {
  for (const address of ADDRESSES) await visit(address);
  document.getElementById("told").textContent = JSON.stringify(told);
})();
</script>"""


class Browser:
    """Chromium with a profile of its own."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM
        self._profile = profile
        self._command = [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--allow-file-access-from-files",
            f"--user-data-dir={profile}",
            "--virtual-time-budget=60000",
            "--enable-logging=stderr",
            "--v=0",
        ]

    def run(self, address: str, *options: str) -> tuple[str, list[str]]:
        """What a page gives with these options, and what it said on the console."""
        done = subprocess.run(
            [*self._command, *options, address], capture_output=True, text=True, timeout=180, check=True
        )
        return done.stdout, _MESSAGE.findall(done.stderr)

    def visit(self, addresses: Sequence[str], width: int) -> dict[str, dict[str, Any]]:
        """Open pages in windows so wide, one after another, their scripts run: how wide their content is, the
        ids in them, the rows of their list and their text. None may say anything on the console.
        """
        self._profile.mkdir(exist_ok=True)
        visits = self._profile / "visits.html"
        script = _VISITS.replace("WIDTH", str(width)).replace("ADDRESSES", json.dumps(list(addresses)))
        visits.write_text(script, encoding="utf-8")
        page, said = self.run(visits.as_uri(), "--dump-dom")
        assert not said, said
        found = re.search(r'<pre id="told">(.*?)</pre>', page, flags=re.DOTALL)
        assert found
        told: dict[str, dict[str, Any]] = json.loads(unescape(found.group(1)))
        return told

    def sheets_printed(self, address: str, to: Path) -> int:
        """Sheets of paper that a page takes."""
        self.run(address, "--no-pdf-header-footer", f"--print-to-pdf={to}")
        with pypdfium2.PdfDocument(to) as document:
            return len(document)
