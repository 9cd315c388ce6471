"""The facts of one release, read from the `datapackage.json` in its folder; no other file of the release is opened.

A descriptor that lacks a value, or names a file by anything but a plain file name, is rejected.
Not here: building releases, reading data files, contracts.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, ConfigDict, Field, ValidationError

from schemas.assessments import AssessmentKind
from schemas.errors import CatalogueError
from schemas.frozen_model import FrozenModel
from schemas.label_columns import is_label
from schemas.people import ApprovalRole, Role, describe_approver
from schemas.slice_columns import is_slice_column
from schemas.table_parts import TablePart, read_table_part
from schemas.text import Text
from schemas.time_limits.limit_texts import describe_kept

DESCRIPTOR = "datapackage.json"
CHECKSUMS = "SHA256SUMS"
DOCUMENTS = (DESCRIPTOR, "provenance.json", "quality.json", CHECKSUMS)
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_CODELIST = "codelist_"
_DICTIONARY = "dictionary.csv"
_SHA256 = r"^[0-9a-f]{64}$"
_MOST_KEPT = 1024
"""Releases whose facts are kept in memory."""


def is_none(value: object) -> bool:
    """Whether a value is left out of a dump, so that entries from before it have the fingerprint that they had."""
    return value is None


def is_false(value: object) -> bool:
    """Whether a value is left out of a dump, as `is_none`."""
    return value is False


def is_empty(value: object) -> bool:
    """Whether a value without entries is left out of a dump, for the same reason."""
    return value == ()


class _Frozen(FrozenModel):
    model_config = ConfigDict(extra="ignore")


class Distribution(_Frozen):
    """One file of a release. Key: `name`, the file name. `path` is relative to the folder of all releases."""

    name: str
    path: str
    format: str
    mediatype: str
    encoding: str | None
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=_SHA256)

    @property
    def part(self) -> TablePart | None:
        """Which part of the rows the file is; None if it has all of them, or no rows."""
        return read_table_part(self.name)


class CodelistFile(Distribution):
    """The file of one code list that the data use. Key: `codelist`, the name that fields refer to."""

    codelist: str


class QualityFacts(_Frozen):
    """Result of the quality checks: rows submitted and held back, findings by type, share of filled cells (0 to 1)."""

    rows_submitted: int = Field(ge=0)
    rows_held_back: int = Field(ge=0)
    findings: Mapping[str, int]
    completeness: float = Field(ge=0, le=1)


class TimeRange(_Frozen):
    """First and last day that the data cover."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class ChangeSummary(_Frozen):
    """Changes since the previous release: counts of rows added, removed, changed; names of columns added, removed."""

    added: int = Field(ge=0)
    removed: int = Field(ge=0)
    changed: int = Field(ge=0)
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]


class RetractedPart(_Frozen):
    """What a department had handed in for a period and the bureau took back before this release, when and why."""

    department: str
    name: Text
    period: str
    reason: str
    on: date


class ReleaseApproval(_Frozen):
    """An approval before this release: in which role, on which day, and the number of its entry in the ledger; no name.

    `synthetic`: given by an invented person of a sample.
    """

    role: ApprovalRole
    on: date
    entry: int
    synthetic: bool = False


class ReleaseAssessment(ReleaseApproval):
    """An assessment on record at the release: of which kind, and its document; `result` where the public reads it."""

    kind: AssessmentKind
    until: date
    document: str
    result: str | None = Field(default=None, exclude_if=is_none)


class ReleaseWaiver(_Frozen):
    """An objection of the gate that was waived for this release: which, in which role, on which day, until when; no name."""

    type: str
    message: Text
    role: Role
    on: date
    until: date
    entry: int
    synthetic: bool = False

    @property
    def approver(self) -> Text:
        """How the public reads who waived it."""
        return describe_approver(self.role, synthetic=self.synthetic)


class LimitFacts(_Frozen):
    """One time limit and how it was kept: numbers `met` (in time), `late`, `missing` (overdue and not done), `due` (still time), `provisional` (part of `due`).

    For hand-ins (id `hand-in`) `met` counts those that are there, and `periods` lists the periods for which they were due; None for other
    limits, and in releases that do not state them.
    """

    id: str
    title: Text
    text: Text
    clause: str
    source: str
    met: int = Field(ge=0)
    late: int = Field(ge=0)
    missing: int = Field(ge=0)
    due: int = Field(ge=0)
    provisional: int = Field(ge=0)
    periods: tuple[str, ...] | None = Field(default=None, exclude_if=is_none)

    @property
    def kept(self) -> Text:
        """How the limit was kept, as a sentence for readers."""
        return describe_kept(self.id, self.met, self.late, self.missing, self.periods or ())

    @property
    def is_overdue(self) -> bool:
        """Whether something was not done in time."""
        return self.late + self.missing > 0

    @property
    def is_kept(self) -> bool:
        """Whether something was due and all of it was done."""
        return self.met > 0 and not self.is_overdue


