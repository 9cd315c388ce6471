"""The copy of a hand-in in the inbox: its name there, and when it is that of a copy that waits already."""

import os
from datetime import timedelta

import pytest

from pipelines.submissions.inbox.deposit import deposit_file, find_target, remove_unfinished_copies
from schemas.errors import UsageError
from support.contracts import contract_with
from support.workspaces import NOW, workspace_with
from warehouse.atomic_files import hold_lock


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path / "home", contract_with(["id:integer", "name"]))


def deposit(workspace, file, **more):
    target = find_target(workspace, "sample", "210100", "2026", NOW.date())
    return deposit_file(workspace, file, target, NOW.date(), **more)


def write(file, content):
    file.write_text(content, encoding="utf-8")
    os.utime(file, (0, 0))
    return file


def test_the_same_bytes_are_not_copied_twice(workspace, tmp_path):
    first = deposit(workspace, write(tmp_path / "a.csv", "id,name\n1,x\n"))
    again = deposit(workspace, write(tmp_path / "b.csv", "id,name\n1,x\n"))
    assert (first.number, first.path) == (again.number, again.path)
    assert [path.name for path in first.path.parent.iterdir()] == ["sample_2026.csv"]


def test_a_file_of_the_same_size_and_time_is_another_one(workspace, tmp_path):
    file = write(tmp_path / "a.csv", "id,name\n1,x\n")
    waiting = deposit(workspace, file).path
    os.utime(waiting, (0, 0))
    deposit(workspace, file)
    other = deposit(workspace, write(file, "id,name\n1,y\n"))
    assert other.path.name == "sample_2026_2.csv"
    assert other.path.read_text(encoding="utf-8") == "id,name\n1,y\n"


def test_a_folder_of_that_name_is_left_alone(workspace, tmp_path):
    (workspace.layout.inbox / "210100" / "sample_2026.csv").mkdir(parents=True)
    assert deposit(workspace, write(tmp_path / "a.csv", "id\n1\n")).path.name == "sample_2026_2.csv"


def test_a_complete_file_says_so_in_its_name(workspace, tmp_path):
    assert deposit(workspace, write(tmp_path / "a.CSV", "id\n1\n"), complete=True).path.suffix == ".csv"
    assert deposit(workspace, write(tmp_path / "a.part", "id\n2\n")).path.name == "sample_2026.bin"


def test_what_a_killed_command_left_is_removed_after_a_day_unless_somebody_writes_it(workspace, tmp_path):
    folder = deposit(workspace, write(tmp_path / "a.csv", "id\n1\n")).path.parent
    old, new, held = (write(folder / f".{name}.csv.part", "id") for name in ("old", "new", "held"))
    os.utime(new, (NOW.timestamp(), NOW.timestamp()))
    with hold_lock(held):
        os.utime(held, (0, 0))
        assert remove_unfinished_copies(workspace, NOW) == [old]
    assert sorted(path.name for path in folder.iterdir()) == [".held.csv.part", ".new.csv.part", "sample_2026.csv"]
    assert remove_unfinished_copies(workspace, NOW + timedelta(days=2)) == [held, new]


def test_a_missing_file_is_said(workspace, tmp_path):
    with pytest.raises(UsageError, match="找不到文件"):
        deposit(workspace, tmp_path / "none.csv")
