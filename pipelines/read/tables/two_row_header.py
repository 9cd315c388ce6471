"""Headers of two rows: a label over several columns (证书有效期, in merged cells), and below it one for each of them (自, 至).

The two rows are joined to one label a column, so that the rows below are judged in the right columns, and the file has one finding that
says how its header must stand. Not here: the search for the header (`header`), what a label names (`pipelines/columns/column_labels.py`).
"""

from collections.abc import Mapping, Sequence

from pipelines.columns.column_labels import match_label
from pipelines.read.tables.row_defects import two_row_header
from quality.findings import Finding

_LEAST = 2
"""Number of labels in the lower row, from which it is one of labels."""
_NAMED = 3


def join_labels_below(upper: Sequence[str], lower: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...] | None:
    """Returns the labels of a header whose second row is `lower`; None if that is no row of labels.

    `lower` is a row of labels if it has two or more cells without digits, each below a label that names no field (a label without a cell
    of its own extends from the left over blank columns), and two of them below the same label. A row of data would have cells below the
    names of fields.
    """
    parents = _spread_labels(upper, len(lower))
    below = [at for at, cell in enumerate(lower) if cell.strip()]
    shared = any(parents[at] == parents[at - 1] for at in below if at)
    if len(below) < _LEAST or not shared or not all(_may_be_below(lower[at], parents[at], names) for at in below):
        return None
    return _join_labels(upper, lower, parents, names)


def join_labels_above(upper: Sequence[str], lower: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...] | None:
    """Returns the labels of a header whose first row is `upper`; None if `upper` does not help to name the field of any column."""
    labels = _join_labels(upper, lower, _spread_labels(upper, len(lower)), names)
    own = (*lower, *([""] * len(labels)))
    gained = any(
        match_label(label, names)[0] and not match_label(cell, names)[0]
        for label, cell in zip(labels, own, strict=False)
    )
    return labels if gained else None


def find_two_row_header(upper: Sequence[str], lower: Sequence[str], row: int) -> Finding:
    """Returns the finding on a header in the rows `row` and `row + 1`, with the labels that stand over others."""
    parents = _spread_labels(upper, len(lower))
    groups: dict[str, list[str]] = {}
    for parent, own in zip(parents, lower, strict=False):
        if parent and own.strip():
            groups.setdefault(parent, []).append(own.strip())
    over = {parent: own for parent, own in groups.items() if len(own) > 1} or groups
    return two_row_header(row, [(parent, own[0], own[-1]) for parent, own in [*over.items()][:_NAMED]])


def _may_be_below(cell: str, parent: str, names: Mapping[str, str]) -> bool:
    return bool(parent) and match_label(parent, names)[0] is None and not any(map(str.isdigit, cell))


def _spread_labels(upper: Sequence[str], width: int) -> list[str]:
    """Returns the label above each column: its own, or else the last one to its left."""
    parents = [""]
    for at in range(max(len(upper), width)):
        parents.append((upper[at].strip() if at < len(upper) else "") or parents[-1])
    return parents[1:]


def _join_labels(
    upper: Sequence[str], lower: Sequence[str], parents: Sequence[str], names: Mapping[str, str]
) -> tuple[str, ...]:
    labels = []
    for at, parent in enumerate(parents):
        own = lower[at].strip() if at < len(lower) else ""
        known = (label for label in (parent + own, own) if own and match_label(label, names)[0])
        alone = upper[at] if at < len(upper) else ""
        labels.append(next(known, parent + own) if own else alone)
    return tuple(labels)