class TimeLimitFacts(_Frozen):
    """The time limits that apply to a dataset, as they were kept on the day `as_of`, that of the release."""

    as_of: date
    limits: tuple[LimitFacts, ...]


class ErasedPart(_Frozen):
    """That something was erased from the release after it was made: when, and under which order."""

    on: date
    order: str


class DescribedField(_Frozen):
    """A column that the platform adds to a release, as its descriptor tells it. Key: `name`."""

    name: str
    title: Text
    description: Text


class LabelField(DescribedField):
    """A label column of a release: the names, in one language, of the codes in `field`."""

    field: str
    language: str


class ReleaseFacts(_Frozen):
    """One release. Key: (dataset, number).

    `fields` are the names of the released columns in their order, `labels` those with the names of codes, `slice_fields` department and period of the rows; `label_words` are the
    names that occur in them, `label_groups` those of groups, such as cities. `distributions` are the data files, `codelists` the files of its code lists, `dictionary` the file that describes
    its fields, `csv_metadata` the types of the CSV files (CSV on the Web). `changes` and `changes_file` are None for a first release and where rows have no public key. Values that
    an older release lacks are None and left out of the dump, so that its fingerprint stays the same.
    """

    dataset: str
    number: str
    created: AwareDatetime
    content_hash: str
    contract_version: str
    lake_version: int
    previous: str | None
    rows: int = Field(ge=0)
    fields: tuple[str, ...]
    labels: tuple[LabelField, ...] = Field(default=(), exclude_if=is_empty)
    slice_fields: tuple[DescribedField, ...] = Field(default=(), exclude_if=is_empty)
    label_words: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    label_groups: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    data_updated: date
    time_range: TimeRange
    departments: tuple[str, ...]
    quality: QualityFacts
    distributions: tuple[Distribution, ...] = Field(min_length=1)
    codelists: tuple[CodelistFile, ...]
    synthetic: bool = False
    dictionary: Distribution | None = Field(default=None, exclude_if=is_none)
    changes_file: Distribution | None = Field(default=None, exclude_if=is_none)
    csv_metadata: Distribution | None = Field(default=None, exclude_if=is_none)
    changes: ChangeSummary | None = Field(default=None, exclude_if=is_none)
    retracted: tuple[RetractedPart, ...] = Field(default=(), exclude_if=is_empty)
    approvals: tuple[ReleaseApproval, ...] = Field(default=(), exclude_if=is_empty)
    assessments: tuple[ReleaseAssessment, ...] = Field(default=(), exclude_if=is_empty)
    waivers: tuple[ReleaseWaiver, ...] = Field(default=(), exclude_if=is_empty)
    ledger_head: str | None = Field(default=None, exclude_if=is_none, pattern=r"^[1-9]\d*:[0-9a-f]{64}$")
    erased: tuple[ErasedPart, ...] = Field(default=(), exclude_if=is_empty)
    time_limits: TimeLimitFacts | None = Field(default=None, exclude_if=is_none)

    @property
    def table_files(self) -> tuple[Distribution, ...]:
        """The Parquet files with the rows, in the order of the rows: one, or all parts; empty if the release has none."""
        return tuple(sorted((one for one in self.distributions if one.format == "parquet"), key=lambda one: one.name))

    @property
    def parts(self) -> tuple[Distribution, ...]:
        """The files with the rows, in their order, if they are parts; empty if one file has all rows."""
        return tuple(one for one in self.table_files if one.part)

    @property
    def files(self) -> tuple[Distribution, ...]:
        """Every file that a catalogue offers besides the `DOCUMENTS`: data, code lists, dictionary, changes, types of the CSV files."""
        explanatory = (self.dictionary, self.changes_file, self.csv_metadata)
        return (*self.distributions, *self.codelists, *(file for file in explanatory if file is not None))


def read_history(folder: Path) -> tuple[ReleaseFacts, ...]:
    """The facts of the release in `folder` and of all releases before it, newest first.

    CatalogueError as in `read_facts`, and if the chain of previous releases forms a loop.
    """
    history = [read_facts(folder)]
    while (previous := history[-1].previous) is not None:
        if previous in {facts.number for facts in history}:
            raise _invalid_descriptor_error(folder, ValueError(f"release {previous} precedes itself"))
        history.append(read_facts(folder.parent / previous))
    return tuple(history)


