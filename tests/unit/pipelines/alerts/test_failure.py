"""Alerts of failed runs: to the operators, the same failure once a day."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipelines.alerts.failure import RunFailure, alert_failure
from support.mail import receiving_mail
from support.people import recipients_with
from support.workspaces import workspace_with

NOW = datetime(2026, 6, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_operators_are_told_of_a_failed_run_once_a_day(tmp_path):
    workspace = workspace_with(tmp_path)
    failure = RunFailure("publish", "a1b2", ("publish_ckan: the portal does not answer",))
    with receiving_mail() as (address, mails):
        to = recipients_with(workspace, f'roles: {{operator: ["{address}&to=ops@example.cn"]}}')
        reached = [
            alert_failure(workspace, to, failure, NOW),
            alert_failure(workspace, to, RunFailure("publish", "c3d4", failure.messages), NOW),
            alert_failure(workspace, to, failure, NOW + timedelta(days=1)),
        ]
    assert reached == [1, 0, 1]
    assert "publish_ckan: the portal does not answer" in mails[0].text
    assert alert_failure(workspace, recipients_with(workspace, "roles: {}"), failure, NOW + timedelta(days=9)) == 0
