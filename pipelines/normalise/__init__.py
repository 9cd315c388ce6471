"""Normalisation: values are rewritten to the spelling of the contract, and every change is recorded.

Start with `table.normalise_table`. `fields` holds the rules that apply to each field (`field_spellings`) and the
reasons for a change in zh and en (`REASONS`). The rules for one cell are in `escapes`, `blanks`, `guards`, `radicals`, `nulls`,
`numbers`, `moments` and `labels`; `coordinates` converts datums and Gauss-Krüger zones. Not here: validation. A cell that no rule recognises stays exactly
as it is, so that validation reports it.
"""

from pipelines.normalise.fields import REASONS
from pipelines.normalise.table import CellRewrite, NormalisedTable, normalise_table

__all__ = ["REASONS", "CellRewrite", "NormalisedTable", "normalise_table"]
