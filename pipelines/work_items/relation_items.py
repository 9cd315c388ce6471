"""Work items about relations to other datasets: for the department that can mend rows that break one, and for the operators where the engine could ask none.

Not here: asking the relations (`pipelines/relations`), the gate's refusal because of them (`pipelines/refusal.py`).
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from pipelines.refusal import find_refusal
from pipelines.relations.judged_relations import JudgedRelation, UnaskedRelation, find_standing_relations
from pipelines.work_items.hand_in_items import write_mend_command, write_submit_command
from pipelines.work_items.work_item import WorkItem
from pipelines.workspace import Workspace
from quality.relations.result import FINDING_PREFIX, BrokenRows, describe_broken
from schemas.slices import parse_slice
from schemas.text import Text
from schemas.time_limits.workdays import add_working_days
from warehouse.lake.standing import StandingSubmission, find_standing
from warehouse.ledger.ledger import LedgerEntry


def find_relation_items(workspace: Workspace, now: datetime) -> Iterator[WorkItem]:
    """Yields an item for each broken relation and each department with rows that break it, or for the owner of the other dataset.

    One that stops a release has a last day, counted from the gate's refusal; nothing says until when others must be mended. An info is no work.
    The operators have one for each dataset with relations that the engine could not ask.
    """
    found = find_standing_relations(workspace, now.date())
    for dataset in dict.fromkeys(one.relation.dataset for one in found.unasked):
        unasked = [one for one in found.unasked if one.relation.dataset == dataset]
        yield _make_unasked_item(workspace, dataset, unasked, now.date())
    for judged in (one for one in found.broken if one.relation.severity != "info"):
        refusal = _find_stop(workspace, judged)
        if judged.relation.mended_by == "owner":
            owner = workspace.contracts[judged.relation.to].policy.owner
            yield _make_item(workspace, judged, judged.result.broken, owner, refusal)
        else:
            for part in judged.result.broken:
                if part.department in workspace.departments:
                    yield _make_item(workspace, judged, [part], part.department, refusal)


def _make_unasked_item(workspace: Workspace, dataset: str, unasked: Sequence[UnaskedRelation], today: date) -> WorkItem:
    title, error = workspace.contracts[dataset].title, unasked[0].error.text
    names = Text(
        zh="、".join(one.relation.title.zh for one in unasked), en=", ".join(one.relation.title.en for one in unasked)
    )
    return WorkItem(
        kind="unasked",
        dataset=dataset,
        subject="relations",
        text=Text(
            zh=f"“{title.zh}”的现有数据尚未核对与其他数据集的关联关系（{names.zh}），暂不能发布：{error.zh}",
            en=f"{title.en}: the rows that stand are not compared with other datasets yet ({names.en}) and cannot be released: {error.en}",
        ),
        since=max((one.since.date() for one in unasked if one.since), default=today),
        role="operator",
        command="SPORTLAKE_ENGINE=local sportlake status",
    )


def _find_stop(workspace: Workspace, judged: JudgedRelation) -> LedgerEntry | None:
    """Returns the gate's refusal that stands and names the relation; None if it stops nothing."""
    if judged.relation.severity != "error":
        return None
    refusal = find_refusal(workspace, judged.relation.dataset)
    stops = {one["type"] for one in refusal.facts["objections"]} if refusal else set()
    return refusal if f"{FINDING_PREFIX}{judged.relation.id}" in stops else None


def _make_item(
    workspace: Workspace,
    judged: JudgedRelation,
    parts: Sequence[BrokenRows],
    department: str,
    refusal: LedgerEntry | None,
) -> WorkItem:
    relation, contract = judged.relation, workspace.contracts[judged.relation.dataset]
    keys = [one.key for part in parts for one in part.examples]
    description = describe_broken(relation, sum(part.rows for part in parts), keys)
    slices = [slice_ for part in parts for slice_ in part.slices]
    standing = [one for one in (find_standing(workspace.ledger, f"{contract.name}/{each}") for each in slices) if one]
    since = refusal.at.date() if refusal else max((one.at.date() for one in standing), default=date.min)
    return WorkItem(
        kind="relation",
        dataset=contract.name,
        subject=relation.id,
        text=Text(
            zh=f"“{contract.title.zh}”：{description.zh}；{relation.mend.zh}",
            en=f"{contract.title.en}: {description.en}; {relation.mend.en}",
        ),
        since=since,
        department=department,
        due=add_working_days(since, contract.policy.quarantine.mend_within).day if refusal else None,
        command=_write_command(workspace, judged, slices, department),
        page=_name_receipt(standing),
    )


def _write_command(workspace: Workspace, judged: JudgedRelation, slices: Sequence[str], department: str) -> str:
    """Returns how a department hands in its corrected rows: those that break the relation, as owner those of the other dataset."""
    if judged.relation.mended_by == "owner":
        return write_mend_command(workspace, judged.relation.to, department)
    if not slices:
        return write_mend_command(workspace, judged.relation.dataset, department)
    return write_submit_command(workspace, parse_slice(f"{judged.relation.dataset}/{slices[0]}"))


def _name_receipt(standing: Sequence[StandingSubmission]) -> str:
    return f"receipts/{standing[0].number}.html" if standing else ""
