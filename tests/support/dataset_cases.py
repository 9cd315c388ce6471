"""Golden cases of one dataset: read from `tests/golden/datasets/NAME.yaml`, judged as files of its department. Not here: the tests.

A case is one defect: the changes to a good row that are caught, and those near the edge that pass.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import yaml

from pipelines.submissions.validation import validate_submission
from pipelines.workspace import Workspace
from quality.findings import Finding
from schemas.contract import Contract
from schemas.slices import SliceKey, containing_period
from support.workspaces import NOW
from warehouse.types import arrow_schema

FOLDER = Path(__file__).parents[1] / "golden" / "datasets"
Row = Mapping[str, Any]
Changes = Row | Sequence[Row]


class Case(NamedTuple):
    """One defect of one dataset: `check` is the id of a rule, an expectation, or `FIELD: constraint`."""

    dataset: str
    check: str
    caught: Changes
    passes: Changes
    source: str = ""


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
        """Put the rows that the dataset refers to into the lake, their other fields empty."""
        for name, rows in (self.golden.references or {}).items():
            contract = self.workspace.contracts[name]
            table = pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(contract))
            key = SliceKey(dataset=name, department=self.slice.department, period="2026")
            self.workspace.lake.replace_slices(contract, {key: table}, {}, NOW)

    def judge(self, changes: Changes) -> list[Finding]:
        """The findings on a file with the golden row, changed so; for a list of changes, one row for each.

        Those on the table as a whole are left out but for expectations: what a file of one row looks like is no defect.
        """
        rows = [changes] if isinstance(changes, Mapping) else changes
        file = self._write([{**self.golden.row, **one} for one in rows])
        found = validate_submission(self.workspace, file, self.contract, self.slice, received=NOW.date()).findings
        expected = {one.id for one in self.contract.policy.expectations}
        return [one for one in found if one.judge != "table" or one.type in expected]

    def _write(self, rows: Sequence[Row]) -> Path:
        names = [field.name for field in self.contract.fields]
        if unknown := {name for row in rows for name in row} - set(names):
            raise ValueError(f"{self.golden.name}.yaml names fields that the contract does not have: {sorted(unknown)}")
        file = self.workspace.layout.home / f"{self.golden.name}.csv"
        with file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow(names)
            writer.writerows([row.get(name) for name in names] for row in rows)
        return file


def names_check(finding: Finding, check: str, contract: Contract) -> bool:
    """Whether the finding is that of the check; ValueError if the contract has no such check."""
    name, _, constraint = check.partition(": ")
    if not constraint:
        known = {one.id for one in (*contract.rules, *contract.policy.expectations)} | {"primary-key"}
        if check not in known:
            raise ValueError(f"{contract.name} has no check {check}; there are {sorted(known)}")
        return finding.type == check
    field = contract.get_field(name)
    if constraint != "type" and constraint not in field.constraints:
        raise ValueError(f"{contract.name}: the field {name} has no constraint {constraint}")
    kind = "type-error" if constraint == "type" else "constraint-error"
    return (finding.field, finding.type) == (name, kind)
