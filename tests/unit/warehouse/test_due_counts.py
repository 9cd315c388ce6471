from dataclasses import replace
from datetime import date

from schemas.slices import SliceKey
from schemas.workdays import Deadline
from support.stocks import NOW, stock_at
from warehouse.database import rebuild_database
from warehouse.due import OwedSlice, OwedSlices
from warehouse.due_counts import DueCounts, count_due
from warehouse.layout import Layout


def test_counts_by_department_and_state_as_of_the_day_of_the_build(tmp_path):
    states = [("210100", 1, True), ("210100", 1, False), ("210100", 1, False), ("210200", 9999, False)]
    owed = OwedSlices(
        [
            OwedSlice(
                SliceKey(dataset="facility", department=code, period="2025"),
                date(2025, 12, 31),
                Deadline(date(2026, 1, 1) if days == 1 else date(2040, 1, 1), provisional=False),
                stands,
            )
            for code, days, stands in states
        ]
    )
    layout = Layout(tmp_path)
    rebuild_database(layout, replace(stock_at(tmp_path), find_owed=lambda _: owed), NOW)
    assert count_due(layout.warehouse) == {
        "210100": DueCounts(NOW.date(), met=1, due=0, overdue=2),
        "210200": DueCounts(NOW.date(), met=0, due=1, overdue=0),
    }


def test_without_a_readable_file_nothing_is_counted(tmp_path):
    assert count_due(tmp_path / "none.duckdb") == {}
    (tmp_path / "text.duckdb").write_text("no database")
    assert count_due(tmp_path / "text.duckdb") == {}
