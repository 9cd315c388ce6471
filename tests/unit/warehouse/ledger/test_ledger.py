"""The ledger: it keeps what it was told, and shows whatever was done to it afterwards."""

import errno
import json
import os
import threading
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import LedgerError
from warehouse.layout import Layout
from warehouse.ledger.chain import entry_line, find_chain_errors, find_heads, seal_entry
from warehouse.ledger.ledger import Ledger, LedgerHead

NOW = datetime(2026, 11, 25, 9, tzinfo=timezone(timedelta(hours=8)))


def told(ledger, count):
    for number in range(count):
        kind = "verdict" if number % 2 else "submission"
        ledger.append_entry(kind, now=NOW, actor="体育局", reason="收到", facts={"number": str(number), "rows": number})
    return ledger


@pytest.fixture
def ledger(tmp_path):
    return Ledger(Layout(tmp_path))


def lines_of(count):
    lines, last = [], None
    for number in range(count):
        facts = {"number": number, "名称": "沈阳"}
        last = seal_entry(last, kind="landing", now=NOW, actor="x", reason="y", facts=facts)
        lines.append(entry_line(last))
    return lines


def test_an_empty_ledger_has_no_entries_no_head_and_no_faults(ledger):
    assert (ledger.read_entries(), ledger.read_head(), ledger.verify_chain()) == ([], None, [])


def test_entries_come_back_as_told_and_chained(ledger):
    told(ledger, 3)
    entries = Ledger(ledger_layout(ledger)).read_entries()
    assert [(e.seq, e.kind, e.at, e.who, e.facts["rows"]) for e in entries] == [
        (1, "submission", NOW, "体育局", 0),
        (2, "verdict", NOW, "体育局", 1),
        (3, "submission", NOW, "体育局", 2),
    ]
    assert [e.previous for e in entries[1:]] == [e.hash for e in entries[:-1]]
    assert ledger.verify_chain() == []


def once(ledger, number, rows, key=("number",)):
    facts = {"number": number, "rows": rows}
    return ledger.append_once("verdict", now=NOW, actor="体育局", reason="判定", facts=facts, key=key)


def test_an_entry_appended_once_is_there_once_for_its_key(ledger):
    first = once(ledger, "a", 1)
    assert once(ledger, "a", 2) == first
    assert once(ledger, "a", 2, key=("number", "rows")).seq == 2
    ledger.append_entry("landing", now=NOW, actor="x", reason="y", facts={"number": "b"})
    assert once(ledger, "b", 3).seq == 4
    assert ledger.verify_chain() == []


