"""Rows and schema of a release with its label columns, each behind the column of its codes (`schemas/label_columns.py`).

In the Table Schema of a release a label column says so: `sportlake: {derived_from: <field>, language: zh}`. What counts cells and
what compares releases leaves such columns out, for they say nothing that the codes do not say. Not here: which columns there are.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.codelists import CodeList
from schemas.contract import Contract
from schemas.label_columns import group_label_columns, is_derived, is_group
from warehouse.package import build_public_schema, select_public_columns

MOST_WORDS = 400
"""Number of different labels of a column that a release names as words to be found by; the longest list has about a hundred."""


def build_release_schema(contract: Contract, codelists: Mapping[str, CodeList]) -> dict[str, Any]:
    """Return the Table Schema of a release: the public fields, and behind each with a code list its label columns."""
    schema, labels = build_public_schema(contract), group_label_columns(contract, codelists)
    fields = [
        one
        for field in schema["fields"]
        for one in (field, *(label.describe_field() for label in labels.get(field["name"], ())))
    ]
    return {**schema, "fields": fields}


def build_release_table(table: pa.Table, contract: Contract, codelists: Mapping[str, CodeList]) -> pa.Table:
    """Return the public columns of `table` and the label columns, in the order of `build_release_schema`.

    A cell that is empty, or no code of the list, has no label. KeyError if a public field is missing.
    """
    public, labels = select_public_columns(table, contract), group_label_columns(contract, codelists)
    columns, fields = [], []
    for field in public.schema:
        columns.append(public.column(field.name))
        fields.append(field)
        for label in labels.get(field.name, ()):
            columns.append(_name_codes(public.column(field.name), label.label_codes()))
            fields.append(pa.field(label.name, pa.string(), metadata={"comment": label.comment}))
    return pa.table(columns, schema=pa.schema(fields))


def drop_derived(table: pa.Table, schema: Mapping[str, Any]) -> pa.Table:
    """Return the rows of a release without its label columns."""
    return table.select([field["name"] for field in schema["fields"] if not is_derived(field)])


def list_label_words(table: pa.Table, schema: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the labels that occur in the rows of a release, each once and sorted, for its facts; nothing without label columns.

    `label_words`: all of them, at most `MOST_WORDS` of a column; `label_groups`: those of them that name a group, such as a city.
    """
    words, groups = set[str](), set[str]()
    for field in schema["fields"]:
        if is_derived(field):
            found = [word for word in pc.unique(table.column(field["name"])).to_pylist() if word is not None]
            words.update(sorted(found)[:MOST_WORDS])
            groups.update(sorted(found)[:MOST_WORDS] if is_group(field) else ())
    told = {"label_words": sorted(words), "label_groups": sorted(groups)}
    return {name: values for name, values in told.items() if values}


def _name_codes(codes: pa.ChunkedArray, labels: Mapping[str, str]) -> pa.ChunkedArray:
    text = codes.cast(pa.string())
    distinct = pc.unique(text)
    named = pa.array([labels.get(code) for code in distinct.to_pylist()], pa.string())
    return pc.take(named, pc.index_in(text, value_set=distinct))
