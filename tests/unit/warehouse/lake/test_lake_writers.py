"""The lake with several writers: what a process knows of a table after its own commit, and what others have committed meanwhile."""

import threading

import pytest

from schemas.errors import SliceMoved
from support.lakes import CONTRACT, ids, key, put, rows
from warehouse.lake import commits
from warehouse.lake.lake import Lake
from warehouse.layout import Layout


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def lake(home):
    return Lake(Layout(home))


def test_a_commit_of_another_writer_is_seen(lake):
    put(lake, rows(("a", 1)))
    assert ids(lake.read_current(CONTRACT)) == ["a"]
    put(Lake(lake._layout), rows(("b", 1)))
    assert ids(lake.read_current(CONTRACT)) == ["b"]
    assert ids(lake.read_current(CONTRACT, version=1)) == ["a"]


def test_after_its_own_commit_the_lake_does_not_open_the_table_again(lake, monkeypatch):
    put(lake, rows(("a", 1)))
    monkeypatch.setattr(commits, "open_for_reading", None)
    assert [put(lake, rows(("a", number))) for number in (2, 3)] == [2, 3]
    assert lake.read_current(CONTRACT).column("n").to_pylist() == [3]


def test_what_others_commit_or_rewrite_after_an_own_commit_is_seen(lake, monkeypatch):
    follow, other = commits.follow_commit, Lake(lake._layout)

    def late(table):
        put(other, rows(("b", 2)), to=key("210200"))
        follow(table)

    monkeypatch.setattr(commits, "follow_commit", late)
    put(lake, rows(("a", 1)))
    monkeypatch.setattr(commits, "follow_commit", follow)
    assert ids(lake.read_current(CONTRACT)) == ["a", "b"]
    put(lake, rows(("c", 1)))
    Lake(lake._layout).rewrite_history("sample", ("id",), lambda table: table.slice(1))
    assert ids(lake.read_current(CONTRACT)) == []


def test_parts_after_a_commit_are_those_that_a_process_reads_anew_and_in_their_order(lake, home):
    for department, period, n in [
        ("210100", "2024", 1),
        ("210200", "2024", 2),
        ("210100", "2025", 3),
        ("210200", "2024", 4),
    ]:
        put(lake, rows(("a", n)), to=key(department, period))
        assert [*lake._current_parts(CONTRACT).items()] == [*Lake(Layout(home))._current_parts(CONTRACT).items()]
    put(lake, None, to=key("210100", "2024"))
    assert [*lake._current_parts(CONTRACT).items()] == [*Lake(Layout(home))._current_parts(CONTRACT).items()]


def test_parts_of_a_commit_are_not_kept_where_another_process_has_committed_after_it(lake, home, monkeypatch):
    put(lake, rows(("a", 1)))
    follow = lake._read_state

    def commit_between(contract):
        monkeypatch.setattr(lake, "_read_state", follow)
        put(Lake(Layout(home)), rows(("b", 2)), to=key("210200"))
        return follow(contract)

    def commit(*given):
        version = real(*given)
        monkeypatch.setattr(lake, "_read_state", commit_between)
        return version

    real = commits.commit
    with monkeypatch.context() as patch:
        patch.setattr(commits, "commit", lambda *given: (patch.undo(), commit(*given))[1])
        put(lake, rows(("a", 3)))
    assert lake.count_slice_rows(CONTRACT) == {key(): 1, key("210200"): 1}


def test_a_slice_replaced_by_somebody_else_meanwhile_is_told(lake, home, monkeypatch):
    put(lake, rows(("a", 1)))
    interrupt_once(monkeypatch, lambda: put(Lake(Layout(home)), rows(("b", 2))))
    with pytest.raises(SliceMoved, match="sample/210100/2026"):
        put(lake, rows(("c", 3)))
    assert ids(lake.read_current(CONTRACT)) == ["b"]


def test_another_slice_replaced_meanwhile_is_no_obstacle(lake, home, monkeypatch):
    put(lake, rows(("a", 1)))
    interrupt_once(monkeypatch, lambda: put(Lake(Layout(home)), rows(("b", 2)), to=key("210200")))
    assert put(lake, rows(("c", 3))) == 3
    assert ids(lake.read_current(CONTRACT)) == ["b", "c"]


def test_the_same_bytes_landed_by_two_at_once_are_landed_once(lake, home, monkeypatch):
    put(lake, rows(("a", 1)))
    interrupt_once(monkeypatch, lambda: put(Lake(Layout(home)), rows(("b", 2))))
    assert put(lake, rows(("b", 2))) == 2
    assert lake.current_version(CONTRACT) == 2


def interrupt_once(monkeypatch, act):
    """Lets `act` happen between the next writer's look at the table and its commit."""
    commit = commits.commit

    def late(*arguments):
        monkeypatch.setattr(commits, "commit", commit)
        act()
        return commit(*arguments)

    monkeypatch.setattr(commits, "commit", late)


def test_writers_at_the_same_time_lose_nothing(home):
    def write(department):
        for number in range(8):
            put(Lake(Layout(home)), rows((department, number)), to=key(department))

    writers = [threading.Thread(target=write, args=(f"21010{n}",)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [(r["id"], r["n"]) for r in Lake(Layout(home)).read_current(CONTRACT).to_pylist()] == [
        ("210100", 7), ("210101", 7), ("210102", 7),
    ]  # fmt: skip
    assert len(Lake(Layout(home)).read_history(CONTRACT)) == 24
