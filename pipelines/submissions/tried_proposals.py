"""Proposals tried out before they are made: none stands that a rule of its row or group would refuse on the next hand-in.

The rows with proposals, and those compared with them, are judged once more as they would be with all proposals accepted. A
proposal that brings a new finding is withdrawn, with the reason, and the value of the other rows of its group takes its place if
that is one value and holds. Not here: finding proposals (`proposals.py`), the rules themselves (`quality/rules`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.normalise import normalise_table
from pipelines.submissions.cell_conformance import check_cells
from pipelines.submissions.row_rules import GROUP_RULES, find_unsound_cells, judge_sound_cells
from quality.findings import Finding
from quality.rules import RuleContext
from quality.rules.judge import SEVERAL
from schemas.codelists import CodeList
from schemas.contract import Contract, rule_fields
from schemas.rules import ConsistentWithin, InArea, RowRule
from schemas.text import Text

Place = tuple[int, str]
"""Row of the file and name of the field."""
_ROUNDS = 4
_ABOVE_COUNTY = "00"
"""Last digits of the code of a city or of the province, to which every county named in a row belongs."""
_LEAST_NAME = 3
"""Characters of a division's name that is looked for in an address; shorter ones stand in many names."""


class WithdrawnProposal(NamedTuple):
    """Why a proposal is not made, and what is proposed in its place, None if nothing is."""

    refused: str
    why: Text
    other: str | None


