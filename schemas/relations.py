"""Relations between datasets: conditions between the rows of one dataset and those of another, as a dated table.

The table is `relations.yaml`: grain one relation, key `id`. It names datasets and fields, and holds no rows and no code. Here: its
models, reading it, and choosing the relations that an installation can ask. Not here: relations that follow from references in
contracts (`derived_relations.py`), rules within one file (`schemas/rules/rules.py`), evaluating (`quality/relations`).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, model_validator

from schemas.contract import Contract
from schemas.errors import ContractError
from schemas.execution.kept_yaml import read_yaml
from schemas.frozen_model import FrozenModel
from schemas.rules.rule_base import Condition
from schemas.severity import Severity
from schemas.text import FilledText, Text

FILE = Path(__file__).with_name("relations.yaml")
Mender = Literal["rows", "owner"]
YearDay = Annotated[str, Field(pattern=r"^(02-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(0[1-9]|[12]\d|30))$")]
"""A day that every year has, as month and day: 06-30."""


class _Relation(FrozenModel):
    """Parameters of every relation. `fields` of `dataset` are compared with `to_fields` of `to`, in this order.

    A relation applies to the rows of `dataset` that meet every condition of `when`, and compares them only with the rows of `to` that
    meet every condition of `to_when`. `message`: what is wrong with a row that breaks it; `mend`: how to correct it. `mended_by`: who
    corrects it, the department that handed the row in (`rows`) or the responsible department of `to` (`owner`). With `day`, a date field,
    it applies only to rows whose `day` lies between `valid_from` and `valid_to`; without it, to all rows while it is in force.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,59}$")
    title: FilledText
    message: FilledText
    mend: FilledText
    source: str = Field(min_length=1)
    severity: Severity
    mended_by: Mender = "rows"
    valid_from: date
    valid_to: date | None = None
    dataset: str
    fields: tuple[str, ...] = Field(min_length=1)
    when: tuple[Condition, ...] = ()
    day: str | None = None
    to: str
    to_fields: tuple[str, ...] = Field(min_length=1)
    to_when: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _require_pairs(self) -> "_Relation":
        if len(self.fields) != len(self.to_fields):
            raise ValueError(f"relation {self.id}: `fields` and `to_fields` must be pairs")
        if self.dataset == self.to and not self._reaches_other_periods:
            raise ValueError(f"relation {self.id}: a relation is between two datasets; within one, write a rule")
        return self

    @property
    def _reaches_other_periods(self) -> bool:
        """Whether a row is compared with rows of other years, which no rule of one file sees."""
        return False

    def is_in_force(self, on: date | None) -> bool:
        """Whether the relation is evaluated on that day; always for None. One that has ended is still evaluated for rows of its time."""
        ended = self.valid_to is not None and on is not None and on > self.valid_to and self.day is None
        return on is None or (self.valid_from <= on and not ended)

    @property
    def own_fields(self) -> tuple[str, ...]:
        """Names of all fields of `dataset` that it looks at, each once."""
        days = [self.day] if self.day else []
        return tuple(dict.fromkeys((*self.fields, *(one.field for one in self.when), *days)))

    @property
    def other_fields(self) -> tuple[str, ...]:
        """Names of all fields of `to` that it looks at, each once."""
        return tuple(dict.fromkeys((*self.to_fields, *(one.field for one in self.to_when))))


class _DatedRelation(_Relation):
    """With `as_of`, a date of the row, only rows of `to` count that were valid on that day, `to_from` and `to_until` included.

    An empty `to_from` or `to_until` is no bound. Rows in which one of `fields` or `as_of` is empty are not asked. `offsets` names numbers
    among `fields` and what is added to them before they are compared; with it a dataset may be compared with its own rows of another year.
    """

    as_of: str | None = None
    to_from: str | None = None
    to_until: str | None = None
    offsets: Mapping[str, int] = {}

    @model_validator(mode="after")
    def _require_day(self) -> "_DatedRelation":
        if bool(self.as_of) != bool(self.to_from or self.to_until):
            raise ValueError(f"relation {self.id}: `as_of` needs `to_from` or `to_until`, and these need `as_of`")
        if not self.offsets.keys() <= set(self.fields) or 0 in self.offsets.values():
            raise ValueError(f"relation {self.id}: `offsets` are numbers other than 0, for some of `fields`")
        return self

    @property
    def _reaches_other_periods(self) -> bool:
        return bool(self.offsets)

    @property
    def own_fields(self) -> tuple[str, ...]:
        """Names of all fields of `dataset` that it looks at, each once."""
        return tuple(dict.fromkeys((*super().own_fields, *([self.as_of] if self.as_of else ()))))

    @property
    def other_fields(self) -> tuple[str, ...]:
        """Names of all fields of `to` that it looks at, each once."""
        bounds = (name for name in (self.to_from, self.to_until) if name)
        return tuple(dict.fromkeys((*super().other_fields, *bounds)))


class Reference(_DatedRelation):
    """The values of `fields` occur together in `to_fields` of a row of `to`."""

    kind: Literal["reference"]


class Exclusion(_DatedRelation):
    """The values of `fields` occur together in `to_fields` of no row of `to`."""

    kind: Literal["exclusion"]


