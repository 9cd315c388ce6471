"""The kinds of row rules that a contract may use: one frozen model per kind, distinguished by `kind`.

Here: the parameters of each kind. Not here: how a rule is evaluated (`quality/rules`), constraints of a single cell (Table
Schema), statements about the whole table (`schemas/expectations.py`).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

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


class CreditCode(Rule):
    """`field` is a unified social credit code whose two check digits are right. Source: GB 32100-2015."""

    kind: Literal["credit_code"]
    field: str


class DateOrder(Rule):
    """Each of `fields` is not earlier than the one before it (with `strict`: is later); empty fields are skipped. Findings are at the later field."""

    kind: Literal["date_order"]
    fields: tuple[str, ...] = Field(min_length=2)
    strict: bool = False


class SumOfColumns(Rule):
    """`total` equals the sum of `parts` within `tolerance` (in the unit of the field). An empty part counts as 0; an empty total is skipped."""

    kind: Literal["sum_of_columns"]
    total: str
    parts: tuple[str, ...] = Field(min_length=1)
    tolerance: float = Field(default=0.0, ge=0)


class Balance(Rule):
    """`closing` equals the sum of `plus` minus the sum of `minus` within `tolerance` (in the unit of the field); empty fields count as 0."""

    kind: Literal["balance"]
    closing: str
    plus: tuple[str, ...] = Field(min_length=1)
    minus: tuple[str, ...] = ()
    tolerance: float = Field(default=0.0, ge=0)


class Percentage(Rule):
    """`printed` (0-100) equals `part` / `whole` x 100 within `tolerance` percentage points; skipped where `whole` is 0 or any of them is empty.

    With `up_to` (percentage points) larger differences are ignored, so that a stricter rule can report them: one wrong number
    gives one finding.
    """

    kind: Literal["percentage"]
    part: str
    whole: str
    printed: str
    tolerance: float = Field(default=0.1, ge=0)
    up_to: float | None = Field(default=None, gt=0)


class RequiredWhen(Rule):
    """Where `when` is true, every one of `fields` is filled in."""

    kind: Literal["required_when"]
    fields: tuple[str, ...] = Field(min_length=1)
    when: Condition


class EmptyWhen(Rule):
    """Where `when` is true, every one of `fields` is empty."""

    kind: Literal["empty_when"]
    fields: tuple[str, ...] = Field(min_length=1)
    when: Condition


class MatchesWhen(Rule):
    """Where `when` is true, the whole text of `field` matches `pattern` (RE2)."""

    kind: Literal["matches_when"]
    field: str
    pattern: str
    when: Condition


class Compare(Rule):
    """The comparison `left` `op` `right` (another field) or `value` (a constant) is true; skipped where either side is empty."""

    kind: Literal["compare"]
    left: str
    op: Literal["<", "<=", "=", ">=", ">", "!="]
    right: str | None = None
    value: float | None = None

    @model_validator(mode="after")
    def _require_one_right_side(self) -> "Compare":
        if (self.right is None) == (self.value is None):
            raise ValueError(f"rule {self.id}: give either `right` (a field) or `value` (a number)")
        return self


class BothOrNeither(Rule):
    """All of `fields` are above 0, or none is (empty counts as 0)."""

    kind: Literal["both_or_neither"]
    fields: tuple[str, ...] = Field(min_length=2)


class ProductNear(Rule):
    """The product of `factors` is within `tolerance` (a share, 0.3 = 30 %) of `product`; skipped where any is empty or `product` is 0."""

    kind: Literal["product_near"]
    factors: tuple[str, ...] = Field(min_length=2)
    product: str
    tolerance: float = Field(gt=0)


class ConsistentWithin(Rule):
    """Rows with the same `key` have equal values in every one of `fields`. Findings are at the rows that differ from the first."""

    kind: Literal["consistent_within"]
    key: str
    fields: tuple[str, ...] = Field(min_length=1)


class UniqueTogether(Rule):
    """No two rows have equal values in all of `fields`; rows in which one of them is empty are skipped. Findings are at the second and later rows."""

    kind: Literal["unique_together"]
    fields: tuple[str, ...] = Field(min_length=1)


class NoOverlap(Rule):
    """The half-open intervals [`start`, `end`) of rows with the same `key` do not overlap."""

    kind: Literal["no_overlap"]
    key: tuple[str, ...] = Field(min_length=1)
    start: str
    end: str


class InCodelist(Rule):
    """`field` is a code of `codelist` that is valid on the day in `as_of` (a date or year field).

    Without `as_of`, or where it is empty, the code must be valid on the last day of the slice's period.
    """

    kind: Literal["in_codelist"]
    field: str
    codelist: str
    as_of: str | None = None


class InDataset(Rule):
    """The values of `fields` occur together in the fields `reference` of an accepted row of `dataset`; skipped where any of them is empty."""

    kind: Literal["in_dataset"]
    fields: tuple[str, ...] = Field(min_length=1)
    dataset: str
    reference: tuple[str, ...] = Field(min_length=1)


class InPeriod(Rule):
    """The year or date in `field` lies in the slice's period."""

    kind: Literal["in_period"]
    field: str


class NotAfterReceipt(Rule):
    """The days or years in `fields` are not later than the day on which the file was handed in; empty ones are skipped."""

    kind: Literal["not_after_receipt"]
    fields: tuple[str, ...] = Field(min_length=1)


class InArea(Rule):
    """The division code in `field` belongs to the area of the submitting department: its prefecture for a city bureau, the province for a provincial unit."""

    kind: Literal["in_area"]
    field: str


class PointZero(Rule):
    """(`lon`, `lat`) is not (0, 0), and the two numbers differ."""

    kind: Literal["point_zero"]
    lon: str
    lat: str


class PointSwapped(Rule):
    """(`lon`, `lat`) does not lie in the province after an exchange of the two numbers."""

    kind: Literal["point_swapped"]
    lon: str
    lat: str


class PointInProvince(Rule):
    """(`lon`, `lat`) lies in the bounding box of the province; points reported by PointZero or PointSwapped are skipped."""

    kind: Literal["point_in_province"]
    lon: str
    lat: str


RowRule = Annotated[
    CreditCode
    | DateOrder
    | SumOfColumns
    | Balance
    | Percentage
    | RequiredWhen
    | EmptyWhen
    | MatchesWhen
    | Compare
    | BothOrNeither
    | ProductNear
    | ConsistentWithin
    | UniqueTogether
    | NoOverlap
    | InCodelist
    | InDataset
    | InPeriod
    | NotAfterReceipt
    | InArea
    | PointZero
    | PointSwapped
    | PointInProvince,
    Field(discriminator="kind"),
]
