"""Whose turn it is in the inbox: what is compared with must have been walked before."""

from pathlib import Path

from dagster_project.sensors import find_ready
from pipelines.submissions.inbox.inbox import Arrival
from schemas.slices import SliceKey
from support.contracts import contract_with

SITE = contract_with(["code"], name="site")
VISIT = contract_with(
    ["id", "site"], [{"kind": "in_dataset", "fields": ["site"], "dataset": "site", "reference": ["code"]}], name="visit"
)
CONTRACTS = {"site": SITE, "visit": VISIT}


def arrival(dataset: str | None, department: str = "210100", period: str = "2026", sha256: str = "0") -> Arrival:
    key = SliceKey(dataset=dataset, department=department, period=period) if dataset else None
    return Arrival(
        path=Path("x.csv"),
        place=f"{department}/x.csv",
        sha256=sha256,
        slice=key,
        problem=None,
        number="RCPT-20261125-0001",
    )


def test_files_that_do_not_need_each_other_go_together():
    waiting = [arrival("site", "210100"), arrival("site", "210200")]
    assert find_ready(CONTRACTS, waiting) == waiting


def test_a_file_waits_for_the_dataset_that_it_refers_to():
    first, second = arrival("site"), arrival("visit")
    assert find_ready(CONTRACTS, [first, second]) == [first]
    assert find_ready(CONTRACTS, [second]) == [second]


def test_a_later_period_waits_for_the_earlier_one_of_its_department():
    first, second = arrival("site", period="2025"), arrival("site", period="2026")
    assert find_ready(CONTRACTS, [first, second]) == [first]


def test_a_misnamed_file_waits_for_nothing_and_holds_up_nobody():
    misnamed, first = arrival(None), arrival("site")
    assert find_ready(CONTRACTS, [misnamed, first]) == [misnamed, first]
