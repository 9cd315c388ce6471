"""Digests: what an owner is told, and that nothing is told twice."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pipelines.alerts.digest import MOST_REMEMBERED, build_digests, find_stage, read_told
from pipelines.alerts.sending import record_alert
from pipelines.work_items.work_item import WorkItem
from schemas.text import Text
from support.workspaces import workspace_with

NOW = datetime(2026, 6, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
SAID = Text(zh="请修改", en="mend it")


def item(subject="RCPT-1", kind="mend", due=None, **owner):
    return WorkItem(kind, "sample", subject, SAID, date(2026, 5, 1), due=due, **owner or {"department": "210100"})


def tell(workspace, items, now):
    """Sends nothing, but records the digests as sent; returns owner and stages of each."""
    digests = build_digests(workspace, items, now)
    for one in digests:
        record_alert(workspace, one.owner, [line.mark for line in one.lines], now, digest=True, reached=1)
    return [(one.owner, [line.stage for line in one.lines]) for one in digests]


def test_each_owner_has_one_digest_of_its_items(tmp_path):
    workspace = workspace_with(tmp_path)
    items = [item(), item("RCPT-2", due=date(2026, 5, 2)), item("c", "review", role="steward")]
    found = build_digests(workspace, items, NOW)
    assert [(one.owner, one.name.zh, len(one.lines), one.open_items, one.late_items) for one in found] == [
        ("210100", workspace.departments["210100"].zh, 2, 2, 1),
        ("role:steward", "数据管理员", 1, 1, 0),
    ]


def test_an_item_is_told_once_in_each_stage(tmp_path):
    workspace, items = workspace_with(tmp_path), [item(due=date(2026, 6, 12))]
    told = [tell(workspace, items, NOW + timedelta(days=day)) for day in range(16)]
    assert [(day, stages) for day, found in enumerate(told) for _, stages in found] == [
        (0, ["open"]),
        (8, ["due_soon"]),
        (12, ["late"]),
    ]


def test_who_had_a_digest_today_is_told_more_tomorrow_but_of_an_incident_at_once(tmp_path):
    workspace = workspace_with(tmp_path)
    assert tell(workspace, [item(role="steward", kind="review")], NOW) == [("role:steward", ["open"])]
    more = [
        item(role="steward", kind="review"),
        item("x", "gate", role="steward"),
        item("i", "incident", role="steward"),
    ]
    later = NOW + timedelta(hours=8)
    assert [line.item.subject for one in build_digests(workspace, more, later) for line in one.lines] == ["i"]
    assert tell(workspace, more, later) == [("role:steward", ["open"])]
    assert tell(workspace, more, later) == []
    assert tell(workspace, more, NOW + timedelta(days=1)) == [("role:steward", ["open"])]


def test_the_same_thing_of_another_owner_is_told_to_it_too(tmp_path):
    workspace = workspace_with(tmp_path)
    tell(workspace, [item()], NOW)
    assert tell(workspace, [item(), item(department="210200")], NOW) == [("210200", ["open"])]


def test_the_ledger_keeps_no_value_of_an_item(tmp_path):
    workspace = workspace_with(tmp_path)
    tell(workspace, [item("欧阳锋", "dispute")], NOW)
    assert "欧阳锋" not in workspace.layout.ledger.read_text(encoding="utf-8")
    assert read_told(workspace, "210100", NOW.date())[1]


def test_the_last_day_is_due_soon_and_not_late():
    assert find_stage(item(due=NOW.date()), NOW.date()) == "due_soon"
    assert find_stage(item(due=NOW.date() - timedelta(days=1)), NOW.date()) == "late"
    assert find_stage(item(), NOW.date()) == "open"
    assert MOST_REMEMBERED > 366
