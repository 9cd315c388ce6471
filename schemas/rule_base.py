"""What every row rule has, and the condition that some of them take. Not here: the kinds of rules (`rules.py`, `group_rules.py`)."""

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


class Rule(BaseModel):
    """Parameters of every rule. `id` is unique in its contract and is the type of its findings; `source` is the law, standard or decision behind it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    severity: Severity = "error"
    message: Text
    mend: Text | None = None
    source: str


def require_bounds(rule: str, lowest: float | None, highest: float | None) -> None:
    """Check that a rule has a lowest or a highest value, and that they are in order; ValueError names the rule."""
    if lowest is None and highest is None:
        raise ValueError(f"rule {rule}: give a lowest value, a highest one, or both")
    if lowest is not None and highest is not None and lowest > highest:
        raise ValueError(f"rule {rule}: the lowest value {lowest} is above the highest {highest}")
