"""The result of a relation as a value: how many rows were asked, and how many break it, by department, with a few of their keys.

Pure. Here too: the finding about a broken relation. Not here: asking (`relation_judge.py`), keeping results.
"""

import hashlib
from collections.abc import Sequence

from quality.findings import Finding
from schemas.frozen_model import FrozenModel
from schemas.relations import Relation
from schemas.text import Text

FINDING_PREFIX = "relation-"
"""Type of a finding: this, and the id of the relation."""
MOST_NAMED = 5
"""Rows that a message names."""


class BrokenRow(FrozenModel):
    """One row that breaks a relation: its key as text, masked and cut, and the period that it was handed in for."""

    key: str
    period: str


class BrokenRows(FrozenModel):
    """The rows of one department that break a relation: their number, and the first by key. `mark` differs where the set of rows does."""

    department: str
    rows: int
    mark: str
    examples: tuple[BrokenRow, ...]

    @property
    def slices(self) -> tuple[str, ...]:
        """The slices of the examples, as `department/period`, each once."""
        return tuple(dict.fromkeys(f"{self.department}/{one.period}" for one in self.examples))


class RelationResult(FrozenModel):
    """The result of one relation: rows asked, and the departments with rows that break it, by code."""

    relation: str
    asked: int
    broken: tuple[BrokenRows, ...]

    @property
    def rows(self) -> int:
        """Number of rows that break it."""
        return sum(one.rows for one in self.broken)

    @property
    def mark(self) -> str:
        """A hash of the relation's id and the set of rows that break it; no key can be read from it."""
        parts = [self.relation, *(f"{one.department}: {one.rows}, {one.mark}" for one in self.broken)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    def list_examples(self) -> list[str]:
        """Returns at most `MOST_NAMED` keys, one of each department first."""
        places = range(max((len(one.examples) for one in self.broken), default=0))
        keys = [one.examples[at].key for at in places for one in self.broken if at < len(one.examples)]
        return keys[:MOST_NAMED]


def make_relation_finding(relation: Relation, result: RelationResult) -> Finding | None:
    """Returns the finding that rows break the relation, with their number and a few keys; None if none does.

    Its value is the result's mark: other rows make it another finding.
    """
    if not result.rows:
        return None
    return Finding(
        judge="table",
        type=f"{FINDING_PREFIX}{relation.id}",
        severity=relation.severity,
        value=result.mark,
        message=describe_broken(relation, result.rows, result.list_examples()),
        mend=relation.mend,
    )


def is_relation_finding(type_: str) -> bool:
    """Whether a finding of that type says that rows break a relation."""
    return type_.startswith(FINDING_PREFIX)


def describe_broken(relation: Relation, rows: int, keys: Sequence[str]) -> Text:
    """Returns the relation's message with the number of rows and some of their keys; a key that may not be shown is left out."""
    named = [key for key in keys if key]
    zh, en = ("，例如 " + "；".join(named), ", such as " + "; ".join(named)) if named else ("", "")
    return Text(
        zh=f"{relation.message.zh}（共 {rows} 条{zh}）",
        en=f"{relation.message.en} ({rows} row{'' if rows == 1 else 's'}{en})",
    )
