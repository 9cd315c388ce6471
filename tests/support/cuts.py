"""A database connection that is cut at a chosen statement: `cut_at(n)` makes the next publisher's connection break there.

Statements are counted over all connections that `Tables` makes meanwhile; at the chosen one the server ends that connection
before the statement is sent. Not here: what must hold afterwards (`tests/live`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from catalog.ckan.datastore.datastore import DataStore

_END = "SELECT pg_terminate_backend(%s, 60000)"


@dataclass
class Cut:
    """`spent` statements so far; the one numbered `at` (from 1) does not come through."""

    at: int
    spent: int = 0


@contextmanager
def cut_at(at: int, database: SecretStr) -> Iterator[Cut]:
    """Within the block every connection of `Tables` counts its statements, and the one with that number is cut."""
    cut = Cut(at)
    original = DataStore.__init__
    with psycopg.connect(database.get_secret_value(), autocommit=True) as aside, pytest.MonkeyPatch.context() as patch:
        # The address sets a role that may not end the sessions of the login; the login itself may.
        aside.execute("SET ROLE NONE")

        class Counted(psycopg.Cursor[Any]):
            def execute(self, *words: Any, **more: Any) -> Any:
                self._spend()
                return super().execute(*words, **more)

            def copy(self, *words: Any, **more: Any) -> Any:
                self._spend()
                return super().copy(*words, **more)

            def _spend(self) -> None:
                cut.spent += 1
                if cut.spent == cut.at:
                    ended = aside.execute(_END, [self.connection.info.backend_pid]).fetchone()
                    assert ended == (True,)

        def begin(self: DataStore, *words: Any, **more: Any) -> None:
            original(self, *words, **more)
            self._con.cursor_factory = Counted

        patch.setattr(DataStore, "__init__", begin)
        yield cut
