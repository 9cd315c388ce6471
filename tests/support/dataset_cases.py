"""Golden cases of one dataset: read from `tests/golden/datasets/NAME.yaml`, judged as files of its department. Not here: the tests.

A case is one defect: the changes to a good row that are caught, and those near the edge that pass. Cases that change one row are
judged together, one row each in one file: a file costs fifty times what a row of it costs.
"""

import csv
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import yaml

from pipelines.submissions.checks.row_rules import GROUP_RULES
from pipelines.submissions.validation import HandInFacts, validate_submission
from pipelines.workspace import Workspace
from quality.disclosure.personal_data import FINDING_TYPES
from quality.findings import Finding
from schemas.contract import Contract, parse_contract
from schemas.slices import SliceKey, containing_period
from support.workspaces import NOW
from warehouse.types import arrow_schema

FOLDER = Path(__file__).parents[1] / "golden" / "datasets"
Row = Mapping[str, Any]
Changes = Row | Sequence[Row]
Side = Literal["caught", "passes"]
NUMBER = "case_number"
FIRST_ROW = 2


class Case(NamedTuple):
    """One defect of one dataset: `check` is the id of a rule, an expectation or a search for personal data, or `FIELD: constraint`; `also`: checks that the same defect cannot but trip."""

    dataset: str
    check: str
    caught: Changes
    passes: Changes
    source: str = ""
    also: Sequence[str] = ()


@dataclass(frozen=True)
class GoldenDataset:
    """The golden file of one dataset: a row that is accepted, the data that it refers to, and the cases."""

    name: str
    row: Row
    cases: tuple[Case, ...]
    department: str | None = None
    period: str | None = None
    references: Mapping[str, Sequence[Row]] | None = None


def read_golden(file: Path) -> GoldenDataset:
    """The golden file of one dataset; TypeError names a key that the format does not have."""
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    cases = tuple(Case(file.stem, **case) for case in said.pop("cases"))
    return GoldenDataset(file.stem, cases=cases, **said)


def read_every_golden() -> dict[str, GoldenDataset]:
    """Every golden file, by dataset."""
    return {file.stem: read_golden(file) for file in sorted(FOLDER.glob("*.yaml"))}


