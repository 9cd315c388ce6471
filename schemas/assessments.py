"""The kinds of assessment that stand on record before data become public, who records each, and what a contract asks for.

Here: kinds, names, roles and the two parts of a contract's policy. An assessment is bound to one dataset and one version of its
contract. Not here: the records (`pipelines/review/assessments.py`), approvals of a candidate (`schemas/policy.py`).

Source: 政务数据共享条例 art. 13 and 15, 信息公开条例 art. 17 and 18, 数据安全法 art. 21, 个人信息保护法 art. 27, 55 and 56.
"""

from collections.abc import Collection, Mapping
from typing import Literal, get_args

from pydantic import Field, model_validator

from schemas.errors import UsageError
from schemas.frozen_model import FrozenModel
from schemas.people import ApprovalRole
from schemas.text import Text

AssessmentKind = Literal[
    "secrecy_review",
    "pia",
    "legal_basis_review",
    "head_approval",
    "classification_review",
    "refusal",
    "open_type_lowering",
]
"""What is assessed. All but the last are also items of the catalogue metadata, under the same key."""
ASSESSMENT_NAMES: Mapping[AssessmentKind, Text] = {
    "secrecy_review": Text(zh="保密审查", en="secrecy review"),
    "pia": Text(zh="个人信息保护影响评估", en="personal information impact assessment"),
    "legal_basis_review": Text(zh="公开个人信息依据的确认", en="confirmation of the basis for personal information"),
    "head_approval": Text(zh="部门负责人审核", en="approval by the head"),
    "classification_review": Text(zh="分类分级审核", en="review of level and class"),
    "refusal": Text(zh="不予开放的决定", en="decision not to open"),
    "open_type_lowering": Text(zh="降低开放属性的批准", en="approval of a lower open type"),
}
ASSESSMENT_ROLES: Mapping[AssessmentKind, ApprovalRole] = {
    "secrecy_review": "confidentiality",
    "pia": "confidentiality",
    "legal_basis_review": "steward",
    "head_approval": "head",
    "classification_review": "steward",
    "refusal": "head",
    "open_type_lowering": "head",
}
"""Who puts an assessment on record, and takes it back."""
RELEASED_KINDS: tuple[AssessmentKind, ...] = (
    "secrecy_review",
    "pia",
    "legal_basis_review",
    "head_approval",
    "classification_review",
)
"""The kinds that a contract may ask for before a release, and that catalogues state."""
PUBLIC_RESULTS: frozenset[AssessmentKind] = frozenset({"legal_basis_review"})
"""The kinds whose result the public reads: the basis. Of the others it reads role, day and document."""
KEPT_YEARS = 3
"""Years for which documents must be kept. Source: 个人信息保护法 art. 56."""


class Assessments(FrozenModel):
    """The assessments that must be on record before a release; a record holds for at most `days` days."""

    needed: tuple[AssessmentKind, ...] = ()
    days: int = Field(default=366, gt=0, le=1096)

    @model_validator(mode="after")
    def _require_kinds_of_releases(self) -> "Assessments":
        if unknown := [kind for kind in self.needed if kind not in RELEASED_KINDS]:
            raise ValueError(f"assessments: {', '.join(unknown)} cannot be needed; use {', '.join(RELEASED_KINDS)}")
        if len(set(self.needed)) != len(self.needed):
            raise ValueError(f"assessments: a kind stands twice in {list(self.needed)}")
        return self


class Waivers(FrozenModel):
    """Who may waive an objection of the gate, and for how many days at most."""

    roles: tuple[ApprovalRole, ...] = ("head",)
    days: int = Field(default=90, gt=0, le=366)


def parse_kind(text: str) -> AssessmentKind:
    """Returns the kind of that key or Chinese name; UsageError lists all of them."""
    for kind in get_args(AssessmentKind):
        if text in {kind, ASSESSMENT_NAMES[kind].zh}:
            found: AssessmentKind = kind
            return found
    there = "、".join(f"{kind}（{name.zh}）" for kind, name in ASSESSMENT_NAMES.items())
    raise UsageError(
        Text(
            zh=f"没有名为 {text} 的评估；请用：{there}",
            en=f"there is no assessment {text}; use one of {', '.join(ASSESSMENT_NAMES)}",
        )
    )


def describe_kinds(kinds: Collection[AssessmentKind]) -> Text:
    """Returns the names of kinds in both languages, in the order given."""
    return Text(
        zh="、".join(ASSESSMENT_NAMES[kind].zh for kind in kinds),
        en=" and ".join(ASSESSMENT_NAMES[kind].en for kind in kinds),
    )
