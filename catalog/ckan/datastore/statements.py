"""Names of tables, indexes and locks, and the SQL of one table. Pure.

Here: statements as values: create, copy, fill with search words, index, comment. Not here: running them (`load.py`,
`swap.py`, `compare.py`).

Names. CKAN names a table by the id of its resource. It neither lists nor reads names that begin with `_`, so tables
that are staged, previous or being loaded are private. Every name that belongs to a table (indexes, key, sequence) has
the same prefix as the table.

Search words. CKAN's trigger computes `_full_text` row by row; one statement that computes it inline takes a third of
the time and gives the same words. PostgreSQL keeps 沈阳市体育馆 as one word, so the text from each Chinese character on is
added, eight characters long at most: the search box of the preview searches for prefixes and then finds 体育馆.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from psycopg import sql

from catalog.ckan.datastore.table_schema import TableColumn, TableSchema
from schemas.errors import CatalogueError
from schemas.text import Text

SEARCHED = 100_000  # characters of a row; a text vector holds one megabyte at most
PIECED = 10_000  # characters of a row that are split into Chinese substrings
_ARGUMENTS = 90  # PostgreSQL functions take at most 100 arguments
_AS_JSON = {"bool", "timestamp", "time"}  # CKAN's trigger searches these as JSON spells them
_PIECES = sql.SQL(
    "CREATE FUNCTION {name}(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$"
    " SELECT array_to_tsvector(ARRAY(SELECT substr(run[1], at, 8)"
    " FROM regexp_matches(said, '[㐀-鿿]{{2,}}', 'g') AS run, generate_series(1, length(run[1]) - 1) AS at)) $$"
)


def raw_table(resource_id: str) -> sql.Identifier:
    """Returns the table a file is copied into, for this transaction. A temporary one could not be read in parallel."""
    return public_name(RAW + resource_id)


def create_raw(resource_id: str, shape: TableSchema) -> sql.Composed:
    """Creates the columns of the schema, and the number of the row in the file."""
    return sql.SQL("CREATE UNLOGGED TABLE {} (_id serial, {})").format(raw_table(resource_id), _typed_columns(shape))


def copy_raw(resource_id: str, shape: TableSchema) -> sql.Composed:
    """Copies a released CSV without its byte-order mark; the header was read before."""
    return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, HEADER true, ENCODING 'UTF8')").format(
        raw_table(resource_id), join_names(shape.names)
    )


def segment_function(resource_id: str) -> sql.Composed:
    """Creates the function that splits Chinese text, for this transaction. A subquery instead of a function would be run by the first worker only."""
    return _PIECES.format(name=raw_table(resource_id))


def drop_raw(resource_id: str) -> Iterator[sql.Composed]:
    """Drops what was needed for loading only."""
    yield sql.SQL("DROP FUNCTION {}(text)").format(raw_table(resource_id))
    yield sql.SQL("DROP TABLE {}").format(raw_table(resource_id))


def fill_table(resource_id: str, shape: TableSchema) -> sql.Composed:
    """Creates the staged table with all rows: CKAN's two columns (row number, search words), then the schema's.

    One statement, which PostgreSQL may share among its workers; rows are then stored in any order, but each has its
    number.
    """
    words = sql.SQL("to_tsvector(left({}, {}))").format(
        _concat_words([_word_expression(c) for c in shape.columns]), SEARCHED
    )
    if texts := [sql.Identifier(column.name) for column in shape.columns if column.type == "text"]:
        words += sql.SQL(" || {}(left({}, {}))").format(raw_table(resource_id), _concat_words(texts), PIECED)
    return sql.SQL("CREATE TABLE {} AS SELECT _id, {} AS _full_text, {} FROM {}").format(
        public_name(STAGE + resource_id), words, join_names(shape.names), raw_table(resource_id)
    )


def numbering_statements(resource_id: str, rows: int) -> Iterator[sql.Composed]:
    """Creates what `_id serial PRIMARY KEY` would: an owned sequence that continues after the last row, and the key."""
    table, sequence = public_name(STAGE + resource_id), public_name(f"{STAGE}{resource_id}__id_seq")
    called = sql.Literal(sequence.as_string())
    yield sql.SQL("CREATE SEQUENCE {} AS integer OWNED BY {}._id").format(sequence, table)
    yield sql.SQL("SELECT setval({}, {}, {})").format(called, max(rows, 1), rows > 0)
    yield sql.SQL("ALTER TABLE {} ALTER COLUMN _id SET DEFAULT nextval({}::regclass), ADD PRIMARY KEY (_id)").format(
        table, called
    )


def create_trigger(table: sql.Composable) -> sql.Composed:
    """Creates CKAN's trigger, for rows that the API writes afterwards."""
    return sql.SQL(
        "CREATE TRIGGER zfulltext BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE PROCEDURE populate_full_text_trigger()"
    ).format(table)


