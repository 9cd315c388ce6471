"""What is public already, judged again: cells, columns and rows of a released table that may not be.

Stricter than at the intake: columns that the contract no longer knows are searched too. Not here: reading files and what follows from a
leak (`pipelines/publication/rescan.py`).

Source: 个人信息保护法 art. 51, 57 (check regularly, remedy at once); YARDSTICKS D25.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import pyarrow as pa

from quality.disclosure.negative_list import find_negative_entries
from quality.disclosure.personal_data import find_personal_data
from quality.findings import Finding
from schemas.contract import SLICE_COLUMNS, Contract, Field
from schemas.disclosure import disclosure_settings
from schemas.negative_list import NegativeEntry
from schemas.policy import FieldPolicy
from schemas.text import Text


def find_leaks(
    table: pa.Table, rows: pa.Array, contract: Contract, negative_list: Iterable[NegativeEntry], on: date
) -> list[Finding]:
    """Returns the errors of a part of a released table: personal data and entries of the negative list.

    `rows`: number of each row in its file (header = 1). Warnings are left out: a likely number was looked at before.
    """
    known = include_columns(contract, table.column_names)
    found = [
        *find_personal_data(table, rows, known),
        *find_negative_entries(table, rows, known, negative_list, on),
    ]
    return [finding for finding in found if finding.severity == "error"]


def find_leaking_columns(names: Iterable[str], contract: Contract) -> Iterator[Finding]:
    """Yields an error for each column that is personal data by its title, or that the contract protects by now."""
    known = include_columns(contract, list(names))
    for name in names:
        if name in SLICE_COLUMNS:
            continue
        field = known.get_field(name)
        if field.denied_kind or name in contract.policy.disclosure.protected:
            what = disclosure_settings().kinds[field.denied_kind].name if field.denied_kind else None
            zh, en = (f"（{what.zh}）", f" ({what.en})") if what else ("", "")
            yield Finding(
                judge="table",
                type="denied-column" if what else "protected-field",
                severity="error",
                field=name,
                message=Text(
                    zh=f"“{field.label.zh}”一列{zh}不得对外公开",
                    en=f"the column {field.label.en}{en} may not be public",
                ),
            )


def include_columns(contract: Contract, names: Iterable[str]) -> Contract:
    """Returns the contract with a text field for each column that it does not know; the contract itself if it knows all."""
    there = {field.name for field in contract.fields} | set(SLICE_COLUMNS)
    fresh = [name for name in names if name not in there]
    policies = [FieldPolicy(title_en=name, description_en=name) for name in fresh]
    more = tuple(
        Field(name=name, type="string", title=name, description=name, policy=policy)
        for name, policy in zip(fresh, policies, strict=True)
    )
    return contract.model_copy(update={"fields": (*contract.fields, *more)}) if more else contract
