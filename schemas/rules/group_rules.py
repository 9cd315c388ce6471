"""The kinds of row rules that compare the rows of one file with each other: one frozen model per kind.

Not here: kinds that look at one row (`rules.py`), how a rule is evaluated (`quality/rules/groups.py`, `quality/rules/group_totals.py`, `quality/rules/chains.py`).
"""

from typing import Literal

from pydantic import Field, model_validator

from schemas.rules.rule_base import RowCondition, Rule, require_bounds


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


class Apart(Rule):
    """Rows with equal values in `same` and different ones in `differ` are at least `metres` apart by (`lon`, `lat`), decimal degrees.

    Skipped: rows in which one of the fields is empty, and points outside the province. Of very many points within a few metres only
    the first ones of the file are compared with. Findings are at the later row of a pair and name the first one near it.
    """

    kind: Literal["apart"]
    lon: str
    lat: str
    metres: float = Field(gt=0, le=10_000)
    same: tuple[str, ...] = Field(min_length=1)
    differ: str


class OutlierWithin(Rule):
    """`field` lies within `spread` interquartile ranges of the quartiles of its group: the rows with equal values in `group`.

    Groups with fewer than `rows` filled-in values are not judged. Where the values are all alike, a tenth of the median counts as
    their range. Empty fields, numbers that are none, and rows in which a field of `group` is empty are skipped.
    """

    kind: Literal["outlier_within"]
    field: str
    group: tuple[str, ...] = Field(min_length=1)
    rows: int = Field(default=20, ge=4)
    spread: float = Field(default=3.0, gt=0)


class SumOfRows(Rule):
    """In each group of rows with equal values in `group`, `field` of the total row equals the sum of the other rows.

    `total` tells which rows are total rows, `parts` which ones are added up (default: all that are not total rows). An empty
    part counts as 0. Skipped: an empty total, rows in which a field of `group` is empty, groups without a total row or without
    parts. `tolerance` is in the unit of the field. Findings are at the total row.
    """

    kind: Literal["sum_of_rows"]
    field: str
    group: tuple[str, ...] = Field(min_length=1)
    total: RowCondition
    parts: RowCondition | None = None
    tolerance: float = Field(default=0.0, ge=0)


class SumOfGroup(Rule):
    """In each group of rows with equal values in `group`, the sum of `field` is `op` what every row of the group repeats in `total`.

    An empty part counts as 0. Skipped: rows in which a field of `group` is empty, groups whose first row has no total. Whether the
    rows repeat the same total is for `consistent_within`. `tolerance` is in the unit of the field. Findings are at the first row.
    """

    kind: Literal["sum_of_group"]
    field: str
    group: tuple[str, ...] = Field(min_length=1)
    total: str
    op: Literal["=", "<="] = "="
    tolerance: float = Field(default=0.0, ge=0)


class RowsBalance(Rule):
    """In each group of rows with equal values in `group`, `field` adds up to the same over the rows of `plus` and over those of `minus`.

    An empty part counts as 0. Skipped: rows in which a field of `group` is empty, groups without a row on one of the sides.
    `tolerance` is in the unit of the field. Findings are at the first row of the group and show both sums.
    """

    kind: Literal["rows_balance"]
    field: str
    group: tuple[str, ...] = Field(min_length=1)
    plus: RowCondition
    minus: RowCondition
    tolerance: float = Field(default=0.0, ge=0)


class PerHead(Rule):
    """The rows of the file for which `where` is true (default: all) add up, by `field`, to `minimum` to `maximum` for `per` residents.

    The residents are those of the submitting department's city or province by the newest figure of `reference/population.csv`.
    Skipped: a file without such a row, a department whose area has no figure there. The finding is at the first row that counts.
    """

    kind: Literal["per_head"]
    field: str
    where: RowCondition | None = None
    per: int = Field(default=10_000, gt=0)
    minimum: float | None = Field(default=None, ge=0)
    maximum: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _require_bounds(self) -> "PerHead":
        require_bounds(self.id, self.minimum, self.maximum)
        return self

    @property
    def group(self) -> tuple[str, ...]:
        """Returns the fields that tell groups apart: none, the file as a whole is one."""
        return ()


class NoStepBack(Rule):
    """A row whose `key` stands among the accepted rows of the dataset is in a stage of `stages` that is not before the stage there.

    `stages` are the codes of `field` in their order, those of one stage together; among them a row may go to and fro. A code that is
    in no stage is skipped. Findings are at `field`.
    """

    kind: Literal["no_step_back"]
    key: tuple[str, ...] = Field(min_length=1)
    field: str
    stages: tuple[tuple[str, ...], ...] = Field(min_length=2)


class Chain(Rule):
    """Rows with equal values in `group`, in the order of `order`, follow each other: `opening` of each is `closing` of the one before.

    The first row of a group has none before it. Rows in which `order` or a field of `group` is empty are in no group; a row whose
    `opening` is empty, or before which `closing` is, is skipped. `tolerance`, for numbers, is in their unit. Findings are at `opening`.
    """

    kind: Literal["chain"]
    group: tuple[str, ...] = Field(min_length=1)
    order: str
    opening: str
    closing: str
    tolerance: float = Field(default=0.0, ge=0)


class DistinctWithin(Rule):
    """Each group of rows with equal values in `group` has between `minimum` and `maximum` different values of `field`.

    Empty values are not counted. Rows in which a field of `group` is empty belong to no group. Findings are at the first row of the group.
    """

    kind: Literal["distinct_within"]
    field: str
    group: tuple[str, ...] = Field(min_length=1)
    minimum: int | None = Field(default=None, ge=0)
    maximum: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _require_bounds(self) -> "DistinctWithin":
        require_bounds(self.id, self.minimum, self.maximum)
        return self


class CountWithin(Rule):
    """Each group of rows with equal values in `group` has between `minimum` and `maximum` rows for which `where` is true (default: all).

    Rows in which a field of `group` is empty belong to no group. Findings are at the first row of the group.
    """

    kind: Literal["count_within"]
    group: tuple[str, ...] = Field(min_length=1)
    where: RowCondition | None = None
    minimum: int | None = Field(default=None, ge=0)
    maximum: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _require_bounds(self) -> "CountWithin":
        require_bounds(self.id, self.minimum, self.maximum)
        return self
