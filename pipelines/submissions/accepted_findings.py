"""Findings that a steward may accept all the same: those about rows or the table, never about a cell or personal data.

A cell of a wrong type has no value that could land, and no decision makes a person's number public. Not here: the decision
(`acceptance.py`).
"""

from collections.abc import Collection, Sequence

from quality.disclosure.personal_data import FINDING_TYPES
from quality.findings import Finding

_PERSONAL = frozenset(FINDING_TYPES.values())


def may_be_accepted(finding: Finding) -> bool:
    """Return whether a steward may accept rows in spite of that finding."""
    return finding.judge != "cell" and finding.type not in _PERSONAL


def soften_findings(findings: Sequence[Finding], tolerated: Collection[str]) -> list[Finding]:
    """Return the findings, errors of the types `tolerated` as warnings where they may be; all others unchanged."""
    return [
        finding.model_copy(update={"severity": "warning"})
        if finding.type in tolerated and finding.severity == "error" and may_be_accepted(finding)
        else finding
        for finding in findings
    ]
