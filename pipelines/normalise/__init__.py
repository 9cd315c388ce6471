"""Normalising: the spellings that people use become the one spelling of the contract, and every change is recorded.

Read `table.normalise` first. What each field may be rewritten by: `spellings_of` in `fields`. The rules for one cell: `blanks`,
`nulls`, `numbers`, `moments`, `answers`. Places: `datum`, with `shift` for web maps and `zones` for Gauss-Krüger. Why a cell was changed, for people: `reasons`. Not here: judging. A cell
that no rule understands is left exactly as it is, for the judge to find.
"""

from pipelines.normalise.fields import REASONS
from pipelines.normalise.table import CellRewrite, NormalisedTable, normalise_table

__all__ = ["REASONS", "CellRewrite", "NormalisedTable", "normalise_table"]
