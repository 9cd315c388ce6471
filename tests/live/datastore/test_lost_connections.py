"""The connection to PostgreSQL is lost at every statement of loading, swapping, undoing and dropping a table."""

import itertools
from typing import Any

import psycopg
import pytest
from psycopg import sql

from catalog.ckan.datastore.datastore import DataStore
from catalog.ckan.datastore.statements import STAGE
from schemas.errors import CatalogueError
from support.datastore_tables import ROWS, everything, wanted_names

JOINT = sql.SQL(";\n")
ENDING = sql.SQL("SET ROLE NONE;\nSELECT pg_terminate_backend(pg_backend_pid())")
"""The connection ends itself, as the role that has logged in."""


class Cut(psycopg.Cursor[Any]):
    """Counts statements, and has the backend ended after one of them, so before the next or the commit.

    It is ended from another connection, or among statements that are sent together by one that is put between them.
    """

    spent = 0
    at = 0
    end: Any = None

    def execute(self, query: Any, *words: Any, **more: Any) -> Any:
        statements = split_statements(query)
        before = self.at - self.spent
        if 0 < before < len(statements):
            query = JOINT.join([*statements[:before], ENDING, *statements[before:]])
        done = super().execute(query, *words, **more)
        self.count(len(statements))
        return done

    def copy(self, *words: Any, **more: Any) -> Any:
        self.count()
        return super().copy(*words, **more)

    @classmethod
    def count(cls, statements: int = 1) -> None:
        cls.spent += statements
        if cls.spent - statements < cls.at <= cls.spent:
            cls.end()


def split_statements(query: Any) -> list[sql.Composable]:
    """The statements that are sent together; a single one by itself."""
    statements = [sql.Composed([])]
    for part in query if isinstance(query, sql.Composed) else ():
        if part == JOINT:
            statements.append(sql.Composed([]))
        else:
            statements[-1] += sql.Composed([part])
    return statements


def cut_everywhere(connection, aside, prepare, act, check) -> int:
    """Runs `act` on a fresh connection until it comes through, cut before its first statement, then after each in turn.

    After each cut `check` runs on another connection. Returns at how many points it was cut.
    """
    for point in itertools.count():
        with DataStore(connection.database) as tables:
            prepare(tables)
        with DataStore(connection.database) as tables:
            came_through = not cut_at(point, tables, aside, act)
        with DataStore(connection.database) as tables:
            check(tables, came_through)
        if came_through:
            return point
    raise AssertionError


def end(backend: int, aside) -> None:
    """As the role that has logged in; the one it has set may end nobody else's backend."""
    aside.execute("SET ROLE NONE")
    aside.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    aside.execute("RESET ROLE")


def cut_at(point, tables, aside, act) -> bool:
    """Whether `act` broke, as it must if it has as many statements."""
    backend = tables._con.info.backend_pid
    Cut.spent, Cut.at = 0, point
    Cut.end = lambda: end(backend, aside)
    tables._con.cursor_factory = Cut
    if point == 0:
        Cut.end()
    try:
        act(tables)
    except CatalogueError as wrong:
        told = wrong.text.en
    else:
        assert Cut.spent < point
        return False
    assert "there is no connection to PostgreSQL, or it was lost" in told
    return True


def test_loading_cut_at_every_statement_leaves_nothing_and_a_plain_run_mends_it(
    connection, aside, portal, active, released
):
    before, after = released(ROWS[:2]), released(ROWS, "2026.12.1")

    def check(tables, whole):
        assert len(portal.rows(active)) == 2
        assert whole == (STAGE + active in everything(aside, active))
        after.publish(tables, active)
        assert after.differences(tables, active) == []
        tables.prune_previous(active)
        assert everything(aside, active) == wanted_names(active) | {f"alias-{active}"}

    points = cut_everywhere(
        connection, aside,
        lambda tables: (before.publish(tables, active), tables.prune_previous(active)),
        lambda tables: after.stage(tables, active),
        check,
    )  # fmt: skip
    print(f"stage was cut at {points} points")  # noqa: T201 -- a figure for people
    assert points > 20


@pytest.mark.parametrize("way", ["swap_table", "undo_swap", "drop_table"])
def test_putting_in_place_cut_at_every_statement_shows_the_old_or_the_new(
    way, connection, aside, portal, active, released
):
    old, new = released(ROWS[:2]), released(ROWS, "2026.12.1")

    def prepare(tables):
        tables.prune_previous(active)
        old.publish(tables, active)
        tables.prune_previous(active)
        new.stage(tables, active)
        if way == "undo_swap":
            tables.swap_table(active)

    def check(tables, whole):
        if not whole:
            assert len(portal.rows(active)) == (4 if way == "undo_swap" else 2)
            assert (new if way == "undo_swap" else old).differences(tables, active) == []
        getattr(tables, way)(active)
        if way == "drop_table":
            assert everything(aside, active) == set()
            return
        assert len(portal.rows(active)) == (2 if way == "undo_swap" else 4)
        tables.prune_previous(active)
        assert everything(aside, active) >= wanted_names(active)

    points = cut_everywhere(connection, aside, prepare, lambda tables: getattr(tables, way)(active), check)
    print(f"{way} was cut at {points} points")  # noqa: T201 -- a figure for people
    assert points > 5
