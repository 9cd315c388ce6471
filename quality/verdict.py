"""What the policy decides from the findings: accept, accept holding rows back, quarantine. Pure, no input or output.

Not here: `refused` (no readable table), which the intake decides before there are findings.
"""

from typing import TYPE_CHECKING, Literal

from schemas.frozen_model import FrozenModel
from schemas.text import Text

if TYPE_CHECKING:
    from quality.brief_findings import BriefFindings

Outcome = Literal["accept", "hold_back", "quarantine", "refused"]


class Verdict(FrozenModel):
    """What happens to a submission, why, and which rows (header = 1) are held back from the lake."""

    outcome: Outcome
    reason: Text
    rows: int
    held_back: tuple[int, ...] = ()

    @property
    def accepted(self) -> int:
        """Returns the number of rows that go to the lake."""
        return self.rows - len(self.held_back) if self.outcome in {"accept", "hold_back"} else 0


def decide_verdict(found: "BriefFindings", rows: int, share: float) -> Verdict:
    """Returns the verdict on `rows` rows.

    An error without a row (header, whole table) or more than `share` of rows with errors quarantines the file. A file without
    rows is quarantined: it would empty the slice.
    """
    if rows == 0:
        return _quarantine_verdict(rows, Text(zh="文件中没有数据行", en="the file has no rows of data"))
    if whole := [one for one in found.findings if one.severity == "error" and one.row is None]:
        return _quarantine_verdict(rows, whole[0].message)
    held = found.list_error_rows()
    if not len(held):
        return Verdict(
            outcome="accept", rows=rows, reason=Text(zh=f"全部 {rows} 行已接收", en=f"all {rows} rows taken")
        )
    if len(held) > share * rows:
        return _quarantine_verdict(
            rows,
            Text(
                zh=f"{rows} 行中有 {len(held)} 行有误，超过允许的 {share:.0%}，整份文件退回修改",
                en=f"{len(held)} of {rows} rows have errors, above the limit of {share:.0%}: the whole file waits",
            ),
        )
    return Verdict(
        outcome="hold_back",
        rows=rows,
        held_back=tuple(held.tolist()),
        reason=Text(
            zh=f"接收 {rows - len(held)} 行，{len(held)} 行有误暂缓接收",
            en=f"{rows - len(held)} rows taken, {len(held)} held back because of errors",
        ),
    )


def _quarantine_verdict(rows: int, reason: Text) -> Verdict:
    return Verdict(outcome="quarantine", rows=rows, reason=reason)
