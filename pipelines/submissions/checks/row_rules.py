"""Row rules on a file that has errors already: each rule is applied to every row in which the fields that it uses are sound.

So a department learns in one pass everything that is wrong with a row. A cell is unsound if it has an error. Here: which cells are
unsound, and to which rows a rule is applied. Not here: the rules (`quality/rules`), the context they are asked in
(`pipelines/submissions/validation.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality.brief_findings import Bools, BriefFindings, Numbers, mark_numbers
from quality.rules import RuleContext, judge_rows_briefly
from schemas.contract import Contract, rule_fields
from schemas.execution.spilled_table import filter_table
from schemas.rules.group_rules import (
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
from schemas.rules.rules import RowRule

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


class UnsoundCells:
    """The unsound cells of a file, by field and row number; `fields`: the fields that have one. In a row that is doubtful as a whole every cell is unsound."""

    def __init__(self, found: Mapping[str | None, Sequence[Numbers]], contract: Contract, size: int) -> None:
        """`found`: numbers of the rows with an unsound cell, by field; under None those of doubtful rows. All numbers are below `size`."""
        everything = (field.name for field in contract.fields)
        self.fields = frozenset(everything if None in found else (name for name in found if name is not None))
        self._marks = {name: mark_numbers(numbers, size) for name, numbers in found.items()}
        self._none = np.zeros(size, np.bool_)

    def mark_rows(self, names: Iterable[str]) -> Bools:
        """Returns a mask, indexed by row number, of the rows in which a cell of one of those fields is unsound."""
        marks: Bools = np.logical_or.reduce(
            [self._none, *(self._marks[at] for at in (None, *names) if at in self._marks)]
        )
        return marks


def judge_sound_cells(
    table: pa.Table,
    rows: pa.Array,
    earlier: BriefFindings,
    contract: Contract,
    context: RuleContext,
    most: int | None = None,
) -> BriefFindings:
    """Returns the findings of the contract's rules, in the order of the rules, then of the rows; the first `most` of each kind, all for None.

    `table`: typed rows, those with errors included; `rows`: their numbers in the file. `earlier`: the findings so far; a rule is
    not asked of a row in which an error concerns one of the rule's fields. Raises as `judge_rows` does.
    """
    unsound = find_unsound_cells(earlier, contract, rows)
    fields = contract.rule_fields

    def mark_exempt(rule: RowRule) -> Bools | None:
        return unsound.mark_rows(fields[rule.id]) if fields[rule.id] & unsound.fields else None

    touched = [rule for rule in contract.rules if isinstance(rule, GROUP_RULES) and fields[rule.id] & unsound.fields]
    others = [rule for rule in contract.rules if rule not in touched]
    found = judge_rows_briefly(table, rows, contract, context, others, most=most, exempt=mark_exempt)
    for part in (part for rule in touched for part in _split_rule(rule)):
        unsound_rows = unsound.mark_rows(rule_fields(part))[rows.to_numpy()]
        if isinstance(part, _WHOLE_GROUPS):
            if part.group and unsound.mark_rows(part.group).any():
                continue
            unsound_rows |= _mark_mates(table, unsound_rows, part.group)
        keep = pa.array(~unsound_rows)
        found += judge_rows_briefly(filter_table(table, keep), rows.filter(keep), contract, context, [part], most=most)
    order = {rule.id: at for at, rule in enumerate(contract.rules)}
    found.findings.sort(key=lambda finding: (order[finding.type], finding.row or 0))
    return found


def _mark_mates(table: pa.Table, marked: Bools, group: Sequence[str]) -> Bools:
    """Returns a mask of the rows that have the same values in the fields `group` as one of the marked rows; without fields all rows are one group."""
    codes = np.zeros(table.num_rows, np.int64)
    for name in group:
        encoded = table.column(name).combine_chunks().dictionary_encode(null_encoding="encode")
        pairs = codes * len(encoded.dictionary) + encoded.indices.to_numpy()
        codes = np.unique(pairs, return_inverse=True)[1]
    touched = np.zeros(table.num_rows, np.bool_)
    touched[codes[marked]] = True
    mates: Bools = touched[codes]
    return mates


def _split_rule(rule: RowRule) -> Sequence[RowRule]:
    """Splits a rule on several fields of a group into one rule for each field, because an unsound cell does not concern the other fields."""
    if not isinstance(rule, ConsistentWithin):
        return [rule]
    return [rule.model_copy(update={"fields": (name,)}) for name in rule.fields]


def find_unsound_cells(found: BriefFindings, contract: Contract, rows: pa.Array) -> UnsoundCells:
    """Returns the unsound cells: those with an error, and those with a date that stands for no date (`nothing-date`, a warning).

    `rows`: the row numbers of the file, ascending.
    """
    unsound: dict[str | None, list[Numbers]] = defaultdict(list)
    for kind, numbers in found.iterate_rows():
        if kind.severity != "error" and kind.type != _NOTHING:
            continue
        if kind.type == "primary-key":
            for name in contract.primary_key:
                unsound[name].append(numbers)
        else:
            unsound[None if kind.type in _WHOLE_ROW else kind.field].append(numbers)
    last = [*rows[-1:].to_pylist(), *(int(one.max()) for listed in unsound.values() for one in listed)]
    return UnsoundCells(unsound, contract, max(last, default=0) + 1)


def drop_blind_rules(found: BriefFindings, contract: Contract, missing: frozenset[str]) -> BriefFindings:
    """Returns the findings without those of rules that use a missing column: the missing column is a finding itself."""
    blind = {rule for rule, fields in contract.rule_fields.items() if missing & fields}
    return BriefFindings(
        [finding for finding in found.findings if finding.type not in blind],
        tuple(one for one in found.unlisted if one.kind.type not in blind),
    )


def drop_rows(table: pa.Table, rows: pa.Array, numbers: Numbers) -> tuple[pa.Table, pa.Array]:
    """Returns the table and the row numbers without the rows of those numbers."""
    if not len(numbers):
        return table, rows
    keep = pc.invert(pc.is_in(rows, value_set=pa.array(numbers, pa.int64())))
    return filter_table(table, keep), rows.filter(keep)
