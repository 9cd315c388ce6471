"""Columns about persons: which fields of a contract name a person, a school or a birthday, and which may never be published.

Not here: the cells of these columns (`personal_data.py`), the titles themselves (`schemas/disclosure.yaml`).
"""

import pyarrow as pa
import pyarrow.compute as pc

from schemas.contract import Contract


def mark_person_rows(table: pa.Table, contract: Contract) -> pa.Array | None:
    """Returns for each row whether a field with a person's name is filled in; None if the table has no such field."""
    names = [
        field.name for field in contract.fields if field.person_role == "name" and field.name in table.column_names
    ]
    if not names:
        return None
    filled = pa.array([False] * table.num_rows)
    for name in names:
        texts = table.column(name).cast(pa.string()).combine_chunks()
        filled = pc.or_(filled, pc.fill_null(pc.not_equal(texts, ""), False))
    return filled
