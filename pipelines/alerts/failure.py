"""Alerts about a failed run: told to the operators at once, the same failure once a day.

Not here: which runs fail (`dagster_project`), what people must do about data (`digest.py`).
"""

from dataclasses import dataclass
from datetime import datetime

from pipelines.alerts.digest import mark_item, read_told
from pipelines.alerts.sending import record_alert, send_message
from pipelines.workspace import Workspace
from schemas.recipients import ROLE_PREFIX, Recipients

OWNER = f"{ROLE_PREFIX}operator"


@dataclass(frozen=True)
class RunFailure:
    """A run that failed: its job, its identifier, and what went wrong in each step, one line a step."""

    job: str
    run: str
    messages: tuple[str, ...]


def alert_failure(workspace: Workspace, recipients: Recipients, failure: RunFailure, now: datetime) -> int:
    """Tells the operators of a failed run; returns how many addresses were reached: 0 if this was told today, or nobody has one."""
    addresses = recipients.list_owners().get(OWNER, ())
    mark = mark_item("\n".join((failure.job, *failure.messages)), now.date().isoformat())
    with workspace.hold_lock(workspace.layout.alerts_lock):
        if not addresses or mark in read_told(workspace, OWNER, now.date())[0]:
            return 0
        reached = send_message(OWNER, addresses, f"体育数据开放平台：{failure.job} 运行失败", _write_body(failure))
        if reached:
            record_alert(workspace, OWNER, [mark], now, digest=False, reached=reached)
        return reached


def _write_body(failure: RunFailure) -> str:
    lines = "\n".join(failure.messages)
    return (
        f"运行失败：{failure.job}（{failure.run}）\n{lines}\n请在 Dagster 中查看；同样的失败一天只提醒一次。\n\n"
        f"The run {failure.run} of {failure.job} failed; see it in Dagster. The same failure is told once a day.\n"
    )
