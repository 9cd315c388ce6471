"""Proposals are tried out before they are made, so that no rule of the row or its group refuses a proposed value on the next hand-in.

The rows with proposals, and those compared with them, are judged once more as they would be with all proposals accepted. A
proposal that brings a new finding is withdrawn, with the reason, and the value of the other rows of its group takes its place if
that is one value and holds. Not here: finding proposals (`proposals.py`), the rules themselves (`quality/rules`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.normalise import normalise_table
from pipelines.submissions.checks.cell_conformance import check_cells
from pipelines.submissions.checks.replaced_cells import replace_cells
from pipelines.submissions.checks.row_rules import (
    GROUP_RULES,
    UnsoundCells,
    drop_blind_rules,
    find_unsound_cells,
    judge_sound_cells,
)
from quality.brief_findings import MOST_MADE, BriefFindings
from quality.findings import Finding
from quality.rules import RuleContext
from quality.rules.judge import SEVERAL
from schemas.contract import Contract, rule_fields
from schemas.rules.group_rules import ConsistentWithin
from schemas.rules.rules import InArea, RowRule
from schemas.text import Text

Place = tuple[int, str]
"""Row of the file and name of the field."""
_ABOVE_COUNTY = "00"
"""Last digits of the code of a city or of the province, to which every county named in a row belongs."""
_MOST_TRIED = 10 * MOST_MADE
"""Findings of one kind that a trial looks at, in the order of their rows: in the first of these stand the proposals."""
_LEAST_NAME = 3
"""Characters of a division's name that is looked for in an address; shorter ones stand in many names."""


class _Refusal(NamedTuple):
    """A proposal that a rule would refuse, and why."""

    refused: str
    why: Text


class WithdrawnProposal(NamedTuple):
    """A proposal that is not made, why, and what is proposed in its place (None: nothing)."""

    refused: str
    why: Text
    other: str | None


