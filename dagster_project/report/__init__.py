"""The findings report: a static site to read, print and hand over, and a workbook."""

from dagster_project.report.site import Report, ReportError, write_report

__all__ = ["Report", "ReportError", "write_report"]
