"""``python -m dagster_project.samples [FOLDER]``: write the sample documents (default: ``raw/samples``)."""

import sys
from pathlib import Path

from dagster_project.samples.collection import write_samples

DEFAULT = Path(__file__).resolve().parents[2] / "raw" / "samples"


def main(arguments: list[str]) -> int:
    """Write the samples and name the folder."""
    folder = Path(arguments[0]) if arguments else DEFAULT
    print(f"{len(write_samples(folder))} documents written to {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
