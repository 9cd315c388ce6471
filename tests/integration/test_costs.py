"""What a command costs depends on what stands and waits: files of hand-ins that were replaced are not opened."""

import sys

import pytest

from pipelines.intake import take_arrival
from pipelines.submissions.decisions.rejudging import rejudge_due
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.timeliness import find_sent_back
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with

SITE = contract_with(["code"], name="site")
KNOWN = {"kind": "in_dataset", "fields": ["site"], "dataset": "site", "reference": ["code"]}
VISIT = contract_with(["id:integer", "site"], [KNOWN], name="visit")
OPENED: list[str] = []


def note(event: str, args: tuple[object, ...]) -> None:
    if event == "open" and OPENED and str(args[0]).endswith(".json"):
        OPENED.append(str(args[0]))


sys.addaudithook(note)


@pytest.fixture
def opened():
    OPENED[:] = ["listening"]
    yield OPENED
    OPENED.clear()


def test_only_what_waits_is_opened_to_see_what_is_due(tmp_path, opened):
    workspace = workspace_with(tmp_path, SITE, VISIT)
    for at in range(6):
        put(workspace, "210100", "visit_2026.csv", "id,site\n" + "".join(f"{at}{n},S{n}\n" for n in range(4)))
        last = take_arrival(workspace, list_arrivals(workspace)[0], NOW)
        assert last.outcome == "quarantine"
    opened[1:] = []
    assert rejudge_due(workspace, NOW) == ([], [])
    assert opened[1:] == []
    assert [receipt.number for receipt in find_sent_back(workspace, "visit")] == [last.number]
    assert [name.rpartition("/")[2] for name in opened[1:]] == [f"{last.number}.json"]
