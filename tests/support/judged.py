"""Rows judged in one call: `judged(contract, rows)` types them, numbers them from 2 and hands them to the judge of rows.

`findings_of(fields, rule, rows)` does it for one rule alone. Not here: contracts (`contracts.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from quality.findings import Finding
from quality.rules.judge import judge_rows
from quality.rules.scope import RuleContext
from schemas.contract import Contract
from schemas.departments import Department
from schemas.slices import SliceKey
from support.contracts import FieldSpec, contract_with
from warehouse.types import arrow_schema

SHENYANG = Department(code="210100", zh="沈阳市体育局", en="Shenyang", kind="city_bureau", admin_code="210100")
PROVINCE = Department(code="lnsports", zh="辽宁省体育局", en="Liaoning", kind="province_unit", admin_code="210000")


def context_with(*, department: Department = SHENYANG, period: str = "2026", **others: Any) -> RuleContext:
    """A submission of that department for that period; `codelists` and `datasets` as given."""
    return RuleContext(
        slice=SliceKey(dataset="sample", department=department.code, period=period), department=department, **others
    )


def typed_rows(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The rows as the judge gets them: a field that a row leaves out is empty."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(contract))


def judged(contract: Contract, rows: Sequence[Mapping[str, Any]], context: RuleContext | None = None) -> list[Finding]:
    """All findings on the rows, the first of which is row 2 of the file."""
    numbers = pa.array(range(2, len(rows) + 2), pa.int64())
    return judge_rows(typed_rows(contract, rows), numbers, contract, context or context_with())


def findings_of(
    fields: Iterable[FieldSpec],
    rule: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    context: RuleContext | None = None,
) -> list[Finding]:
    """The findings of that one rule; the rules that every contract has besides must be silent."""
    found = judged(contract_with(fields, [rule]), rows, context)
    assert {finding.type for finding in found} <= {rule.get("id", rule["kind"].replace("_", "-"))}
    return found


def places(findings: Iterable[Finding]) -> list[tuple[int | None, str | None]]:
    """Row and field of each finding."""
    return [(finding.row, finding.field) for finding in findings]
