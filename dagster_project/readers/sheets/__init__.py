"""Workbooks and delimited text: what their cells show on the screen, sheet by sheet."""
