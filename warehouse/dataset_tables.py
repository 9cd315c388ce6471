"""The tables of the datasets in the analysts' file: the public fields of the rows that stand, with department and period.

Not here: the rule which slices stand (`schemas/slices.py`), and reading them (`lake.py`).
"""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from schemas.contract import SLICE_COLUMNS, Contract, Field
from warehouse import sql
from warehouse.current_files import remove_other_files, write_current_file
from warehouse.database_writer import write_query, write_table
from warehouse.lake import Lake
from warehouse.layout import Layout
from warehouse.meta import DescribedTable
from warehouse.previous_file import ALIAS, BuiltDataset
from warehouse.types import column_comment, lake_schema, slice_comment
from warehouse.withholding import withhold_values


def write_datasets(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    lake: Lake,
    contracts: Mapping[str, Contract],
    versions: Mapping[str, int | None],
    changed: Mapping[str, bool],
    there: Mapping[str, BuiltDataset],
) -> dict[str, int]:
    """Write the table and the current file of every dataset; returns the number of rows of each.

    The table of one that has not `changed` is copied from the file before, and its current file stays.
    """
    rows = {}
    for name, contract in contracts.items():
        if changed[name]:
            table = build_dataset_table(lake, contract, versions[name])
            rows[name] = write_table(connection, "main", table)
            write_current_file(layout, table, versions[name])
        else:
            comments = {field.name: field.metadata[b"comment"].decode() for field in dataset_schema(contract)}
            kept = f"FROM {ALIAS}.main.{sql.quote_name(name)}"
            write_query(connection, name, dataset_comment(contract), comments, kept)
            rows[name] = there[name].rows
    remove_other_files(layout, contracts)
    return rows


def build_dataset_table(lake: Lake, contract: Contract, version: int | None) -> DescribedTable:
    """Build the table of a dataset as of a version of its lake."""
    schema = dataset_schema(contract)
    rows = lake.read_current(contract, version).select(schema.names)
    return DescribedTable(contract.name, dataset_comment(contract), withhold_values(rows, contract).table.cast(schema))


def dataset_schema(contract: Contract) -> pa.Schema:
    """Return the public fields, department and period, all with their comments; that of a code names its list."""
    whole = lake_schema(contract)
    said = {f.name: _describe_column(f) for f in contract.public_fields()} | {
        c: slice_comment(c) for c in SLICE_COLUMNS
    }
    return pa.schema([pa.field(name, whole.field(name).type, metadata={"comment": said[name]}) for name in said])


def dataset_comment(contract: Contract) -> str:
    """Return the comment of a dataset's table: title, description and primary key, Chinese first."""
    key, public = contract.primary_key, {field.name for field in contract.public_fields()}
    zh, en = (f"（主键：{'、'.join(key)}）", f" (key: {', '.join(key)})") if public.issuperset(key) else ("", "")
    title, said = contract.title, contract.description
    return f"{title.zh}：{said.zh}{zh} / {title.en}: {said.en}{en}"


def _describe_column(field: Field) -> str:
    comment, codelist = column_comment(field), field.policy.codelist
    return f"{comment} [codelist.{codelist}]" if codelist else comment
