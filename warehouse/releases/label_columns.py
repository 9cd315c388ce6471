"""Rows and schema of a release with the columns that the platform adds: labels behind their codes, department and period at the end.

The Table Schema of a release marks them: `sportlake: {derived_from: <field>, language: zh}`, and `{derived_from: submission}`. Counts of
cells and comparisons of releases leave them out: labels only repeat the codes, and a row that is handed in again for another period has
not changed. Not here: which columns there are (`schemas/label_columns.py`, `schemas/slice_columns.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.codelists import CodeList
from schemas.contract import Contract
from schemas.departments import Department
from schemas.label_columns import (
    DEPARTMENT,
    DERIVED_FROM,
    group_label_columns,
    is_derived,
    is_group,
    is_label,
    list_department_labels,
)
from schemas.slice_columns import BY_NAME
from warehouse.released_columns import select_released_columns
from warehouse.releases.package import build_public_schema

MOST_WORDS = 400
"""Number of different labels of a column that a release names as words to be found by; the longest list has about a hundred."""


def build_release_schema(contract: Contract, codelists: Mapping[str, CodeList]) -> dict[str, Any]:
    """Returns the Table Schema of a release: the public fields, department and period, and behind each code its label columns."""
    schema = build_public_schema(contract)
    labels = {**group_label_columns(contract, codelists), DEPARTMENT: list_department_labels({})}
    fields = [
        one
        for field in (*schema["fields"], *(column.describe_field() for column in BY_NAME.values()))
        for one in (field, *(label.describe_field() for label in labels.get(field["name"], ())))
    ]
    return {**schema, "fields": fields}


def build_release_table(
    table: pa.Table, contract: Contract, codelists: Mapping[str, CodeList], departments: Mapping[str, Department]
) -> pa.Table:
    """Returns the public columns of `table`, its department and period, and the label columns, in the order of `build_release_schema`.

    Dictionary-encoded texts stay so, and so are their labels. A cell that is empty, or not a code of its list or of `departments`, has no
    label. KeyError if a public field or a slice column is missing.
    """
    rows = select_released_columns(table, contract)
    labels = {**group_label_columns(contract, codelists), DEPARTMENT: list_department_labels(departments)}
    columns, fields = [], []
    for field in rows.schema:
        columns.append(rows.column(field.name))
        fields.append(field)
        for label in labels.get(field.name, ()):
            columns.append(_name_codes(rows.column(field.name), label.label_codes()))
            fields.append(pa.field(label.name, columns[-1].type, metadata={"comment": label.comment}))
    return pa.table(columns, schema=pa.schema(fields))


def drop_derived(table: pa.Table, schema: Mapping[str, Any]) -> pa.Table:
    """Returns the rows of a release without the columns that the platform added."""
    return table.select([field["name"] for field in schema["fields"] if not is_derived(field)])


def collect_labels(table: pa.Table, schema: Mapping[str, Any]) -> dict[str, list[str]]:
    """Returns the labels that occur in the rows of a release by label column, each once and sorted."""
    names = [field["name"] for field in schema["fields"] if is_label(field)]
    return {name: sorted(set(pc.unique(table.column(name)).to_pylist()) - {None}) for name in names}


def list_label_words(labels: Mapping[str, Sequence[str]], schema: Mapping[str, Any]) -> dict[str, list[str]]:
    """Returns the labels that occur in a release as facts of it, each once and sorted; empty without label columns. Departments are in the facts anyway.

    `label_words`: all labels, at most `MOST_WORDS` of a column. `label_groups`: the labels that name a group, such as a city.
    """
    words, groups = set[str](), set[str]()
    for field in schema["fields"]:
        if is_label(field) and field["sportlake"][DERIVED_FROM] != DEPARTMENT:
            found = labels[field["name"]][:MOST_WORDS]
            words.update(found)
            groups.update(found if is_group(field) else ())
    words_by_kind = {"label_words": sorted(words), "label_groups": sorted(groups)}
    return {name: values for name, values in words_by_kind.items() if values}


def _name_codes(codes: pa.ChunkedArray, labels: Mapping[str, str]) -> pa.ChunkedArray:
    if pa.types.is_dictionary(codes.type):
        whole = codes.combine_chunks() if codes.num_chunks != 1 else codes.chunk(0)
        named = pa.array([labels.get(code) for code in whole.dictionary.to_pylist()], pa.string())
        return pa.chunked_array([pa.DictionaryArray.from_arrays(whole.indices, named)])
    text = codes.cast(pa.string())
    distinct = pc.unique(text)
    named = pa.array([labels.get(code) for code in distinct.to_pylist()], pa.string())
    return pc.take(named, pc.index_in(text, value_set=distinct))