def index_statements(resource_id: str, shape: TableSchema) -> Iterator[sql.Composed]:
    """Creates the indexes of search words, key and schema: CKAN's names behind the prefix of staged tables."""
    table = public_name(STAGE + resource_id)
    full_text = sql.Identifier(STAGE + index_name(resource_id, ["_full_text"]))
    yield sql.SQL("CREATE INDEX {} ON {} USING gin (_full_text)").format(full_text, table)
    keys = [("UNIQUE INDEX", shape.primary_key)] if shape.primary_key else []
    for kind, columns in [*keys, *(("INDEX", columns) for columns in shape.indexes)]:
        name = sql.Identifier(STAGE + index_name(resource_id, columns))
        yield sql.SQL("CREATE {} {} ON {} ({})").format(sql.SQL(kind), name, table, join_names(columns))


def comment_statements(table: str, shape: TableSchema) -> Iterator[sql.Composed]:
    """Writes the data dictionary into the column comments, where CKAN keeps it."""
    for column in shape.columns:
        place = sql.Identifier("public", table, column.name)
        yield sql.SQL("COMMENT ON COLUMN {} IS {}").format(place, sql.Literal(column.comment))


def join_statements(statements: Iterable[sql.Composable]) -> sql.Composed:
    """Returns the statements as one: they take one round trip to the server. None of them may have parameters."""
    return sql.SQL(";\n").join(statements)


def join_names(names: Sequence[str]) -> sql.Composed:
    """Returns the quoted names, separated by commas."""
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _typed_columns(shape: TableSchema) -> sql.Composed:
    columns = (sql.SQL("{} {}").format(sql.Identifier(c.name), sql.SQL(c.type)) for c in shape.columns)
    return sql.SQL(", ").join(columns)


def _word_expression(column: TableColumn) -> sql.Composable:
    name = sql.Identifier(column.name)
    return sql.SQL("(to_json({}) #>> '{{}}')").format(name) if column.type in _AS_JSON else name


def _concat_words(parts: Sequence[sql.Composable]) -> sql.Composed:
    """Returns `concat_ws` of any number of parts."""
    some = [parts[at : at + _ARGUMENTS] for at in range(0, len(parts), _ARGUMENTS)]
    joined = [sql.SQL("concat_ws(' ', {})").format(sql.SQL(", ").join(group)) for group in some]
    return sql.SQL("concat_ws(' ', {})").format(sql.SQL(", ").join(joined)) if len(joined) > 1 else joined[0]


LIVE = ""
STAGE = "_stage_"
LAST = "_last_"
RAW = "_raw_"
CKANS_OWN = ("_table_metadata", "_table_stats")
_LONGEST = 63
_ASIDE = re.compile(rf"({STAGE}|{LAST})(?P<id>.+)")


def checked_id(resource_id: str) -> str:
    """Returns the id; CatalogueError unless it is a UUID in its canonical spelling, the only one that CKAN creates."""
    try:
        plain = str(UUID(resource_id)) == resource_id
    except ValueError:
        plain = False
    if not plain:
        raise CatalogueError(
            Text(
                zh=f"资源编号 {resource_id!r} 不是 UUID；请给出 CKAN 资源的编号",
                en=f"{resource_id!r} is no UUID; give the id of a resource of CKAN",
            )
        )
    return resource_id


def public_name(name: str) -> sql.Identifier:
    """Returns the name qualified with the schema that CKAN uses."""
    return sql.Identifier("public", name)


def index_name(resource_id: str, columns: Sequence[str]) -> str:
    """Returns CKAN's name of the index of these columns, so that CKAN finds it and creates no second one."""
    listed = ", ".join(f'"{column}"' for column in columns)
    return hashlib.sha1((resource_id + listed).encode(), usedforsecurity=False).hexdigest()


def moved_name(name: str, before: str, after: str) -> str:
    """Returns the name of an index or sequence after its table's prefix changes; one too long becomes a hash."""
    wanted = after + name.removeprefix(before)
    if len(wanted.encode()) <= _LONGEST:
        return wanted
    return after + hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()


def resource_id_from(table: str) -> str:
    """Returns the id of the resource that a live, staged or previous table belongs to."""
    found = _ASIDE.fullmatch(table)
    return found["id"] if found else table


def lock_key(dataset: str) -> int:
    """Returns the key of the advisory lock on publishing a dataset: a signed 64-bit integer, as PostgreSQL requires."""
    return int.from_bytes(hashlib.sha256(f"sportlake publishes {dataset}".encode()).digest()[:8], "big", signed=True)
