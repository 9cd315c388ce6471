"""The kinds of row rules that a contract may use: one frozen model per kind, distinguished by `kind`.

Here: the kinds that look at one row, and the union of all kinds. Not here: what every rule has (`rule_base.py`), kinds that
compare rows (`group_rules.py`), how a rule is evaluated (`quality/rules`), constraints of a single cell (Table Schema),
statements about the whole table (`schemas/rules/expectations.py`).
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from schemas.rules.group_rules import (
    Apart,
    Chain,
    ConsistentWithin,
    CountWithin,
    DistinctWithin,
    NoOverlap,
    NoStepBack,
    OutlierWithin,
    PerHead,
    RowsBalance,
    SumOfGroup,
    SumOfRows,
    UniqueTogether,
)
from schemas.rules.rule_base import RowCondition, Rule, require_bounds


class CreditCode(Rule):
    """`field` is a unified social credit code whose two check digits are right. Source: GB 32100-2015."""

    kind: Literal["credit_code"]
    field: str


class BeginsWith(Rule):
    """The text of `field` begins with that of `beginning`, another field of the row; skipped where one of the two is empty."""

    kind: Literal["begins_with"]
    field: str
    beginning: str


class DateOrder(Rule):
    """Each of `fields` is not earlier than the one before it (with `strict`: is later); empty fields are skipped. Findings are at the later field."""

    kind: Literal["date_order"]
    fields: tuple[str, ...] = Field(min_length=2)
    strict: bool = False


class DaysBetween(Rule):
    """From `first` to `last` there are between `at_least` and `at_most` days; skipped where one of the fields is empty.

    The day `first` is not counted, the day `last` is (民法典 art. 201); where `last` is the earlier day the number is below 0.
    `count: working` counts working days (`schemas/time_limits/workdays.py`), and skips rows with a day in a year whose holidays are not
    in the table: nobody can say how many there are. `only_in_order` skips rows in which `last` is before `first`: a rule on their
    order reports those. Findings are at `last`.
    """

    kind: Literal["days_between"]
    first: str
    last: str
    at_least: int | None = Field(default=None, ge=0)
    at_most: int | None = Field(default=None, ge=0)
    count: Literal["working", "calendar"] = "calendar"
    only_in_order: bool = False
    when: RowCondition | None = None

    @model_validator(mode="after")
    def _require_bounds(self) -> "DaysBetween":
        require_bounds(self.id, self.at_least, self.at_most)
        return self


class YearsAfter(Rule):
    """`last` is the day `first` and as many years later as the field `years` says, give or take `tolerance` days; empty fields are skipped. Findings are at `last`."""

    kind: Literal["years_after"]
    first: str
    years: str
    last: str
    tolerance: int = Field(default=0, ge=0)


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
    when: RowCondition


class EmptyWhen(Rule):
    """Where `when` is true, every one of `fields` is empty."""

    kind: Literal["empty_when"]
    fields: tuple[str, ...] = Field(min_length=1)
    when: RowCondition


class MatchesWhen(Rule):
    """Where `when` is true, the whole text of `field` matches `pattern` (RE2)."""

    kind: Literal["matches_when"]
    field: str
    pattern: str
    when: RowCondition


class Compare(Rule):
    """The comparison `left` `op` `right` (another field) or `value` (a constant) is true; skipped where either side is empty.

    With `when` only rows are compared in which the condition is true.
    """

    kind: Literal["compare"]
    left: str
    op: Literal["<", "<=", "=", ">=", ">", "!="]
    right: str | None = None
    value: float | None = None
    when: RowCondition | None = None

    @model_validator(mode="after")
    def _require_one_right_side(self) -> "Compare":
        if (self.right is None) == (self.value is None):
            raise ValueError(f"rule {self.id}: give either `right` (a field) or `value` (a number)")
        return self


class Ratio(Rule):
    """`part` / `whole` is between `minimum` and `maximum` (0.1 = 10 %); skipped where one of the fields is empty or `whole` is 0.

    With `when` only rows are judged in which the condition is true. Findings are at `part`.
    """

    kind: Literal["ratio"]
    part: str
    whole: str
    minimum: float | None = None
    maximum: float | None = None
    when: RowCondition | None = None

    @model_validator(mode="after")
    def _require_bounds(self) -> "Ratio":
        require_bounds(self.id, self.minimum, self.maximum)
        return self


class AmountInText(Rule):
    """The amount of money that the running text `text` tells equals `field` within `tolerance`; `unit` is yuan for one of `field` (10 000 for 万元).

    Amounts are read in digits and in Chinese numerals. Skipped: a text that tells no amount, different amounts, or one that is not
    certain (a range, "above"); an empty field. With `when` only rows are judged in which the condition is true. Findings are at `field`.
    """

    kind: Literal["amount_in_text"]
    text: str
    field: str
    unit: float = Field(default=1, gt=0)
    tolerance: float = Field(default=0.0, ge=0)
    when: RowCondition | None = None


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


class NotBeforeReceipt(Rule):
    """The days or years in `fields` are not earlier than the day on which the file was handed in; empty ones are skipped.

    With `when` only rows are judged in which the condition is true.
    """

    kind: Literal["not_before_receipt"]
    fields: tuple[str, ...] = Field(min_length=1)
    when: RowCondition | None = None


class InArea(Rule):
    """The division code in `field` belongs to the area of the submitting department.

    That is its prefecture for a city bureau, its own county for a unit of a county, and the province for everybody else.
    """

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
    | BeginsWith
    | DateOrder
    | SumOfColumns
    | Balance
    | Percentage
    | RequiredWhen
    | EmptyWhen
    | MatchesWhen
    | Compare
    | Ratio
    | DaysBetween
    | YearsAfter
    | AmountInText
    | BothOrNeither
    | ProductNear
    | ConsistentWithin
    | UniqueTogether
    | NoOverlap
    | Apart
    | OutlierWithin
    | SumOfRows
    | SumOfGroup
    | RowsBalance
    | PerHead
    | NoStepBack
    | Chain
    | CountWithin
    | DistinctWithin
    | InCodelist
    | InDataset
    | InPeriod
    | NotAfterReceipt
    | NotBeforeReceipt
    | InArea
    | PointZero
    | PointSwapped
    | PointInProvince,
    Field(discriminator="kind"),
]
