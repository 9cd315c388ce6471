"""Row rules on a file that has errors already: each rule is asked of every row whose fields, as far as it uses them, are sound.

So a department learns in one pass what is wrong with a row, not rule by rule as it mends. Here: which cells are unsound, and
which rows a rule is asked of. Not here: the rules (`quality/rules`), the context they are asked in (`validation.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from quality.findings import Finding
from quality.rules import RuleContext, judge_rows, judge_rows_briefly
from quality.rules.unlisted_findings import JudgedRows, UnlistedFindings, list_in_full
from schemas.contract import Contract, rule_fields
from schemas.group_rules import (
    Apart,
    Chain,
    ConsistentWithin,
    CountWithin,
    DistinctWithin,
    NoOverlap,
    OutlierWithin,
    PerHead,
    RowsBalance,
    SumOfGroup,
    SumOfRows,
    UniqueTogether,
)
from schemas.rules import RowRule
from schemas.spilled_table import filter_table

_WHOLE_GROUPS = (Chain, CountWithin, DistinctWithin, PerHead, RowsBalance, SumOfGroup, SumOfRows)
GROUP_RULES = (Apart, ConsistentWithin, NoOverlap, OutlierWithin, UniqueTogether, *_WHOLE_GROUPS)
"""Rules that compare rows: a row with an unsound cell would make others look wrong, so it takes no part.

From a group that is counted, added up or strung together nothing can be left out: all of it takes no part, and where the group of a row is not
known, the rule is not asked at all.
"""
_WHOLE_ROW = frozenset({"blank-row", "extra-cell", "missing-cell", "swallowed-rows"})
"""Findings after which the cells of a row may stand in the wrong columns."""

_NOTHING = "nothing-date"
"""A warning on a date with which a program says that there is none: it has no order to other dates."""

OfRule = TypeVar("OfRule", Finding, UnlistedFindings)

UnsoundCells = Mapping[int, frozenset[str]]
"""Names of the fields with an error, by row number; all fields of the contract where the row as a whole is in doubt."""


def judge_sound_cells(
    table: pa.Table, rows: pa.Array, earlier: Iterable[Finding], contract: Contract, context: RuleContext
) -> list[Finding]:
    """Return all that `judge_sound_cells_briefly` finds."""
    judged = judge_sound_cells_briefly(table, rows, earlier, contract, context)
    return list_in_full(judged.findings, judged.unlisted)


def judge_sound_cells_briefly(
    table: pa.Table, rows: pa.Array, earlier: Iterable[Finding], contract: Contract, context: RuleContext
) -> JudgedRows:
    """Return the findings of the contract's rules, in the order of the rules, then of the rows; of many warnings of one rule the first.

    `table`: typed rows, those with errors included; `rows`: their numbers in the file. `earlier`: the findings so far; a rule is
    not asked of a row in which an error concerns one of the rule's fields. Raises as `judge_rows` does.
    """
    unsound = find_unsound_cells(earlier, contract)
    fields = contract.rule_fields
    if not unsound:
        return judge_rows_briefly(table, rows, contract, context)
    doubtful = frozenset[str]().union(*unsound.values())
    touched = {rule.id: rule for rule in contract.rules if isinstance(rule, GROUP_RULES) and fields[rule.id] & doubtful}
    others = [rule for rule in contract.rules if rule.id not in touched]
    exempt = {rule.id: [row for row, names in unsound.items() if names & fields[rule.id]] for rule in others}
    judged = judge_rows_briefly(table, rows, contract, context, others, exempt)
    found = judged.findings
    for part in (part for rule in touched.values() for part in _split_rule(rule)):
        gone = {row for row, names in unsound.items() if names & set(rule_fields(part))}
        if isinstance(part, _WHOLE_GROUPS):
            if any(unsound[row] & set(part.group) for row in gone):
                continue
            gone |= _find_mates(table, rows, gone, part.group)
        found += judge_rows(*drop_rows(table, rows, gone), contract, context, [part])
    order = {rule.id: at for at, rule in enumerate(contract.rules)}
    return JudgedRows(sorted(found, key=lambda finding: (order[finding.type], finding.row or 0)), judged.unlisted)


def _find_mates(table: pa.Table, rows: pa.Array, numbers: Collection[int], group: Sequence[str]) -> set[int]:
    """Return the numbers of all rows that have the same values in `group` as one of those rows; without fields all rows are one group."""
    if not group:
        return set(rows.to_pylist()) if numbers else set()
    keys = list(zip(*(table.column(name).to_pylist() for name in group), strict=True))
    listed = rows.to_pylist()
    touched = {key for number, key in zip(listed, keys, strict=True) if number in numbers}
    return {number for number, key in zip(listed, keys, strict=True) if key in touched}


def _split_rule(rule: RowRule) -> Sequence[RowRule]:
    """Return a rule on several fields of a group as one rule a field: an unsound cell says nothing about the others."""
    if not isinstance(rule, ConsistentWithin):
        return [rule]
    return [rule.model_copy(update={"fields": (name,)}) for name in rule.fields]


def find_unsound_cells(findings: Iterable[Finding], contract: Contract) -> UnsoundCells:
    """Return the fields with an error of each row that has one. Warnings leave a cell sound, but for dates of nothing."""
    everything = frozenset(field.name for field in contract.fields)
    unsound: dict[int, frozenset[str]] = defaultdict(frozenset)
    for finding in findings:
        if finding.row is None or (finding.severity != "error" and finding.type != _NOTHING):
            continue
        if finding.type == "primary-key":
            unsound[finding.row] |= frozenset(contract.primary_key)
        elif finding.field is None or finding.type in _WHOLE_ROW:
            unsound[finding.row] |= everything
        else:
            unsound[finding.row] |= {finding.field}
    return dict(unsound)


def drop_blind_rules(found: Iterable[OfRule], contract: Contract, missing: frozenset[str]) -> list[OfRule]:
    """Return the findings without those of rules that ask for a column that is missing, which is one finding already."""
    blind = {rule for rule, fields in contract.rule_fields.items() if missing & fields}
    return [finding for finding in found if finding.type not in blind]


def drop_rows(table: pa.Table, rows: pa.Array, numbers: Collection[int]) -> tuple[pa.Table, pa.Array]:
    """Return the table and the row numbers without the rows of those numbers."""
    if not numbers:
        return table, rows
    keep = pc.invert(pc.is_in(rows, value_set=pa.array(sorted(numbers), pa.int64())))
    return filter_table(table, keep), rows.filter(keep)