class Implication(_Relation):
    """Every row that `when` chooses has a row of `to` with the same values; one in which a field is empty has none.

    With `to_newest`, a year in `to`, only rows of the newest year count that the department of the row has handed in; rows of departments
    that handed in none are not asked, for that is a matter of coverage. With `since`, a date of the row, a row is not asked whose `since` is
    after `year_day` of that year.
    """

    kind: Literal["implication"]
    when: tuple[Condition, ...] = Field(min_length=1)
    to_newest: str | None = None
    since: str | None = None
    year_day: YearDay | None = None

    @model_validator(mode="after")
    def _require_year(self) -> "Implication":
        if bool(self.since) != bool(self.year_day) or (self.since and not self.to_newest):
            raise ValueError(f"relation {self.id}: `since` and `year_day` need each other and `to_newest`")
        return self

    @property
    def own_fields(self) -> tuple[str, ...]:
        """Names of all fields of `dataset` that it looks at, each once."""
        return tuple(dict.fromkeys((*super().own_fields, *([self.since] if self.since else ()))))

    @property
    def other_fields(self) -> tuple[str, ...]:
        """Names of all fields of `to` that it looks at, each once."""
        return tuple(dict.fromkeys((*super().other_fields, *([self.to_newest] if self.to_newest else ()))))


class Membership(_Relation):
    """`value` is one of the values of `to_value` in the rows of `to` with the same `fields`, if there are such rows.

    Rows with an empty field or value are not asked, nor are those for which `to` has no row: that is what a reference is for.
    """

    kind: Literal["membership"]
    value: str
    to_value: str

    @property
    def own_fields(self) -> tuple[str, ...]:
        """Names of all fields of `dataset` that it looks at, each once."""
        return tuple(dict.fromkeys((*super().own_fields, self.value)))

    @property
    def other_fields(self) -> tuple[str, ...]:
        """Names of all fields of `to` that it looks at, each once."""
        return tuple(dict.fromkeys((*super().other_fields, self.to_value)))


class ValueComparison(_Relation):
    """`value` is `op` the `to_value` of every row of `to` with the same `fields`; with `year_day`, `value` is a year and stands for that day of it.

    Rows with an empty field or value are not asked, nor are those for which `to` has no row with a `to_value`.
    """

    kind: Literal["comparison"]
    value: str
    year_day: YearDay | None = None
    op: Literal["<=", ">="]
    to_value: str

    @property
    def own_fields(self) -> tuple[str, ...]:
        """Names of all fields of `dataset` that it looks at, each once."""
        return tuple(dict.fromkeys((*super().own_fields, self.value)))

    @property
    def other_fields(self) -> tuple[str, ...]:
        """Names of all fields of `to` that it looks at, each once."""
        return tuple(dict.fromkeys((*super().other_fields, self.to_value)))


class SumComparison(_Relation):
    """In each group of rows with equal `fields`, the sum of `sums` is `op` the sum of `to_sums` in the rows of `to` with the same values.

    An empty number counts as 0. Groups with an empty field, and those that only one of the datasets has, are not asked. `tolerance` is in
    the unit of the fields. A group stands for its row with the first primary key.
    """

    kind: Literal["sums"]
    sums: tuple[str, ...] = Field(min_length=1)
    op: Literal["=", "<=", ">="]
    to_sums: tuple[str, ...] = Field(min_length=1)
    tolerance: float = Field(default=0.0, ge=0)

    @property
    def own_fields(self) -> tuple[str, ...]:
        """Names of all fields of `dataset` that it looks at, each once."""
        return tuple(dict.fromkeys((*super().own_fields, *self.sums)))

    @property
    def other_fields(self) -> tuple[str, ...]:
        """Names of all fields of `to` that it looks at, each once."""
        return tuple(dict.fromkeys((*super().other_fields, *self.to_sums)))


RowRelation = Reference | Exclusion | Implication | Membership | ValueComparison
"""A relation that each row keeps or breaks by itself."""
Relation = Annotated[RowRelation | SumComparison, Field(discriminator="kind")]
_TABLE: TypeAdapter[tuple[Relation, ...]] = TypeAdapter(tuple[Relation, ...], config=ConfigDict(defer_build=True))


@cache
def read_relations(file: Path = FILE) -> tuple[Relation, ...]:
    """Reads the table in the order of its file; ContractError names what is wrong, or the id that occurs twice."""
    try:
        found = _TABLE.validate_python(read_yaml(file))
    except ValueError as wrong:
        raise _table_error(file, f"有误：{wrong}", f"is wrong: {wrong}") from wrong
    known: set[str] = set()
    for relation in found:
        if relation.id in known:
            raise _table_error(file, f"{relation.id} 出现两次", f"{relation.id} is there twice")
        known.add(relation.id)
    return found


def select_relations(relations: Iterable[Relation], contracts: Mapping[str, Contract]) -> tuple[Relation, ...]:
    """Returns the relations of which this installation has both datasets."""
    return tuple(one for one in relations if {one.dataset, one.to} <= contracts.keys())


def find_unknown_fields(relation: Relation, contracts: Mapping[str, Contract]) -> list[str]:
    """Returns the fields that a relation names and the contracts lack, as `dataset.field`; both datasets must have a contract."""
    named = ((relation.dataset, relation.own_fields), (relation.to, relation.other_fields))
    return [
        f"{dataset}.{name}"
        for dataset, names in named
        for name in names
        if name not in {field.name for field in contracts[dataset].fields}
    ]


def _table_error(file: Path, zh: str, en: str) -> ContractError:
    return ContractError(Text(zh=f"关联关系表 {file.name} {zh}", en=f"the table of relations {file.name} {en}"))
