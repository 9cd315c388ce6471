"""The schema of a DataStore table: its columns, their data dictionary, its key and its indexes. Pure.

Here: the PostgreSQL type of each Table Schema type, CKAN's data dictionary, and the refusal of names that CKAN or
PostgreSQL would not take. Not here: SQL (`statements.py`).

Types. The released CSV uses Table Schema's default formats. PostgreSQL reads every spelling of them into these types:
`numeric` keeps each digit and takes `NaN`, `INF` and `-INF`; composite types stay text.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from catalog.entry import CatalogueEntry, DictionaryField
from schemas.errors import CatalogueError
from schemas.text import Text

LAYOUT = 1  # increase it when tables are built differently: every table is then loaded again
LONGEST_NAME = 63  # bytes; PostgreSQL truncates longer ones silently
_SYSTEM = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}
_TYPES: Mapping[str, str] = {
    "string": "text",
    "any": "text",
    "yearmonth": "text",
    "duration": "text",
    "geopoint": "text",
    "geojson": "text",
    "list": "text",
    "array": "text",
    "object": "text",
    "integer": "bigint",
    "year": "int",
    "number": "numeric",
    "boolean": "bool",
    "date": "date",
    "datetime": "timestamp",
    "time": "time",
}
# The names that PostgreSQL reports for these types.
TOLD: Mapping[str, str] = {
    **{name: name for name in ("text", "bigint", "numeric", "date")},
    "int": "integer",
    "bool": "boolean",
    "timestamp": "timestamp without time zone",
    "time": "time without time zone",
}


class TableColumn(NamedTuple):
    """One column. `info` is its entry in the data dictionary: `label`, `notes`, also `_en`, `unit`, `codelist`."""

    name: str
    type: str
    info: Mapping[str, str]

    @property
    def comment(self) -> str:
        """Returns what CKAN stores as the column comment; the leading blank is its mark for the present form."""
        return " " + json.dumps({"_info": dict(self.info)}, ensure_ascii=False, separators=(",", ":"))


class TableSchema(NamedTuple):
    """A table without its rows. `primary_key` is unique; each of `indexes` is the columns of one index."""

    columns: tuple[TableColumn, ...]
    primary_key: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def columns_digest(self) -> str:
        """SHA-256 of names, types and comments, as `inspect.py` computes it for an existing table."""
        lines = "".join(f"{column.name}\t{TOLD[column.type]}\t{column.comment}\n" for column in self.columns)
        return hashlib.sha256(lines.encode()).hexdigest()

    @property
    def digest(self) -> str:
        """SHA-256 of the whole schema and of the layout version."""
        text = json.dumps([LAYOUT, self.columns_digest, self.primary_key, self.indexes])
        return hashlib.sha256(text.encode()).hexdigest()


def table_schema_from(entry: CatalogueEntry) -> TableSchema:
    """Returns the table schema of an entry's release; CatalogueError if a column's name or type is refused."""
    columns = tuple(_table_column(entry, field) for field in entry.dictionary)
    names = [column.name for column in columns]
    if not names or len(set(names)) < len(names):
        raise _refused_error(entry, Text(zh="列为空或重名", en="no columns, or two of one name"))
    key = entry.primary_key if set(entry.primary_key) <= set(names) else ()
    wanted: list[tuple[str, ...]] = [(name,) for name in key[1:]]
    wanted += [(field.name,) for field in entry.dictionary if field.codelist]
    if at := entry.coordinates:
        wanted.append((at.lon, at.lat))
    return TableSchema(columns, key, tuple(index for index in dict.fromkeys(wanted) if index != key))


def datastore_fields(shape: TableSchema) -> list[dict[str, Any]]:
    """Returns the columns as `datastore_create` takes them."""
    return [{"id": column.name, "type": column.type, "info": dict(column.info)} for column in shape.columns]


def _table_column(entry: CatalogueEntry, field: DictionaryField) -> TableColumn:
    if field.type not in _TYPES:
        reason = Text(zh=f"字段类型 {field.type} 没有对应的列类型", en=f"no column type for {field.type!r}")
        raise _refused_error(entry, reason)
    if fault := _name_error(field.name):
        raise _refused_error(entry, fault)
    dictionary = {
        "label": field.label.zh,
        "notes": field.description.zh,
        "label_en": field.label.en,
        "notes_en": field.description.en,
        "unit": field.unit,
        "codelist": field.codelist,
    }
    return TableColumn(field.name, _TYPES[field.type], {key: value for key, value in dictionary.items() if value})


def _name_error(name: str) -> Text | None:
    """Returns why CKAN or PostgreSQL refuses the column name, else None. Source: CKAN 2.12, `is_valid_field_name`."""
    if not name or name != name.strip() or name.startswith("_"):
        return Text(
            zh=f"列名 {name!r} 为空、以下划线开头或首尾有空白", en=f"{name!r} is empty, or begins with _ or blanks"
        )
    if '"' in name or any(unicodedata.category(letter).startswith("C") for letter in name):
        return Text(zh=f"列名 {name!r} 含引号或控制字符", en=f"{name!r} holds a quote or a control character")
    if (size := len(name.encode())) > LONGEST_NAME:
        return Text(
            zh=f"列名 {name!r} 有 {size} 字节，上限 {LONGEST_NAME}", en=f"{name!r} has {size} bytes of {LONGEST_NAME}"
        )
    if name in _SYSTEM:
        return Text(zh=f"列名 {name!r} 被 PostgreSQL 占用", en=f"{name!r} is PostgreSQL's own")
    return None


def _refused_error(entry: CatalogueEntry, reason: Text) -> CatalogueError:
    return CatalogueError(
        Text(
            zh=f"数据集 {entry.dataset} 不能成为 DataStore 的表：{reason.zh}；请修改数据规范中的字段",
            en=f"{entry.dataset} cannot be a table of the DataStore: {reason.en}; mend the fields of its contract",
        )
    )
