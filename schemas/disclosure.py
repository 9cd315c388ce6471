"""The settings of the disclosure judge, read from `disclosure.yaml` into frozen models.

Here: the words and numbers by which personal data are recognised, and the role that a column's title gives it. Not here: the search in
cells (`quality/disclosure`), and what one contract says of its own fields (`schemas/policy.py`).
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import ConfigDict, Field, model_validator

from schemas.errors import ContractError
from schemas.execution.kept_yaml import read_yaml
from schemas.frozen_model import FrozenModel
from schemas.text import Text

FILE = Path(__file__).with_name("disclosure.yaml")
PersonalKind = Literal[
    "identity_card",
    "identity_card_shape",
    "bank_card",
    "mobile",
    "private_email",
    "passport",
    "passport_shape",
    "officer_card",
    "home_address",
    "mangled_number",
]
"""Kinds of personal data. The two with `shape` are only likely: they have no check digit, or a wrong one."""
PersonRole = Literal["name", "school", "birth_date"]
"""What a column says of a person."""
_SPACES = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff_\-]+")
_REMARK = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]$")


class _SettingsPart(FrozenModel):
    model_config = ConfigDict(ignored_types=(cached_property,))


class KindTexts(_SettingsPart):
    """The name of a kind, what a finding says of it and how to mend it, and the standard or law behind it."""

    source: str = Field(min_length=1)
    name: Text
    message: Text
    mend: Text


class _SourcedPart(_SettingsPart):
    about: str = Field(min_length=1)
    source: str = Field(min_length=1)


class MailProviders(_SourcedPart):
    """Domains at which anybody gets a mailbox."""

    domains: tuple[str, ...]


class IssuerRange(_SettingsPart):
    """Bank cards whose first digits are in a range of texts of equal length, and the numbers of digits that they have."""

    first: str = Field(alias="from")
    last: str = Field(alias="to")
    digits: tuple[int, ...]


class CardIssuers(_SourcedPart):
    """Issuers of bank cards."""

    ranges: tuple[IssuerRange, ...]


class CardProvinces(_SourcedPart):
    """First two digits of identity cards."""

    codes: frozenset[str]


class DeniedTitles(_SettingsPart):
    """Titles of columns of one kind: matched as a whole, or also at the end of a title."""

    kind: PersonalKind
    whole: tuple[str, ...]
    ending: tuple[str, ...]


class DeniedColumns(_SourcedPart):
    """Columns that may never be published, by their title."""

    groups: tuple[DeniedTitles, ...]
    unless: tuple[str, ...]


class PersonColumns(_SourcedPart):
    """Titles of columns, by the role in which they describe a person."""

    name: frozenset[str]
    school: frozenset[str]
    birth_date: frozenset[str]


class HomeAddressWords(_SourcedPart):
    """Words after which an address is a person's home."""

    words: tuple[str, ...]


class DocumentWords(_SourcedPart):
    """Words after which a number is that of a document, or another code."""

    passport: tuple[str, ...]
    officer_card: tuple[str, ...]
    other_codes: tuple[str, ...]


class DisclosureSettings(_SettingsPart):
    """All settings of the disclosure judge."""

    kinds: Mapping[PersonalKind, KindTexts]
    mail_providers: MailProviders
    card_issuers: CardIssuers
    provinces: CardProvinces
    denied_columns: DeniedColumns
    person_columns: PersonColumns
    home_address: HomeAddressWords
    documents: DocumentWords

    @model_validator(mode="after")
    def _require_all_kinds(self) -> "DisclosureSettings":
        if missing := set(get_args(PersonalKind)) - set(self.kinds):
            raise ValueError(f"kinds: texts are missing for {sorted(missing)}")
        return self

    def find_denied_kind(self, title: str) -> PersonalKind | None:
        """Returns the kind of personal data that a column with this title holds; None if it may be published."""
        key, remark = _split_title(title)
        for whole in (key, remark):
            if whole in self._whole_titles:
                return self._whole_titles[whole]
        if key.startswith(self.denied_columns.unless):
            return None
        return next((kind for endings, kind in self._title_endings if key.endswith(endings)), None)

    def find_person_role(self, *titles: str) -> PersonRole | None:
        """Returns the role of a column with one of these titles (name, school, birthday of a person); None if none is known."""
        keys = {title_key(title) for title in titles}
        known = self.person_columns
        by_role: Mapping[PersonRole, frozenset[str]] = {
            "name": known.name,
            "school": known.school,
            "birth_date": known.birth_date,
        }
        return next((role for role, titles_of in by_role.items() if keys & titles_of), None)

    @cached_property
    def _whole_titles(self) -> dict[str, PersonalKind]:
        return {title: group.kind for group in self.denied_columns.groups for title in (*group.whole, *group.ending)}

    @cached_property
    def _title_endings(self) -> tuple[tuple[tuple[str, ...], PersonalKind], ...]:
        return tuple((group.ending, group.kind) for group in self.denied_columns.groups)


def title_key(title: str) -> str:
    """Returns the comparison key of a column's title: NFKC, lower case, without blanks, `_`, `-`, `*`, colon and a remark in brackets at its end."""
    return _split_title(title)[0]


@lru_cache(maxsize=1024)
def _split_title(title: str) -> tuple[str, str]:
    """Returns the key of a title and that of the remark in brackets at its end, "" if there is none."""
    whole = _SPACES.sub("", unicodedata.normalize("NFKC", title)).strip("*:='\"").casefold()
    remark = _REMARK.search(whole)
    if remark is None or not remark.start():
        return whole, ""
    return whole[: remark.start()].strip("*:"), remark[0][1:-1]


def read_disclosure_settings(file: Path = FILE) -> DisclosureSettings:
    """Reads the settings in that file; ContractError names what is wrong in it."""
    try:
        return DisclosureSettings.model_validate(read_yaml(file))
    except ValueError as wrong:
        raise ContractError(Text(zh=f"{file.name} 有误：{wrong}", en=f"{file.name} is wrong: {wrong}")) from wrong


@cache
def disclosure_settings() -> DisclosureSettings:
    """Returns the settings of this project, read once."""
    return read_disclosure_settings()
