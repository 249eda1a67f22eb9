"""``make dev``: Dagster's UI over one warehouse: lineage, history of runs, checks, schedules, sensors."""

from __future__ import annotations

import os
import sys
from typing import Final

from dagster_project.load import prepare_home
from dagster_project.settings import PROJECT, Settings

_WAIT_SECONDS: Final = "3600"
"""A run asked for in the UI waits for a load that is under way instead of failing."""


def main() -> None:
    """Become ``dagster dev`` for the warehouse of the settings; arguments are handed on."""
    os.environ.setdefault("GOUJI_LOCK_SECONDS", _WAIT_SECONDS)
    settings = Settings()
    os.environ.update(settings.environment)
    prepare_home(settings.folder)
    os.chdir(PROJECT)
    command = [sys.executable, "-m", "dagster", "dev", "-m", "dagster_project.definitions", *sys.argv[1:]]
    os.execv(sys.executable, command)


if __name__ == "__main__":
    main()
