"""Hostile files, each read in a child of its own: refused or defused within the limits that SECURITY.md states."""

import re
from pathlib import Path

import pytest

from support.confined import confined_readers
from support.hostile_corpus import CASES

SECURITY = (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8")


def stated(what: str) -> int:
    """The number that the table of limits in SECURITY.md gives for this line."""
    found = re.search(rf"\| {re.escape(what)} \| ([\d ]+)", SECURITY)
    assert found, what
    return int(found[1].replace(" ", ""))


@pytest.fixture(scope="module")
def read_confined():
    seconds, megabytes = stated("seconds of processor time"), stated("megabytes of memory")
    with confined_readers(2 * megabytes * 2**20, seconds) as read:
        yield read


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_file_is_refused_or_defused_within_the_stated_limits(case, read_confined, tmp_path, record_property):
    path = CASES[case].write(tmp_path)
    before = {one.name for one in tmp_path.rglob("*")}
    found = read_confined(path)
    record_property("cost", f"{found.seconds:.1f} s, {found.megabytes} MB")
    assert (found.kind, found.said) == (CASES[case].outcome, found.said)
    assert found.seconds <= stated("seconds of processor time")
    assert found.megabytes <= stated("megabytes of memory")
    assert {one.name for one in tmp_path.rglob("*")} == before
    assert "/etc/passwd" not in found.said
    assert "root:" not in found.said