def read_facts(folder: Path) -> ReleaseFacts:
    """The facts of the release in `folder` (`…/<dataset>/<number>`).

    CatalogueError if the descriptor is missing, is incomplete or invalid, names another dataset or release, or gives a
    file as a path instead of a plain name.
    """
    try:
        state = (folder / DESCRIPTOR).stat()
        return _read_unchanged(folder, (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as wrong:
        raise _invalid_descriptor_error(folder, wrong) from wrong


@lru_cache(maxsize=_MOST_KEPT)
def _read_unchanged(folder: Path, _: tuple[int, ...]) -> ReleaseFacts:
    """Reads a descriptor, once while it is the same file: a command asks for the history of a dataset more than once."""
    return _parse_facts(folder, json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8")))


def _parse_facts(folder: Path, package: Mapping[str, Any]) -> ReleaseFacts:
    release = package["sportlake"]["release"]
    if release["number"] != folder.name:
        raise ValueError(f"number {release['number']!r} in folder {folder.name!r}")
    if package["name"] != folder.parent.name or not _is_plain_name(package["name"]):
        raise ValueError(f"dataset {package['name']!r} in folder {folder.parent.name!r}")
    previous = release["previous"]
    if previous is not None and not _is_plain_name(previous):
        raise ValueError(f"previous release {previous!r} is no plain name")
    resources = package["resources"]
    schema = resources[0]["schema"]
    values = {key: value for key, value in release.items() if key != "fields"}
    changes = f"{package['name']}_changes.csv"
    metadata = f"{package['name']}.csv-metadata.json"
    explanatory = {_DICTIONARY, changes, metadata}
    data = [item for item in resources if not _codelist_name(item) and item["path"] not in explanatory]
    return ReleaseFacts(
        **values,
        dataset=folder.parent.name,
        fields=tuple(field["name"] for field in schema["fields"]),
        labels=tuple(_read_label(field) for field in schema["fields"] if is_label(field)),
        slice_fields=tuple(_read_described(field) for field in schema["fields"] if is_slice_column(field)),
        distributions=tuple(Distribution(**_file_facts(folder, item)) for item in data),
        codelists=tuple(
            CodelistFile(**_file_facts(folder, item), codelist=name)
            for item in resources
            if (name := _codelist_name(item))
        ),
        dictionary=_find_distribution(_DICTIONARY, folder, resources),
        changes_file=_find_distribution(changes, folder, resources),
        csv_metadata=_find_distribution(metadata, folder, resources),
    )


def _read_label(field: Mapping[str, Any]) -> LabelField:
    about = field["sportlake"]
    return LabelField(**_describe(field), field=about["derived_from"], language=about["language"])


def _read_described(field: Mapping[str, Any]) -> DescribedField:
    return DescribedField(**_describe(field))


def _describe(field: Mapping[str, Any]) -> dict[str, Any]:
    about = field["sportlake"]
    return {
        "name": field["name"],
        "title": Text(zh=field["title"], en=about["title_en"]),
        "description": Text(zh=field["description"], en=about["description_en"]),
    }


def _find_distribution(name: str, folder: Path, resources: Sequence[Mapping[str, Any]]) -> Distribution | None:
    return next((Distribution(**_file_facts(folder, item)) for item in resources if item["path"] == name), None)


def _codelist_name(resource: Mapping[str, Any]) -> str | None:
    """The name of the code list in this resource; None if it is not a code list."""
    stem, _, _ = resource["path"].rpartition(".")
    return stem.removeprefix(_CODELIST) if resource["path"].startswith(_CODELIST) else None


def _file_facts(folder: Path, resource: Mapping[str, Any]) -> dict[str, Any]:
    name = resource["path"]
    if not _is_plain_name(name):
        raise ValueError(f"path {name!r} is no plain file name")
    return {
        "name": name,
        "path": f"{folder.parent.name}/{folder.name}/{name}",
        "format": resource["format"].lower(),
        "mediatype": resource["mediatype"],
        "encoding": resource.get("encoding"),
        "bytes": resource["bytes"],
        "sha256": resource["hash"].removeprefix("sha256:"),
    }


def _is_plain_name(name: str) -> bool:
    return bool(_PLAIN.fullmatch(name)) and ".." not in name


def _invalid_descriptor_error(folder: Path, wrong: Exception) -> CatalogueError:
    cause = "; ".join(str(e["loc"]) for e in wrong.errors()) if isinstance(wrong, ValidationError) else str(wrong)
    name = f"{folder.parent.name}/{folder.name}/{DESCRIPTOR}"
    return CatalogueError(
        Text(
            zh=f"发布包 {name} 缺少或写错了目录所需的内容：{cause}。请用 release 重新生成该版本",
            en=f"release {name} lacks or misstates what a catalogue needs: {cause}; make that release again",
        )
    )
