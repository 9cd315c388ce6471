"""The tables `meta.key`, `meta.codelist` and `meta.relation`: how the tables of the analysts' file join, and which tables there are.

Keys are only described here. They are checked at intake; declared to DuckDB, they would be checked again at every build. Not here: other
tables of `meta` (`meta.py`, `origin_tables.py`, `due.py`).
"""

from collections.abc import Iterator, Mapping

import duckdb

from schemas.codelists import CodeList
from schemas.contract import Contract
from schemas.rules.rules import InDataset
from warehouse.analyst_file.database_writer import write_query
from warehouse.analyst_file.meta import COUNT, TEXT, DescribedTable, describe_table

_RELATION_COLUMNS = {
    "schema": "模式 / Schema",
    "name": "名称 / Name",
    "kind": "类别：table 表、view 视图、macro 宏 / table, view or macro",
    "comment": "说明 / What it is",
    "columns": "列数；宏为参数个数 / Number of columns; of a macro, of parameters",
}
_RELATIONS = """
    SELECT schema_name AS schema, table_name AS name, 'table' AS kind, comment, column_count AS columns
    FROM duckdb_tables() WHERE database_name = 'fresh' AND (schema_name, table_name) <> ('meta', 'relation')
    UNION ALL SELECT schema_name, view_name, 'view', comment, column_count
    FROM duckdb_views() WHERE database_name = 'fresh' AND NOT internal
    UNION ALL SELECT schema_name, function_name, 'macro', comment, len(parameters)
    FROM duckdb_functions() WHERE database_name = 'fresh' AND NOT internal
"""
_RELATION_COMMENT = "本文件的全部表、视图和宏 / All tables, views and macros of this file"


def key_table(contracts: Mapping[str, Contract]) -> DescribedTable:
    """Builds the table of keys: one row a primary key or reference of a dataset, over public fields only."""
    return describe_table(
        "key",
        "主键和关联：一行一个 / Keys: one row a primary key or a reference",
        {
            "dataset": (TEXT, "数据集，即表名 / Dataset, also the name of the table"),
            "kind": (TEXT, "primary 主键、foreign 关联 / primary or foreign"),
            "columns": (TEXT, "列，以逗号分隔 / Columns, separated by commas"),
            "refers_to": (TEXT, "关联的表，主键没有 / Table referred to; none for a primary key"),
            "referred_columns": (TEXT, "关联的列 / Columns referred to"),
        },
        [(name, *key) for name, contract in contracts.items() for key in _list_keys(contract, contracts)],
    )


def codelist_table(codelists: Mapping[str, CodeList]) -> DescribedTable:
    """Builds the table of code lists: one row each; key name."""
    return describe_table(
        "codelist",
        "代码表：一行一个，内容见 codelist 模式 / Code lists: one row each; their codes are in the schema codelist",
        {
            "name": (TEXT, "名称 / Name"),
            "title_zh": (TEXT, "中文标题 / Chinese title"),
            "title_en": (TEXT, "英文标题 / English title"),
            "source": (TEXT, "来源 / Source"),
            "codes": (COUNT, "代码数 / Number of codes"),
        },
        [(one.name, one.title.zh, one.title.en, one.source, len(one.labels)) for one in codelists.values()],
    )


def write_relations(connection: duckdb.DuckDBPyConnection, *, is_there: bool) -> None:
    """Writes `meta.relation`, which names everything in the database `fresh` and itself; to be written last. `is_there`: as in `write_query`."""
    own = f"SELECT 'meta', 'relation', 'table', '{_RELATION_COMMENT}', {len(_RELATION_COLUMNS)}"
    query = f"{_RELATIONS} UNION ALL {own} ORDER BY 1, 2"
    write_query(connection, "relation", _RELATION_COMMENT, _RELATION_COLUMNS, query, "meta", is_there=is_there)


def _list_keys(
    contract: Contract, contracts: Mapping[str, Contract]
) -> Iterator[tuple[str, str, str | None, str | None]]:
    public = {field.name for field in contract.public_fields()}
    if public.issuperset(contract.primary_key):
        yield "primary", ", ".join(contract.primary_key), None, None
    yield "foreign", "department", "main.department", "code"
    for field in contract.public_fields():
        if field.policy.codelist:
            yield "foreign", field.name, f"codelist.{field.policy.codelist}", "code"
    for rule in contract.rules:
        if isinstance(rule, InDataset) and rule.dataset in contracts and public.issuperset(rule.fields):
            yield "foreign", ", ".join(rule.fields), f"main.{rule.dataset}", ", ".join(rule.reference)
