"""The ledger of several hosts in the portal's PostgreSQL: one chain, equal copies, and nothing lost or twice, whoever is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipelines.workspace import open_workspace
from schemas.errors import LedgerError
from support.commands import ROOT
from support.shared_ledgers import NOW, database_of_its_own, end_sessions, host_of
from warehouse.layout import Layout
from warehouse.ledger.chain import MASKED
from warehouse.ledger.ledger import Ledger
from warehouse.ledger.ledger_copy import share_lines
from warehouse.ledger.ledger_masking import find_masked_lines, mask_lines
from warehouse.ledger.shared_ledger import SharedLedger


@pytest.fixture
def address(databases):
    with database_of_its_own(databases) as made:
        yield made


@pytest.fixture
def hosts(tmp_path, address):
    return [host_of(tmp_path / name, address) for name in ("shenyang", "dalian")]


def tell(ledger, number, kind="submission"):
    return ledger.append_entry(kind, now=NOW, actor="体育局", reason="收到", facts={"number": number})


def head_seen(ledger, seq):
    """The newest entry, once the host has heard of entry `seq`: another host's is told within milliseconds, not at once."""
    end = time.monotonic() + 60
    while (head := ledger.read_head()) is None or head.seq < seq:
        assert time.monotonic() < end, head
        time.sleep(0.01)
    return head


def bytes_of(home):
    return Layout(home).ledger.read_bytes()


def start_host(home, address, count):
    words = [sys.executable, "-m", "support.shared_ledgers", str(home), address, str(count)]
    surroundings = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    return subprocess.Popen(words, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, text=True)


def test_hosts_that_take_turns_write_one_chain_and_have_equal_copies(hosts, tmp_path):
    entries = [tell(hosts[at % 2], f"RCPT-{at}") for at in range(7)]
    assert [entry.seq for entry in entries] == list(range(1, 8))
    assert head_seen(hosts[0], 7) == head_seen(hosts[1], 7)
    assert bytes_of(tmp_path / "shenyang") == bytes_of(tmp_path / "dalian")
    assert [one.verify_chain() for one in hosts] == [[], []]


def test_the_lines_are_those_of_a_ledger_of_one_host(hosts, tmp_path):
    alone = Ledger(Layout(tmp_path / "alone"))
    for at in range(5):
        tell(alone, f"RCPT-{at}")
        tell(hosts[at % 2], f"RCPT-{at}")
    head_seen(hosts[0], 5)
    assert hosts[0].read_entries() == alone.read_entries()
    assert bytes_of(tmp_path / "shenyang") == bytes_of(tmp_path / "alone")


def test_a_new_host_has_every_entry(hosts, tmp_path, address):
    for at in range(5):
        tell(hosts[0], f"RCPT-{at}")
    late = host_of(tmp_path / "late", address)
    assert late.find_entry("submission", {"number": "RCPT-3"}).seq == 4
    assert bytes_of(tmp_path / "late") == bytes_of(tmp_path / "shenyang")


def test_what_one_host_recorded_another_does_not_record_again(hosts):
    facts = {"number": "RCPT-1", "rows": 3}
    told = [
        one.append_once("verdict", now=NOW, actor="体育局", reason="判定", facts=facts, key=("number",))
        for one in hosts
    ]
    assert told[0] == told[1]
    assert [one.read_head().seq for one in hosts] == [1, 1]


def test_processes_of_two_hosts_that_append_at_once_lose_nothing(tmp_path, address):
    writers = [start_host(tmp_path / name, address, 40) for name in ("a", "b", "a", "b")]
    told = [line for one in writers for line in one.communicate()[0].splitlines()]
    assert [one.returncode for one in writers] == [0] * 4
    ledger = host_of(tmp_path / "a", address)
    assert sorted(told, key=lambda line: int(line.split()[0])) == [
        f"{one.seq} {one.hash}" for one in ledger.read_entries()
    ]
    assert len(told) == 160
    assert ledger.verify_chain() == []
    host_of(tmp_path / "b", address).read_head()
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")


def test_what_was_acknowledged_is_there_after_any_kill(tmp_path, address):
    acknowledged = []
    for turn in range(8):
        writer = start_host(tmp_path / f"host-{turn % 2}", address, 10_000)
        acknowledged.append(writer.stdout.readline().strip())  # it is at work
        time.sleep(0.02 * turn)
        writer.send_signal(signal.SIGKILL)
        acknowledged += [
            line for line in writer.communicate()[0].splitlines() if line.count(" ") == 1 and len(line.split()[1]) == 64
        ]
    ledger = host_of(tmp_path / "host-0", address)
    assert set(acknowledged) <= {f"{one.seq} {one.hash}" for one in ledger.read_entries()}
    assert ledger.verify_chain() == []
    last = tell(host_of(tmp_path / "host-1", address), "after").seq
    assert head_seen(ledger, last).seq == last == len(ledger.read_entries())


