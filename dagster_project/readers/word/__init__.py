"""Word documents: paragraphs with their list numbers, tables, notes."""

from dagster_project.readers.word.docx import read

__all__ = ["read"]
