"""Findings on cells that are empty only because a word for nothing stands in them, such as 无, / or NA.

A department that reads 不能为空 sees its own word in that cell: the finding says that it was read as empty. Not here: which words these are
(`pipelines/normalise/nulls.py`).
"""

from collections.abc import Iterable, Sequence

from pipelines.normalise.table import CellRewrite
from quality.findings import Finding, masked_excerpt
from schemas.text import Text

_EXCERPT = 20


def explain_null_words(findings: Sequence[Finding], rewrites: Iterable[CellRewrite]) -> list[Finding]:
    """Returns the findings; one on an empty cell whose word was rewritten to nothing says which word that was."""
    empty = {(one.row, one.field) for one in findings if one.row and one.field and not one.value}
    if not empty:
        return [*findings]
    words = {(one.row, one.field): one.raw for one in rewrites if one.value is None and (one.row, one.field) in empty}
    return [
        _name_word(one, word) if not one.value and (word := words.get((one.row or 0, one.field or ""))) else one
        for one in findings
    ]


def _name_word(finding: Finding, word: str) -> Finding:
    shown = masked_excerpt(word, _EXCERPT)
    message = Text(
        zh=f"{finding.message.zh}（所填“{shown}”按空白处理）",
        en=f'{finding.message.en} ("{shown}" was read as empty)',
    )
    return finding.model_copy(update={"message": message})
