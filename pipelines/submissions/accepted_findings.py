"""Findings in spite of which a steward may accept rows: those about rows or the table, never those about a cell or personal data.

A cell of a wrong type has no value that could be stored, and no decision may make a person's number public. Not here: the decision
(`pipelines/submissions/decisions/acceptance.py`).
"""

from collections.abc import Collection
from dataclasses import replace

from quality.brief_findings import BriefFindings
from quality.disclosure.personal_data import FINDING_TYPES
from quality.findings import Finding, FindingKind

_PERSONAL = frozenset(FINDING_TYPES.values())


def may_be_accepted(finding: Finding | FindingKind) -> bool:
    """Returns whether a steward may accept rows in spite of that finding, or of findings of that kind."""
    return finding.judge != "cell" and finding.type not in _PERSONAL


def soften_findings(found: BriefFindings, tolerated: Collection[str]) -> BriefFindings:
    """Returns the findings with errors of the types `tolerated` turned into warnings, if a steward may accept them; all others are unchanged."""

    def is_softened(one: Finding | FindingKind) -> bool:
        return one.type in tolerated and one.severity == "error" and may_be_accepted(one)

    return BriefFindings(
        [one.model_copy(update={"severity": "warning"}) if is_softened(one) else one for one in found.findings],
        tuple(
            replace(one, kind=one.kind._replace(severity="warning")) if is_softened(one.kind) else one
            for one in found.unlisted
        ),
    )