@dataclass(frozen=True)
class ProposalTrial:
    """The rows of one file (`texts`, numbered by `rows`), with the contract and the context of its rules.

    `missing`: names of the required fields without a column; each is a finding already.
    """

    texts: pa.Table
    rows: pa.Array
    contract: Contract
    context: RuleContext
    missing: frozenset[str]

    def find_refused(self, found: BriefFindings) -> dict[Place, WithdrawnProposal]:
        """Returns the proposals among the findings that a rule would refuse, by place; empty without proposals."""
        fixes = _list_fixes(found.findings, self.contract)
        if not fixes:
            return {}

        @cache
        def find_unsound(kind: str) -> UnsoundCells:
            return find_unsound_cells(found.drop_type(kind), self.contract, self.rows)

        refused = self._compare_with_address(fixes)
        # This ends: every round removes a value from each place that clashes, and a place gets a second value at most once.
        while clashes := self._find_clashes(fixes, found):
            for place, clash in clashes.items():
                withdrawn = fixes.pop(place)
                if place in refused:
                    continue
                refused[place] = _Refusal(withdrawn, clash.message)
                other = self._find_group_value(place, clash, find_unsound)
                if other is not None and other != withdrawn:
                    fixes[place] = other
        return {place: WithdrawnProposal(*one, fixes.get(place)) for place, one in refused.items()}

    def _find_clashes(self, fixes: Mapping[Place, str], found: BriefFindings) -> dict[Place, Finding]:
        """Returns, for each proposal that would cause a new finding, the first such finding."""
        if not fixes:
            return {}
        rules = {rule.id: rule for rule in self.contract.rules}
        table, rows = self._take_compared(self._put_in_place(fixes), fixes)
        table = normalise_table(table, rows, self.contract, codelists=self.context.codelists).table
        earlier = self._list_earlier(found, fixes, rows)
        typed, of_cells = check_cells(
            table, rows, self.contract, earlier, BriefFindings(earlier.findings), self.missing, most=_MOST_TRIED
        )
        of_rules = judge_sound_cells(typed, rows, earlier + of_cells, self.contract, self.context, _MOST_TRIED)
        tried = of_cells + drop_blind_rules(of_rules, self.contract, self.missing)
        known = found.list_places(one.row for one in tried.findings)
        clashes: dict[Place, Finding] = {}
        for one in tried.findings:
            if (one.type, one.row, one.field) not in known:
                for place in _find_culprits(one, rules.get(one.type), fixes, table, rows, self.contract):
                    clashes.setdefault(place, one)
        return clashes

    def _list_earlier(self, found: BriefFindings, fixes: Mapping[Place, str], rows: pa.Array) -> BriefFindings:
        """Returns the findings in those rows that are not from rules, without those on cells with a proposal."""
        rules, there = {rule.id for rule in self.contract.rules}, set(rows.to_pylist())
        return BriefFindings(
            [one for one in found.findings if one.row in there and one.type not in rules and _place(one) not in fixes],
            tuple(
                one.drop_rows(row for row, field in fixes if field == one.kind.field).keep_rows(rows)
                for one in found.unlisted
                if one.kind.type not in rules
            ),
        )

    def _put_in_place(self, fixes: Mapping[Place, str]) -> pa.Table:
        """Returns the rows with every proposal in its cell."""
        cells: dict[str, dict[int, str | None]] = {}
        for (row, field), fix in fixes.items():
            cells.setdefault(field, {})[_find_position(self.rows, row)] = fix
        return replace_cells(self.texts, cells)

    def _take_compared(self, table: pa.Table, fixes: Mapping[Place, str]) -> tuple[pa.Table, pa.Array]:
        """Returns the rows with proposals and the rows that a rule or the primary key compares with them; all rows, if a rule is about the file as a whole."""
        names = {field for _, field in fixes}
        columns = _compared_columns(self.contract, names)
        if columns is None:
            return table, self.rows
        keep = pc.is_in(self.rows, value_set=pa.array(sorted({row for row, _ in fixes}), pa.int64()))
        chosen = keep
        for key in columns:
            values = table.column(key).filter(chosen).combine_chunks()
            keep = pc.or_(keep, pc.is_in(table.column(key), value_set=values, skip_nulls=True).combine_chunks())
        return table.filter(keep), self.rows.filter(keep)

    def _find_group_value(
        self, place: Place, clash: Finding, find_unsound: Callable[[str], UnsoundCells]
    ) -> str | None:
        """Returns the value on which the other rows of the group agree, if the rule demands one value per group; None otherwise."""
        rule = next((one for one in self.contract.rules if one.id == clash.type), None)
        row, field = place
        if not isinstance(rule, ConsistentWithin) or field not in rule.fields:
            return None
        unsound, keys = find_unsound(rule.id).mark_rows([field]), self.texts.column(rule.key)
        mates = pc.fill_null(pc.equal(keys, keys[_find_position(self.rows, row)]), fill_value=False)
        numbers, cells = self.rows.filter(mates.combine_chunks()), self.texts.column(field).filter(mates)
        pairs = zip(numbers.to_pylist(), cells.to_pylist(), strict=True)
        values = {cell for number, cell in pairs if not unsound[number]}
        return values.pop() if len(values) == 1 else None

    def _compare_with_address(self, fixes: dict[Place, str]) -> dict[Place, _Refusal]:
        """Returns the proposed county codes that another text of the row contradicts, because it names another county of the department's area.

        They are removed from `fixes`; if the row names just one county, that one is proposed instead.
        """
        counties = self._list_counties()
        plain = [self.texts.column(name) for name in _list_plain_fields(self.contract)] if counties else []
        refused = {}
        for (row, field), fix in list(fixes.items()):
            if field not in counties or fix.endswith(_ABOVE_COUNTY):
                continue
            at = _find_position(self.rows, row)
            address = "\n".join(column[at].as_py() or "" for column in plain)
            named = {code: name for code, name in counties[field].items() if name in address}
            if named and fix not in named:
                names = "、".join(named.values())
                why = Text(zh=f"同一行的文字写的是“{names}”", en=f'the row says "{names}" elsewhere')
                refused[row, field] = _Refusal(fixes.pop((row, field)), why)
                if len(named) == 1:
                    fixes[row, field] = next(iter(named))
        return refused

    def _list_counties(self) -> dict[str, dict[str, str]]:
        """Returns the counties of the department's area, code to name, for each field with the division of a row."""
        below = self.context.department.area
        fields = {rule.field for rule in self.contract.rules if isinstance(rule, InArea)}
        listed = {name: self.contract.get_field(name).policy.codelist or "" for name in fields}
        return {
            name: {
                code.code: code.zh
                for code in self.context.codelists[codelist].codes
                if code.code.startswith(below)
                and not code.code.endswith(_ABOVE_COUNTY)
                and not code.superseded_by
                and len(code.zh) >= _LEAST_NAME
            }
            for name, codelist in listed.items()
            if codelist in self.context.codelists
        }


