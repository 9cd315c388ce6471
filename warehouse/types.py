"""Types: the Arrow type (and so the DuckDB type) of each Table Schema type, column comments, and Arrow schemas.

Not here: checking and converting cells, which is one pass (`quality/conformance`); a test checks that its columns have the
types of this table.
"""

from collections.abc import Mapping

import pyarrow as pa

from schemas.contract import SLICE_COLUMNS, Contract, Field
from schemas.errors import ContractError
from schemas.text import Text

_SLICE_COMMENTS = {
    "department": "部门：报送单位代码 / Department: code of the submitting department",
    "period": "期间：2026、2026-Q3 或 2026-11 / Period: 2026, 2026-Q3 or 2026-11",
}


_TEXT = pa.string()
# Composite types keep the submitted text. Source: Table Schema (Data Package v2), field types.
_ARROW_TYPES: Mapping[str, pa.DataType] = {
    "string": _TEXT,
    "any": _TEXT,
    "geopoint": _TEXT,
    "object": _TEXT,
    "array": _TEXT,
    "duration": _TEXT,
    "yearmonth": _TEXT,
    "integer": pa.int64(),
    "year": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "time": pa.time64("us"),
}
SQL_TYPES: Mapping[str, str] = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "double": "DOUBLE",
    "bool": "BOOLEAN",
    "date32[day]": "DATE",
    "timestamp[us]": "TIMESTAMP",
    "time64[us]": "TIME",
}
"""DuckDB's types by those of the lake."""
_DATE_TYPES = frozenset({"date", "datetime", "time"})


def arrow_type(field: Field) -> pa.DataType:
    """Returns the Arrow type of the field's values; ContractError if the type is unsupported, or a date type has format any."""
    if field.type not in _ARROW_TYPES:
        raise ContractError(
            Text(
                zh=f"字段 {field.name} 的类型 {field.type} 不受支持；可用：{'、'.join(_ARROW_TYPES)}",
                en=f"{field.name} has the type {field.type}, which has no column here; use one of {', '.join(_ARROW_TYPES)}",
            )
        )
    if field.format == "any" and field.type in _DATE_TYPES:
        raise ContractError(
            Text(
                zh=f"字段 {field.name} 的 format 为 any，缺少的部分会取自今天；请写明 strptime 格式",
                en=f"{field.name} has the format any, which fills gaps from today; write a strptime pattern",
            )
        )
    return _ARROW_TYPES[field.type]


def column_comment(field: Field) -> str:
    """Returns the comment of a column, used in every output: title, unit and description, Chinese first."""
    unit = field.policy.unit
    zh = f"{field.title}（{unit}）" if unit else field.title
    en = f"{field.policy.title_en} ({unit})" if unit else field.policy.title_en
    return f"{zh}：{field.description} / {en}: {field.policy.description_en}"


def slice_comment(column: str) -> str:
    """Returns the comment of a slice column, `department` or `period`; KeyError for any other."""
    return _SLICE_COMMENTS[column]


def arrow_schema(contract: Contract) -> pa.Schema:
    """Returns the contract's fields in order, all nullable, with `comment` as field metadata; without the slice columns."""
    return pa.schema(
        [pa.field(f.name, arrow_type(f), metadata={"comment": column_comment(f)}) for f in contract.fields]
    )


def lake_schema(contract: Contract) -> pa.Schema:
    """Returns `arrow_schema` followed by the slice columns: the department and the period that a row was submitted for."""
    own = [pa.field(c, pa.string(), nullable=False, metadata={"comment": slice_comment(c)}) for c in SLICE_COLUMNS]
    return pa.schema([*arrow_schema(contract), *own])
