"""Writing tables, views and macros with their comments into the attached database `fresh`, for `warehouse.duckdb`.

Every one of them has a comment in Chinese and English, and so has each column. Not here: which there are (`database.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from schemas.errors import ContractError
from schemas.text import Text
from warehouse import sql
from warehouse.analyst_file.meta import DescribedTable


@dataclass(frozen=True)
class DescribedView:
    """A view of the schema `main`: a query, and comments of the view and of each column of its result."""

    name: str
    comment: str
    query: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class DescribedMacro:
    """A macro of the schema `main`: parameters in order, and an expression, or with `is_table` a query."""

    name: str
    comment: str
    parameters: tuple[str, ...]
    body: str
    is_table: bool = False


def write_table(
    connection: duckdb.DuckDBPyConnection, schema: str, table: DescribedTable, *, is_there: bool = False
) -> int:
    """Writes one table with its comments; returns its number of rows. `is_there`: as in `write_query`."""
    if is_there and not table.table.num_rows:
        return 0
    connection.register("incoming", table.table)
    columns = {f.name: f.metadata[b"comment"].decode() for f in table.table.schema}
    write_query(connection, table.name, table.comment, columns, "FROM incoming", schema, is_there=is_there)
    connection.unregister("incoming")
    return int(table.table.num_rows)


def write_query(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    comment: str,
    columns: Mapping[str, str],
    query: str,
    schema: str = "main",
    *,
    is_there: bool = False,
) -> None:
    """Writes the result of a query, which has these columns, as a table with comments.

    `is_there`: the table exists already, with its comments and without rows (`previous_file.py`), and only gets the rows. Callers do not
    call this for a table without rows: a statement takes a millisecond, and most tables of a new installation are empty.
    """
    place = _locate(schema, name)
    if is_there:
        connection.execute(f"INSERT INTO {place} {query}")
        return
    connection.execute(f"CREATE TABLE {place} AS {query}")
    _comment_on(connection, "TABLE", place, comment)
    _comment_on_columns(connection, place, columns)


def write_view(connection: duckdb.DuckDBPyConnection, view: DescribedView) -> None:
    """Writes one view with its comments; `view.columns` may name columns that it does not have.

    `fresh` must be the current database: names in the query refer to it. ContractError if the query does not bind, or if a column of its
    result has no comment.
    """
    place = _locate("main", view.name)
    try:
        connection.execute(f"CREATE VIEW {place} AS {view.query}")
        columns = [name for name, *_ in connection.execute(f"DESCRIBE {place}").fetchall()]
        _comment_on(connection, "VIEW", place, view.comment)
        _comment_on_columns(connection, place, {name: view.columns[name] for name in columns})
    except (duckdb.Error, KeyError) as wrong:
        raise ContractError(
            Text(
                zh=f"视图 {view.name} 与数据集不符：{wrong}；请核对它的定义（schemas/analyst_views）",
                en=f"the view {view.name} does not fit the datasets: {wrong}; mend its definition (schemas/analyst_views)",
            )
        ) from wrong


def write_macro(connection: duckdb.DuckDBPyConnection, macro: DescribedMacro) -> None:
    """Writes one macro with its comment; `fresh` must be the current database."""
    place, kind = _locate("main", macro.name), "MACRO TABLE" if macro.is_table else "MACRO"
    body = f"TABLE {macro.body}" if macro.is_table else macro.body
    connection.execute(f"CREATE MACRO {place}({sql.quote_names(macro.parameters)}) AS {body}")
    _comment_on(connection, kind, place, macro.comment)


def _locate(schema: str, name: str) -> str:
    return f"fresh.{sql.quote_name(schema)}.{sql.quote_name(name)}"


def _comment_on(connection: duckdb.DuckDBPyConnection, kind: str, place: str, comment: str) -> None:
    connection.execute(f"COMMENT ON {kind} {place} IS {sql.quote_text(comment)}")


def _comment_on_columns(connection: duckdb.DuckDBPyConnection, place: str, comments: Mapping[str, str]) -> None:
    """Comments on all columns in one call, so that the statements are parsed together."""
    connection.execute(
        ";".join(
            f"COMMENT ON COLUMN {place}.{sql.quote_name(name)} IS {sql.quote_text(comment)}"
            for name, comment in comments.items()
        )
    )
