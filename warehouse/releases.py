"""Releases: what became public of a dataset, frozen in a folder, numbered, never changed again.

Grain: one folder a release. Key: (dataset, number); a number is `<year>.<month>.<n>`, n counting within the month from 1.
Here: reading and verifying. Not here: freezing (`freezing`), the files in the folder (`contents`).
The same inputs give the same bytes but for `created`. A folder under its number is whole: it is renamed into place last.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from schemas.errors import ReleaseError
from schemas.text import Text
from warehouse import canonical
from warehouse.atomic_files import file_sha256
from warehouse.layout import Layout, require_safe_name

DESCRIPTOR, SUMS = "datapackage.json", "SHA256SUMS"
_NUMBER = re.compile(r"(20\d{2})\.(1[0-2]|[1-9])\.([1-9]\d{0,5})")


class Release(BaseModel):
    """One release, as its own descriptor tells it. `rows` and `fields` are counts; `previous` is a number, None for the first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

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


def read_release(folder: Path) -> Release:
    """The release in `…/<dataset>/<number>`, read from its descriptor alone; ReleaseError if that is missing or wrong."""
    try:
        told = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
        return Release.model_validate({**told["sportlake"]["release"], "dataset": told["name"]})
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as wrong:
        raise ReleaseError(
            Text(
                zh=f"发布包 {folder.parent.name}/{folder.name} 无法读取：{wrong}；请从备份恢复",
                en=f"the release {folder.parent.name}/{folder.name} cannot be read: {wrong}; restore it from a backup",
            )
        ) from wrong


def list_releases(layout: Layout, dataset: str) -> list[Release]:
    """Every release of a dataset, oldest first; empty if there is none."""
    shelf = layout.releases / require_safe_name(dataset)
    return [read_release(shelf / number) for number in list_numbers(shelf)]


def verify_release(folder: Path) -> list[Text]:
    """What is no longer as it was frozen: files, sizes, rows; empty if the release is whole.

    Somebody who rewrote the folder with all its sums would not be found out here; the ledger holds the `content_hash`.
    """
    try:
        sums = _read_sums(folder)
        told = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
        return [*_find_changed_files(folder, sums), *_find_misdescribed(folder, told, sums)]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as wrong:
        what = f"{type(wrong).__name__}: {wrong}"
        return [
            Text(
                zh=f"{folder.name} 的说明文件缺失或损坏（{what}）",
                en=f"{folder.name}: a paper is missing or damaged ({what})",
            )
        ]


def list_numbers(shelf: Path) -> list[str]:
    """The numbers of the releases in a dataset's folder, oldest first."""
    found = [path.name for path in shelf.iterdir() if _NUMBER.fullmatch(path.name)] if shelf.is_dir() else []
    return sorted(found, key=lambda number: [int(part) for part in number.split(".")])


def _read_sums(folder: Path) -> dict[str, str]:
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


def _find_misdescribed(folder: Path, told: Mapping[str, Any], sums: Mapping[str, str]) -> Iterator[Text]:
    """Where the descriptor says something else than the folder's name, the checksums, or the rows themselves."""
    release = told["sportlake"]["release"]
    if (told["name"], release["number"]) != (folder.parent.name, folder.name):
        yield Text(zh="文件夹名与说明不符", en=f"the descriptor speaks of {told['name']} {release['number']}")
    for resource in told["resources"]:
        if resource["hash"] != f"sha256:{sums.get(resource['path'])}":
            name = resource["path"]
            yield Text(zh=f"{name} 与说明中的校验值不符", en=f"{name} is not what {DESCRIPTOR} says")
    parquet = folder / f"{folder.parent.name}.parquet"
    if parquet.is_file() and _rows_hash(parquet, told["resources"][0]["schema"]) != release["content_hash"]:
        yield Text(zh="数据行与内容哈希不符", en="the rows are not those of the content hash")


def _rows_hash(parquet: Path, schema: Mapping[str, Any]) -> str | None:
    try:
        return canonical.canonical_digest(pq.ParquetFile(parquet).read(), schema)
    except (pa.ArrowInvalid, KeyError):
        return None