@pytest.mark.parametrize("torn", [b'{"at":"2026-', b"\x00" * 300])
def test_a_copy_that_was_torn_is_mended(hosts, tmp_path, torn):
    tell(hosts[0], "RCPT-1")
    hosts[1].read_head()
    with Layout(tmp_path / "dalian").ledger.open("ab") as copy:
        copy.write(torn)
    tell(hosts[0], "RCPT-2")
    assert head_seen(hosts[1], 2).seq == 2
    assert bytes_of(tmp_path / "shenyang") == bytes_of(tmp_path / "dalian")


def test_an_entry_that_was_shared_but_not_copied_is_brought_by_the_next_look(hosts, tmp_path):
    tell(hosts[0], "RCPT-1")
    copy = Layout(tmp_path / "shenyang").ledger
    before = copy.read_bytes()
    tell(hosts[0], "RCPT-2")
    copy.write_bytes(before)  # what a kill between both leaves
    Layout(tmp_path / "shenyang").ledger_index.unlink()
    assert tell(hosts[0], "RCPT-3").seq == 3
    assert [one.facts["number"] for one in hosts[0].read_entries()] == ["RCPT-1", "RCPT-2", "RCPT-3"]


def test_a_ledger_of_one_host_is_shared_once_and_then_followed(tmp_path, address):
    alone = Ledger(Layout(tmp_path / "old"))
    for at in range(4):
        tell(alone, f"RCPT-{at}")
    shared = SharedLedger(address)
    assert [share_lines(Layout(tmp_path / "old").ledger, shared) for _ in range(2)] == [4, 0]
    assert tell(host_of(tmp_path / "new", address), "RCPT-4").seq == 5
    assert host_of(tmp_path / "old", address).read_head().seq == 5


def test_a_long_ledger_is_shared_in_pieces_and_without_what_a_kill_left(tmp_path, address, monkeypatch):
    monkeypatch.setattr("warehouse.ledger.ledger_copy.MOST_AT_ONCE", 3)
    alone = Ledger(Layout(tmp_path / "old"))
    for at in range(7):
        tell(alone, f"RCPT-{at}")
    whole = bytes_of(tmp_path / "old")
    with Layout(tmp_path / "old").ledger.open("ab") as lines:
        lines.write(b'{"at":"2026-')
    shared = SharedLedger(address)
    assert [share_lines(Layout(tmp_path / "old").ledger, shared) for _ in range(2)] == [7, 0]
    assert b"".join(one.line for one in shared.walk_lines()) == whole


def test_two_ledgers_are_never_mixed(tmp_path, address):
    tell(Ledger(Layout(tmp_path / "mine")), "RCPT-1")
    before = bytes_of(tmp_path / "mine")
    tell(host_of(tmp_path / "theirs", address), "RCPT-2")
    with pytest.raises(LedgerError, match="two ledgers"):
        tell(host_of(tmp_path / "mine", address), "RCPT-3")
    with pytest.raises(LedgerError, match="two ledgers"):
        share_lines(Layout(tmp_path / "mine").ledger, SharedLedger(address))
    assert bytes_of(tmp_path / "mine") == before
    assert [one.seq for one in SharedLedger(address).walk_lines()] == [1]


def test_a_database_that_is_away_is_said_without_the_password(tmp_path):
    away = host_of(tmp_path, "postgresql://clerk:geheim@127.0.0.1:1/ledger")
    with pytest.raises(LedgerError) as wrong:
        tell(away, "RCPT-1")
    assert "127.0.0.1:1/ledger" in str(wrong.value)
    assert "geheim" not in str(wrong.value)
    assert not Layout(tmp_path).ledger.read_bytes()


def test_the_database_may_be_started_again_between_two_entries(hosts, address):
    tell(hosts[0], "RCPT-1")
    end_sessions(address)  # as when the server is started again
    with pytest.raises(LedgerError, match="did not do what was asked"):
        tell(hosts[0], "RCPT-2")
    assert tell(hosts[0], "RCPT-2").seq == 2


def test_verifying_the_chain_does_not_hide_what_another_host_has_appended(hosts):
    tell(hosts[0], "RCPT-1")
    head_seen(hosts[1], 1)
    tell(hosts[0], "RCPT-2")
    while not hosts[1]._shared.has_news():
        time.sleep(0.01)
    assert hosts[1].verify_chain() == []
    assert hosts[1].read_head().seq == 2


