"""Core catalogue metadata of an entry as text: one line per item, in the order of the regulation.

An item that does not apply is listed with the reason; a review with the role and the day on record, or as not done by the day of the release. Every enumeration value is given as its label in both languages,
never as a bare code, because other portals use other codes. Source: 政务数据共享条例 art. 13, 政务信息资源目录编制指南.
Not here: the layout of the lines on a page or a portal.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from catalog.entry import CatalogueEntry, FindingLine
from catalog.pages import FOLDER, read_texts
from catalog.pages.formats import format_day
from schemas.frozen_model import FrozenModel
from schemas.metadata import NOT_DONE, Assessment, NotApplicable, NotDone, Refusal, UpdateCycle
from schemas.people import REVIEW_ROLES, describe_approver
from schemas.text import Text

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class CoreLine(FrozenModel):
    """One metadata item. `applies` is false if the item does not apply; `value` is then the reason."""

    key: str
    label: Text
    value: Text
    applies: bool = True

    @property
    def untranslated(self) -> bool:
        """Whether the English value is the Chinese text; the page must then mark its language for screen readers."""
        return self.value.zh == self.value.en and _CHINESE.search(self.value.zh) is not None


@cache
def catalogue_texts() -> Mapping[str, Text]:
    """All texts of `texts.yaml` by key; items are `core.<key>`, enumeration values `<enumeration>.<value>`."""
    return read_texts(FOLDER / "texts.yaml")


def describe_cycle(cycle: UpdateCycle) -> Text:
    """How often a dataset is updated."""
    return catalogue_texts()[f"cycle.{cycle}"]


def find_meaning(finding: FindingLine) -> Text | None:
    """What a finding type means: the message of its rule, or the text of that type; None if there is neither."""
    return finding.meaning or catalogue_texts().get(f"finding.{finding.type}")


def core_lines(entry: CatalogueEntry) -> tuple[CoreLine, ...]:
    """Every item, with its value or with the reason why it does not apply; none is omitted."""
    return tuple(_core_line(key, value) for key, value in _metadata_items(entry))


def _metadata_items(entry: CatalogueEntry) -> Iterator[tuple[str, Text | str | NotApplicable | Assessment | Refusal]]:
    core, sharing = entry.core, entry.core.sharing
    yield "catalogue_code", core.catalogue_code
    yield "index_no", core.index_no
    yield "created", _date_text(core.created)
    yield "provider", core.provider.name
    yield "provider_uscc", core.provider.uscc
    yield "provider_phone", core.provider.phone
    yield "provider_email", core.provider.email
    yield "theme", core.theme
    yield "industry", core.industry
    yield "space_range", core.space_range
    yield "format", catalogue_texts()[f"format.{core.format}"]
    yield "encoding", core.encoding.upper()
    yield "update_cycle", describe_cycle(entry.cycle)
    yield "sharing_type", catalogue_texts()[f"sharing.{sharing.type}"]
    yield "sharing_way", catalogue_texts()[f"way.{sharing.way}"]
    yield "sharing_scope", sharing.scope
    yield "sharing_use", sharing.use
    yield "open_type", catalogue_texts()[f"open.{core.open_type}"]
    yield "open_condition", core.open_condition
    yield "refusal", core.refusal
    yield "data_level", str(core.data_level)
    yield "data_class", catalogue_texts()[f"class.{core.data_class}"]
    yield "classification_review", _review_value("classification_review", NOT_DONE, entry)
    yield "secrecy_review", _review_value("secrecy_review", core.secrecy_review, entry)
    yield "pia", _review_value("pia", core.pia, entry)
    yield "legal_basis_publish", core.legal_basis_publish
    basis = core.legal_basis_publish if isinstance(core.legal_basis_publish, NotApplicable) else NOT_DONE
    yield "legal_basis_review", _review_value("legal_basis_review", basis, entry)
    yield "head_approval", _review_value("head_approval", core.head_approval, entry)
    yield "policy_clause", core.policy_clause
    yield "source_system", core.source_system
    yield "source_basis", core.source_basis


def _review_value(
    item: str, review: Assessment | NotApplicable | NotDone, entry: CatalogueEntry
) -> Text | Assessment | NotApplicable:
    """The review, with role, day and document if the visible release has a record of it; otherwise that it was not done by the day of the release."""
    if review != NOT_DONE:
        return review
    role = REVIEW_ROLES.get(item)
    assessed = next((one for one in entry.facts.assessments if one.kind == item), None)
    if (one := assessed or next((one for one in entry.facts.approvals if one.role == role), None)) is not None:
        who, on = describe_approver(one.role, synthetic=one.synthetic), _date_text(one.on)
        words = [word for word in (assessed.document, assessed.result) if word] if assessed else []
        return Text(zh="，".join([who.zh, on.zh, *words]), en=", ".join([who.en, on.en, *words]))
    sentence, day = catalogue_texts()["review.not_done"], _date_text(entry.facts.created.date())
    return Text(zh=sentence.zh.format(day=day.zh), en=sentence.en.format(day=day.en))


def _core_line(key: str, value: Text | str | NotApplicable | Assessment | Refusal) -> CoreLine:
    label = catalogue_texts()[f"core.{key}"]
    if isinstance(value, NotApplicable):
        return CoreLine(key=key, label=label, value=value.not_applicable, applies=False)
    return CoreLine(key=key, label=label, value=_value_text(value))


def _value_text(value: Text | str | Assessment | Refusal) -> Text:
    if isinstance(value, Assessment):
        on = _date_text(value.at)
        return Text(zh=f"{value.by}，{on.zh}，{value.document}", en=f"{value.by}, {on.en}, {value.document}")
    if isinstance(value, Refusal):
        ground, again = catalogue_texts()[f"ground.{value.ground}"], _date_text(value.review_by)
        return Text(
            zh=f"{ground.zh}（{value.clause}），{again.zh}前复审",
            en=f"{ground.en} ({value.clause}), to be looked at again by {again.en}",
        )
    return Text(zh=value, en=value) if isinstance(value, str) else value


def _date_text(value: date) -> Text:
    return Text(zh=format_day(value, "zh"), en=format_day(value, "en"))
