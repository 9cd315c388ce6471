"""A process that reads the analysts' file while new ones take its place is never refused, and never sees two states at once."""

import subprocess
import sys

from support.stocks import FACILITY, NOW, rows, stock_at
from warehouse.analyst_file.database import rebuild_database
from warehouse.layout import Layout

READER = """
import duckdb, sys
path, seen = sys.argv[1], set()
print("ready", flush=True)
while len(seen) < 4:
    with duckdb.connect(path, read_only=True) as con:
        count = con.execute("select count(*) from facility").fetchone()[0]
        told = con.execute("select rows from meta.dataset where name = 'facility'").fetchone()[0]
        current = con.execute("select count(*) from facility_labelled").fetchone()[0]
    assert count == told == current, (count, told, current)
    if count not in seen:
        seen.add(count)
        print(count, flush=True)
"""


def test_a_reader_is_never_refused_and_never_sees_a_mixture(tmp_path):
    layout = Layout(tmp_path)
    stock = stock_at(tmp_path)
    rebuild_database(layout, stock, NOW)
    command = [sys.executable, "-c", READER, layout.warehouse]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
        seen = [reader.stdout.readline().strip() for _ in range(2)]
        for number in (4, 5, 6):
            stock.lake.replace_slices(FACILITY, rows(*(f"F{n}" for n in range(number))), {}, NOW)
            assert rebuild_database(layout, stock, NOW).written
            seen.append(reader.stdout.readline().strip())
        assert (seen, reader.stderr.read(), reader.wait()) == (["ready", "3", "4", "5", "6"], "", 0)


def test_a_log_that_somebody_left_writing_into_the_file_is_not_replayed_into_the_next(tmp_path):
    layout = Layout(tmp_path)
    stock = stock_at(tmp_path)
    rebuild_database(layout, stock, NOW)
    writer = "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute('create table mine as select 1'); os._exit(0)"
    subprocess.run([sys.executable, "-c", writer, layout.warehouse], check=True)
    log = layout.warehouse.with_name("warehouse.duckdb.wal")
    assert log.is_file()
    stock.lake.replace_slices(FACILITY, rows("F9"), {}, NOW)
    assert rebuild_database(layout, stock, NOW).written
    assert not log.exists()
    assert (
        subprocess.run([sys.executable, "-c", READER.replace("< 4", "< 1"), layout.warehouse], check=False).returncode
        == 0
    )
