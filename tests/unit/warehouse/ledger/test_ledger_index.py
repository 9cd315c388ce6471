"""The index of the ledger answers as a reading of the whole file does, whatever became of its own file."""

import os
import shutil
import signal
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import LedgerError
from support.workspaces import NOW
from warehouse.lake.standing import find_standing, list_sent_back, list_standing
from warehouse.layout import Layout
from warehouse.ledger import index_tables, ledger_index
from warehouse.ledger.chain import parse_entry
from warehouse.ledger.hand_in_days import HandInDays
from warehouse.ledger.ledger import Ledger
from warehouse.ledger.unfinished_submissions import UnfinishedSubmissions

PLACES = ("sample/210100/2026", "sample/210200/2026", "210100/张三.csv")
OUTCOMES = ("accept", "quarantine")


def hand_in(ledger, number, place=PLACES[0], outcome="accept"):
    facts = {"number": number, "place": place, "sha256": number * 8, "department": place.split("/")[1]}
    append(ledger, "submission", **facts)
    append(ledger, "verdict", number=number, outcome=outcome, accepted=int(outcome == "accept"), counts={})
    if outcome == "accept" and place != PLACES[2]:
        append(ledger, "landing", number=number, slice=place, version=1, rows=1)


def append(ledger, kind, **facts):
    return ledger.append_entry(kind, now=NOW, actor="x", reason="y", facts=facts)


def answers(ledger):
    """What the ledger and all its views say."""
    return [
        ledger.read_entries(),
        ledger.read_head(("verdict", "landing")),
        [ledger.find_entries("submission", "place", place) for place in PLACES],
        ledger.find_newest("submission", "place", PLACES[0], 2),
        ledger.find_last_entries("number", ("verdict", "landing"), {}),
        list_standing(ledger),
        list_sent_back(ledger),
        ledger.open_view(UnfinishedSubmissions).list_numbers(),
        ledger.open_view(HandInDays).count_received_on(NOW.date()),
    ]


def expected(layout):
    """The same of a ledger that has no index yet."""
    aside = Layout(layout.home / "aside")
    shutil.rmtree(aside.home, ignore_errors=True)
    aside.ledger.parent.mkdir(parents=True)
    shutil.copyfile(layout.ledger, aside.ledger)
    return answers(Ledger(aside))


@pytest.fixture
def layout(tmp_path):
    ledger = Ledger(Layout(tmp_path))
    for number, outcome in (("a", "accept"), ("b", "quarantine"), ("c", "accept")):
        hand_in(ledger, number, outcome=outcome)
    hand_in(ledger, "d", PLACES[2], "quarantine")
    answers(ledger)
    return Layout(tmp_path)


def test_what_is_found_is_what_a_reading_of_all_lines_finds(layout):
    entries = [parse_entry(line) for line in layout.ledger.read_bytes().splitlines()]
    ledger = Ledger(layout)
    assert ledger.read_entries() == entries
    for name in ("number", "place", "department"):
        for value in {entry.facts.get(name, "") for entry in entries}:
            alike = [one for one in entries if one.kind == "submission" and one.facts.get(name) == value]
            assert ledger.find_entries("submission", name, value) == alike
            assert ledger.find_newest("submission", name, value, 1) == alike[-1:]
    assert [ledger.read_entry(entry.seq) for entry in entries] == entries
    assert ledger.read_between(2, 4) == entries[2:4]


def test_an_entry_is_found_without_a_look_at_the_other_lines(layout):
    first, rest = layout.ledger.read_bytes().split(b"\n", 1)
    layout.ledger.write_bytes(b" " * len(first) + b"\n" + rest)
    ledger = Ledger(layout)
    assert ledger.find_entries("verdict", "number", "c")[0].facts["outcome"] == "accept"
    assert find_standing(ledger, PLACES[0]).number == "c"
    with pytest.raises(LedgerError, match="line 1"):
        ledger.read_entry(1)


def lose(layout):
    layout.ledger_index.unlink()


