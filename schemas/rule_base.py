"""What every row rule and every expectation has, and the condition that some rules take. Not here: their kinds (`rules.py`, `group_rules.py`, `expectations.py`)."""

from pydantic import BaseModel, ConfigDict, Field

from schemas import severity
from schemas.text import Text

Severity = severity.Severity
Scalar = str | int | float


class Condition(BaseModel):
    """True where `field` has one of the values `is_in`; without `is_in`, where `field` is not empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    is_in: tuple[Scalar, ...] = ()


class ContractCheck(BaseModel):
    """What rules and expectations have alike. `id` is unique in its contract and is the type of its findings; `source` is the law, standard or decision behind it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    severity: Severity
    message: Text
    mend: Text | None = None
    source: str


class Rule(ContractCheck):
    """Parameters of every row rule."""

    severity: Severity = "error"


def require_bounds(rule: str, lowest: float | None, highest: float | None) -> None:
    """Check that a rule has a lowest or a highest value, and that they are in order; ValueError names the rule."""
    if lowest is None and highest is None:
        raise ValueError(f"rule {rule}: give a lowest value, a highest one, or both")
    if lowest is not None and highest is not None and lowest > highest:
        raise ValueError(f"rule {rule}: the lowest value {lowest} is above the highest {highest}")
