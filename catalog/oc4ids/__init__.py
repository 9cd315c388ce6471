"""Released tables of construction as one OC4IDS 0.9 project package, for readers of open contracting data.

Here: what becomes what (`mapping.yaml`), the kinds of values in it (`mapping.py`), the package (`project_package.py`).
Not here: the contracts of the tables, other catalogues.
"""
