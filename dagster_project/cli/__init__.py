"""``gouji``, the command line: load documents, look at what was read, found and explained.

One module a subject; this one only gathers the commands. Nothing heavy is imported before a command needs
it, so that ``--help`` and unchanged input answer at once.
"""

from dagster_project.cli.app import app
from dagster_project.cli.coverage import coverage
from dagster_project.cli.findings import explain, findings
from dagster_project.cli.load import load
from dagster_project.cli.problems import problems
from dagster_project.cli.releases import rollback
from dagster_project.cli.report import report
from dagster_project.cli.rules import rules
from dagster_project.cli.show import show
from dagster_project.cli.status import status

for command in (load, status, findings, explain, problems, show, rules, coverage, report, rollback):
    app.command()(command)

__all__ = ["app"]
