"""Folders of work: gone with their process, and never before."""

import threading

import pytest

from warehouse.working_folders import open_working_folder, remove_abandoned


def test_a_folder_is_empty_but_for_its_lock_and_gone_at_the_end(tmp_path):
    with open_working_folder(tmp_path / "w") as folder:
        assert [path.name for path in folder.iterdir()] == [".lock"]
        (folder / "cells").write_text("甲", encoding="utf-8")
    assert not folder.exists()


def test_it_is_gone_after_an_error_too(tmp_path):
    def fail():
        with open_working_folder(tmp_path) as folder:
            raise KeyboardInterrupt(folder)

    with pytest.raises(KeyboardInterrupt) as caught:
        fail()
    assert not caught.value.args[0].exists()


def test_what_an_ended_process_left_goes_with_the_next_folder_and_what_is_in_use_stays(tmp_path):
    left = tmp_path / "left"
    (left / "box").mkdir(parents=True)
    (left / "box" / "cells").write_text("甲", encoding="utf-8")
    with open_working_folder(tmp_path) as mine, open_working_folder(tmp_path) as other:
        assert (left.exists(), mine.is_dir(), mine != other) == (False, True, True)
        assert remove_abandoned(tmp_path) == []
        assert mine.is_dir()


def test_nothing_is_made_where_nothing_was_worked(tmp_path):
    assert remove_abandoned(tmp_path / "w") == []
    assert not (tmp_path / "w").exists()


def test_many_at_once_lose_nothing_to_each_other(tmp_path):
    kept = []

    def work(name):
        for at in range(20):
            with open_working_folder(tmp_path) as folder:
                (folder / "cells").write_text(f"{name}{at}", encoding="utf-8")
                remove_abandoned(tmp_path)
                kept.append((folder / "cells").read_text(encoding="utf-8") == f"{name}{at}")

    workers = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert kept == [True] * 80
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]
