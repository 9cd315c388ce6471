"""The core catalogue metadata of an entry in words: one line an item, in the order of the law, with its reason where none applies.

Every enumeration is said by its label in both languages; bare codes never leave, because other portals number them otherwise.
Source: 政务数据共享条例 art. 13, 政务信息资源目录编制指南. Not here: how a page or a portal lays the lines out.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from pydantic import BaseModel, ConfigDict

from catalog.entry import Entry
from catalog.pages import FOLDER, read_texts
from catalog.pages.formats import day
from schemas.metadata import Assessment, NotApplicable, Refusal
from schemas.text import Text

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class CoreLine(BaseModel):
    """One item: its label and what it says. `applies` is false where `value` is the reason why it does not apply."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    label: Text
    value: Text
    applies: bool = True

    @property
    def untranslated(self) -> bool:
        """Whether the English value is the Chinese one, so that a reader's voice must be told."""
        return self.value.zh == self.value.en and _CHINESE.search(self.value.zh) is not None


@cache
def words() -> Mapping[str, Text]:
    """The labels of the items (`core.<key>`) and of every enumeration (`<enumeration>.<value>`)."""
    return read_texts(FOLDER / "texts.yaml")


def core_lines(entry: Entry) -> tuple[CoreLine, ...]:
    """All items, filled or with the reason why not; nothing is left out."""
    return tuple(_line(key, value) for key, value in _items(entry))


def _items(entry: Entry) -> Iterator[tuple[str, Text | str | NotApplicable | Assessment | Refusal]]:
    core, sharing = entry.core, entry.core.sharing
    yield "catalogue_code", core.catalogue_code
    yield "index_no", core.index_no
    yield "created", _days(core.created)
    yield "provider", core.provider.name
    yield "provider_uscc", core.provider.uscc
    yield "provider_phone", core.provider.phone
    yield "provider_email", core.provider.email
    yield "theme", core.theme
    yield "industry", core.industry
    yield "space_range", core.space_range
    yield "format", words()[f"format.{core.format}"]
    yield "encoding", core.encoding.upper()
    yield "update_cycle", words()[f"cycle.{entry.cycle}"]
    yield "sharing_type", words()[f"sharing.{sharing.type}"]
    yield "sharing_way", words()[f"way.{sharing.way}"]
    yield "sharing_scope", sharing.scope
    yield "sharing_use", sharing.use
    yield "open_type", words()[f"open.{core.open_type}"]
    yield "open_condition", core.open_condition
    yield "refusal", core.refusal
    yield "data_level", str(core.data_level)
    yield "data_class", words()[f"class.{core.data_class}"]
    yield "secrecy_review", core.secrecy_review
    yield "pia", core.pia
    yield "legal_basis_publish", core.legal_basis_publish
    yield "head_approval", core.head_approval
    yield "policy_clause", core.policy_clause
    yield "source_system", core.source_system
    yield "source_basis", core.source_basis


def _line(key: str, value: Text | str | NotApplicable | Assessment | Refusal) -> CoreLine:
    label = words()[f"core.{key}"]
    if isinstance(value, NotApplicable):
        return CoreLine(key=key, label=label, value=value.not_applicable, applies=False)
    return CoreLine(key=key, label=label, value=_said(value))


def _said(value: Text | str | Assessment | Refusal) -> Text:
    if isinstance(value, Assessment):
        on = _days(value.at)
        return Text(zh=f"{value.by}，{on.zh}，{value.document}", en=f"{value.by}, {on.en}, {value.document}")
    if isinstance(value, Refusal):
        ground, again = words()[f"ground.{value.ground}"], _days(value.review_by)
        return Text(
            zh=f"{ground.zh}（{value.clause}），{again.zh}前复审",
            en=f"{ground.en} ({value.clause}), to be looked at again by {again.en}",
        )
    return Text(zh=value, en=value) if isinstance(value, str) else value


def _days(value: date) -> Text:
    return Text(zh=day(value, "zh"), en=day(value, "en"))
