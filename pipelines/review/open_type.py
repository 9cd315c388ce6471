"""The open type of a candidate against that of the last release: a lower one needs an approval of its own.

From 无条件开放 (open) over 有条件开放 (conditional) to 不予开放 (closed). The approval is an assessment `open_type_lowering` of the contract's
version; raising the open type goes through the usual review alone. Read only. Not here: closed data, which the gate never lets pass.

Source: 山东省公共数据开放办法 (344号), which forbids lowering the open type without consent.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipelines.review.assessments import list_assessments
from pipelines.workspace import Workspace
from quality.findings import Finding
from schemas.assessments import ASSESSMENT_ROLES
from schemas.contract import Contract
from schemas.metadata import OpenType
from schemas.people import ROLE_NAMES
from schemas.text import Text
from warehouse.releases.releases import Release

OPEN_TYPE_NAMES: Mapping[OpenType, Text] = {
    "open": Text(zh="无条件开放", en="open without conditions"),
    "conditional": Text(zh="有条件开放", en="open on conditions"),
    "closed": Text(zh="不予开放", en="not open"),
}
"""From the most open to the least."""


def is_lowered(contract: Contract, made: Sequence[Release]) -> bool:
    """Whether the contract opens the dataset less than its newest release does; False without a release, or if that does not say."""
    before = made[-1].open_type if made else None
    order = list(OPEN_TYPE_NAMES)
    return before is not None and order.index(contract.policy.catalogue.open_type) > order.index(before)


def check_open_type(
    workspace: Workspace, contract: Contract, made: Sequence[Release], on: date | None
) -> Iterator[Finding]:
    """Yields the objection that the open type is lowered without an approval of the contract's version that holds on that day."""
    if not is_lowered(contract, made) or (before := made[-1].open_type) is None:
        return
    record = list_assessments(workspace, contract).get("open_type_lowering")
    if record is not None and (on is None or on <= record.until):
        return
    was, becomes = OPEN_TYPE_NAMES[before], OPEN_TYPE_NAMES[contract.policy.catalogue.open_type]
    role = ROLE_NAMES[ASSESSMENT_ROLES["open_type_lowering"]]
    command = f"sportlake assess {contract.name} open_type_lowering"
    yield Finding(
        judge="table",
        type="open-type-lowered",
        severity="error",
        message=Text(
            zh=f"开放属性由“{was.zh}”（{made[-1].number}）降为“{becomes.zh}”，须由{role.zh}另行批准：{command}",
            en=f"the open type goes down from “{was.en}” ({made[-1].number}) to “{becomes.en}”: the {role.en} must approve that separately with {command}",
        ),
    )
