"""Released columns: the columns of the lake that a release has, before labels are added: public fields, department and period.

Pure. Not here: the Table Schema of a release and its descriptor (`warehouse/releases/package.py`), columns with labels
(`warehouse/releases/label_columns.py`).
"""

import pyarrow as pa

from schemas.contract import SLICE_COLUMNS, Contract
from warehouse.types import lake_schema


def select_released_columns(table: pa.Table, contract: Contract) -> pa.Table:
    """Returns the public columns of `table`, then department and period, with types and comments; KeyError if one is missing.

    Dictionary-encoded texts stay dictionary-encoded.
    """
    schema = released_arrow_schema(contract)
    kept = [_keep_dictionary(field, table.column(field.name).type) for field in schema]
    return table.select(schema.names).cast(pa.schema(kept))


def released_arrow_schema(contract: Contract) -> pa.Schema:
    """Returns the columns of a release without labels: public fields, department and period, with types and comments."""
    whole = lake_schema(contract)
    public = (field.name for field in contract.public_fields())
    return pa.schema([whole.field(name).with_nullable(True) for name in (*public, *SLICE_COLUMNS)])


def _keep_dictionary(field: pa.Field, kind: pa.DataType) -> pa.Field:
    return field.with_type(kind) if pa.types.is_dictionary(kind) and pa.types.is_string(field.type) else field
