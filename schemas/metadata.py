"""The core catalogue metadata that law and standards require of every dataset.

Here: every mandatory item as a field, either given or marked as not applicable with a reason. Not here: computed items (volume,
dates, quality), nor what the descriptor states in Data Package properties (title, description, licences). Each enumeration
has one set of internal codes; exports translate them to the labels of other portals and never output the codes themselves.

Source: 政务数据共享条例 (国务院令第809号) art. 13, 政务信息资源目录编制指南.
"""

from datetime import date
from typing import Literal

from pydantic import Field

from schemas.frozen_model import FrozenModel
from schemas.province import read_bureau_province
from schemas.text import Text

UpdateCycle = Literal["daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "irregular", "never"]
OpenType = Literal["open", "conditional", "closed"]
NotDone = Literal["not_done"]
"""There is no record of this review, approval or assessment. A contract has no day: what is published adds that of its release."""
NOT_DONE: NotDone = "not_done"


class NotApplicable(FrozenModel):
    """An item that does not apply to the dataset, with the reason."""

    not_applicable: Text


class Provider(FrozenModel):
    """The unit that provides the data. The contact is an office, never a person."""

    name: Text
    uscc: str | NotApplicable
    phone: str
    email: str | NotApplicable


class Sharing(FrozenModel):
    """How the data may be shared between departments. Source: 政务数据共享条例 art. 13-15."""

    type: Literal["unconditional", "conditional", "refused"]
    way: Literal["interface", "table", "file"]
    scope: Text
    use: Text


class Refusal(FrozenModel):
    """Why a dataset is not opened: one of the six legal grounds, its clause, the day of the decision and of the next review."""

    ground: Literal["state_secret", "law_forbids", "security", "trade_secret", "privacy", "internal"]
    clause: str
    decided: date
    review_by: date
    separable: bool


class Assessment(FrozenModel):
    """Evidence of a review: by whom, when, under which document. Only for reviews with a record that can be shown."""

    by: str
    at: date
    document: str
    keep_until: date | None = None


class CatalogueMetadata(FrozenModel):
    """The mandatory items of the catalogue, and those recommended items that the bureau can already fill in."""

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
    space_range: str = Field(default_factory=lambda: read_bureau_province().admin_code, pattern=r"^\d{6}$")
    source_system: Text
    source_basis: Text
