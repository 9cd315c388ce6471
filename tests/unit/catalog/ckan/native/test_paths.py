"""Private files are private from their first byte; steps are done once for one input; one command at a time."""

import os
import stat
from contextlib import nullcontext

import pytest

from catalog.ckan.connection import write_private
from catalog.ckan.native.paths import BuildSteps, PortalPaths, hash_files, lock_portal
from schemas.errors import CatalogueError
from schemas.text import Text

WHAT = Text(zh="一步", en="a step")


@pytest.fixture
def place(tmp_path):
    place = PortalPaths(tmp_path / "ckan")
    place.make_folders()
    return place


def test_a_private_file_is_so_whatever_the_umask_and_whatever_was_there(place):
    file = place.folder / "token"
    file.write_text("old")
    file.chmod(0o666)
    before = os.umask(0)
    try:
        write_private(file, "new")
    finally:
        os.umask(before)
    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_private_file_does_not_follow_a_link_laid_out_for_it(place, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    (place.folder / ".token.new").symlink_to(elsewhere)
    write_private(place.folder / "token", "secret")
    assert elsewhere.read_text() == "mine"


def test_a_step_is_done_once_for_one_input_and_again_after_a_failure(place):
    steps, done = BuildSteps(place, lambda _: nullcontext()), []
    assert steps.run_once("one", WHAT, "a", lambda: done.append(1)) is True
    assert steps.run_once("one", WHAT, "a", lambda: done.append(2)) is False
    assert steps.run_once("one", WHAT, "b", lambda: done.append(3)) is True
    with pytest.raises(ZeroDivisionError):
        steps.run_once("one", WHAT, "c", lambda: 1 // 0)
    assert steps.run_once("one", WHAT, "c", lambda: done.append(4)) is True
    steps.forget_step("one")
    assert steps.run_once("one", WHAT, "c", lambda: done.append(5)) is True
    assert done == [1, 3, 4, 5]


def test_one_command_at_a_time_works_on_a_portal(place):
    with lock_portal(place), pytest.raises(CatalogueError, match="another `sportlake ckan`"), lock_portal(place):
        pass
    with lock_portal(place):
        pass


def test_a_hash_changes_with_bytes_names_and_words(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("x")
    other.write_text("x")
    hashes = {hash_files([one]), hash_files([other]), hash_files([one, other]), hash_files([one], "x"), hash_files([])}
    assert len(hashes) == 5
