"""The query with which a dataset's page begins: short, about what the dataset has, and valid in SQLite and DuckDB alike.

The table has the dataset's name and the columns of its released files, as in `warehouse.duckdb`. Not here: running it.
"""

from collections.abc import Sequence

from catalog.dataset_page import PreviewColumn
from catalog.entry import DictionaryField

LINES = 10
FIRST_COLUMNS = 4


def sample_query(dataset: str, columns: Sequence[PreviewColumn], dictionary: Sequence[DictionaryField]) -> str:
    """How many rows there are by the first column with names of codes; without such a column the first rows.

    `columns` are those of the page in its language, `dictionary` is that by whose places they name their cells.
    """
    named = next((dictionary[column.place].name for column in columns if column.code is not None), None)
    if named is None:
        some = ", ".join(_quote_name(column.field.name) for column in columns[:FIRST_COLUMNS])
        return f"select {some}\nfrom {_quote_name(dataset)}\nlimit {LINES}"
    by = _quote_name(named)
    return (
        f"select {by}, count(*) as n\nfrom {_quote_name(dataset)}\ngroup by {by}\norder by n desc, {by}\nlimit {LINES}"
    )


def _quote_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
