"""What a contract may expect of a table as a whole: one frozen model a kind. Not here: how it is judged (`quality/expectations.py`)."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.rules.rule_base import ContractCheck, Severity


class Expectation(ContractCheck):
    """What every expectation says. Compared with "the last accepted slice" of the same department; skipped on a first submission."""

    severity: Severity = "warning"


class Volume(Expectation):
    """The number of rows changed by no more than `max_change` (0.3 = 30 %) against the last accepted slice."""

    kind: Literal["volume"]
    max_change: float = Field(gt=0)


class Mean(Expectation):
    """The mean of `field` changed by no more than `max_change` against the last accepted slice."""

    kind: Literal["mean"]
    field: str
    max_change: float = Field(gt=0)


class Nulls(Expectation):
    """No more than `max_share` of `field` is empty."""

    kind: Literal["nulls"]
    field: str
    max_share: float = Field(ge=0, le=1)


class Distinct(Expectation):
    """`field` has between `minimum` and `maximum` different values."""

    kind: Literal["distinct"]
    field: str
    minimum: int = Field(default=1, ge=0)
    maximum: int | None = None


class UnitSlip(Expectation):
    """The median of `field` is not about 10 000 times more or less than in the last accepted slice (元 for 万元, ㎡ for 万㎡)."""

    kind: Literal["unit_slip"]
    field: str


TableExpectation = Annotated[Volume | Mean | Nulls | Distinct | UnitSlip, Field(discriminator="kind")]