def test_news_that_could_not_be_read_are_still_news(hosts, address):
    tell(hosts[0], "RCPT-1")
    head_seen(hosts[1], 1)
    tell(hosts[0], "RCPT-2")
    while not hosts[1]._shared.has_news():
        time.sleep(0.01)
    with hosts[1]._shared._connect().transaction(), SharedLedger(address)._open() as door:
        hosts[1]._shared._connect().execute("SET LOCAL lock_timeout = 50")
        with door.transaction():
            door.execute("LOCK TABLE sportlake_ledger IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(LedgerError, match="lock timeout"):
                hosts[1].read_head()
    assert hosts[1].read_head().seq == 2


def test_an_entry_that_only_the_copy_lacks_is_brought_at_the_next_look(hosts, monkeypatch):
    tell(hosts[0], "RCPT-1")
    write = os.write
    monkeypatch.setattr("warehouse.ledger.ledger_file.os.write", lambda handle, line: write(handle, line[:10]))
    with pytest.raises(LedgerError, match=r"entry 2 is recorded in .*need not be done again"):
        tell(hosts[0], "RCPT-2")
    monkeypatch.undo()
    assert hosts[0].read_head().seq == 2


def test_rights_that_are_given_later_are_used_at_the_next_call(address):
    shared = SharedLedger(f"{address}?options=-c%20search_path%3Dlater")
    with pytest.raises(LedgerError, match="no schema"):
        shared.read_from(1)
    with SharedLedger(address)._open() as door:
        door.execute("CREATE SCHEMA later")
    assert shared.read_from(1) == []


def test_a_server_that_vanished_is_noticed_in_a_minute(address):
    with SharedLedger(address)._open() as door:
        assert door.info.get_parameters()["keepalives_idle"] == "30"
    with SharedLedger(f"{address}?keepalives_idle=5")._open() as door:
        assert door.info.get_parameters()["keepalives_idle"] == "5"


@pytest.mark.parametrize("password", ["p@geheim", "p/geheim"])
def test_a_password_with_signs_of_an_address_is_refused_and_not_told(tmp_path, password):
    with pytest.raises(LedgerError, match="%40") as wrong:
        tell(host_of(tmp_path, f"postgresql://clerk:{password}@127.0.0.1:1/ledger"), "RCPT-1")
    assert "geheim" not in str(wrong.value)


def test_texts_that_an_erasure_masks_are_masked_on_every_host(hosts, tmp_path, address):
    tell(hosts[0], "张三的来件")
    tell(hosts[0], "RCPT-2")
    head_seen(hosts[1], 2)
    assert "张三".encode() in bytes_of(tmp_path / "dalian")

    def mask(text):
        return text.replace("张三", "*" * 6)

    layout = Layout(tmp_path / "shenyang")
    masked = {line.seq: line.digest for line in find_masked_lines(layout, mask)}
    facts = {MASKED: {str(seq): digest for seq, digest in masked.items()}}
    hosts[0].append_entry("erasure", now=NOW, actor="体育局", reason="erasure confirmed", facts=facts)
    mask_lines(layout, masked, mask, SharedLedger(address))
    tell(hosts[0], "end", "erasure_end")
    assert head_seen(hosts[1], 4).seq == 4
    assert "张三".encode() not in bytes_of(tmp_path / "dalian")
    assert bytes_of(tmp_path / "shenyang") == bytes_of(tmp_path / "dalian")
    assert [one.verify_chain() for one in hosts] == [[], []]
    assert hosts[1].read_entries()[0].facts["number"] == "******的来件"


def test_a_changed_line_of_a_copy_is_found_by_verifying(hosts, tmp_path):
    tell(hosts[0], "RCPT-1")
    copy = Layout(tmp_path / "shenyang").ledger
    copy.write_bytes(copy.read_bytes().replace(b"RCPT-1", b"RCPT-9"))
    (fault,) = hosts[0].verify_chain()
    assert "line 1" in fault.en


def test_one_host_at_a_time_holds_a_lock(tmp_path, address):
    homes = [open_workspace(tmp_path / name, "tester", {}, {}, address) for name in ("a", "b")]
    order, held = [], threading.Event()

    def hold_second():
        held.wait()
        with homes[1].hold_lock(homes[1].layout.review_lock):
            order.append("second")

    second = threading.Thread(target=hold_second)
    second.start()
    with homes[0].hold_lock(homes[0].layout.review_lock):
        held.set()
        time.sleep(0.3)
        order.append("first")
    second.join()
    assert order == ["first", "second"]


def test_a_lock_is_taken_anew_after_the_server_was_started_again(address):
    shared = SharedLedger(address)
    for _ in range(2):
        with shared.hold_name("review"):
            pass
        end_sessions(address)


def test_a_host_that_dies_lets_its_lock_go(tmp_path, address):
    words = (
        "import sys, time; from pathlib import Path; from pipelines.workspace import open_workspace;"
        " home = open_workspace(Path(sys.argv[1]), 'tester', {}, {}, sys.argv[2]);"
        " lock = home.hold_lock(home.layout.review_lock); lock.__enter__(); print('held', flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", words, str(tmp_path / "a"), address], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()
    holder.stdout.close()
    home = open_workspace(tmp_path / "b", "tester", {}, {}, address)
    with home.hold_lock(home.layout.review_lock):
        assert Path(tmp_path / "b" / "ledger" / ".review.lock").is_file()