def test_an_entry_appended_once_by_many_at_once_is_there_once(ledger):
    start, seqs = threading.Barrier(8), []

    def append():
        own = Ledger(ledger_layout(ledger))
        start.wait()
        seqs.append(once(own, "a", 1).seq)

    threads = [threading.Thread(target=append) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seqs == [1] * 8
    assert len(ledger.read_entries()) == 1


def test_an_entry_is_found_by_its_kind_and_all_facts_given(ledger):
    told(ledger, 4)
    assert ledger.find_entry("verdict", {"number": "3", "rows": 3}).seq == 4
    assert ledger.find_entry("verdict", {"number": "3", "rows": 4}) is None
    assert ledger.find_entry("submission", {"number": "3"}) is None


def test_the_last_entries_are_the_newest_for_each_value(ledger):
    for dataset, kind in (("a", "publication"), ("b", "publication"), ("a", "retirement"), ("b", "release")):
        facts = {"dataset": dataset, "catalogue": "static"}
        ledger.append_entry(kind, now=NOW, actor="x", reason="y", facts=facts)
    found = ledger.find_last_entries("dataset", ("publication", "retirement"), {"catalogue": "static"})
    assert {dataset: entry.seq for dataset, entry in found.items()} == {"a": 3, "b": 2}
    assert ledger.find_last_entries("dataset", ("publication",), {"catalogue": "ckan"}) == {}


def ledger_layout(ledger):
    return Layout(ledger._path.parent.parent)


def test_entries_of_one_kind(ledger):
    assert [e.seq for e in told(ledger, 4).read_entries("verdict")] == [2, 4]


def test_the_file_is_plain_lines_with_readable_chinese(ledger):
    told(ledger, 1)
    assert json.loads(ledger._path.read_text(encoding="utf-8"))["who"] == "体育局"
    assert "体育局" in ledger._path.read_text(encoding="utf-8")


def test_what_another_instance_appended_is_seen(ledger):
    told(ledger, 2)
    told(Ledger(ledger_layout(ledger)), 1)
    assert len(ledger.read_entries()) == 3
    assert told(ledger, 1).verify_chain() == []


def test_a_torn_last_line_is_passed_over_reported_and_cut_off_by_the_next_append(ledger):
    told(ledger, 2)
    with ledger._path.open("ab") as file:
        file.write(b'{"at":"2026-11')
    again = Ledger(ledger_layout(ledger))
    assert len(again.read_entries()) == 2
    assert "14 bytes" in again.verify_chain()[0].en
    told(again, 1)
    assert (again.verify_chain(), len(again.read_entries())) == ([], 3)


def test_a_torn_line_in_the_middle_is_never_cut_off_silently(ledger):
    told(ledger, 3)
    raw = ledger._path.read_bytes().splitlines(keepends=True)
    ledger._path.write_bytes(raw[0] + raw[1][:20] + b"\n" + raw[2])
    before = ledger._path.read_bytes()
    with pytest.raises(LedgerError, match="line 2"):
        Ledger(ledger_layout(ledger)).append_entry("landing", now=NOW, actor="x", reason="y", facts={})
    assert ledger._path.read_bytes() == before


@pytest.mark.parametrize(
    ("kind", "now", "facts"),
    [
        ("gossip", NOW, {}),
        ("landing", NOW.replace(tzinfo=None), {}),
        ("landing", NOW, {"x": float("nan")}),
        ("landing", NOW, {"x": object()}),
        ("landing", NOW, {"x": "\udc80"}),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_written(ledger, kind, now, facts):
    told(ledger, 1)
    before = ledger._path.read_bytes()
    with pytest.raises(LedgerError):
        ledger.append_entry(kind, now=now, actor="x", reason="y", facts=facts)
    assert ledger._path.read_bytes() == before


def test_a_full_disk_leaves_the_ledger_as_it_was(ledger, monkeypatch):
    told(ledger, 1)
    write = os.write
    monkeypatch.setattr("warehouse.ledger.ledger.os.write", lambda handle, line: write(handle, line[:10]))
    with pytest.raises(LedgerError, match="No space left"):
        told(ledger, 1)
    monkeypatch.undo()
    assert (len(ledger.read_entries()), ledger.verify_chain()) == (1, [])


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_an_entry_that_the_disk_refuses_is_not_there_afterwards(ledger, monkeypatch, call):
    told(ledger, 1)

    def refuse(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(f"warehouse.ledger.ledger.os.{call}", refuse)
    with pytest.raises(LedgerError, match="Input/output error"):
        told(ledger, 1)
    monkeypatch.undo()
    assert (len(ledger.read_entries()), ledger.verify_chain()) == (1, [])


def test_writers_at_the_same_time_keep_one_whole_chain(ledger):
    writers = [threading.Thread(target=told, args=(Ledger(ledger_layout(ledger)), 20)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (len(ledger.read_entries()), ledger.verify_chain()) == (80, [])


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (lambda x: [x[0], x[1].replace(b'"y"', b'"z"'), *x[2:]], "entry 2 was changed"),
        (lambda x: [x[0], *x[3:]], "entries 2 to 3 were removed"),
        (lambda x: [x[0], x[2], x[1], *x[3:]], "entry 2 stands in the wrong place"),
        (lambda x: [x[0], x[0], *x[1:]], "entry 1 stands in the wrong place"),
        (lambda x: [x[0], b"{}\n", *x[1:]], "line 2 is damaged"),
    ],
)
def test_verify_says_which_entry_was_touched(done, said):
    assert any(said in text.en for text in find_chain_errors(b"".join(done(lines_of(5)))))


def test_an_entry_forged_with_its_own_hash_is_betrayed_by_the_next():
    lines = lines_of(3)
    first, _ = faults_free(lines)
    forged = seal_entry(first, kind="landing", now=NOW, actor="x", reason="forged", facts={})
    found = [text.en for text in find_chain_errors(lines[0] + entry_line(forged) + lines[2])]
    assert found == ["entry 3 does not follow entry 2: one of the two was replaced"]


def faults_free(lines):
    from warehouse.ledger.chain import parse_entry

    assert list(find_chain_errors(b"".join(lines))) == []
    return parse_entry(lines[0]), lines


def test_a_cut_off_tail_is_seen_only_against_a_noted_head(ledger):
    told(ledger, 3)
    head = ledger.read_head()
    short = LedgerHead(head.seq, head.hash[:16])
    assert ledger.find_missing_heads([head, short]) == []
    ledger._path.write_bytes(b"".join(ledger._path.read_bytes().splitlines(keepends=True)[:2]))
    assert ledger.verify_chain() == []
    assert ledger.find_missing_heads([head, short]) == [head, short]
    assert ledger.find_missing_heads([LedgerHead(2, "0" * 64)]) != []


def test_heads_are_found_in_any_text():
    digest = "ab" * 32
    assert find_heads(f"记下 12:{digest}，另有 3:{digest[:16]}\n") == [
        LedgerHead(12, digest),
        LedgerHead(3, digest[:16]),
    ]
    assert find_heads(str(LedgerHead(7, digest))) == [LedgerHead(7, digest)]
    assert find_heads(f"0:{digest} 12:{digest[:15]} 12:{digest.upper()}") == []


def test_an_entry_is_read_by_its_number(ledger):
    told(ledger, 2)
    assert (ledger.read_entry(2).seq, ledger.read_entry(3), ledger.read_entry(0)) == (2, None, None)


def test_the_newest_of_some_kinds_come_first_and_no_more_than_asked_for(ledger):
    told(ledger, 6)
    assert [entry.seq for entry in ledger.list_newest(("submission", "verdict"), 3)] == [6, 5, 4]
    assert [entry.seq for entry in ledger.list_newest(("verdict", "landing"), 2)] == [6, 4]
    assert ledger.list_newest(("landing",), 2) == []


LINES = lines_of(6)
WHOLE = b"".join(LINES)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
@settings(max_examples=300, deadline=None)
def test_any_single_changed_byte_is_found(position, shift):
    raw = bytearray(WHOLE)
    raw[position] = (raw[position] + shift) % 256
    assert list(find_chain_errors(bytes(raw)))


@given(st.integers(0, len(WHOLE) - 1))
@settings(max_examples=100, deadline=None)
def test_any_single_removed_or_added_byte_is_found(position):
    assert list(find_chain_errors(WHOLE[:position] + WHOLE[position + 1 :]))
    assert list(find_chain_errors(WHOLE[:position] + b" " + WHOLE[position:]))


@given(st.permutations(range(6)), st.sets(st.integers(0, 4)))
@settings(max_examples=150, deadline=None)
def test_any_other_order_and_any_removal_before_the_last_entry_is_found(order, removed):
    kept = [LINES[i] for i in order if i not in removed]
    untouched = not removed and list(order) == list(range(6))
    assert bool(list(find_chain_errors(b"".join(kept)))) != untouched
