"""Rows of the sample from a plan: one file of one department and period.

Seeded by dataset, department and period alone, so that another plan changes no row. Not here: kinds of value (`plan_values.py`), files.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from pipelines.sample.plan_values import Row, RowScope, make_value
from pipelines.sample.plans import SamplePlan
from pipelines.sample.random_values import RandomSource
from schemas.departments import Department
from schemas.errors import ContractError, UsageError
from schemas.text import Text

Sample = Mapping[tuple[str, str], Sequence[Row]]
"""The rows of the sample that were made so far, by dataset and department."""


def make_plan_rows(
    plan: SamplePlan, department: Department, period: str, counties: Sequence[str], made: Sample, seed: int
) -> list[Row]:
    """Returns the rows that the department hands in for that period; `counties`: codes of the counties of the province.

    ContractError names the plan and the field whose value cannot be made.
    """
    chance = RandomSource.seeded_by(seed, plan.dataset, department.code, period)
    own = [code for code in counties if code.startswith(department.area)] or list(counties)
    draw = _draw_from(made, department.code, chance)
    rows: list[Row] = []
    for number, given in enumerate(_list_given(plan, chance), 1):
        names = {
            "department": department.code,
            "department_name": department.zh,
            "division": department.admin_code,
            "county": chance.choice(own),
            "period": period,
            "year": int(period[:4]),
            "n": number,
        }
        scope = RowScope(chance, names, draw)
        for name, stated in (*given.items(), *plan.fields.items()):
            scope.row[name] = _make_named(plan.dataset, name, stated, scope)
        rows.append(scope.row)
    return rows


def _make_named(dataset: str, name: str, stated: Any, scope: RowScope) -> Any:  # noqa: ANN401 - as `make_value`
    try:
        return make_value(stated, scope)
    except (ArithmeticError, AttributeError, LookupError, TypeError, UsageError, ValueError) as wrong:
        why = f"{stated!r}: {type(wrong).__name__}: {wrong}"
        raise ContractError(
            Text(
                zh=f"示例计划 {dataset}.yaml 的字段 {name} 无法生成，请改计划：{why}",
                en=f"field {name} of the sample plan {dataset}.yaml cannot be made, change the plan: {why}",
            )
        ) from wrong


def _list_given(plan: SamplePlan, chance: RandomSource) -> Iterator[Mapping[str, Any]]:
    """Yields for each row what the plan gives beside its fields."""
    if plan.cases is not None:
        yield from plan.cases
    elif plan.each is not None:
        for values in product(*plan.each.values()):
            yield dict(zip(plan.each, values, strict=True))
    elif plan.rows is not None:
        yield from ({} for _ in range(chance.randint(*plan.rows)))


def _draw_from(made: Sample, department: str, chance: RandomSource) -> Callable[[Mapping[str, Any]], Row]:
    """Returns what draws a row of the department's own sample, or else of anybody's, for a value of the kind `from`.

    `where` names the values that its fields may have; `distinct` keeps every value of its field to one row of the file.
    """
    drawn: set[tuple[str, Any]] = set()

    def draw(stated: Mapping[str, Any]) -> Row:
        dataset, field, where = stated["from"], stated["field"], stated.get("where", {})
        own = made.get((dataset, department))
        rows = own or [row for (name, _), there in sorted(made.items()) if name == dataset for row in there]
        rows = [row for row in rows if all(row.get(name) in values for name, values in where.items())]
        if stated.get("distinct"):
            rows = [row for row in rows if (dataset, row.get(field)) not in drawn]
        chosen = chance.choice(rows)
        drawn.add((dataset, chosen.get(field)))
        return chosen

    return draw