@dataclass(frozen=True)
class ProposalTrial:
    """The rows of one file (`texts`, numbered by `rows`), and what their rules are judged with."""

    texts: pa.Table
    rows: pa.Array
    contract: Contract
    context: RuleContext

    def find_refused(self, findings: Sequence[Finding]) -> dict[Place, WithdrawnProposal]:
        """Returns the proposals among the findings that cannot stand, by place; empty without proposals."""
        fixes = _list_fixes(findings, self.contract)
        refused: dict[Place, WithdrawnProposal] = {}
        if not fixes:
            return refused
        self._compare_with_address(fixes, refused)
        for _ in range(_ROUNDS):
            clashes = self._find_clashes(fixes, findings) if fixes else {}
            if not clashes:
                break
            for place, clash in clashes.items():
                first = refused.get(place)
                gone = fixes.pop(place)
                other = None if first else self._find_group_value(place, clash, findings)
                if other is not None and other != gone:
                    fixes[place] = other
                refused[place] = WithdrawnProposal(gone, clash.message, None) if first is None else first
        return {place: one._replace(other=fixes.get(place)) for place, one in refused.items()}

    def _find_clashes(self, fixes: Mapping[Place, str], findings: Sequence[Finding]) -> dict[Place, Finding]:
        """Returns the first finding that each of the proposals would bring, if there is one."""
        known = {(one.type, one.row, one.field) for one in findings}
        rule_ids = {rule.id: rule for rule in self.contract.rules}
        table, rows = self._take_compared(_replace_cells(self.texts, self.rows, fixes), fixes)
        table = normalise_table(table, rows, self.contract, codelists=self.context.codelists).table
        inside = set(rows.to_pylist())
        earlier = [
            one for one in findings if one.row in inside and one.type not in rule_ids and _place(one) not in fixes
        ]
        typed, of_cells = check_cells(table, rows, self.contract, earlier, earlier, frozenset())
        of_rules = judge_sound_cells(typed, rows, [*earlier, *of_cells], self.contract, self.context)
        clashes: dict[Place, Finding] = {}
        for one in [*of_cells, *of_rules]:
            if (one.type, one.row, one.field) not in known:
                for place in _find_culprits(one, rule_ids.get(one.type), fixes, table, rows, self.contract):
                    clashes.setdefault(place, one)
        return clashes

    def _take_compared(self, table: pa.Table, fixes: Mapping[Place, str]) -> tuple[pa.Table, pa.Array]:
        """Returns the rows with proposals and those that a rule or the primary key compares with them."""
        names = {field for _, field in fixes}
        keep = pc.is_in(self.rows, value_set=pa.array(sorted({row for row, _ in fixes}), pa.int64()))
        chosen = keep
        for key in _compared_columns(self.contract, names):
            values = table.column(key).filter(chosen).combine_chunks()
            keep = pc.or_(keep, pc.is_in(table.column(key), value_set=values, skip_nulls=True).combine_chunks())
        return table.filter(keep), self.rows.filter(keep)

    def _find_group_value(self, place: Place, clash: Finding, findings: Sequence[Finding]) -> str | None:
        """Returns the one value that the other rows of the group have, where the rule asks for one."""
        rule = next((one for one in self.contract.rules if one.id == clash.type), None)
        row, field = place
        if not isinstance(rule, ConsistentWithin) or field not in rule.fields:
            return None
        unsound = find_unsound_cells((one for one in findings if one.type != rule.id), self.contract)
        keys, numbers = self.texts.column(rule.key), self.rows.to_pylist()
        mates = pc.equal(keys, keys[numbers.index(row)])
        at = pc.indices_nonzero(pc.fill_null(mates, fill_value=False)).to_pylist()
        cells = self.texts.column(field)
        values = {cells[one].as_py() for one in at if field not in unsound.get(numbers[one], frozenset())}
        return values.pop() if len(values) == 1 else None

    def _compare_with_address(self, fixes: dict[Place, str], refused: dict[Place, WithdrawnProposal]) -> None:
        """Withdraws codes of counties where another text of the row names another county of the department's area."""
        divisions = {rule.field for rule in self.contract.rules if isinstance(rule, InArea)}
        numbers = {number: at for at, number in enumerate(self.rows.to_pylist())} if divisions else {}
        for (row, field), fix in list(fixes.items()):
            codelist = self.context.codelists.get(self.contract.get_field(field).policy.codelist or "")
            if field not in divisions or codelist is None or fix.endswith(_ABOVE_COUNTY):
                continue
            named = self._find_divisions(numbers[row], codelist)
            if named and fix not in named:
                other = next(iter(named)) if len(named) == 1 else None
                said = "、".join(named.values())
                why = Text(zh=f"同一行的文字写的是“{said}”", en=f'the row says "{said}" elsewhere')
                refused[row, field] = WithdrawnProposal(fix, why, other)
                fixes.pop((row, field))
                if other is not None:
                    fixes[row, field] = other

    def _find_divisions(self, at: int, codelist: CodeList) -> dict[str, str]:
        """Returns the counties of the department's area that the free texts of a row name: code to name."""
        own = self.context.department.admin_code
        plain = [
            one.name
            for one in self.contract.fields
            if one.type == "string" and not one.policy.codelist and "pattern" not in one.constraints
        ]
        said = "\n".join(self.texts.column(name)[at].as_py() or "" for name in plain)
        below = own[:4] if own[2:4] != "00" else own[:2]
        return {
            code.code: code.zh
            for code in codelist.codes
            if code.code.startswith(below)
            and not code.code.endswith(_ABOVE_COUNTY)
            and not code.superseded_by
            and len(code.zh) >= _LEAST_NAME
            and code.zh in said
        }


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


def _replace_cells(table: pa.Table, rows: pa.Array, fixes: Mapping[Place, str]) -> pa.Table:
    numbers = {number: at for at, number in enumerate(rows.to_pylist())}
    for name in {field for _, field in fixes}:
        values = table.column(name).to_pylist()
        for (row, field), fix in fixes.items():
            if field == name:
                values[numbers[row]] = fix
        table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.string()))
    return table


def _compared_columns(contract: Contract, changed: set[str]) -> Iterator[str]:
    """Yields the columns by which rows are compared in a rule, or the primary key, that uses one of the changed fields."""
    if changed & set(contract.primary_key):
        yield contract.primary_key[0]
    for rule in contract.rules:
        if isinstance(rule, GROUP_RULES) and changed & set(rule_fields(rule)):
            yield _group_key(rule)[0]


def _group_key(rule: RowRule) -> tuple[str, ...]:
    """Returns the fields by which a rule over several rows compares them."""
    key = getattr(rule, "key", None)
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
    """Returns the proposals that bring the finding: those in its row, or else in the rows that it is compared with."""
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
    numbers = {number: at for at, number in enumerate(rows.to_pylist())}
    columns = [table.column(name) for name in key]
    mine = [column[numbers[finding.row or 0]] for column in columns]
    return [place for place in fixes if place[1] in names and [column[numbers[place[0]]] for column in columns] == mine]
