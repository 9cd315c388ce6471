"""Plans of sample rows: `plans/<dataset>.yaml` says who hands in, for which periods, and how each field of a row is invented.

    submitters: [ln-caiwu, "210100"]   # codes of departments; each hands in one file a period
    periods: ["2026"]
    rows: [4, 9]                       # rows of a file, least and most, or one number; or:
    each: {grade: [A, B]}              # one row for every combination of these values; or:
    cases: [{field: value}, …]         # the rows themselves
    fields: {name: value, …}           # in an order in which a field comes after those that it uses

A value is a scalar (a text may have `{placeholders}`), or a mapping with one kind of `plan_values.py` as its first key. Fields of
`cases` and `each` come before `fields`. Here: reading and checking a plan. Not here: values, rows, files.

Why no library: Snowfakery has recipes, but no seed: results that can be repeated are an open wish there (its issue 238). Mimesis has a
seed, but its schemas are Python. Neither draws from rows of another file of the same department, makes valid credit and division
codes, or keeps a file's rows when another dataset is added to the sample.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, model_validator

from pipelines.sample.plan_values import KINDS
from schemas.errors import ContractError
from schemas.frozen_model import FrozenModel
from schemas.text import Text

FOLDER = Path(__file__).parent / "plans"


class SamplePlan(FrozenModel):
    """How the sample of one dataset is made. Exactly one of `rows`, `each` and `cases` is given."""

    dataset: str
    submitters: tuple[str, ...] = Field(min_length=1)
    periods: tuple[str, ...] = Field(min_length=1)
    rows: tuple[int, int] | None = None
    each: Mapping[str, Sequence[Any]] | None = None
    cases: Sequence[Mapping[str, Any]] | None = None
    fields: Mapping[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _widen_rows(cls, stated: Any) -> Any:  # noqa: ANN401 - whatever the plan says, before it is checked
        if isinstance(stated, Mapping) and isinstance(stated.get("rows"), int):
            return {**stated, "rows": (stated["rows"], stated["rows"])}
        return stated

    @model_validator(mode="after")
    def _require_known_values(self) -> "SamplePlan":
        if sum(given is not None for given in (self.rows, self.each, self.cases)) != 1:
            raise ValueError("give one of `rows`, `each` and `cases`")
        for name, value in (pair for part in (self.fields, *(self.cases or ())) for pair in part.items()):
            if isinstance(value, Mapping) and next(iter(value), None) not in KINDS:
                raise ValueError(f"{name}: {value} begins with no kind of value; there are {', '.join(KINDS)}")
        return self

    def list_sources(self) -> list[str]:
        """Returns the datasets from whose sample rows this one draws."""
        return sorted({name for part in (self.fields, *(self.cases or ())) for name in _find_sources(part)})


def read_plans(folder: Path = FOLDER) -> dict[str, SamplePlan]:
    """Returns the plans by dataset, each after those that it draws from; ContractError names the file and what is wrong in it."""
    plans = {path.stem: _read_plan(path) for path in sorted(folder.glob("*.yaml"))}
    ordered: dict[str, SamplePlan] = {}
    while len(ordered) < len(plans):
        ready = [n for n in plans if n not in ordered and not set(plans[n].list_sources()) & (plans.keys() - ordered)]
        if not ready:
            circle = ", ".join(plans.keys() - ordered)
            raise ContractError(Text(zh=f"示例计划互相引用成环：{circle}", en=f"sample plans form a circle: {circle}"))
        ordered |= {name: plans[name] for name in ready}
    return ordered


def _read_plan(path: Path) -> SamplePlan:
    try:
        stated = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        return SamplePlan(dataset=path.stem, **stated)
    except (ValueError, TypeError, yaml.YAMLError) as wrong:
        raise ContractError(
            Text(zh=f"示例计划 {path.name} 有误：{wrong}", en=f"the sample plan {path.name} is wrong: {wrong}")
        ) from wrong


def _find_sources(value: Any) -> list[str]:  # noqa: ANN401 - a part of a plan
    if isinstance(value, Mapping):
        own = [value["from"]] if isinstance(value.get("from"), str) else []
        return [*own, *(name for part in value.values() for name in _find_sources(part))]
    return [name for part in value for name in _find_sources(part)] if isinstance(value, list) else []
