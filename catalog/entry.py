"""A catalogue entry: everything that a catalogue shows of one dataset, built from its contract and its newest release.

The only input read from disk is the `datapackage.json` of the release and of those before it. All catalogues use the
same entry; its `fingerprint` changes if and only if something visible changes. Not here: layout, plans, data files.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from pydantic import ConfigDict, Field

from catalog.release_facts import (
    DescribedField,
    Distribution,
    LabelField,
    ReleaseFacts,
    is_empty,
    is_false,
    is_none,
    read_history,
)
from schemas.charts import Chart
from schemas.contract import Contract
from schemas.contract import Field as ContractField
from schemas.departments import Department, find_department
from schemas.errors import CatalogueError
from schemas.finder import Finder
from schemas.frozen_model import FrozenModel
from schemas.metadata import CatalogueMetadata, UpdateCycle
from schemas.policy import Coordinates, Family
from schemas.province import Province
from schemas.release_numbers import release_order
from schemas.text import Text

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_ENGLISH_LICENCES: Mapping[str, str] = {"CC-BY-4.0": "Creative Commons Attribution 4.0 International"}
NAMESPACE = UUID("f3bd59ea-a98e-54be-9de2-161547a42f2d")


class _Frozen(FrozenModel):
    model_config = ConfigDict(ignored_types=(cached_property,))


class Publisher(_Frozen):
    """The department responsible for the dataset. `id` is stable and derived from `code`."""

    id: str
    code: str
    name: Text


class Licence(_Frozen):
    """The licence of the data; `name` is its SPDX identifier, `path` the address of its text, by which machines know it."""

    name: str
    title: str
    path: str

    @property
    def label(self) -> Text:
        """What the licence is called: in Chinese as the contract says, in English by its own title, if known."""
        return Text(zh=self.title, en=_ENGLISH_LICENCES.get(self.name, self.name))


class DictionaryField(_Frozen):
    """One field of the released table. `constraints` are those of Table Schema, unchanged."""

    name: str
    label: Text
    description: Text
    type: str
    unit: str | None
    codelist: str | None
    example: str | None
    constraints: Mapping[str, Any]
    withheld: Text | None = None
    labels_of: str | None = Field(default=None, exclude_if=is_none)
    """For a label column: the field whose codes it names."""
    language: str | None = Field(default=None, exclude_if=is_none)
    of_slice: bool = Field(default=False, exclude_if=is_false)
    """Whether it is the department or the period of the row, which every dataset has."""

    @property
    def is_own(self) -> bool:
        """Whether it is a field of the contract; others the platform adds."""
        return self.labels_of is None and not self.of_slice


class FindingLine(_Frozen):
    """Number of findings of one type in the checks of this release; `meaning` is None for types of frictionless."""

    type: str
    count: int
    meaning: Text | None


class PublicDecision(_Frozen):
    """When the publisher decided to offer another release instead of `replaced`; if that is None, to offer a withdrawn dataset again."""

    at: datetime
    replaced: str | None = None


class CatalogueEntry(_Frozen):
    """One dataset as catalogues show it. Key: `dataset`; `id` never changes.

    `issued` is the day of the first release, `data_updated` the day on which the newest accepted file was received,
    `metadata_updated` the day of the first release under the current contract version. `history` holds the earlier
    releases, newest first. `never_published` are the fields that no release contains.
    """

    id: str
    dataset: str
    title: Text
    description: Text
    keywords: tuple[str, ...]
    family: Family
    cycle: UpdateCycle
    publisher: Publisher
    contributors: tuple[Text, ...]
    licence: Licence
    issued: date
    data_updated: date
    metadata_updated: date
    core: CatalogueMetadata
    province: Province
    coordinates: Coordinates | None
    finder: Finder | None = Field(default=None, exclude_if=is_none)
    primary_key: tuple[str, ...]
    dictionary: tuple[DictionaryField, ...]
    never_published: tuple[Text, ...] = ()
    findings: tuple[FindingLine, ...]
    charts: tuple[Chart, ...] = Field(default=(), exclude_if=is_empty)
    """Those whose fields the release has."""
    facts: ReleaseFacts
    history: tuple[ReleaseFacts, ...]
    taken_back: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """Numbers of the releases that are not offered any more, newest first."""
    decision: PublicDecision | None = Field(default=None, exclude_if=is_none)
    """The last decision on what is offered, if no release was made after it."""

    @property
    def rolled_back_from(self) -> str | None:
        """The newest release, if it is not offered any more and an earlier one is shown."""
        newest = next(iter(self.taken_back), self.release)
        return newest if release_order(newest) > release_order(self.release) else None

    @property
    def release(self) -> str:
        """Number of the visible release."""
        return self.facts.number

    @property
    def synthetic(self) -> bool:
        """Whether the data are synthetic; every page and catalogue must then state it."""
        return self.facts.synthetic

    @property
    def distributions(self) -> tuple[Distribution, ...]:
        """The data files of the visible release."""
        return self.facts.distributions

    @cached_property
    def fingerprint(self) -> str:
        """Hex SHA-256 of everything visible, including the hashes of the data files."""
        content = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def stable_id(*names: str) -> str:
    """The permanent id of the object with these names, the same in every catalogue: uuid5 of `a/b/c`."""
    return str(uuid5(NAMESPACE, "/".join(names)))


def list_released(releases: Path) -> list[str]:
    """The datasets that ever had a release, sorted: only those can be in a catalogue. None if there is no such folder."""
    folders = releases.iterdir() if releases.is_dir() else ()
    return sorted(folder.name for folder in folders if folder.is_dir() and not folder.name.startswith("."))


def build_entry(contract: Contract, folder: Path, departments: Mapping[str, Department]) -> CatalogueEntry:
    """The entry of the release in `folder` (`…/<dataset>/<number>`), with the releases before it, newest first.

    Raises:
        CatalogueError: A `datapackage.json` is missing or incomplete, or the release belongs to another dataset.
        UsageError: The contract or the release names an unknown department.
    """
    facts, *history = read_history(folder)
    if facts.dataset != contract.name:
        raise _wrong_dataset_error(contract, facts)
    policy = contract.policy
    owner = find_department(departments, policy.owner)
    return CatalogueEntry(
        id=stable_id("dataset", contract.name),
        dataset=contract.name,
        title=contract.title,
        description=contract.description,
        keywords=contract.keywords,
        family=policy.family,
        cycle=policy.cadence,
        publisher=Publisher(id=stable_id("department", owner.code), code=owner.code, name=owner.name),
        contributors=tuple(find_department(departments, code).name for code in facts.departments),
        licence=Licence.model_validate({key: contract.licence[key] for key in ("name", "title", "path")}),
        issued=(history[-1] if history else facts).created.date(),
        data_updated=facts.data_updated,
        metadata_updated=_metadata_updated_date([facts, *history]),
        core=policy.catalogue,
        province=policy.province,
        coordinates=_public_coordinates(contract),
        finder=policy.finder,
        primary_key=contract.primary_key,
        dictionary=_build_dictionary(contract, facts),
        never_published=tuple(contract.get_field(name).label for name in policy.disclosure.protected),
        findings=build_finding_lines(contract, facts.quality.findings),
        charts=tuple(chart for chart in contract.charts if set(chart.fields) <= set(facts.fields)),
        facts=facts,
        history=tuple(history),
    )


def _metadata_updated_date(newest_first: Sequence[ReleaseFacts]) -> date:
    version = newest_first[0].contract_version
    *_, first = takewhile(lambda facts: facts.contract_version == version, newest_first)
    return first.created.date()


def _public_coordinates(contract: Contract) -> Coordinates | None:
    at = contract.policy.coordinates
    public = {field.name for field in contract.public_fields()}
    return at if at and {at.lon, at.lat} <= public else None


def _build_dictionary(contract: Contract, facts: ReleaseFacts) -> tuple[DictionaryField, ...]:
    """The columns of the release in their order, label columns behind their codes; fields added to the contract later are left out."""
    own = [_describe_contract_field(contract, one) for one in contract.public_fields() if one.name in facts.fields]
    described = []
    for field in (*own, *map(_describe_slice_field, facts.slice_fields)):
        described.append(field)
        described += [_describe_label(label) for label in facts.labels if label.field == field.name]
    return tuple(described)


def _describe_contract_field(contract: Contract, field: ContractField) -> DictionaryField:
    return DictionaryField(
        name=field.name,
        label=field.label,
        description=Text(zh=field.description, en=field.policy.description_en),
        type=field.type,
        unit=field.policy.unit,
        codelist=field.policy.codelist,
        example=field.policy.example,
        constraints=field.constraints,
        withheld=contract.policy.disclosure.describe_withheld(field.name),
    )


def _describe_label(label: LabelField) -> DictionaryField:
    return _describe_added(label).model_copy(update={"labels_of": label.field, "language": label.language})


def _describe_slice_field(field: DescribedField) -> DictionaryField:
    return _describe_added(field).model_copy(update={"of_slice": True})


def _describe_added(field: DescribedField) -> DictionaryField:
    return DictionaryField(
        name=field.name,
        label=field.title,
        description=field.description,
        type="string",
        unit=None,
        codelist=None,
        example=None,
        constraints={},
    )


def build_finding_lines(contract: Contract, found: Mapping[str, int]) -> tuple[FindingLine, ...]:
    """The finding types, most frequent first, then by type; each with the message of the rule that reported it."""
    messages = {rule.id: rule.message for rule in (*contract.policy.expectations, *contract.rules)}
    counts = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        FindingLine(type=kind, count=count, meaning=_mask_placeholders(messages[kind]) if kind in messages else None)
        for kind, count in counts
    )


def _mask_placeholders(message: Text) -> Text:
    """A rule's message with `…` in place of each placeholder for a finding's values."""
    return Text(zh=_PLACEHOLDER.sub("…", message.zh), en=_PLACEHOLDER.sub("…", message.en))


def _wrong_dataset_error(contract: Contract, facts: ReleaseFacts) -> CatalogueError:
    return CatalogueError(
        Text(
            zh=f"版本 {facts.number} 属于数据集 {facts.dataset}，不属于 {contract.name}；请给出 {contract.name} 的发布文件夹",
            en=f"release {facts.number} is of {facts.dataset}, not of {contract.name}; give a release folder of {contract.name}",
        )
    )
