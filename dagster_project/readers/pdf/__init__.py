"""PDF → pages: characters and rules of each page, put together to grids and lines by geometry."""

from dagster_project.readers.pdf.document import read

__all__ = ["read"]
