"""Receipts: what a department is told of a hand-in, as JSON, as a page and in lists.

Not here: the verdict (`pipelines/submissions/validation.py`), the marked workbook (`pipelines/annotated_workbook`).
"""
