"""Relations between datasets, asked of the rows that stand: one query of DuckDB for each, and what it found as a value.

Start with `relation_judge.py`. Not here: the table of relations (`schemas/relations.py`), reading the lake, when a relation is asked.
"""
