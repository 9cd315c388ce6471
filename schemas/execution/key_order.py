"""Whether the keys of a table's rows rise strictly: a cheap test, which shows that no key occurs twice.

Not here: finding repeated keys (`quality/repeated_keys.py`), sorting (`warehouse/lake/sorted_parts.py`).
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc


def keys_rise(columns: Sequence[pa.Array]) -> bool:
    """Returns whether the key of each row is greater than that of the row before it; `columns`: those of the key, at least one, without nulls."""
    last = len(columns[0]) - 1
    less, equal = pa.scalar(False), pa.scalar(True)
    for column in columns:
        before, after = column.slice(0, last), column.slice(1)
        less = pc.or_(less, pc.and_(equal, pc.less(before, after)))
        equal = pc.and_(equal, pc.equal(before, after))
    return pc.all(less).as_py() is not False
