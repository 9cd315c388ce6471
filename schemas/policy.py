"""House policy of one dataset: everything under the `sportlake:` key of a contract and of its fields.

Here: models only. Not here: reading files (`schemas/contract.py`), rule kinds (`schemas/rules.py`), table kinds
(`schemas/expectations.py`), catalogue items (`schemas/metadata.py`).
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.expectations import TableExpectation
from schemas.metadata import CatalogueMetadata, UpdateCycle
from schemas.rules import RowRule
from schemas.text import Text

Family = Literal["facility", "event", "association", "funding"]
NewColumns = Literal["refuse", "hold", "accept"]
Problem = Literal["few-rows", "mostly-empty", "poured-document", "fragment", "stacked-points"]
"""Problem data that a dataset may honestly be. Source: Fudan open data index (问题数据集), YARDSTICKS D22."""


class _FrozenModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Slice(_FrozenModel):
    """Which part of the dataset one file replaces: always one department, and one period of this kind."""

    period: Literal["year", "quarter", "month"]

    @property
    def pattern(self) -> str:
        """Regular expression of a period's key: `2026`, `2026-Q3`, `2026-11`."""
        return {"year": r"^20\d{2}$", "quarter": r"^20\d{2}-Q[1-4]$", "month": r"^20\d{2}-(0[1-9]|1[0-2])$"}[
            self.period
        ]


class TimeLimit(_FrozenModel):
    """How long after `trigger` the data must be public, and which clause says so."""

    trigger: Text
    days: int = Field(gt=0)
    kind: Literal["working", "calendar"]
    clause: str
    source: str


class Coordinates(_FrozenModel):
    """Which fields are the place, and in which datum the published numbers are."""

    lon: str
    lat: str
    datum: Literal["CGCS2000", "WGS84"] = "CGCS2000"
    most_on_a_point: int = Field(
        default=20, ge=1, description="rows that may share one place; more look like a default of the map"
    )


class Quarantine(_FrozenModel):
    """`share` of the rows that may be held back before the whole file is; `mend_within` working days to send it again."""

    share: float = Field(default=0.1, ge=0, le=1)
    mend_within: int = Field(default=10, gt=0)


class Disclosure(_FrozenModel):
    """Fields that never leave the house, and why (they stay in the lake, no release carries them)."""

    protected: tuple[str, ...] = ()
    basis: str | None = None


class Policy(_FrozenModel):
    """The `sportlake:` key of a descriptor."""

    family: Family
    title_en: str
    description_en: str
    submitters: tuple[str, ...] = Field(
        min_length=1, description="department codes, or the kinds `city_bureau`, `province_unit`"
    )
    slice: Slice
    mode: Literal["snapshot", "append"] = Field(
        description="snapshot: a department's newest period is its current state; append: all periods together are"
    )
    cadence: UpdateCycle
    owner: str = Field(description="code of the department that answers for the dataset")
    time_limit: TimeLimit
    rules: tuple[RowRule, ...] = ()
    expectations: tuple[TableExpectation, ...] = ()
    quarantine: Quarantine = Quarantine()
    coordinates: Coordinates | None = None
    new_columns: NewColumns = Field(
        default="refuse",
        description="a column that the contract does not know: refuse: the file waits; hold: rows are taken without it, with a warning; accept: the same, said in passing",
    )
    waived_problems: Mapping[Problem, Text] = Field(
        default={}, description="problem data that this dataset honestly is, and why: such tables are not complained of"
    )
    disclosure: Disclosure = Disclosure()
    catalogue: CatalogueMetadata


class Plausible(_FrozenModel):
    """Bounds that the figures of a whole file keep in any honest year, in the unit of the field; a wrong unit leaves them.

    Both are the lowest and the highest: `median` of the values above 0, `maximum` of all of them.
    """

    median: tuple[float, float]
    maximum: tuple[float, float] | None = None
    source: str = Field(min_length=1, description="where the bounds come from: a regulation, published figures")

    @model_validator(mode="after")
    def _require_order(self) -> "Plausible":
        for low, high in (bounds for bounds in (self.median, self.maximum) if bounds):
            if not 0 < low < high:
                raise ValueError(f"plausible bounds must be above 0 and in order, not {low} and {high}")
        return self

    def allows_median(self, value: float) -> bool:
        """Whether a median is within the bounds."""
        return self.median[0] <= value <= self.median[1]

    def allows_maximum(self, value: float) -> bool:
        """Whether a maximum is within the bounds; True if there are none."""
        return self.maximum is None or self.maximum[0] <= value <= self.maximum[1]


class FieldPolicy(_FrozenModel):
    """The `sportlake:` key of one field."""

    title_en: str
    description_en: str
    unit: str | None = None
    plausible: Plausible | None = Field(
        default=None, description="magnitudes of a whole file; outside of them its unit is asked for"
    )
    codelist: str | None = None
    as_of: str | None = Field(default=None, description="field whose date decides which codes are valid")
    empty_words: tuple[str, ...] = Field(
        default=(),
        description="words that mean nothing in this field, beside those that mean nothing in any of its type",
    )
    example: str | None = None
