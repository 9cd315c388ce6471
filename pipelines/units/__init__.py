"""Units of measurement: how they are spelled, where a file states them, and which one holds for a column.

Start with `unit_matching.decide_units`. Not here: converting cells (`pipelines/normalise`), magnitudes that a wrong unit would explain
(`pipelines/submissions/checks/magnitudes.py`).
"""
