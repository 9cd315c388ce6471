"""The bureau's policy for one dataset: everything under the `sportlake:` key of a contract and of its fields.

Here: models only. Not here: reading files (`schemas/contract.py`), kinds of row rules (`schemas/rules/rules.py`) and of table
expectations (`schemas/rules/expectations.py`), catalogue metadata (`schemas/metadata.py`).
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from schemas.assessments import Assessments, Waivers
from schemas.built import Built
from schemas.charts import Chart
from schemas.disclosure import PersonRole
from schemas.disclosure_rules import Disclosure
from schemas.finder import Finder
from schemas.frozen_model import FrozenModel
from schemas.metadata import CatalogueMetadata, NotApplicable, UpdateCycle
from schemas.people import ApprovalRole
from schemas.province import Province, read_bureau_province
from schemas.rules.expectations import TableExpectation
from schemas.rules.rules import RowRule
from schemas.slices import PeriodKind, SliceMode
from schemas.text import Text
from schemas.time_limits.time_limits import DayLimit

Family = Literal[
    "facility",
    "event",
    "association",
    "funding",
    "construction",
    "supervision",
    "service",
    "decision",
    "platform",
]
NewColumns = Literal["refuse", "ignore"]
Problem = Literal[
    "few-rows", "mostly-empty", "poured-document", "fragment", "stacked-points", "same-rows", "shared-rows"
]
"""Kinds of problem data that a contract may permit (`waived_problems`). Source: Fudan open data index (问题数据集)."""


class Slice(FrozenModel):
    """The part of the dataset that one file replaces: one department, and one period of this kind."""

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


class TimeLimit(DayLimit):
    """Number of days after `trigger` within which the data must be public, and the clause that requires it."""

    trigger: Text
    clause: str
    source: str


class Coordinates(FrozenModel):
    """The fields with longitude and latitude (decimal degrees), and the datum of the published values."""

    lon: str
    lat: str
    datum: Literal["CGCS2000", "WGS84"] = "CGCS2000"
    most_on_a_point: int = Field(
        default=20,
        ge=1,
        description="largest number of rows at one place; more than that look like the default position of a map",
    )


class Quarantine(FrozenModel):
    """More than `share` (0 to 1) of the rows held back quarantines the whole file; the correction is due in `mend_within` working days.

    `most_lost`: share of the rows that a file may lose against the data it replaces without a statement that it is complete.
    """

    share: float = Field(default=0.1, ge=0, le=1)
    mend_within: int = Field(default=10, gt=0)
    most_lost: float = Field(default=0.3, ge=0, le=1)


class Approvals(FrozenModel):
    """Who must approve a candidate before it is released, each role by another person; an approval holds for `days` days.

    Source: 保守国家秘密法 art. 35, 信息公开条例 art. 17 (review before publication).
    """

    roles: tuple[ApprovalRole, ...] = ("steward", "confidentiality")
    days: int = Field(default=30, gt=0, le=366)

    @model_validator(mode="after")
    def _require_different_roles(self) -> "Approvals":
        if len(set(self.roles)) != len(self.roles):
            raise ValueError(f"approvals: a role stands twice in {list(self.roles)}")
        return self


class Policy(FrozenModel):
    """The `sportlake:` key of a contract."""

    province: Province = Field(
        default_factory=read_bureau_province, description="where the places of the dataset lie; the bureau's by default"
    )
    family: Family
    title_en: str
    description_en: str
    submitters: tuple[str, ...] = Field(
        min_length=1,
        description="department codes, or kinds: `province_unit`, `city_bureau`, `county_bureau`, `institution`, `association`",
    )
    slice: Slice
    mode: SliceMode = Field(
        description="snapshot: a department's newest period is its current state; append: all periods together are"
    )
    cadence: UpdateCycle
    built: Built | None = Field(
        default=None, description="the platform builds the rows from other datasets; nobody hands them in"
    )
    owner: str = Field(description="code of the department that is responsible for the dataset")
    time_limit: TimeLimit
    rules: tuple[RowRule, ...] = ()
    expectations: tuple[TableExpectation, ...] = ()
    quarantine: Quarantine = Quarantine()
    coordinates: Coordinates | None = None
    finder: Finder | None = Field(
        default=None, description="people look for the rows on a map and in a list; needs coordinates"
    )
    new_columns: NewColumns = Field(
        default="ignore",
        description="a column that the contract does not know: ignore: rows are taken without it, with a warning; refuse: the file waits",
    )
    waived_problems: Mapping[Problem, Text] = Field(
        default={},
        description="kinds of problem data that are correct for this dataset, with the reason: they are not reported",
    )
    disclosure: Disclosure = Disclosure()
    approvals: Approvals = Approvals()
    assessments: Assessments = Assessments()
    waivers: Waivers = Waivers()
    disputed: Literal["hold_out", "whole"] = Field(
        default="whole",
        description="the same key in several departments or periods: hold_out: those rows wait and the rest may be released; whole: all of it waits",
    )
    coverage: float = Field(
        default=0,
        ge=0,
        le=1,
        description="share of the hand-ins (submitters and periods) from which on a first release may go out; 0: any",
    )
    charts: tuple[Chart, ...] | None = Field(
        default=None,
        description="what the dataset's page draws; none: rows by city where there are divisions; []: nothing",
    )
    catalogue: CatalogueMetadata

    @model_validator(mode="before")
    @classmethod
    def _fill_in_space_range(cls, stated: Any) -> Any:  # noqa: ANN401 - whatever the contract says, before it is checked
        """Data are about the whole province unless the contract names a part of it."""
        if not isinstance(stated, Mapping) or not isinstance(stated.get("catalogue"), Mapping):
            return stated
        province = Province.model_validate(stated["province"]) if "province" in stated else read_bureau_province()
        return {**stated, "catalogue": {"space_range": province.admin_code, **stated["catalogue"]}}

    @model_validator(mode="after")
    def _require_applicable_assessments(self) -> "Policy":
        needed = self.assessments.needed
        if idle := [item for item in needed if isinstance(getattr(self.catalogue, item, None), NotApplicable)]:
            raise ValueError(f"assessments: {', '.join(idle)} needed, and under `catalogue` said not to apply")
        return self

    @model_validator(mode="after")
    def _require_coordinates(self) -> "Policy":
        if self.finder is not None and self.coordinates is None:
            raise ValueError("finder: a finder needs `coordinates`")
        return self

    @model_validator(mode="after")
    def _require_one_submitter(self) -> "Policy":
        if self.built is not None and self.submitters != (self.owner,):
            raise ValueError(
                f"submitters: a dataset that the platform builds is handed in by its owner alone: [{self.owner}]"
            )
        return self

    @model_validator(mode="after")
    def _require_part_of_province(self) -> "Policy":
        if not self.catalogue.space_range.startswith(self.province.code):
            raise ValueError(f"space_range: {self.catalogue.space_range} is no part of {self.province.name.en}")
        return self


class Plausible(FrozenModel):
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


class FieldPolicy(FrozenModel):
    """The `sportlake:` key of one field."""

    title_en: str
    description_en: str
    unit: str | None = None
    plausible: Plausible | None = Field(
        default=None, description="magnitudes of a whole file; outside of them its unit is asked for"
    )
    codelist: str | None = None
    labels: bool = Field(
        default=True,
        description="releases have columns with the names of the codes beside them; false: the codes alone",
    )
    as_of: str | None = Field(default=None, description="field whose date decides which codes are valid")
    aliases: tuple[str, ...] = Field(
        default=(),
        description="other labels of the column in files that come, such as the identifiers of a national form",
    )
    empty_words: tuple[str, ...] = Field(
        default=(),
        description="words that mean an empty cell in this field, besides those that do in every field of its type",
    )
    example: str | None = None
    office_contact: bool = Field(
        default=False,
        description="the field holds the contact of an office: a mailbox at a provider for everybody may stand in it; mobile numbers, bank cards and identity cards may not, as in any other field",
    )
    person: PersonRole | None = Field(
        default=None,
        description="the field holds a person's name, school or birthday although its title does not say so; the three never go out together",
    )
