"""Relations between datasets, asked of the lake as it stands now, and asked again only where one of the datasets changed.

Start with `judged_relations.py`. Not here: the table of relations (`schemas/relations.py`), the queries (`quality/relations`).
"""
