"""How complete a candidate is: which submitters have rows in it, for which periods, and which are missing.

Grain: one department that may hand in. In mode snapshot a department is complete if its newest period is in the candidate; in mode append
it needs every period that any department has handed in. Pure. Not here: who is late (`pipelines/submissions/timeliness.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pipelines.submissions.inbox.inbox import may_submit
from quality.findings import Finding
from schemas.contract import Contract
from schemas.departments import Department
from schemas.text import Text

MOST_NAMED = 20
"""Departments that the objection names one by one; a dataset of the counties has a hundred."""


class DepartmentCoverage(NamedTuple):
    """The periods of one department that are in the candidate, and those that are missing."""

    code: str
    name: Text
    present: tuple[str, ...]
    missing: tuple[str, ...]


class Coverage(NamedTuple):
    """The coverage of a candidate: slices that are in of those that could be, and each department, complete ones last."""

    present: int
    expected: int
    departments: tuple[DepartmentCoverage, ...]

    @property
    def share(self) -> float:
        """From 0 to 1; 1 if nobody is expected."""
        return self.present / self.expected if self.expected else 1.0


def measure_coverage(
    contract: Contract, departments: Mapping[str, Department], slices: Sequence[Mapping[str, Any]]
) -> Coverage:
    """Returns the coverage of those slices (`department`, `period`); slices of departments that may not submit count too."""
    handed_in: dict[str, list[str]] = {}
    for slice_ in slices:
        handed_in.setdefault(slice_["department"], []).append(slice_["period"])
    periods = sorted({period for found in handed_in.values() for period in found})
    codes = [code for code, one in departments.items() if may_submit(contract, one) or code in handed_in]
    lines = [_cover_department(contract, departments[code], sorted(handed_in.get(code, ())), periods) for code in codes]
    present, missing = sum(len(line.present) for line in lines), sum(len(line.missing) for line in lines)
    return Coverage(present, present + missing, tuple(sorted(lines, key=lambda line: not line.missing)))


def check_coverage(
    contract: Contract, departments: Mapping[str, Department], slices: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    """Yields the objection that too few submitters are in a first release; a later one only replaces what is public."""
    cover = measure_coverage(contract, departments, slices)
    if cover.share < contract.policy.coverage:
        lacking = [one for one in cover.departments if one.missing]
        named = [one.name for one in lacking[:MOST_NAMED]]
        zh, en = "、".join(one.zh for one in named), ", ".join(one.en for one in named)
        if more := len(lacking) - len(named):
            zh, en = f"{zh}等 {len(lacking)} 家单位", f"{en} and {more} more"
        yield Finding(
            judge="table",
            type="low-coverage",
            severity="error",
            message=Text(
                zh=f"首次发布须有 {contract.policy.coverage:.0%} 的报送，现在应有 {cover.expected} 份、已有 {cover.present} 份；请催报：{zh}",
                en=f"a first release needs {contract.policy.coverage:.0%} of the hand-ins and there are {cover.present} of {cover.expected}; ask for the rest: {en}",
            ),
        )


def _cover_department(
    contract: Contract, department: Department, present: Sequence[str], periods: Sequence[str]
) -> DepartmentCoverage:
    if contract.policy.mode == "snapshot":
        missing = () if present else tuple(periods[-1:])
    else:
        missing = tuple(period for period in periods if period not in present)
    return DepartmentCoverage(department.code, department.name, tuple(present), missing)
