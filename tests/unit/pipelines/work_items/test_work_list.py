"""The whole list: of every finder, sorted by lateness, and of one department."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.work_items.work_list import list_department_items, list_work_items
from support.contracts import contract_with
from support.people import write_people
from support.walked import take_all
from support.workspaces import put, workspace_with

NOW = datetime(2026, 6, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_it_has_what_departments_and_roles_must_do_the_longest_overdue_first(tmp_path):
    policy = {"submitters": ["city_bureau"], "approvals": {"roles": ["steward"]}, "quarantine": {"share": 0.2}}
    workspace = workspace_with(tmp_path, contract_with(["id:integer", "name"], policy=policy))
    write_people(tmp_path)
    put(workspace, "210100", "sample_2026.csv", "id,name\n1,馆\n")
    put(workspace, "210200", "sample_2026.csv", "id,name\nx,馆\n")
    take_all(workspace, NOW)
    freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    items = list_work_items(workspace, NOW)
    assert [(item.kind, item.owner) for item in items] == [
        ("hand_in", "210200"),
        ("mend", "210200"),
        ("review", "steward"),
    ]
    assert [item.days_late(NOW.date()) > 0 for item in items] == [True, False, False]
    assert list_department_items(workspace, "210200", NOW) == items[:2]
    assert list_department_items(workspace, "210100", NOW) == []
    assert len({item.key for item in items}) == len(items)


def test_nobody_has_anything_to_do_where_there_is_nothing(tmp_path):
    assert list_work_items(workspace_with(tmp_path), NOW) == []
