"""What a release says of its time limits: items of its own rows and hand-ins as of its day, the same again from the same inputs."""

from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.slices import SliceKey
from schemas.time_limits.workdays import Deadline
from support.contracts import contract_with
from support.shared_folders import fresh_folder
from warehouse.deadlines import OwedSlice
from warehouse.releases.released_limits import describe_time_limits
from warehouse.types import arrow_schema

TODAY = date(2026, 11, 25)
APPROVED = date(2026, 11, 1)
BUDGET = contract_with(["id", "approved_date:date", "published_date:date"], name="budget_line")
PLAIN = contract_with(["id"], name="plain")
COUNTS = ("met", "late", "missing", "due", "provisional")


def file_of(contract, *rows):
    columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), arrow_schema(contract), strict=True)]  # fmt: skip
    table = pa.table(columns, schema=arrow_schema(contract).remove_metadata())
    slices = {"department": "210100", "period": "2026"}
    for name, value in slices.items():
        table = table.append_column(name, pa.array([value] * len(rows)))
    file = fresh_folder() / "rows.parquet"
    pq.write_table(table, file)
    return file


def owe(days, stands, *, provisional=False, period="2026"):
    key = SliceKey(dataset="plain", department="210100", period=period)
    return OwedSlice(key, date(2026, 6, 30), Deadline(TODAY + timedelta(days=days), provisional), stands)


def counts_of(limit):
    return tuple(limit[name] for name in COUNTS)


def test_items_of_the_rows_are_counted_as_of_the_day():
    rows = [
        ("in time", APPROVED, date(2026, 11, 21)),
        ("too late", APPROVED, date(2026, 11, 22)),
        ("not done", APPROVED, None),
        ("still time", date(2026, 11, 5), None),
        ("no trigger", None, None),
    ]
    told = describe_time_limits(BUDGET, file_of(BUDGET, *rows), [], TODAY)
    assert told["as_of"] == "2026-11-25"
    hand_in, budget = told["limits"]
    assert (hand_in["id"], counts_of(hand_in)) == ("hand-in", (0, 0, 0, 0, 0))
    assert (budget["id"], counts_of(budget)) == ("budget-published", (1, 1, 1, 1, 0))
    assert budget["text"] == {
        "zh": "财政部门批复后20日内向社会公开",
        "en": "publication within 20 days of the approval by the finance department",
    }
    assert budget["source"] == "财政预决算领域基层政务公开标准目录"


@pytest.mark.parametrize("day", [TODAY, date(2026, 11, 26)])
def test_the_same_inputs_give_the_same_facts_whatever_the_order_of_rows(day):
    rows = [(f"B{at}", APPROVED + timedelta(days=at), None) for at in range(9)]
    first = describe_time_limits(BUDGET, file_of(BUDGET, *rows), [], day)
    assert describe_time_limits(BUDGET, file_of(BUDGET, *rows[::-1]), [], day) == first


def test_hand_ins_are_there_overdue_or_still_to_come():
    owed = [owe(-1, True), owe(-1, False), owe(0, False), owe(400, False, provisional=True)]
    (limit,) = describe_time_limits(PLAIN, file_of(PLAIN, ("P1",)), owed, TODAY)["limits"]
    assert counts_of(limit) == (1, 0, 1, 2, 1)
    assert limit["clause"] == PLAIN.policy.time_limit.clause


def test_hand_ins_name_the_periods_that_were_due_and_none_that_is_still_to_come():
    owed = [owe(-1, False, period="2026-10"), owe(-9, True, period="2026-09"), owe(9, False, period="2026-11")]
    (limit,) = describe_time_limits(PLAIN, file_of(PLAIN, ("P1",)), owed, TODAY)["limits"]
    assert limit["periods"] == ["2026-09", "2026-10"]
    (limit,) = describe_time_limits(PLAIN, file_of(PLAIN, ("P1",)), owed[2:], TODAY)["limits"]
    assert "periods" not in limit


def test_a_limit_on_a_field_that_is_not_public_is_left_out():
    hidden = contract_with(
        ["id", "approved_date:date", "published_date:date"],
        name="budget_line",
        policy={"disclosure": {"protected": ["approved_date"]}},
    )
    told = describe_time_limits(hidden, file_of(PLAIN, ("B1",)), [], TODAY)
    assert [limit["id"] for limit in told["limits"]] == ["hand-in"]
