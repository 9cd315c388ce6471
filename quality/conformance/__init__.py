"""Conformance of cells: types, constraints, keys, labels.

frictionless decides; a prefilter spares it the cells that are certainly valid. `table.conform` takes the text table of a
dataset with a contract, `file.conform_file` a file with any plain Frictionless descriptor; `docs/conformance.md` shows the
modules. Nothing is imported here, so that a small plain file is checked without importing Arrow. Not here: rules between the cells of a row (`quality/rules`), expectations of the table (`quality/expectations.py`).
"""
