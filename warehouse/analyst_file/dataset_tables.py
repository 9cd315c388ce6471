"""The tables of the datasets in the analysts' file: the public fields of the rows that stand, with department and period.

Not here: the rule which slices stand (`schemas/slices.py`), and reading them (`warehouse/lake/lake.py`).
"""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from schemas.contract import SLICE_COLUMNS, Contract, Field
from warehouse import sql
from warehouse.analyst_file.database_writer import write_query
from warehouse.analyst_file.previous_file import ALIAS, BuiltDataset
from warehouse.distributions import ROW_GROUP
from warehouse.lake.current_files import remove_other_files, write_current_file
from warehouse.lake.lake import Lake
from warehouse.layout import Layout
from warehouse.releases.withholding import withhold_values
from warehouse.types import column_comment, lake_schema, slice_comment


def write_datasets(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    lake: Lake,
    contracts: Mapping[str, Contract],
    versions: Mapping[str, int | None],
    changed: Mapping[str, bool],
    there: Mapping[str, BuiltDataset],
    *,
    is_there: bool,
) -> dict[str, int]:
    """Writes the table and the current file of every dataset; returns the number of rows of each.

    If a dataset is not in `changed`, its table is copied from the previous file, and its current file stays. `is_there`: as in
    `write_query`.
    """
    rows = {}
    for name, contract in contracts.items():
        comments = {field.name: field.metadata[b"comment"].decode() for field in dataset_schema(contract)}
        if changed[name]:
            query = _register_rows(connection, lake, contract, versions[name])
            write_query(connection, name, dataset_comment(contract), comments, query, is_there=is_there)
            connection.unregister("incoming")
            rows[name] = _write_current(connection, layout, contract, versions[name])
        else:
            rows[name] = there[name].rows
            if rows[name] or not is_there:
                kept = f"FROM {ALIAS}.main.{sql.quote_name(name)}"
                write_query(connection, name, dataset_comment(contract), comments, kept, is_there=is_there)
    remove_other_files(layout, contracts)
    return rows


def _register_rows(connection: duckdb.DuckDBPyConnection, lake: Lake, contract: Contract, version: int | None) -> str:
    """Returns the query for the rows of a dataset as of a version of its lake.

    Only if the contract withholds cells, the rows are read first and registered as the view `incoming`.
    """
    names = sql.quote_names(dataset_schema(contract).names)
    rules = contract.policy.disclosure
    if not (rules.masked or rules.small_cells):
        return f"SELECT {names} FROM ({lake.current_rows_query(contract, version)})"
    connection.register("incoming", withhold_values(lake.read_current(contract, version), contract).table)
    return f"SELECT {names} FROM incoming"


def _write_current(
    connection: duckdb.DuckDBPyConnection, layout: Layout, contract: Contract, version: int | None
) -> int:
    """Writes the current file of a dataset from its new table, batch by batch; returns the number of rows."""
    written = connection.sql(f"FROM fresh.main.{sql.quote_name(contract.name)}").to_arrow_reader(ROW_GROUP)
    return write_current_file(layout, contract.name, dataset_schema(contract), written, version)


def dataset_schema(contract: Contract) -> pa.Schema:
    """Returns the public fields, department and period, all with their comments; that of a code names its list."""
    whole = lake_schema(contract)
    comments = {f.name: _describe_column(f) for f in contract.public_fields()} | {
        c: slice_comment(c) for c in SLICE_COLUMNS
    }
    return pa.schema(
        [pa.field(name, whole.field(name).type, metadata={"comment": comments[name]}) for name in comments]
    )


def dataset_comment(contract: Contract) -> str:
    """Returns the comment of a dataset's table: title, description and primary key, Chinese first."""
    key, public = contract.primary_key, {field.name for field in contract.public_fields()}
    zh, en = (f"（主键：{'、'.join(key)}）", f" (key: {', '.join(key)})") if public.issuperset(key) else ("", "")
    title, summary = contract.title, contract.description
    return f"{title.zh}：{summary.zh}{zh} / {title.en}: {summary.en}{en}"


def _describe_column(field: Field) -> str:
    comment, codelist = column_comment(field), field.policy.codelist
    return f"{comment} [codelist.{codelist}]" if codelist else comment
