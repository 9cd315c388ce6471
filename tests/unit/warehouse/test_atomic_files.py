"""Locks, hashes and fsync of files."""

import hashlib
import io
import threading
from time import sleep

import pytest

from warehouse import atomic_files
from warehouse.atomic_files import (
    copy_and_hash,
    file_sha256,
    fsync_path,
    hold_lock,
    open_aside,
    place_folder,
    remove_unfinished_file,
    try_lock,
    write_atomically,
)


def test_a_hash_is_of_the_bytes(tmp_path):
    (tmp_path / "x").write_bytes(b"abc" * 100_000)
    assert file_sha256(tmp_path / "x") == hashlib.sha256(b"abc" * 100_000).hexdigest()


def test_a_copy_that_is_given_up_ends_before_the_next_block(tmp_path, monkeypatch):
    (tmp_path / "x").write_bytes(b"abcdef")
    monkeypatch.setattr(atomic_files, "COPIED", 4)
    copy = io.BytesIO()
    assert copy_and_hash(tmp_path / "x", copy) == (hashlib.sha256(b"abcdef").hexdigest(), 6)
    answers = iter([False, True])
    with pytest.raises(InterruptedError):
        copy_and_hash(tmp_path / "x", given_up := io.BytesIO(), lambda: next(answers))
    assert (copy.getvalue(), given_up.getvalue()) == (b"abcdef", b"abcd")


def test_files_and_folders_can_be_settled_and_what_is_not_there_cannot(tmp_path):
    (tmp_path / "x").write_bytes(b"")
    fsync_path(tmp_path / "x")
    fsync_path(tmp_path)
    with pytest.raises(FileNotFoundError):
        fsync_path(tmp_path / "y")


def test_a_lock_that_is_not_waited_for_says_whether_it_is_held(tmp_path):
    lock = tmp_path / "deep" / "lock"
    with try_lock(lock, shared=True) as one, try_lock(lock, shared=True) as two, try_lock(lock, shared=False) as three:
        assert (one, two, three) == (True, True, False)
    with try_lock(lock, shared=False) as one, try_lock(lock, shared=True) as two:
        assert (one, two) == (True, False)


def test_only_one_holds_a_lock_and_an_error_frees_it(tmp_path):
    lock, inside, most = tmp_path / "deep" / "lock", [], []

    def hold():
        with hold_lock(lock):
            inside.append(1)
            most.append(len(inside))
            sleep(0.01)
            inside.pop()

    with pytest.raises(ValueError, match="broken"), hold_lock(lock):
        raise ValueError("broken")
    holders = [threading.Thread(target=hold) for _ in range(5)]
    for holder in holders:
        holder.start()
    for holder in holders:
        holder.join()
    assert most == [1] * 5


def test_who_must_wait_for_a_lock_is_told_once(tmp_path):
    told, held, free = [], threading.Event(), threading.Event()

    def hold():
        with hold_lock(tmp_path / "lock", lambda: told.append("holder")):
            held.set()
            free.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()

    def say():
        told.append("waiter")
        free.set()

    with hold_lock(tmp_path / "lock", say):
        assert told == ["waiter"]
    holder.join()


def test_a_file_takes_its_place_whole_or_not_at_all(tmp_path):
    file = tmp_path / "deep" / "x.json"
    write_atomically(file, "old")

    def break_off():
        with open_aside(file) as aside:
            aside.write(b"half of the new")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        break_off()
    assert [path.name for path in file.parent.iterdir()] == ["x.json"]
    assert file.read_text() == "old"


def test_what_a_killed_writer_left_is_overwritten(tmp_path):
    (tmp_path / ".x.part").write_text("the longer text of one that was killed")
    write_atomically(tmp_path / "x", "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("x", "new")]


def test_what_another_has_finished_or_may_read_alone_is_left_by_a_sweep(tmp_path, monkeypatch):
    file = tmp_path / "a.csv"
    aside = tmp_path / ".a.csv.part"
    assert not remove_unfinished_file(aside)
    aside.write_bytes(b"x")

    def lock_late(*_):  # meanwhile it is finished, and the next writer has begun
        aside.rename(file)
        aside.write_bytes(b"y")
        return True

    with monkeypatch.context() as late:
        late.setattr(atomic_files, "_lock_now", lock_late)
        assert not remove_unfinished_file(aside)
    assert (file.read_bytes(), aside.read_bytes()) == (b"x", b"y")

    def refuse(*_):
        raise PermissionError

    with monkeypatch.context() as foreign:
        foreign.setattr(type(aside), "unlink", refuse)
        assert not remove_unfinished_file(aside)
    assert remove_unfinished_file(aside)


def test_of_many_who_write_one_file_at_once_one_is_whole_at_every_moment(tmp_path):
    file, texts = tmp_path / "x", [letter * 50_000 for letter in "abcdefgh"]
    write_atomically(file, texts[0])
    writers = [
        threading.Thread(target=lambda text=text: [write_atomically(file, text) for _ in range(10)]) for text in texts
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert file.read_text() in texts
    for writer in writers:
        writer.join()
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_folder_is_placed_whole_and_never_over_another(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text(name)
    place_folder(tmp_path / "first", tmp_path / "there")
    with pytest.raises(OSError, match="not empty"):
        place_folder(tmp_path / "second", tmp_path / "there")
    assert (tmp_path / "there" / "x").read_text() == "first"


def test_every_name_on_the_way_to_a_file_is_synced(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(atomic_files, "fsync_path", lambda path: synced.append(path.relative_to(tmp_path).as_posix()))
    write_atomically(tmp_path / "a" / "b" / "x", "text")
    assert synced == [".", "a", "a/b"]
    (tmp_path / "aside").mkdir()
    (tmp_path / "aside" / "y").touch()
    place_folder(tmp_path / "aside", tmp_path / "a" / "there")
    assert synced[3:] == ["aside/y", "aside", "a"]
