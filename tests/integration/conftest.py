"""One real load that many tests look at, and copies of it for tests that change something."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from places import Place, fill


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The small folder, loaded once. Look, do not touch."""
    root = tmp_path_factory.mktemp("loaded")
    place = Place(root / "raw", root / "warehouse")
    fill(place.raw)
    done = place.gouji("load")
    assert done.returncode == 0, done.stdout + done.stderr
    return Place(place.raw, place.warehouse, done.stdout + done.stderr)


@pytest.fixture
def copied(loaded: Place, tmp_path: Path) -> Place:
    """A copy of the loaded folder and warehouse, to do with as a test likes."""
    shutil.copytree(loaded.raw, tmp_path / "raw")
    shutil.copytree(loaded.warehouse, tmp_path / "warehouse", symlinks=True)
    return Place(tmp_path / "raw", tmp_path / "warehouse")
