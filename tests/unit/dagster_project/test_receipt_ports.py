"""Links to receipts name the port at which they are served: the last one asked for, in every process of the home."""

from dagster_project.receipt_ports import DEFAULT_PORT, last_port, note_port, read_ports
from dagster_project.settings import Settings
from warehouse.layout import Layout


def test_the_port_noted_last_holds_until_another_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.delenv("SPORTLAKE_RECEIPTS_PORT", raising=False)
    layout = Layout(tmp_path)
    assert (last_port(layout), Settings(home=tmp_path).receipts_port) == (DEFAULT_PORT, DEFAULT_PORT)
    note_port(layout, 4000)
    assert Settings(home=tmp_path).receipts_port == 4000
    monkeypatch.setenv("SPORTLAKE_RECEIPTS_PORT", "4002")
    assert Settings(home=tmp_path).receipts_port == 4002


def test_each_port_is_noted_once_with_the_newest_last(tmp_path):
    layout = Layout(tmp_path)
    for port in (4000, 4001, 4000, 4000):
        note_port(layout, port)
    assert read_ports(layout) == [4001, 4000]


def test_a_damaged_note_is_no_port(tmp_path):
    layout = Layout(tmp_path)
    layout.receipts_ports.parent.mkdir()
    layout.receipts_ports.write_text("x\n-1\n", encoding="utf-8")
    assert last_port(layout) == DEFAULT_PORT
