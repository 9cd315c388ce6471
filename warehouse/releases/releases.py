"""Releases: the published states of a dataset, each in a numbered folder that never changes.

Grain: one folder per release. Key: (dataset, number); a number is `<year>.<month>.<n>`, n counting within the month from 1.
Holds reading and verifying. Not here: freezing (`freezing`), the files in the folder (`contents`).
The same inputs give the same bytes except for `created`. A numbered folder is complete: renaming it is the last step.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, overload

import pyarrow as pa
from pydantic import AwareDatetime, ConfigDict, Field, ValidationError

from schemas.errors import ReleaseError
from schemas.frozen_model import FrozenModel
from schemas.metadata import OpenType
from schemas.release_numbers import release_order
from schemas.text import Text
from warehouse.atomic_files import file_sha256
from warehouse.layout import Layout, require_safe_name
from warehouse.releases.release_table import digest_table, list_release_files

DESCRIPTOR, SUMS = "datapackage.json", "SHA256SUMS"
_NUMBER = re.compile(r"(20\d{2})\.(1[0-2]|[1-9])\.([1-9]\d{0,5})")


class Release(FrozenModel):
    """One release, read from its descriptor. `rows` and `fields` are counts; `previous` is a number, None for the first.

    `open_type`: how open the dataset was said to be; None if the descriptor does not say. `ledger_head` is the newest entry of the
    ledger before it, `SEQ:HASH`; None in releases that do not note it. `part_rows`: how many rows a part has; None if the rows are one file.
    """

    model_config = ConfigDict(extra="ignore")

    dataset: str
    number: str
    created: AwareDatetime
    content_hash: str
    contract_version: str
    lake_version: int
    previous: str | None
    rows: int
    fields: int
    data_updated: date
    departments: tuple[str, ...]
    synthetic: bool = False
    approvals: tuple[Mapping[str, Any], ...] = ()
    assessments: tuple[Mapping[str, Any], ...] = ()
    waivers: tuple[Mapping[str, Any], ...] = ()
    open_type: OpenType | None = None
    ledger_head: str | None = None
    part_rows: int | None = Field(default=None, ge=1)


def read_release(folder: Path) -> Release:
    """Reads the release in `…/<dataset>/<number>` from its descriptor only; ReleaseError if that is missing or invalid."""
    try:
        descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
        about = {"dataset": descriptor["name"], "open_type": _find_open_type(descriptor)}
        return Release.model_validate({**descriptor["sportlake"]["release"], **about})
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as wrong:
        raise ReleaseError(
            Text(
                zh=f"发布包 {folder.parent.name}/{folder.name} 无法读取：{wrong}；请从备份恢复",
                en=f"the release {folder.parent.name}/{folder.name} cannot be read: {wrong}; restore it from a backup",
            )
        ) from wrong


def _find_open_type(descriptor: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON of a descriptor, before it is checked
    return descriptor["sportlake"].get("catalogue", {}).get("open_type")


class ReleaseList(Sequence[Release]):
    """The releases of a dataset, oldest first; each is read on access, so that the cost of reading the newest does not grow with their number."""

    def __init__(self, shelf: Path) -> None:
        self._shelf = shelf
        self._numbers = list_numbers(shelf)
        self._read: dict[str, Release] = {}

    def __len__(self) -> int:
        """The number of releases; none is read."""
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> Release: ...
    @overload
    def __getitem__(self, at: slice) -> list[Release]: ...
    def __getitem__(self, at: int | slice) -> Release | list[Release]:
        """Reads one or some of them; ReleaseError if one cannot be read."""
        if isinstance(at, slice):
            return [self._read_once(number) for number in self._numbers[at]]
        return self._read_once(self._numbers[at])

    def _read_once(self, number: str) -> Release:
        if number not in self._read:
            self._read[number] = read_release(self._shelf / number)
        return self._read[number]


def list_releases(layout: Layout, dataset: str) -> ReleaseList:
    """Returns every release of a dataset, oldest first, each read on access; empty if there is none."""
    return ReleaseList(layout.releases / require_safe_name(dataset))


def verify_release(folder: Path) -> list[Text]:
    """Returns the differences between the folder and its checksums, descriptor and content hash; empty if intact.

    A folder that was rewritten together with all its checksums is not detected; compare the `content_hash` in the ledger.
    """
    try:
        sums = read_sums(folder)
        descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
        return [*_find_changed_files(folder, sums), *_find_misdescribed(folder, descriptor, sums)]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as wrong:
        what = f"{type(wrong).__name__}: {wrong}"
        return [
            Text(
                zh=f"{folder.name} 的说明文件缺失或损坏（{what}）",
                en=f"{folder.name}: a paper is missing or damaged ({what})",
            )
        ]


def list_numbers(shelf: Path) -> list[str]:
    """Returns the numbers of the releases in a dataset's folder, oldest first; empty if there is no folder."""
    found = [path.name for path in shelf.iterdir() if _NUMBER.fullmatch(path.name)] if shelf.is_dir() else []
    return sorted(found, key=release_order)


def read_sums(folder: Path) -> dict[str, str]:
    """Returns the hex SHA-256 of each file of a release by its name, from its list of checksums; OSError if there is none."""
    lines = (folder / SUMS).read_text(encoding="ascii").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _find_changed_files(folder: Path, sums: Mapping[str, str]) -> Iterator[Text]:
    there = {path.name for path in folder.iterdir()} - {SUMS}
    for name in sorted(set(sums) - there):
        yield Text(zh=f"缺少文件 {name}", en=f"{name} is missing")
    for name in sorted(there - set(sums)):
        yield Text(zh=f"多出文件 {name}", en=f"{name} was not part of the release")
    for name in sorted(there & set(sums)):
        if file_sha256(folder / name) != sums[name]:
            yield Text(zh=f"文件 {name} 被改动", en=f"{name} was changed")


def _find_misdescribed(folder: Path, descriptor: Mapping[str, Any], sums: Mapping[str, str]) -> Iterator[Text]:
    """Yields where the descriptor differs from the folder's name, the checksums, or the rows."""
    release = descriptor["sportlake"]["release"]
    if (descriptor["name"], release["number"]) != (folder.parent.name, folder.name):
        yield Text(zh="文件夹名与说明不符", en=f"the descriptor speaks of {descriptor['name']} {release['number']}")
    for resource in descriptor["resources"]:
        if resource["hash"] != f"sha256:{sums.get(resource['path'])}":
            name = resource["path"]
            yield Text(zh=f"{name} 与说明中的校验值不符", en=f"{name} is not what {DESCRIPTOR} says")
    if not _holds_rows(folder, descriptor["resources"][0]["schema"], release["content_hash"]):
        yield Text(zh="数据行与内容哈希不符", en="the rows are not those of the content hash")


def _holds_rows(folder: Path, schema: Mapping[str, Any], content_hash: str) -> bool:
    """Whether the rows have that content hash. True too if one of their files is missing: the checksums report that."""
    try:
        return digest_table(list_release_files(folder), schema) == content_hash
    except (ReleaseError, FileNotFoundError):
        return True
    except (pa.ArrowInvalid, KeyError):
        return False
