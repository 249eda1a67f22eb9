"""Pages that are pictures: scans, photographs, pages whose characters cannot be trusted."""

from dagster_project.readers.ocr.page import read_page

__all__ = ["read_page"]
