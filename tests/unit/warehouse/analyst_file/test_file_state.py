"""What the analysts' file was built from is known without opening it, and never believed of another file."""

from shutil import copyfile

import duckdb
import pytest

from support.stocks import NOW, stock_at
from warehouse.analyst_file.database import rebuild_database
from warehouse.analyst_file.file_state import is_as_placed, note_state, read_state
from warehouse.layout import Layout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A home with the file and its note; no test may change it."""
    layout = Layout(tmp_path_factory.mktemp("built"))
    rebuild_database(layout, stock_at(layout.home), NOW)
    return layout


@pytest.fixture
def layout(built, tmp_path):
    """A home with a copy of the file, and a note of the copy."""
    layout = Layout(tmp_path)
    copyfile(built.warehouse, layout.warehouse)
    note_state(layout.warehouse, read_state(built.warehouse))
    return layout


def note(layout):
    return layout.home / ".warehouse.duckdb.state"


def test_the_note_says_what_the_file_says(built, tmp_path):
    noted = read_state(built.warehouse)
    assert note(built).is_file()
    copied = copyfile(built.warehouse, tmp_path / "warehouse.duckdb")
    assert read_state(copied) == noted, "without a note the file is asked"
    assert noted.rows == {"facility": 3, "grant": 0}


def test_the_file_is_not_opened_while_its_note_is_there(layout, monkeypatch):
    monkeypatch.setattr(duckdb, "connect", None)
    assert read_state(layout.warehouse).rows["facility"] == 3


@pytest.mark.parametrize("content", ["", "[]", "{}", "no", '{"file": [1, 2, 3]}'])
def test_a_damaged_note_is_passed_over(layout, content):
    known = read_state(layout.warehouse)
    assert is_as_placed(layout.warehouse)
    note(layout).write_text(content, encoding="utf-8")
    assert read_state(layout.warehouse) == known
    assert not is_as_placed(layout.warehouse)


def test_a_note_of_another_file_is_not_believed(layout):
    layout.warehouse.write_bytes(b"something else")
    assert read_state(layout.warehouse) is None
    assert not is_as_placed(layout.warehouse)


def test_no_file_no_state(layout):
    layout.warehouse.unlink()
    assert read_state(layout.warehouse) is None
