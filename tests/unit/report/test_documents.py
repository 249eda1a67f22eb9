"""What the report knows of a document."""

from __future__ import annotations

import pytest

from dagster_project.report.data import Document


@pytest.mark.parametrize(("cells", "is_long"), [(None, False), (900, False), (120_000, True)])
def test_only_a_compilation_of_many_bodies_is_long(cells: int | None, is_long: bool) -> None:
    assert Document({"cells": cells}).is_long is is_long