def _list_plain_fields(contract: Contract) -> list[str]:
    """Returns the names of the fields of free text."""
    return [
        one.name
        for one in contract.fields
        if one.type == "string" and not one.policy.codelist and "pattern" not in one.constraints
    ]


def _find_position(rows: pa.Array, number: int) -> int:
    """Returns the position of a row by its number; the numbers ascend."""
    return int(np.searchsorted(rows.to_numpy(), number))


def _list_fixes(findings: Sequence[Finding], contract: Contract) -> dict[Place, str]:
    """Returns the proposals for single cells; the first one of a cell holds."""
    known = {field.name for field in contract.fields}
    fixes: dict[Place, str] = {}
    for one in findings:
        if one.row is not None and one.field in known and one.fix is not None and SEVERAL not in one.fix:
            fixes.setdefault((one.row, one.field or ""), one.fix)
    return fixes


def _place(finding: Finding) -> Place:
    return finding.row or 0, finding.field or ""


def _compared_columns(contract: Contract, changed: set[str]) -> list[str] | None:
    """Returns the columns by which rows are compared in a rule, or the primary key, that uses one of the changed fields; None for the whole file."""
    rules = (rule for rule in contract.rules if isinstance(rule, GROUP_RULES) and changed & set(rule_fields(rule)))
    keys = [_group_key(rule) for rule in rules]
    if () in keys:
        return None
    own = contract.primary_key[:1] if changed & set(contract.primary_key) else ()
    return [*own, *(key[0] for key in keys)]


def _group_key(rule: RowRule) -> tuple[str, ...]:
    """Returns the fields by which a rule over several rows groups them; empty if the whole file is one group."""
    key = getattr(rule, "key", None) or getattr(rule, "group", None) or getattr(rule, "same", None)
    if key is None:
        return tuple(getattr(rule, "fields", ()))
    return (key,) if isinstance(key, str) else tuple(key)


def _find_culprits(
    finding: Finding,
    rule: RowRule | None,
    fixes: Mapping[Place, str],
    table: pa.Table,
    rows: pa.Array,
    contract: Contract,
) -> list[Place]:
    """Returns the proposals that cause the finding: those in its row, or else those in the rows that it is compared with.

    `rows`: the numbers of the rows of `table`.
    """
    key = _group_key(rule) if rule is not None else ()
    if finding.type == "primary-key":
        names, key = set(contract.primary_key), contract.primary_key
    elif rule is None:
        names = {finding.field or ""}
    elif isinstance(rule, ConsistentWithin):
        names = {finding.field or "", rule.key}
    else:
        names = set(rule_fields(rule))
    own = [place for place in fixes if place[0] == finding.row and place[1] in names]
    if own or not (isinstance(rule, GROUP_RULES) or finding.type == "primary-key"):
        return own
    columns = [table.column(name) for name in key]
    mine = [column[_find_position(rows, finding.row or 0)] for column in columns]
    return [
        place
        for place in fixes
        if place[1] in names and [column[_find_position(rows, place[0])] for column in columns] == mine
    ]
