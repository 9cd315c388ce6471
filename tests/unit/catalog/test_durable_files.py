"""Replacement of a file by a finished one."""

import pytest

from catalog import durable_files
from catalog.durable_files import replace_durably


def test_a_finished_file_replaces_another_and_both_names_are_synced(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(durable_files, "fsync_path", lambda path: synced.append(path.name))
    (tmp_path / "new").write_text("new")
    (tmp_path / "x").write_text("old")
    replace_durably(tmp_path / "new", tmp_path / "x")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("x", "new")]
    assert synced == ["new", tmp_path.name]


def test_what_is_not_there_replaces_nothing(tmp_path):
    (tmp_path / "x").write_text("old")
    with pytest.raises(FileNotFoundError):
        replace_durably(tmp_path / "new", tmp_path / "x")
    assert (tmp_path / "x").read_text() == "old"
