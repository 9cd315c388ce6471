"""How tables, indexes and locks are called: CKAN's names, and ours for a table that is aside, was live before, or is being loaded. Pure.

CKAN calls a table by the id of its resource. Names that begin with `_` it neither lists nor reads, so what is aside is private.
Every name that belongs to a table (indexes, key, sequence) carries the same prefix as the table.
"""

import hashlib
import re
from collections.abc import Sequence
from uuid import UUID

from psycopg import sql

from schemas.errors import CatalogueError
from schemas.text import Text

LIVE = ""
STAGE = "_stage_"
LAST = "_last_"
RAW = "_raw_"
CKANS_OWN = ("_table_metadata", "_table_stats")
_LONGEST = 63
_ASIDE = re.compile(rf"({STAGE}|{LAST})(?P<id>.+)")


def checked(resource_id: str) -> str:
    """The id itself; CatalogueError unless it is a UUID in its plain spelling, which is all that CKAN gives."""
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


def public(name: str) -> sql.Identifier:
    """Something of that name in the schema that CKAN uses."""
    return sql.Identifier("public", name)


def index_name(resource_id: str, columns: Sequence[str]) -> str:
    """The name that CKAN gives to the index of these columns, so that it finds it and makes no second one."""
    listed = ", ".join(f'"{column}"' for column in columns)
    return hashlib.sha1((resource_id + listed).encode(), usedforsecurity=False).hexdigest()


def moved(name: str, before: str, after: str) -> str:
    """The name of an index or sequence whose table goes from one prefix to another; long foreign names become a hash."""
    wanted = after + name.removeprefix(before)
    if len(wanted.encode()) <= _LONGEST:
        return wanted
    return after + hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()


def resource_of(table: str) -> str:
    """The id of the resource that a table belongs to, live or aside."""
    found = _ASIDE.fullmatch(table)
    return found["id"] if found else table


def lock_key(dataset: str) -> int:
    """The key of the advisory lock on publishing a dataset: 64 bits with a sign, as PostgreSQL wants it."""
    return int.from_bytes(hashlib.sha256(f"sportlake publishes {dataset}".encode()).digest()[:8], "big", signed=True)
