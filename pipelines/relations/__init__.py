"""Relations between datasets, evaluated on the current rows of the lake, and again only if one of the two datasets has changed.

Start with `judged_relations.py`. Not here: the table of relations (`schemas/relations.py`), the queries (`quality/relations`).
"""
