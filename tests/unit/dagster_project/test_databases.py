"""Dagster's databases: made whole or not at all, replaced when damaged, kept when not, whatever a killed process left."""

import errno
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from dagster_project import databases
from dagster_project.databases import DATABASES, ensure_databases, find_damage, is_damage, is_lock, set_aside
from dagster_project.instance import prepare_instance
from warehouse.layout import Layout


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    return prepare_instance(Layout(tmp_path_factory.mktemp("sound")))


@pytest.fixture
def folder(sound, tmp_path) -> Path:
    shutil.copytree(sound, tmp_path / "dagster")
    return tmp_path / "dagster"


def copy_of(sound: Path):
    """Stands for the making of new databases."""

    def make(folder: Path) -> None:
        for name in ("history", "schedules"):
            shutil.copytree(sound / name, folder / name)

    return make


def refuse(_folder: Path) -> None:
    raise AssertionError("nothing is to be made")


def cut_in_half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def cut_off_the_last_page(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4096])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def overwrite(file: Path) -> None:
    file.write_bytes(b"not a database " * 500)


def give_more_heads(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO alembic_version VALUES ('5771160a95ad'), ('0000')")


def drop_the_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TABLE alembic_version")


DAMAGES = [cut_in_half, cut_off_the_last_page, empty, overwrite, give_more_heads, drop_the_version, Path.unlink]


def test_sound_databases_stay(folder):
    assert find_damage(folder) is None
    assert ensure_databases(folder, refuse) is None


@pytest.mark.parametrize("name", list(DATABASES))
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damaged_databases_are_kept_aside_and_replaced(folder, sound, name, damage):
    damage(folder / name)
    left = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.db")}
    assert name in find_damage(folder)
    aside = ensure_databases(folder, copy_of(sound))
    assert aside == folder / "damaged-1"
    assert {str(p.relative_to(aside)): p.read_bytes() for p in aside.rglob("*.db")} == left
    assert ensure_databases(folder, refuse) is None


def test_a_second_damage_has_a_folder_of_its_own(folder, sound):
    for number in (1, 2):
        empty(folder / "history" / "runs.db")
        assert ensure_databases(folder, copy_of(sound)).name == f"damaged-{number}"


def test_a_database_held_for_long_counts_as_damaged_and_one_held_for_a_moment_does_not(folder, monkeypatch):
    with closing(sqlite3.connect(folder / "history" / "runs.db", check_same_thread=False)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(databases, "PATIENCE_SECONDS", 0.1)
        assert "locked" in find_damage(folder)
        monkeypatch.setattr(databases, "PATIENCE_SECONDS", 20.0)
        release = threading.Timer(0.3, holder.rollback)
        release.start()
        assert find_damage(folder) is None
        release.join()


def test_a_making_that_was_killed_leaves_nothing_that_counts(tmp_path, sound):
    unfinished = tmp_path / ".new-abc" / "history"
    unfinished.mkdir(parents=True)
    (unfinished / "runs.db").write_bytes(b"")
    assert ensure_databases(tmp_path, copy_of(sound)) is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["history", "schedules"]


def test_a_kill_between_the_two_folders_is_made_good_without_a_word(folder, sound):
    shutil.rmtree(folder / "schedules")
    assert ensure_databases(folder, copy_of(sound)) is None
    assert find_damage(folder) is None
    assert (folder / "schedules" / "schedules.db").is_file()


def test_a_kill_while_setting_aside_leaves_damage_that_the_next_one_finds(folder, sound):
    empty(folder / "history" / "runs.db")
    (folder / "damaged-1").mkdir()
    (folder / "schedules").rename(folder / "damaged-1" / "schedules")
    assert ensure_databases(folder, copy_of(sound)).name == "damaged-2"
    assert find_damage(folder) is None


def test_setting_aside_moves_and_deletes_nothing(folder):
    aside = set_aside(folder)
    assert sorted(str(p.relative_to(aside)) for p in aside.rglob("*.db")) == sorted(DATABASES)
    assert not (folder / "history").exists()


def test_a_full_disk_is_neither_damage_nor_a_lock():
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert not is_damage(full)
    assert not is_lock(full)
    assert not is_damage(OSError(errno.ENOSPC, "No space left on device"))
    assert not is_damage(None)