def tear(layout):
    connection = sqlite3.connect(layout.ledger_index)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    os.truncate(layout.ledger_index, layout.ledger_index.stat().st_size // 2)


def spoil(layout):
    layout.ledger_index.write_bytes(b"no database at all" * 400)


def take_foreign(layout):
    other = Layout(layout.home / "other")
    ledger = Ledger(other)
    for number in "xyz":
        hand_in(ledger, number)
    answers(ledger)
    sqlite3.connect(other.ledger_index).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    shutil.copyfile(other.ledger_index, layout.ledger_index)


def take_other_tables(layout):
    layout.ledger_index.unlink()
    connection = sqlite3.connect(layout.ledger_index)
    connection.execute("CREATE TABLE entry (something TEXT)")
    connection.close()


def take_old_format(layout):
    connection = sqlite3.connect(layout.ledger_index)
    connection.execute("UPDATE about SET format = 0")
    connection.commit()
    connection.close()


def move_ledger(layout):
    """A ledger from a backup: the same bytes in another file."""
    content = layout.ledger.read_bytes()
    layout.ledger.rename(layout.ledger.with_name("before"))
    layout.ledger.write_bytes(content)


def cut_ledger(layout):
    """A ledger whose newest entries were lost, and other ones are there."""
    lines = layout.ledger.read_bytes().splitlines(keepends=True)
    layout.ledger.write_bytes(b"".join(lines[:3]))
    hand_in(Ledger(Layout(layout.home)), "e")


def block(layout):
    layout.ledger_index.unlink()
    layout.ledger_index.mkdir()


DAMAGES = [lose, tear, spoil, take_foreign, take_other_tables, take_old_format, move_ledger, cut_ledger, block]


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_index_that_is_not_that_of_the_ledger_is_filled_anew(layout, damage):
    for suffix in ("-wal", "-shm"):
        if damage not in (tear, take_old_format):
            layout.ledger_index.with_name(layout.ledger_index.name + suffix).unlink(missing_ok=True)
    damage(layout)
    ledger = Ledger(layout)
    assert answers(ledger) == expected(layout)
    hand_in(ledger, "f")
    assert answers(ledger) == expected(layout)
    assert find_standing(ledger, PLACES[0]).number == "f"
    assert ledger.verify_chain() == []


@pytest.mark.parametrize("damage", [lose, tear, spoil, move_ledger])
def test_a_process_that_has_the_index_open_goes_on(layout, damage):
    ledger = Ledger(layout)
    before = answers(ledger)
    damage(layout)
    assert answers(ledger) == before
    hand_in(ledger, "f")
    assert answers(ledger) == answers(Ledger(layout)) == expected(layout)


def test_an_index_that_lags_behind_takes_in_what_was_appended(layout):
    kept = layout.ledger_index.read_bytes()
    hand_in(Ledger(layout), "e", PLACES[1])
    layout.ledger_index.write_bytes(kept)
    assert answers(Ledger(layout)) == expected(layout)


def test_the_index_holds_no_text_of_an_entry(layout):
    answers(Ledger(layout))
    files = [path.read_bytes() for path in layout.ledger_index.parent.glob(".index.sqlite*")]
    assert files
    assert not [raw for raw in files for text in ("张三", "quarantine", "210100/2026") if text.encode() in raw]


def test_a_damaged_line_is_named_and_nothing_of_it_is_kept(layout):
    whole = layout.ledger.read_bytes()
    layout.ledger_index.unlink()
    layout.ledger.write_bytes(whole.replace(b'"seq":3', b'"seq";3'))
    with pytest.raises(LedgerError, match="line 3"):
        Ledger(layout).read_entries()
    layout.ledger.write_bytes(whole)
    assert answers(Ledger(layout)) == expected(layout)


def test_tables_of_views_that_another_process_has_emptied_are_made_again(layout):
    ledger = Ledger(layout)
    right = answers(ledger)
    with closing(index_tables.open_tables(layout.ledger_index)) as other, index_tables.hold_transaction(other):
        for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if name not in {"about", "entry", "fact", "view"}:
                other.execute(f'DROP TABLE "{name}"')
        other.execute("DELETE FROM view")
    assert answers(ledger) == right


def killed_at(layout, step):
    """Fills the index in another process, which is killed at the `step`th statement; returns whether it was."""
    child = os.fork()
    if child == 0:
        left, opened = [step], ledger_index.open_tables

        def count(_):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def watched(place):
            tables = opened(place)
            tables.set_trace_callback(count)
            return tables

        ledger_index.open_tables = watched
        answers(Ledger(layout))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_a_process_killed_at_any_statement_leaves_an_index_that_answers_right(layout):
    right, step, killed = expected(layout), 1, True
    while killed:
        for path in layout.ledger_index.parent.glob(".index.sqlite*"):
            path.unlink()
        killed = killed_at(layout, step)
        assert answers(Ledger(layout)) == right, f"killed at statement {step}"
        step += 3
    assert step > 30


STEPS = st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(OUTCOMES), st.booleans()), max_size=10)


@settings(max_examples=20, deadline=None)
@given(steps=STEPS)
def test_two_processes_that_take_turns_say_what_a_new_one_says(tmp_path_factory, steps):
    layout = Layout(tmp_path_factory.mktemp("turns"))
    ledgers = [Ledger(layout), Ledger(layout)]
    for at, (place, outcome, second) in enumerate(steps):
        hand_in(ledgers[second], f"n{at}", place, outcome)
        if at % 2:
            answers(ledgers[not second])
    if steps:
        assert answers(ledgers[0]) == answers(ledgers[1]) == expected(layout)
