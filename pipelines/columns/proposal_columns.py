"""The columns of proposed values in a marked workbook: `原填值：面积` (what the cell held) and `建议值：面积` (what is proposed).

They stand right of the table, so a row takes them along when it is sorted or moved, in every format. Whoever leaves a proposal accepts it
with the next hand-in. Here: the labels, which both the writer and the reader of such a workbook know. Not here: writing the columns
(`pipelines/annotated_workbook/proposed_values.py`), applying them (`pipelines/submissions/proposals/accepted_proposals.py`).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipelines.columns.column_labels import field_names_by_label, label_key
from schemas.contract import Contract, Field

_WRITTEN, _PROPOSED = "原填值：", "建议值："
_KEYS = {"written": label_key(_WRITTEN) + ":", "proposed": label_key(_PROPOSED) + ":"}


class ProposalColumns(NamedTuple):
    """Positions of the two columns of one field among the labels; `written` is None if that column was deleted."""

    written: int | None
    proposed: int


def proposal_labels(field: Field, contract: Contract) -> tuple[str, str]:
    """Returns the labels of the two columns of a field: what was written, what is proposed."""
    known = field_names_by_label(contract).get(label_key(field.title)) == field.name
    title = field.title if known else field.name
    return f"{_WRITTEN}{title}", f"{_PROPOSED}{title}"


def is_proposal_label(label: str) -> bool:
    """Whether a label begins like one of the two, whatever field it names."""
    return label_key(label).startswith(tuple(_KEYS.values()))


def find_proposal_columns(labels: Sequence[str], names: Mapping[str, str]) -> dict[str, ProposalColumns]:
    """Returns the columns of proposals by field; `names` are the fields by label key, as `field_names_by_label` returns them.

    Of two columns with the same label the first counts. A column of written values without a column of proposals is ignored.
    """
    found: dict[str, dict[str, int]] = {}
    for at, label in enumerate(labels):
        key = label_key(label)
        for kind, start in _KEYS.items():
            if key.startswith(start) and (name := names.get(key.removeprefix(start))):
                found.setdefault(name, {}).setdefault(kind, at)
    return {
        name: ProposalColumns(places.get("written"), places["proposed"])
        for name, places in found.items()
        if "proposed" in places
    }
