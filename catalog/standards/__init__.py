"""Catalogue entries and released rows as documents of standards that others made: DCAT, schema.org, Croissant, OC4IDS and more.

The YAML files beside the modules map the rows of datasets to such documents (`exports.py`). Not here: where a document is
published (`catalog/static_site`, `catalog/ckan`).
"""