@dataclass(frozen=True)
class GoldenJudge:
    """Judges files of one dataset in an installation that holds the rows it refers to."""

    workspace: Workspace
    golden: GoldenDataset

    @cached_property
    def contract(self) -> Contract:
        """The contract of the dataset."""
        return self.workspace.contracts[self.golden.name]

    @cached_property
    def slice(self) -> SliceKey:
        """The hand-in: the stated department and period, else the first department that may and the period of the clock."""
        may = self.contract.policy.submitters
        able = (one for one in self.workspace.departments.values() if one.code in may or one.kind in may)
        department = self.golden.department or next(able).code
        period = self.golden.period or containing_period(self.contract.policy.slice.period, NOW.date())
        return SliceKey(dataset=self.contract.name, department=department, period=str(period))

    def land_references(self) -> None:
        """Puts the rows that the dataset refers to into the lake, their other fields empty; rows of its own are what was handed in last."""
        for name, rows in (self.golden.references or {}).items():
            contract = self.workspace.contracts[name]
            table = pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(contract))
            period = self.slice.period if name == self.contract.name else "2026"
            key = SliceKey(dataset=name, department=self.slice.department, period=period)
            self.workspace.lake.replace_slices(contract, {key: table}, {}, NOW)

    def judge_case(self, case: Case, side: Side) -> list[Finding]:
        """The findings on one side of a case: those of its row among the single rows, else those of a file of its own."""
        if self._needs_own_file(case, side):
            return self.judge(getattr(case, side))
        return self._of_single_rows[self.golden.cases.index(case), side]

    def judge(self, changes: Changes) -> list[Finding]:
        """The findings on a file with the golden row, changed so; for a list of changes, one row for each.

        Those on the table as a whole are left out but for expectations: what a file of one row looks like is no defect.
        """
        found = self._judge_rows([changes] if isinstance(changes, Mapping) else changes, self.contract)
        expected = {one.id for one in self.contract.policy.expectations}
        return [one for one in found if one.judge != "table" or one.type in expected]

    def _needs_own_file(self, case: Case, side: Side) -> bool:
        """Whether the check looks at more than one row of the file, or the file is of several rows."""
        return not isinstance(getattr(case, side), Mapping) or case.check not in self._checks_of_one_row

    @cached_property
    def _checks_of_one_row(self) -> frozenset[str]:
        of_cells = {f"{field.name}: {one}" for field in self.contract.fields for one in ("type", *field.constraints)}
        of_rows = {rule.id for rule in self.contract.rules if not isinstance(rule, GROUP_RULES)}
        return frozenset(of_cells | of_rows | set(FINDING_TYPES.values()))

    @cached_property
    def _of_single_rows(self) -> Mapping[tuple[int, Side], list[Finding]]:
        """The findings of all cases of one row, from one file with a row for each, judged as if the other rows were not there."""
        sides: tuple[Side, ...] = ("caught", "passes")
        cases = enumerate(self.golden.cases)
        asked = [(at, case, side) for at, case in cases for side in sides if not self._needs_own_file(case, side)]
        rows = [{**getattr(case, side), NUMBER: str(number)} for number, (_, case, side) in enumerate(asked)]
        found = self._judge_rows(rows, number_rows(self.contract))
        return {
            (at, side): [one for one in found if one.row == row and one.judge != "table"]
            for row, (at, _, side) in enumerate(asked, FIRST_ROW)
        }

    def _judge_rows(self, changed: Sequence[Row], contract: Contract) -> Sequence[Finding]:
        file = self._write([{**self.golden.row, **one} for one in changed], contract)
        return validate_submission(
            self.workspace, file, contract, HandInFacts(self.slice, received=NOW.date())
        ).findings

    def _write(self, rows: Sequence[Row], contract: Contract) -> Path:
        names = [field.name for field in contract.fields]
        if unknown := {name for row in rows for name in row} - set(names):
            raise ValueError(f"{self.golden.name}.yaml names fields that the contract does not have: {sorted(unknown)}")
        file = self.workspace.layout.home / f"{self.golden.name}.csv"
        with file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow(names)
            writer.writerows([row.get(name) for name in names] for row in rows)
        return file


def number_rows(contract: Contract) -> Contract:
    """The contract without what compares rows, its key the number of the row: what it says of a row it says of that row alone."""
    descriptor = deepcopy(dict(contract.descriptor))
    schema, policy = descriptor["resources"][0]["schema"], descriptor["sportlake"]
    for field in schema["fields"]:
        field.get("constraints", {}).pop("unique", None)
    policy["expectations"] = []
    comparing = {rule.id for rule in contract.rules if isinstance(rule, GROUP_RULES)}
    policy["rules"] = [rule for rule in policy["rules"] if rule["id"] not in comparing]
    number = {"title_en": "Case", "description_en": "Number of the row"}
    schema["fields"].append(
        {"name": NUMBER, "type": "string", "title": "序号", "description": "行的序号", "sportlake": number}
    )
    schema["primaryKey"] = [NUMBER]
    return parse_contract(descriptor)


def names_check(finding: Finding, check: str, contract: Contract) -> bool:
    """Whether the finding is that of the check; ValueError if the contract has no such check."""
    name, _, constraint = check.partition(": ")
    if not constraint:
        known = {one.id for one in (*contract.rules, *contract.policy.expectations)}
        known |= {"primary-key", *FINDING_TYPES.values()}
        if check not in known:
            raise ValueError(f"{contract.name} has no check {check}; there are {sorted(known)}")
        return finding.type == check
    field = contract.get_field(name)
    if constraint != "type" and constraint not in field.constraints:
        raise ValueError(f"{contract.name}: the field {name} has no constraint {constraint}")
    kind = "type-error" if constraint == "type" else "constraint-error"
    return (finding.field, finding.type) == (name, kind)
