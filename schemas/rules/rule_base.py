"""What every row rule and every expectation has, and the condition that some rules take. Not here: their kinds (`rules.py`, `group_rules.py`, `expectations.py`)."""

from typing import Annotated

from pydantic import Field, model_validator

from schemas import severity
from schemas.frozen_model import FrozenModel
from schemas.text import Text

Severity = severity.Severity
Scalar = str | int | float


class Condition(FrozenModel):
    """True where `field` has one of the values `is_in`; without `is_in`, where `field` is not empty."""

    field: str
    is_in: tuple[Scalar, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Returns the names of the fields that the condition asks for."""
        return (self.field,)


class NumberCondition(FrozenModel):
    """True where the number in `field` is above `above`, below `below`, or between them if both are given; neither bound is included."""

    field: str
    above: float | None = None
    below: float | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Returns the names of the fields that the condition asks for."""
        return (self.field,)

    @model_validator(mode="after")
    def _require_bounds(self) -> "NumberCondition":
        require_bounds(f"condition on {self.field}", self.above, self.below)
        return self


class WordCondition(FrozenModel):
    """True where the text of `field` contains one of these words."""

    field: str
    contains: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=1)

    @property
    def fields(self) -> tuple[str, ...]:
        """Returns the names of the fields that the condition asks for."""
        return (self.field,)


class AllOf(FrozenModel):
    """True where every one of these conditions is."""

    all_of: tuple["RowCondition", ...] = Field(min_length=2)

    @property
    def fields(self) -> tuple[str, ...]:
        """Returns the names of the fields that the conditions ask for, each once."""
        return tuple(dict.fromkeys(name for one in self.all_of for name in one.fields))


class AnyOf(FrozenModel):
    """True where one of these conditions is, or several are."""

    any_of: tuple["RowCondition", ...] = Field(min_length=2)

    @property
    def fields(self) -> tuple[str, ...]:
        """Returns the names of the fields that the conditions ask for, each once."""
        return tuple(dict.fromkeys(name for one in self.any_of for name in one.fields))


RowCondition = Condition | NumberCondition | WordCondition | AllOf | AnyOf
"""What a row rule may take as `when` or `where`; conditions of other things (time limits, relations) are of the first kind alone."""


class ContractCheck(FrozenModel):
    """What rules and expectations have alike. `id` is unique in its contract and is the type of its findings; `source` is the law, standard or decision behind it."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    severity: Severity
    message: Text
    mend: Text | None = None
    source: str


class Rule(ContractCheck):
    """Parameters of every row rule."""

    severity: Severity = "error"


def require_bounds(rule: str, lowest: float | None, highest: float | None) -> None:
    """Checks that a rule has a lowest or a highest value, and that they are in order; ValueError names the rule."""
    if lowest is None and highest is None:
        raise ValueError(f"rule {rule}: give a lowest value, a highest one, or both")
    if lowest is not None and highest is not None and lowest > highest:
        raise ValueError(f"rule {rule}: the lowest value {lowest} is above the highest {highest}")
