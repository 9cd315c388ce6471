"""Locks, hashes and fsync of files."""

import hashlib
import threading
from time import sleep

import pytest

from warehouse.atomic_files import file_sha256, fsync_path, hold_lock


def test_a_hash_is_of_the_bytes(tmp_path):
    (tmp_path / "x").write_bytes(b"abc" * 100_000)
    assert file_sha256(tmp_path / "x") == hashlib.sha256(b"abc" * 100_000).hexdigest()


def test_files_and_folders_can_be_settled_and_what_is_not_there_cannot(tmp_path):
    (tmp_path / "x").write_bytes(b"")
    fsync_path(tmp_path / "x")
    fsync_path(tmp_path)
    with pytest.raises(FileNotFoundError):
        fsync_path(tmp_path / "y")


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
