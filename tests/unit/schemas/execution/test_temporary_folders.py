"""Temporary folders: what a killed process left is deleted by the next one, and nothing else is."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from schemas.errors import UsageError
from schemas.execution import temporary_folders
from schemas.execution.temporary_folders import open_temporary_folder

HOLD = """
import sys, time
from schemas.execution.temporary_folders import make_temporary_folder
folder = make_temporary_folder()
(folder / "rows").write_text("personal")
print(folder, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _own_place(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    temporary_folders._remove_abandoned.cache_clear()


def start():
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    return process, Path(process.stdout.readline().strip())


@pytest.mark.parametrize("name", ["a*", "a?", "a[1]", "a\\b"])
def test_a_place_that_a_database_would_read_as_a_pattern_is_refused(tmp_path, monkeypatch, name):
    (tmp_path / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / name))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with pytest.raises(UsageError, match="TMPDIR"), open_temporary_folder():
        pass
    assert list((tmp_path / name).iterdir()) == []


def make_old(tmp_path):
    for lock in tmp_path.glob("*/.held-by-sportlake"):
        os.utime(lock, (0, 0))


def test_the_folder_is_gone_at_the_end(tmp_path):
    with open_temporary_folder() as folder:
        (folder / "a").mkdir()
        assert folder.is_relative_to(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_process_is_gone_with_the_process(tmp_path):
    process, folder = start()
    assert [path.name for path in folder.iterdir()] == ["rows"]
    process.communicate("")
    assert (process.returncode, list(tmp_path.iterdir())) == (0, [])


def test_what_a_killed_process_left_is_deleted_by_the_next(tmp_path):
    process, folder = start()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with open_temporary_folder():
        assert folder.is_dir(), "it may be one that is being made"
    make_old(tmp_path)
    temporary_folders._remove_abandoned.cache_clear()
    with open_temporary_folder():
        assert not folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_what_a_process_still_holds_and_what_is_not_ours_stays(tmp_path):
    process, folder = start()
    (tmp_path / "sportlake-main" / "pipelines").mkdir(parents=True)
    (tmp_path / "sportlake-link").symlink_to(tmp_path / "elsewhere")
    make_old(tmp_path)
    with open_temporary_folder():
        assert [path.name for path in folder.iterdir()] == ["rows"]
    process.communicate("")
    assert {path.name for path in tmp_path.iterdir()} == {"sportlake-main", "sportlake-link"}
