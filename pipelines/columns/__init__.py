"""Columns of a file: the field that a label names, the header as a whole, the letters of a column, columns of proposals.

Not here: finding the header row (`pipelines/read/tables/header.py`), the unit of a column (`pipelines/units`).
"""
