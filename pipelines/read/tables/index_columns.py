"""Detection of row numbers that programs write as a column of their own, such as the index of a pandas frame.

Such a column is no data and is left out, with a note on the receipt. It is known by its label and its numbers together;
a label that names a field of the contract is never left out. Not here: the running number that people add
(`pipelines/columns/column_labels.SERIAL`).

Source: pandas, DataFrame.to_csv and to_parquet (`Unnamed: 0`, `__index_level_0__`); R, write.csv (row names).
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from quality.findings import masked_excerpt
from schemas.text import Text

_UNNAMED = re.compile(r"(?i)\s*(?:unnamed:\s*\d+(?:\.\d+)*)?\s*")
_INDEX = re.compile(r"(?i)\s*(?:unnamed:\s*\d+(?:\.\d+)*|__index_level_\d+__)\s*")
_COUNTED = re.compile(r"(?i)\s*(?:index|level_0|row[._ ]?(?:names?|id|num(?:ber)?))\s*")
_WHOLE = r"^\s*\d{1,15}(\.0)?\s*$"


def is_unnamed(label: str) -> bool:
    """Whether the label is blank, or what pandas puts where a label was blank (`Unnamed: 3`)."""
    return _UNNAMED.fullmatch(label) is not None


def find_index_columns(table: pa.Table, labels: Sequence[str], fields: Sequence[str | None]) -> dict[int, str]:
    """Returns the label of each column that is the row number of a program, by its position.

    The names of pandas are believed of any whole numbers. A first column without a label must increase from row to row,
    as the index of a filtered frame does; `index` and its kin must count the rows from 0 or 1. `fields`: the field of
    the contract that each label names; such a column is never an index.
    """
    found = {}
    for at, (label, field) in enumerate(zip(labels, fields, strict=True)):
        if field is None and _is_index(table.column(at), label, first=at == 0):
            found[at] = label.strip()
    return found


def _is_index(column: pa.ChunkedArray, label: str, *, first: bool) -> bool:
    by_name, by_count = _INDEX.fullmatch(label), _COUNTED.fullmatch(label)
    blank = first and not label.strip()
    if not (by_name or by_count or blank) or not len(column):
        return False
    if not pc.all(pc.match_substring_regex(column, _WHOLE)).as_py():
        return False
    if by_name:
        return True
    numbers = pc.cast(pc.replace_substring_regex(pc.utf8_trim_whitespace(column), r"\.0$", ""), pa.int64())
    values = numbers.to_pylist()
    if blank:
        return all(low < high for low, high in pairwise(values))
    return values[0] in {0, 1} and values == list(range(values[0], values[0] + len(values)))


def describe_index_columns(found: Mapping[int, str], left: int) -> list[Text]:
    """Returns the receipt's note on each column that was left out; `left` is the number of columns before the table."""
    return [
        Text(
            zh=f"第 {left + at + 1} 列{f'“{masked_excerpt(label, 40)}”' if label else '没有表头，'}是程序写出的行号，未读取",
            en=f"column {left + at + 1}{f' “{masked_excerpt(label, 40)}”' if label else ', which has no label,'} is the row number of a program and was left out",
        )
        for at, label in found.items()
    ]
