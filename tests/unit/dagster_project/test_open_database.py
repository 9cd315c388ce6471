"""One SQLite file over connections that stay open: what is written lasts, and a file that was set aside is left for its successor."""

import sqlite3

import pytest
import sqlalchemy

from dagster_project.open_database import OpenDatabase


@pytest.fixture
def file(tmp_path):
    return make_file(tmp_path / "runs.db")


def make_file(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE run (id TEXT)")
    connection.close()
    return path


def add(database, name):
    with database.open_transaction() as connection:
        connection.execute(sqlalchemy.text("INSERT INTO run VALUES (:name)"), {"name": name})


def ids(path):
    with sqlite3.connect(path) as connection:
        found = [name for (name,) in connection.execute("SELECT id FROM run")]
    connection.close()
    return found


def test_what_was_written_is_read_by_others_at_once_and_the_connection_stays(file):
    database = OpenDatabase(f"sqlite:///{file}")
    seen = []
    for name in ("one", "two"):
        add(database, name)
        with database.open_transaction() as connection:
            seen.append(connection.connection.dbapi_connection)
        assert ids(file)[-1] == name
    assert seen[0] is seen[1]
    database.close()


def add_and_stop(database):
    with database.open_transaction() as connection:
        connection.execute(sqlalchemy.text("INSERT INTO run VALUES ('lost')"))
        raise RuntimeError("stop")


def test_a_failed_transaction_leaves_nothing(file):
    database = OpenDatabase(f"sqlite:///{file}")
    with pytest.raises(RuntimeError, match="stop"):
        add_and_stop(database)
    assert ids(file) == []
    database.close()


def test_a_file_that_was_set_aside_is_left_for_its_successor(file, tmp_path):
    database = OpenDatabase(f"sqlite:///{file}")
    add(database, "before")
    aside = file.rename(tmp_path / "aside.db")
    make_file(file)
    add(database, "after")
    assert (ids(aside), ids(file)) == (["before"], ["after"])
    database.close()


def test_a_closed_database_opens_again(file):
    database = OpenDatabase(f"sqlite:///{file}")
    add(database, "one")
    database.close()
    database.close()
    add(database, "two")
    assert ids(file) == ["one", "two"]
    database.close()
