"""Conformance of cells: types, constraints, keys, labels.

frictionless decides; a prefilter spares it the cells that are certainly valid. `conform` takes the text table of a dataset
with a contract, `conform_file` a file with any plain Frictionless descriptor; `docs/conformance.md` shows the modules. Not
here: rules between the cells of a row (`quality/rules`), expectations of the table (`quality/expectations.py`).
"""

from quality.conformance.file import FileConformance, conform_file
from quality.conformance.prefilter import CellOverflow
from quality.conformance.table import ConformedTable, conform, conform_typed

__all__ = ["CellOverflow", "ConformedTable", "FileConformance", "conform", "conform_file", "conform_typed"]
