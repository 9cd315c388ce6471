from datetime import date

import duckdb
import pytest

from catalog.entry import build_entry
from catalog.pictures.chart_figures import MOST_PERIODS, read_figures
from catalog.preview import read_codes
from schemas.charts import MOST_SERIES
from support.contracts import contract_with
from support.releases import DEPARTMENTS, write_release

KINDS = [("a", "甲", "A"), ("b", "乙", "B"), ("c", "<i>丙</i>", "C")]
FIELDS = [
    "id",
    {"name": "kind", "sportlake": {"codelist": "sport"}},
    {"name": "cost", "type": "number", "title": "金额", "sportlake": {"title_en": "Cost", "unit": "元"}},
    {"name": "paid", "type": "number", "title": "已付", "sportlake": {"title_en": "Paid", "unit": "元"}},
    {"name": "day", "type": "date"},
    {"name": "fiscal_year", "type": "year"},
]


@pytest.fixture
def figures(tmp_path):
    """The figures of one chart over these rows, in the order in which they stand in the file."""

    def read(rows, kind="bars", **parts):
        declared = {"id": "c", "kind": kind, "title": {"zh": "图", "en": "Chart"}, **parts}
        contract = contract_with(FIELDS, policy={"charts": [declared]})
        at = tmp_path / str(len(list(tmp_path.iterdir())))
        rows = [{"id": str(number), **row} for number, row in enumerate(rows)]
        entry = build_entry(contract, write_release(at, contract, rows, codelists={"sport": KINDS}), DEPARTMENTS)
        files = {file.format: at / file.path for file in entry.distributions}
        codes = {file.codelist: read_codes(at / file.path) for file in entry.facts.codelists}
        with duckdb.connect() as database:
            return read_figures(database, [files["parquet"]], entry, codes)[0]

    return read


def points(found, line=0):
    return [(point.label.zh, point.value) for point in found.series[line].points]


def test_rows_are_counted_by_the_labels_of_their_codes(figures):
    found = figures([{"kind": "b"}, {"kind": "a"}, {"kind": "b"}, {"kind": "z"}], by="kind")
    assert points(found) == [("乙", 2), ("甲", 1), ("z", 1)]
    assert [point.label.en for point in found.series[0].points] == ["B", "A", "z"]


def test_bars_may_stand_in_the_order_of_the_code_list(figures):
    assert points(figures([{"kind": "c"}, {"kind": "c"}, {"kind": "a"}], by="kind", order="codes")) == [
        ("甲", 1),
        ("<i>丙</i>", 2),
    ]


def test_an_empty_cell_is_no_category_and_no_zero(figures):
    rows = [{"kind": "a", "cost": 5.0}, {"kind": None, "cost": 3.0}, {"kind": "a", "cost": None}]
    found = figures(rows, by="kind", measures=["cost"])
    assert points(found) == [("甲", 5)]
    assert (found.rows, found.not_stated, found.without_number) == (3, (1, 3), 1)
    nothing = figures([{"kind": "a", "cost": None}], by="kind", measures=["cost"])
    assert (nothing.is_empty, nothing.without_number) == (True, 1)


def test_what_is_not_among_the_largest_is_one_sum(figures):
    rows = [{"kind": f"k{number}", "cost": float(number)} for number in range(1, 8)]
    found = figures(rows, by="kind", measures=["cost"], top=3)
    assert points(found) == [("k7", 7), ("k6", 6), ("k5", 5)]
    assert found.others == (4, 10)
    assert figures(rows[:4], by="kind", top=3).others is None, "one more bar takes no more room than that of the others"


def test_several_measures_are_one_bar_each(figures):
    found = figures([{"cost": 5.0, "paid": -2.0}, {"cost": 1.0, "paid": None}], measures=["cost", "paid"])
    assert points(found) == [("金额", 6), ("已付", -2)]
    assert (found.measure, found.unit, found.without_number) == (None, "元", 1)


