"""House policy of one dataset: everything under the `sportlake:` key of a contract and of its fields.

Here: models only. Not here: reading files (`schemas/contract.py`), rule kinds (`schemas/rules.py`), table kinds
(`schemas/expectations.py`), catalogue items (`schemas/metadata.py`).
"""

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.expectations import TableExpectation
from schemas.metadata import CatalogueMetadata, UpdateCycle
from schemas.rules import RowRule
from schemas.slices import PeriodKind
from schemas.text import Text

Family = Literal["facility", "event", "association", "funding"]
NewColumns = Literal["refuse", "hold", "accept"]
Problem = Literal["few-rows", "mostly-empty", "poured-document", "fragment", "stacked-points"]
"""Problem data that a dataset may honestly be. Source: Fudan open data index (问题数据集), YARDSTICKS D22."""


class _FrozenModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Slice(_FrozenModel):
    """Which part of the dataset one file replaces: always one department, and one period of this kind."""

    period: PeriodKind
    periods_ahead: int = Field(
        default=0,
        ge=0,
        le=12,
        description="periods after the current one that may be handed in already: a budget is made a year ahead",
    )
    since: str | None = Field(default=None, description="the first period that may be handed in; none: any")

    @property
    def pattern(self) -> str:
        """Regular expression of a period's key: `2026`, `2026-Q3`, `2026-11`."""
        return {"year": r"^20\d{2}$", "quarter": r"^20\d{2}-Q[1-4]$", "month": r"^20\d{2}-(0[1-9]|1[0-2])$"}[
            self.period
        ]

    @model_validator(mode="after")
    def _require_first_period(self) -> "Slice":
        if self.since is not None and not re.match(self.pattern, self.since):
            raise ValueError(f"since: {self.since} is not a {self.period}")
        return self


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
    """`share` of the rows that may be held back before the whole file is; `mend_within` working days to send it again.

    `most_lost`: share of the rows that a file may lose against the data it replaces without a word that it is complete.
    """

    share: float = Field(default=0.1, ge=0, le=1)
    mend_within: int = Field(default=10, gt=0)
    most_lost: float = Field(default=0.3, ge=0, le=1)


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


class FieldPolicy(_FrozenModel):
    """The `sportlake:` key of one field."""

    title_en: str
    description_en: str
    unit: str | None = None
    codelist: str | None = None
    as_of: str | None = Field(default=None, description="field whose date decides which codes are valid")
    empty_words: tuple[str, ...] = Field(
        default=(),
        description="words that mean nothing in this field, beside those that mean nothing in any of its type",
    )
    example: str | None = None
