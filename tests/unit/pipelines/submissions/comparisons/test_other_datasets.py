"""Rows of another dataset: a table of events handed in as permits, and an honest permit that repeats its event."""

import pytest

from pipelines.intake import take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with

SHARED = ["name", "place", "start:date"]
EVENT = contract_with(["event_id", *SHARED, "host"], name="event", title="体育赛事")
PERMIT = contract_with(["permit_no", *SHARED, "holder"], name="event_permit", title="赛事许可")
AWAY = contract_with(["away_id", "name", "start:date"], name="away", title="其他")


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, EVENT, PERMIT, AWAY)


def rows(*columns, count=12, **cells):
    def cell(name, at):
        return cells.get(name, {"start": f"2026-03-{at + 1:02d}"}.get(name, f"{name}{at}"))

    return "\n".join([",".join(columns), *(",".join(cell(name, at) for name in columns) for at in range(count))]) + "\n"


def hand_in(workspace, dataset, content, department="210100"):
    put(workspace, department, f"{dataset}_2026.csv", content)
    receipt = take_arrival(workspace, list_arrivals(workspace)[0], NOW)
    return receipt, [finding for finding in receipt.findings if finding.type == "rows-of-another-dataset"]


EVENTS = rows("event_id", "name", "place", "start", "host")


def test_events_handed_in_as_permits_are_told(workspace):
    first, _ = hand_in(workspace, "event", EVENTS)
    receipt, found = hand_in(workspace, "event_permit", rows("permit_no", "name", "place", "start"))
    assert receipt.outcome == "quarantine"
    (finding,) = found
    for said in ("体育赛事", first.number, "第 2–13 行", "赛事许可"):
        assert said in finding.message.zh


def test_a_header_of_the_other_dataset_is_told_too(workspace):
    hand_in(workspace, "event", EVENTS)
    assert hand_in(workspace, "event_permit", EVENTS.replace("host1", "乙"))[1]


def test_permits_that_repeat_their_events_are_right(workspace):
    hand_in(workspace, "event", EVENTS)
    receipt, found = hand_in(workspace, "event_permit", rows("permit_no", "name", "place", "start", "holder"))
    assert (receipt.outcome, found) == ("accept", [])


def test_other_events_few_rows_and_other_departments_are_not_told(workspace):
    hand_in(workspace, "event", EVENTS)
    assert hand_in(workspace, "event_permit", rows("permit_no", "name", "place", "start", place="别处"))[1] == []
    assert hand_in(workspace, "event_permit", rows("permit_no", "name", "place", "start", count=9))[1] == []
    assert hand_in(workspace, "event_permit", rows("permit_no", "name", "place", "start"), "210200")[1] == []


def test_two_shared_fields_are_too_few(workspace):
    hand_in(workspace, "event", EVENTS)
    assert hand_in(workspace, "away", rows("away_id", "name", "start"))[1] == []
