"""Work items about evidence: assessments that a candidate lacks, and records that end soon or have ended.

Not here: which evidence a contract needs and what runs out (`pipelines/review`), recording it.
"""

from collections.abc import Iterator
from datetime import datetime

from pipelines.review.approvals import list_waiting
from pipelines.review.expiring_evidence import list_expiring_evidence
from pipelines.work_items.work_item import WorkItem
from pipelines.workspace import Workspace
from schemas.assessments import ASSESSMENT_NAMES, ASSESSMENT_ROLES
from schemas.text import Text


def find_lacking_items(workspace: Workspace, now: datetime) -> Iterator[WorkItem]:
    """Yields an item for each assessment without which a candidate is not released, for the role that records it."""
    for waits in list_waiting(workspace, now):
        title = workspace.contracts[waits.dataset].title
        for kind in waits.review.lacking:
            name = ASSESSMENT_NAMES[kind]
            yield WorkItem(
                kind="evidence",
                dataset=waits.dataset,
                subject=kind,
                text=Text(
                    zh=f"“{title.zh}”待发布，尚缺{name.zh}，请登记",
                    en=f"{title.en} waits for release and lacks its {name.en}: put it on record",
                ),
                since=waits.since.date(),
                role=ASSESSMENT_ROLES[kind],
                command=f"sportlake assess {waits.dataset} {kind} --document … --result …",
                page=f"candidates/{waits.dataset}.html",
            )


def find_expiring_items(workspace: Workspace, now: datetime) -> Iterator[WorkItem]:
    """Yields an item for each record that ends within the days of notice or has ended, for the role that renews it."""
    for one in list_expiring_evidence(workspace, now.date()):
        title = workspace.contracts[one.dataset].title
        zh, en = ("已到期", "has ended") if one.expired else ("即将到期", "ends soon")
        yield WorkItem(
            kind="evidence",
            dataset=one.dataset,
            subject=f"{one.kind} {one.until}",
            text=Text(
                zh=f"“{title.zh}”的{one.name.zh}{zh}，请复核", en=f"the {one.name.en} of {title.en} {en}: review it"
            ),
            since=now.date(),
            role=one.role,
            due=one.until,
            command="sportlake status",
        )