def test_only_rows_of_the_newest_value_count(figures):
    rows = [{"fiscal_year": 2024, "cost": 9.0, "kind": "a"}, {"fiscal_year": 2025, "cost": 4.0, "kind": "a"}]
    found = figures(rows, by="kind", measures=["cost"], newest="fiscal_year")
    assert (points(found), found.newest) == ([("甲", 4)], "2025")


def test_rows_that_are_filtered_out_count_nowhere(figures):
    rows = [{"kind": "a"}, {"kind": "b"}, {"kind": None}]
    assert points(figures(rows, by="kind", where=[{"field": "kind", "is_in": ["b"]}])) == [("乙", 1)]
    left = figures(rows, by="kind", where=[{"field": "kind", "is_not": ["b"]}])
    assert (points(left), left.not_stated) == ([("甲", 1)], None)


def test_periods_without_rows_have_the_count_zero_but_no_sum(figures):
    rows = [
        {"day": date(2025, 12, 31), "cost": 1.0},
        {"day": date(2026, 2, 1), "cost": 2.0},
        {"day": None, "cost": 4.0},
    ]
    counted = figures(rows, kind="columns", by="day", period="month")
    assert points(counted) == [("2025-12", 1), ("2026-01", 0), ("2026-02", 1)]
    summed = figures(rows, kind="columns", by="day", period="month", measures=["cost"])
    assert points(summed) == [("2025-12", 1), ("2026-01", None), ("2026-02", 2)]
    assert summed.not_stated == (1, 4)


def test_quarters_and_years_have_names(figures):
    rows = [{"day": date(2025, 12, 31)}, {"day": date(2026, 4, 1)}]
    assert [name for name, _ in points(figures(rows, kind="columns", by="day", period="quarter"))] == [
        "2025-Q4",
        "2026-Q1",
        "2026-Q2",
    ]
    assert [name for name, _ in points(figures(rows, kind="columns", by="day", period="year"))] == ["2025", "2026"]


def test_a_slip_far_in_the_past_does_not_make_the_axis_long(figures):
    found = figures([{"fiscal_year": 1020}, {"fiscal_year": 2026}], kind="columns", by="fiscal_year")
    assert len(found.series[0].points) == MOST_PERIODS
    assert found.earlier == ("1987", 1)


def test_no_more_lines_than_can_be_told_apart(figures):
    rows = [
        {"kind": f"k{kind}", "fiscal_year": year, "cost": float(kind)} for kind in range(1, 9) for year in (2025, 2026)
    ]
    rows.append({"kind": None, "fiscal_year": 2026, "cost": 100.0})
    found = figures(rows, kind="lines", by="fiscal_year", split="kind", measures=["cost"])
    assert [one.label.zh for one in found.series] == ["未填报", "k8", "k7", "k6", "k5", "其他"]
    assert len(found.series) == MOST_SERIES
    assert points(found, line=5) == [("2025", 10), ("2026", 10)]
    assert points(found)[0] == ("2025", None)


def test_sums_do_not_depend_on_the_order_of_rows(figures):
    rows = [{"kind": "a", "cost": number / 10} for number in range(200)]
    shuffled = rows[1::2] + rows[::2]
    assert (
        points(figures(rows, by="kind", measures=["cost"]))
        == points(figures(shuffled, by="kind", measures=["cost"]))
        == [("甲", 1990)]
    )


def test_a_number_that_is_none_counts_as_not_stated(figures):
    found = figures([{"kind": "a", "cost": float("nan")}, {"kind": "a", "cost": 2.0}], by="kind", measures=["cost"])
    assert (points(found), found.without_number) == ([("甲", 2)], 1)


def test_without_rows_every_kind_of_chart_is_empty(figures):
    for parts in (
        {"by": "kind"},
        {"measures": ["cost", "paid"]},
        {"kind": "columns", "by": "fiscal_year"},
        {"kind": "lines", "by": "day", "period": "month", "split": "kind"},
    ):
        found = figures([], **parts)
        assert (found.is_empty, found.rows) == (True, 0)
