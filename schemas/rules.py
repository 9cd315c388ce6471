"""The row rules that a contract may name: one frozen model a kind, told apart by `kind`.

Here: what a rule is called and which fields and limits it takes. Not here: how it is judged (`quality/rules`), nor what
belongs to a single cell (Table Schema constraints) or to the table as a whole (`schemas/expectations.py`).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas import severity
from schemas.text import Text

Severity = severity.Severity
Scalar = str | int | float


class Condition(BaseModel):
    """`field` holds one of `is_in`, or (with `is_in` left out) holds anything at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    is_in: tuple[Scalar, ...] = ()


class Rule(BaseModel):
    """What every rule says. `id` is unique in its contract and is the finding's type; `source` is where the rule comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    severity: Severity = "error"
    message: Text
    mend: Text | None = None
    source: str


class CreditCode(Rule):
    """`field` is a unified social credit code (GB 32100-2015) with both its check digits right."""

    kind: Literal["credit_code"]
    field: str


class DateOrder(Rule):
    """Each of `fields` is no earlier than the one before it; empty ones are skipped. The finding points at the later field."""

    kind: Literal["date_order"]
    fields: tuple[str, ...] = Field(min_length=2)
    strict: bool = False


class SumOfColumns(Rule):
    """`total` equals the sum of `parts` within `tolerance` (in the unit of the field); an empty part counts as 0, an empty total is skipped."""

    kind: Literal["sum_of_columns"]
    total: str
    parts: tuple[str, ...] = Field(min_length=1)
    tolerance: float = Field(default=0.0, ge=0)


class Balance(Rule):
    """`closing` equals the sum of `plus` less the sum of `minus` within `tolerance`; empty counts as 0."""

    kind: Literal["balance"]
    closing: str
    plus: tuple[str, ...] = Field(min_length=1)
    minus: tuple[str, ...] = ()
    tolerance: float = Field(default=0.0, ge=0)


class Percentage(Rule):
    """`printed` (0-100) equals `part` / `whole` x 100 within `tolerance` percentage points; skipped where `whole` is 0 or anything is empty.

    Differences above `up_to`, if given, are left to a stricter rule, so that one wrong figure is one finding.
    """

    kind: Literal["percentage"]
    part: str
    whole: str
    printed: str
    tolerance: float = Field(default=0.1, ge=0)
    up_to: float | None = Field(default=None, gt=0)


class RequiredWhen(Rule):
    """Where `when` holds, every one of `fields` is filled in."""

    kind: Literal["required_when"]
    fields: tuple[str, ...] = Field(min_length=1)
    when: Condition


class EmptyWhen(Rule):
    """Where `when` holds, none of `fields` is filled in."""

    kind: Literal["empty_when"]
    fields: tuple[str, ...] = Field(min_length=1)
    when: Condition


class MatchesWhen(Rule):
    """Where `when` holds, the text of `field` matches the whole of `pattern` (RE2)."""

    kind: Literal["matches_when"]
    field: str
    pattern: str
    when: Condition


class Compare(Rule):
    """`left` stands to `right` (another field) or to `value` (a constant) as `op` says; skipped where either is empty."""

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
    """Rows that share `key` agree on every one of `fields`. The finding points at the rows that differ from the first."""

    kind: Literal["consistent_within"]
    key: str
    fields: tuple[str, ...] = Field(min_length=1)


class UniqueTogether(Rule):
    """No two rows share all of `fields`; rows with an empty one among them are skipped. The finding points at the second and later."""

    kind: Literal["unique_together"]
    fields: tuple[str, ...] = Field(min_length=1)


class NoOverlap(Rule):
    """Within `key`, no two rows' half-open intervals [`start`, `end`) overlap."""

    kind: Literal["no_overlap"]
    key: tuple[str, ...] = Field(min_length=1)
    start: str
    end: str


class InCodelist(Rule):
    """`field` is a code of `codelist`, valid on the date in `as_of` (a date or year field; empty or left out: on the last day of the slice's period)."""

    kind: Literal["in_codelist"]
    field: str
    codelist: str
    as_of: str | None = None


class InDataset(Rule):
    """The values of `fields` occur together in `reference` of the accepted rows of `dataset`; skipped where any is empty."""

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
    """The division code in `field` lies in the submitting department's area (same prefecture for a city bureau, the province for a unit of the bureau)."""

    kind: Literal["in_area"]
    field: str


class PointZero(Rule):
    """(`lon`, `lat`) is not the null island (0, 0), nor the same number twice."""

    kind: Literal["point_zero"]
    lon: str
    lat: str


class PointSwapped(Rule):
    """(`lon`, `lat`) would not lie in the province if the two were exchanged."""

    kind: Literal["point_swapped"]
    lon: str
    lat: str


class PointInProvince(Rule):
    """(`lon`, `lat`) lies in the box of the province; points that are zero or swapped are left to their own rules."""

    kind: Literal["point_in_province"]
    lon: str
    lat: str


class NoIdentityCard(Rule):
    """No text of `fields` (all string fields, if left out) holds an identity card number with a right check digit (GB 11643); a valid credit code in a credit-code field is not one."""

    kind: Literal["no_identity_card"]
    fields: tuple[str, ...] = ()


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
    | PointInProvince
    | NoIdentityCard,
    Field(discriminator="kind"),
]
