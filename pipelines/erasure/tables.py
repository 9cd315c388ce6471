"""Typed rows without the values to erase: a cell is emptied, a mark replaces the value within a text, or the row is dropped.

Grain: a cell. The rest of a text stays. A row is dropped if the cell may be neither empty nor hold a mark without breaking the schema: a
required cell that is not free text, a cell that must be unique, or a part of the primary key. Pure. Not here: files.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.erasure.sought_values import SoughtValues
from schemas.contract import has_own_form


class ErasedTable(NamedTuple):
    """The table without the values, and the number of cells that held one."""

    table: pa.Table
    cells: int


def erase_cells(table: pa.Table, sought: SoughtValues, schema: Mapping[str, Any] | None = None) -> ErasedTable:
    """Returns the table without the values. `schema`: a Table Schema; without it every cell may be emptied.

    Column types and the order of rows stay. A table without the values is returned as it is.
    """
    rules = {field["name"]: field for field in schema["fields"]} if schema else {}
    key = schema.get("primaryKey", ()) if schema else ()
    lost, cells = pa.array([False] * table.num_rows), 0
    for at, name in enumerate(table.column_names):
        column = table.column(name)
        held = _find_cells(column, sought)
        if not (hits := pc.sum(held).as_py() or 0):
            continue
        cells += hits
        field = rules.get(name, {})
        if name in _names(key) or not _may_empty(field, column.type):
            lost = pc.or_(lost, held)
        else:
            table = table.set_column(at, table.schema.field(at), _empty_cells(column, held, sought, field))
    return ErasedTable(table.filter(pc.invert(lost)) if cells else table, cells)


def count_cells(table: pa.Table, sought: SoughtValues) -> int:
    """Returns the number of cells that hold one of the values."""
    return sum(pc.sum(_find_cells(column, sought)).as_py() or 0 for column in table.columns)


def _names(key: str | Sequence[str]) -> Collection[str]:
    return (key,) if isinstance(key, str) else key


def _may_empty(field: Mapping[str, Any], kind: pa.DataType) -> bool:
    limits = field.get("constraints", {})
    if not limits.get("required"):
        return not limits.get("unique")
    return pa.types.is_string(kind) and not _is_fixed(field)


def _is_fixed(field: Mapping[str, Any]) -> bool:
    """Whether a text of the field may not hold a mark: it must follow a pattern or list, or the mark may be too long."""
    return has_own_form(field) or "maxLength" in field.get("constraints", {})


def _find_cells(column: pa.ChunkedArray, sought: SoughtValues) -> pa.Array:
    """Returns for each cell whether it holds a value. Each distinct text is searched once; the parts of a nested cell are searched one by one."""
    whole = column.combine_chunks()
    if not _is_plain(whole.type):
        return pa.array([any(map(sought.count_in, _list_texts(cell))) for cell in whole.to_pylist()], pa.bool_())
    texts = (whole if pa.types.is_string(whole.type) else whole.cast(pa.string())).dictionary_encode()
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    held = [
        text is not None and (sought.count_in(text) > 0 or (not is_text and sought.is_number(text)))
        for text in texts.dictionary.to_pylist()
    ]
    return pc.fill_null(pa.array(held, pa.bool_()).take(texts.indices), False)


def _is_plain(kind: pa.DataType) -> bool:
    binary = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
    return not pa.types.is_nested(kind) and not any(is_kind(kind) for is_kind in binary)


def _list_texts(cell: object) -> Iterator[str]:
    """Yields the texts of a nested or binary cell, a number as it is written; bytes as UTF-8 and as GB 18030."""
    if isinstance(cell, bytes):
        yield from (cell.decode(encoding, "replace") for encoding in ("utf-8", "gb18030"))
    elif isinstance(cell, Mapping):
        for name, part in cell.items():
            yield from (str(name), *_list_texts(part))
    elif isinstance(cell, list | tuple):
        for part in cell:
            yield from _list_texts(part)
    elif cell is not None:
        yield str(cell)


def _empty_cells(
    column: pa.ChunkedArray, held: pa.Array, sought: SoughtValues, field: Mapping[str, Any]
) -> pa.ChunkedArray | pa.Array:
    nothing = pa.scalar(None, column.type)
    limits = field.get("constraints", {})
    if not pa.types.is_string(column.type) or _is_fixed(field):
        return pc.if_else(held, nothing, column)
    texts = column.combine_chunks().dictionary_encode()
    blanked = [
        _blank_text(text, sought, required=bool(limits.get("required"))) for text in texts.dictionary.to_pylist()
    ]
    return pa.array(blanked, pa.string()).take(texts.indices)


def _blank_text(text: str | None, sought: SoughtValues, *, required: bool) -> str | None:
    if text is None or not sought.count_in(text):
        return text
    # The mark is written only if the cell is required, or holds other text besides the value; otherwise the cell becomes null.
    left = sought.blank_text(f" {text} ")[1:-1]
    return None if sought.is_whole(text) and not required else left
