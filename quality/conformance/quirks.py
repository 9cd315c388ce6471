"""Where frictionless 5.21 breaks instead of judging, and what we make of it: a type error.

Two texts from outside can stop it: a signalling NaN in a number that is compared or keyed (Decimal refuses both), and a
time with a zone against a bound without one. Descriptors of a wrong shape stop it in more ways; `BREAKS` names them all.
Not here: verdicts that merely surprise; those are kept as they are.
"""

import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
from frictionless import Field, Schema

NEVER_A_VALUE = "\0"
"""A text that no number and no time can be read from."""
BREAKS = (TypeError, AttributeError, ValueError, LookupError, ArithmeticError, re.error)
"""What frictionless raises, besides its own exception, over a descriptor or a value that it did not foresee."""


def without_breaking_cells(table: pa.Table, schema: Schema) -> pa.Table:
    """The table with every cell that would stop frictionless replaced by a text that it judges to be a type error."""
    for place, field in enumerate(schema.fields):
        suspects = _suspects(table.column(place), field)
        if breaking := [text for text in suspects if _breaks(field.create_cell_reader(), text)]:
            column = table.column(place)
            broken = pc.is_in(column, value_set=pa.array(breaking, pa.string()))
            mended = pc.if_else(broken, pa.scalar(NEVER_A_VALUE), column)
            table = table.set_column(place, table.field(place), mended)
    return table


def _suspects(column: pa.ChunkedArray, field: Field) -> list[str]:
    if field.type == "number":
        column = column.filter(pc.match_substring(column, "snan", ignore_case=True))
    elif field.type not in {"datetime", "time"} or not any("imum" in name for name in field.constraints):
        return []
    distinct: list[str] = column.drop_null().unique().to_pylist()
    return distinct


def _breaks(read: Callable[[str], tuple[object, object]], text: str) -> bool:
    try:
        value, _ = read(text)
        hash(value)
    except (TypeError, ArithmeticError):
        return True
    return False
