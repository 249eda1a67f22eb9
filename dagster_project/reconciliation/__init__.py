"""Rules over staging: results, findings and what they mean, all in SQL over exact decimals."""

from dagster_project.reconciliation.run import Reconciled, reconcile

__all__ = ["Reconciled", "reconcile"]
