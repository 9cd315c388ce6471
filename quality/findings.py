"""A finding: one observed defect, as a value. Never an exception, never text alone.

`type` is the stable slug that tests and scripts rely on (frictionless's own type for cells, the rule's id for rows, the
expectation's id for tables); people read `message` and `mend`. `row` is the record number with the header as 1, as a
person sees it in Excel; None for a finding about the header or the table. `line` is where that record begins in a delimited
file, as a text editor counts: it differs from `row` if a cell above contains a line break. None for formats without lines.
`cell` names the cell as a spreadsheet shows it (`F17`); None for a finding on no one cell, and in findings written before there were names.
`fix` is the value that would mend the cell, wherever the check knows one: a proposal to people, never applied by itself. None in
findings that were written before there were proposals.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from quality.disclosure.personal_numbers import mask_personal_numbers
from schemas.frozen_model import FrozenModel
from schemas.severity import Severity
from schemas.text import Text

Judge = Literal["cell", "row", "table"]
VALUE_LIMIT = 200
"""Characters of a cell that a finding repeats; the file has the whole text."""
_LONGEST_NUMBER = 128
"""Characters beyond the limit that are read, so that no number is cut before it is recognised."""

# Eighteen digits, the last perhaps an X, contiguous or in groups; \d also matches full-width digits.
_LIKE_IDENTITY_CARD = re.compile(
    r"(?<![0-9A-Za-z])(\d(?:[ -]?\d){5})((?:[ -]?\d){8})((?:[ -]?\d){3}[ -]?[\dXxＸｘ])(?![0-9A-Za-z])"
)


class Finding(FrozenModel):
    """One defect: which check found it, its kind, severity and place, and how to correct it."""

    judge: Judge
    type: str
    severity: Severity
    row: int | None = None
    line: int | None = None
    field: str | None = None
    cell: str | None = None
    value: str | None = None
    message: Text
    mend: Text | None = None
    fix: str | None = None


class FindingKind(NamedTuple):
    """What findings have in common that are corrected in the same way; `field` is None where they are not on one field."""

    judge: Judge
    type: str
    severity: Severity
    field: str | None


def read_kind(finding: Finding) -> FindingKind:
    """Returns the kind of a finding."""
    return FindingKind(finding.judge, finding.type, finding.severity, finding.field)


def make_table_finding(kind: str, severity: Severity, message: Text, mend: Text | None = None) -> Finding:
    """Returns a finding about the table as a whole."""
    return Finding(judge="table", type=kind, severity=severity, message=message, mend=mend)


def count_by_type(findings: Iterable[Finding], unlisted: Mapping[str, int] | None = None) -> dict[str, int]:
    """Returns the number of findings of each type, most frequent first, ties by name; `unlisted`: how many more there are."""
    counts = Counter(finding.type for finding in findings)
    counts.update(unlisted or {})
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def proposed_value(value: str | None) -> str | None:
    """Returns the value if a finding may propose it; None if it would have to be masked or cut (`masked_excerpt`)."""
    return value if masked_excerpt(value) == value else None


def masked_excerpt(value: object, limit: int = VALUE_LIMIT) -> str | None:
    """Returns the excerpt of a cell that a finding may repeat: without personal numbers and addresses, then cut at `limit`.

    None stays None. Identity-card-like numbers keep 6 digits and 4 even if the check digit is wrong: a mistyped number still
    belongs to a person. Mobile numbers, bank cards and private mailboxes are masked as `disclosure/personal_numbers.py` finds them.
    """
    if value is None:
        return None
    text = str(value)
    shown = _LIKE_IDENTITY_CARD.sub(r"\1********\3", mask_personal_numbers(text[: limit + _LONGEST_NUMBER]))
    return shown if len(shown) <= limit and len(text) <= limit + _LONGEST_NUMBER else shown[: limit - 1] + "…"
