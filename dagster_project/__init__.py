"""Gouji 勾稽: published budgets (部门预算) and final accounts (部门决算) in, a reconciled warehouse out.

Imports run one way: ``money``, ``records``, ``vocabulary`` <- ``readers`` <- ``forms`` <- ``proof`` <-
``parse`` <- ``reconciliation`` and ``assets`` <- ``definitions``. A test over the imports keeps it so.
"""
