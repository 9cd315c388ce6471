"""The one table of types: what a Table Schema type is in Arrow and in DuckDB, and what a column is called in comments.

Here: the table, the Arrow schema of a contract, and `typed()`, which turns text that conforms into typed columns. Not here:
how a single cell is read (`warehouse/cast.py`), nor whether it conforms (`quality/conformance`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from schemas.contract import SLICE_COLUMNS, Contract, Field
from schemas.errors import ContractError, LakeError
from schemas.text import Text
from warehouse.cast import cast, overflowing

_SLICE_COMMENTS = {
    "department": "部门：报送部门代码 / Department: code of the submitting department",
    "period": "期间：2026、2026-Q3 或 2026-11 / Period: 2026, 2026-Q3 or 2026-11",
}


class _Kind(NamedTuple):
    arrow: pa.DataType
    duckdb: str


_TEXT = _Kind(pa.string(), "VARCHAR")
# Source: Table Schema (Data Package v2), field types; composite types stay the text that was handed in.
_KINDS: Mapping[str, _Kind] = {
    "string": _TEXT,
    "any": _TEXT,
    "geopoint": _TEXT,
    "object": _TEXT,
    "array": _TEXT,
    "duration": _TEXT,
    "yearmonth": _TEXT,
    "integer": _Kind(pa.int64(), "BIGINT"),
    "year": _Kind(pa.int64(), "BIGINT"),
    "number": _Kind(pa.float64(), "DOUBLE"),
    "boolean": _Kind(pa.bool_(), "BOOLEAN"),
    "date": _Kind(pa.date32(), "DATE"),
    "datetime": _Kind(pa.timestamp("us"), "TIMESTAMP"),
    "time": _Kind(pa.time64("us"), "TIME"),
}


class Overflow(NamedTuple):
    """A cell that conforms but is larger than its column can hold; `position` counts rows of the table from 0."""

    position: int
    field: str
    value: str


def arrow_type(field: Field) -> pa.DataType:
    """The Arrow type that the field's values are kept in; ContractError if the house has no column for its type."""
    return _kind(field).arrow


def duckdb_type(field: Field) -> str:
    """The DuckDB type of the same; ContractError if the house has no column for its type."""
    return _kind(field).duckdb


def comment(field: Field) -> str:
    """What stands at a column wherever it goes: title, unit and description, Chinese first."""
    unit = field.policy.unit
    zh = f"{field.title}（{unit}）" if unit else field.title
    en = f"{field.policy.title_en} ({unit})" if unit else field.policy.title_en
    return f"{zh}：{field.description} / {en}: {field.policy.description_en}"


def slice_comment(column: str) -> str:
    """The comment of one of the lake's own columns, `department` or `period`."""
    return _SLICE_COMMENTS[column]


def arrow_schema(contract: Contract) -> pa.Schema:
    """The contract's fields in order, all nullable, with `comment` as field metadata; without the slice columns."""
    return pa.schema([pa.field(f.name, arrow_type(f), metadata={"comment": comment(f)}) for f in contract.fields])


def lake_schema(contract: Contract) -> pa.Schema:
    """`arrow_schema`, then the lake's own columns: which department's which period a row came with."""
    own = [pa.field(c, pa.string(), nullable=False, metadata={"comment": slice_comment(c)}) for c in SLICE_COLUMNS]
    return pa.schema([*arrow_schema(contract), *own])


def typed(text: pa.Table, contract: Contract) -> pa.Table:
    """The same rows with typed columns, in the contract's order; missing values become null.

    Every cell must conform (`quality.conformance`) and fit (`overflows`): LakeError names the field of one that does not.
    Times with an offset become Beijing time (UTC+8).
    """
    columns = []
    for field, descriptor, missing in _descriptors(contract):
        try:
            columns.append(cast(text.column(field.name), arrow_type(field), descriptor, missing))
        except (ValueError, OverflowError) as wrong:
            raise LakeError(
                Text(
                    zh=f"字段 {field.name} 中有不符合类型 {field.type} 的值：{wrong}；请先做单元格检查",
                    en=f"{field.name} holds a value that is no {field.type}: {wrong}; check the cells first",
                )
            ) from wrong
    return pa.table(columns, schema=arrow_schema(contract))


def overflows(text: pa.Table, contract: Contract) -> list[Overflow]:
    """Cells that Table Schema allows but a column cannot hold, in order of rows; cells that do not conform are passed over.

    Limits: integers of 64 bits, numbers up to 1.8e308, times that lie in the years 1 to 9999 once they are Beijing time.
    """
    found = []
    for field, descriptor, missing in _descriptors(contract):
        cells = text.column(field.name)
        for value in overflowing(cells, arrow_type(field), descriptor, missing):
            at = pc.equal(cells, value)
            found += [Overflow(i, field.name, value) for i in pc.indices_nonzero(at).to_pylist()]
    return sorted(found)


def _kind(field: Field) -> _Kind:
    if field.type not in _KINDS:
        raise ContractError(
            Text(
                zh=f"字段 {field.name} 的类型 {field.type} 不受支持；可用：{'、'.join(_KINDS)}",
                en=f"{field.name} has the type {field.type}, which has no column here; use one of {', '.join(_KINDS)}",
            )
        )
    return _KINDS[field.type]


def _descriptors(contract: Contract) -> Iterator[tuple[Field, Mapping[str, Any], list[str]]]:
    for field, descriptor in zip(contract.fields, contract.table_schema["fields"], strict=True):
        missing = descriptor.get("missingValues", contract.missing_values)
        yield field, descriptor, [m if isinstance(m, str) else m["value"] for m in missing]
