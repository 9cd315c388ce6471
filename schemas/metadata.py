"""The core catalogue metadata that law and standard ask of every dataset (政务数据共享条例 art. 13, 政务信息资源目录编制指南).

Here: every must-have item as a field, filled in or said not to apply, with the reason. Not here: what is computed (volume,
dates, quality), nor what the descriptor already says in Data Package's own words (title, description, licences).
One internal word for each enumeration; the labels of other portals are mapped at the border, bare codes never leave.
"""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.text import Text

UpdateCycle = Literal["daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "irregular", "never"]
OpenType = Literal["open", "conditional", "closed"]
NotDone = Literal["not_done"]
"""There is no record of this review, approval or assessment. A contract has no day: what is published adds that of its release."""
NOT_DONE: NotDone = "not_done"


class NotApplicable(BaseModel):
    """Said aloud: this item does not apply, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    not_applicable: Text


class Provider(BaseModel):
    """The unit that provides the data. The contact is an office, never a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    uscc: str | NotApplicable
    phone: str
    email: str | NotApplicable


class Sharing(BaseModel):
    """How the data may be shared between departments (809号 art. 13-15)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["unconditional", "conditional", "refused"]
    way: Literal["interface", "table", "file"]
    scope: Text
    use: Text


class Refusal(BaseModel):
    """Why something is not opened: one of the six legal grounds, its clause, and when that is looked at again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ground: Literal["state_secret", "law_forbids", "security", "trade_secret", "privacy", "internal"]
    clause: str
    decided: date
    review_by: date
    separable: bool


class Assessment(BaseModel):
    """Evidence of a review: by whom, when, under which document. Only for what has a record that can be shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str
    at: date
    document: str
    keep_until: date | None = None


class CatalogueMetadata(BaseModel):
    """The items marked M in the yardsticks, plus the recommended ones that we can fill today."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    catalogue_code: str | NotApplicable
    index_no: str | NotApplicable
    created: date
    provider: Provider
    format: Literal["structured"] = "structured"
    sharing: Sharing
    open_type: OpenType
    open_condition: Text | NotApplicable
    refusal: Refusal | NotApplicable
    data_level: int = Field(ge=1, le=4)
    data_class: Literal["general", "important", "core"]
    secrecy_review: Assessment | NotApplicable | NotDone
    pia: Assessment | NotApplicable | NotDone
    legal_basis_publish: Text | NotApplicable
    head_approval: Assessment | NotApplicable | NotDone
    encoding: Literal["utf-8"] = "utf-8"
    policy_clause: str
    theme: Text
    industry: str = "R89"
    space_range: str = Field(default="210000", pattern=r"^21\d{4}$")
    source_system: Text
    source_basis: Text
