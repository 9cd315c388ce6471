"""Texts of the ledger are masked in place: the chain knows what was decided, and whoever read the ledger before reads it anew."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from warehouse.layout import Layout
from warehouse.ledger.chain import MASKED, list_declared
from warehouse.ledger.ledger import Ledger, LedgerHead
from warehouse.ledger.ledger_masking import find_masked_lines, mask_lines
from warehouse.ledger.ledger_view import LedgerView

NOW = datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


class Notes(LedgerView):
    """The notes of landings."""

    kinds = ("landing",)
    tables = ("CREATE TABLE note (seq INTEGER, letters INTEGER)",)

    def list_notes(self):
        found = self._select("SELECT seq, letters FROM note ORDER BY seq")
        return [(self._index.read_entry(seq).facts["note"], letters) for seq, letters in found]

    def _note_entry(self, tables, entry):
        tables.execute("INSERT INTO note VALUES (?, ?)", (entry.seq, len(entry.facts["note"])))


@pytest.fixture
def ledger(tmp_path):
    return Ledger(Layout(tmp_path))


def append(ledger, kind, **facts):
    return ledger.append_entry(kind, now=NOW, actor="x", reason="y", facts=facts)


def masking(value):
    return lambda text: text.replace(value, "*" * len(value.encode()))


def erase(layout, value, **facts):
    """Another process erases a value from the ledger."""
    ledger = Ledger(layout)
    lines = {str(one.seq): one.digest for one in find_masked_lines(layout, masking(value))}
    decided = append(ledger, "erasure", **facts, **{MASKED: lines})
    mask_lines(layout, list_declared(decided), masking(value))
    append(ledger, "erasure_end")


def test_a_masked_line_is_accepted_and_any_other_change_is_not(ledger, tmp_path):
    head = append(ledger, "landing", note="张三")
    erase(Layout(tmp_path), "张三")
    assert (ledger.verify_chain(), ledger.find_missing_heads([ledger.read_head()])) == ([], [])
    assert (ledger.read_entry(1).facts["note"], ledger.read_entry(1).hash) == ("******", head.hash)
    path = Layout(tmp_path).ledger
    path.write_bytes(path.read_bytes().replace(b"******", b"*****x"))
    assert ["entry 1 was changed" in text.en for text in ledger.verify_chain()] == [True]


def test_a_second_erasure_may_mask_the_entry_of_the_first(ledger, tmp_path):
    made = [append(ledger, "landing", note="张三"), append(ledger, "landing", note="张三 李四")]
    erase(Layout(tmp_path), "张三", reason="李四的申请")
    heads = [LedgerHead(one.seq, one.hash) for one in (*made, *ledger.read_entries("erasure"))]
    erase(Layout(tmp_path), "李四")
    assert (ledger.verify_chain(), ledger.find_missing_heads(heads)) == ([], [])
    assert [one.facts["note"] for one in ledger.read_entries("landing")] == ["******", "****** ******"]
    assert "李四" not in str(ledger.read_entries())


def test_a_declaring_entry_that_was_changed_declares_nothing(ledger, tmp_path):
    append(ledger, "landing", note="张三")
    erase(Layout(tmp_path), "张三", reason="申请")
    path = Layout(tmp_path).ledger
    path.write_text(path.read_text(encoding="utf-8").replace("申请", "没有"), encoding="utf-8")
    assert [text.en[:7] for text in ledger.verify_chain()] == ["entry 1", "entry 2"]


def test_a_process_that_read_the_ledger_before_keeps_no_text(ledger, tmp_path):
    append(ledger, "landing", note="张三")
    append(ledger, "landing", note="z")
    view = ledger.open_view(Notes)
    assert view.list_notes() == [("张三", 2), ("z", 1)]
    erase(Layout(tmp_path), "张三")
    assert [entry.facts.get("note") for entry in ledger.read_entries("landing")] == ["******", "z"]
    assert view.list_notes() == [("******", 6), ("z", 1)]
