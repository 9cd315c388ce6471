"""Columns of a file: which field of the contract a label names (`column_labels`), and the header as a whole (`column_matching`).

Not here: finding the header row (`pipelines/read/header.py`), the unit of a column (`pipelines/units`).
"""
