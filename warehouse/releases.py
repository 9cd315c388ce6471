"""Releases: what became public of a dataset, frozen in a folder, numbered, never changed again.

Grain: one folder a release. Key: (dataset, number); a number is `<year>.<month>.<n>`, n counting within the month from 1.
Here: freezing, reading, verifying. Not here: the files in the folder (`contents`), and whether something may become public,
or is worth a release (`pipelines`).
The same inputs give the same bytes but for `created`. A folder under its number is whole: it is renamed into place last.
"""

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from schemas.codelists import CodeList
from schemas.contract import Contract
from schemas.errors import ReleaseError
from schemas.text import Text
from warehouse import canonical, contents, package
from warehouse.contents import DESCRIPTOR
from warehouse.durable import locked, settle, sha256_of
from warehouse.layout import Layout, safe

SUMS = "SHA256SUMS"
_NUMBER = re.compile(r"(20\d{2})\.(1[0-2]|[1-9])\.([1-9]\d{0,5})")
_UNFINISHED = ".freezing-"


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


def content_hash(table: pa.Table, contract: Contract) -> str:
    """What a release of these rows would say, as one hash: public fields and their schema, and the typed rows by key.

    Independent of the order of the rows and of any library's version. KeyError if a public field is not there.
    """
    return canonical.digest(package.released_columns(table, contract), package.released_schema(contract))


def freeze(
    layout: Layout,
    contract: Contract,
    table: pa.Table,
    *,
    now: datetime,
    lake_version: int,
    quality: Mapping[str, Any],
    slices: Sequence[Mapping[str, Any]],
    previous: str | None,
    codelists: Mapping[str, CodeList],
    synthetic: bool = False,
) -> Release:
    """Write the dataset's next release and return it. Only public fields go out.

    `slices`: of each slice department, period, rows, submission, sha256, received (ISO day). `quality`: rows_submitted,
    rows_held_back, findings. ReleaseError if `previous` is not the newest release, or there is nothing to release.
    """
    shelf = layout.releases / safe(contract.name)
    lists = package.codelists_of(contract, codelists)
    rows = canonical.in_order(package.released_columns(table, contract), contract.primary_key)
    with locked(shelf / ".lock"):
        number = _next(contract, shelf, previous, now)
        facts: dict[str, Any] = {
            "number": number,
            "created": now.isoformat(),
            "content_hash": content_hash(rows, contract),
            "lake_version": lake_version,
            "previous": previous,
            **package.facts_of(contract, rows, slices, quality),
            "synthetic": synthetic,
        }
        folder = _fresh_folder(shelf)
        contents.write_data(folder, contract, rows, lists, synthetic=synthetic)
        facts["changes"] = contents.write_diff(folder, contract, shelf / previous if previous else None)
        contents.write_papers(folder, contract, rows, lists, facts=facts, slices=slices, quality=quality)
        _freeze(folder, shelf / number)
    return read_release(shelf / number)


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


def releases(layout: Layout, dataset: str) -> list[Release]:
    """Every release of a dataset, oldest first; empty if there is none."""
    shelf = layout.releases / safe(dataset)
    return [read_release(shelf / number) for number in _numbers(shelf)]


def verify(folder: Path) -> list[Text]:
    """What is no longer as it was frozen: files, sizes, rows; empty if the release is whole.

    Somebody who rewrote the folder with all its sums would not be found out here; the ledger holds the `content_hash`.
    """
    try:
        sums = _read_sums(folder)
        told = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
        return [*_changed(folder, sums), *_misdescribed(folder, told, sums)]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as wrong:
        what = f"{type(wrong).__name__}: {wrong}"
        return [
            Text(
                zh=f"{folder.name} 的说明文件缺失或损坏（{what}）",
                en=f"{folder.name}: a paper is missing or damaged ({what})",
            )
        ]


def _fresh_folder(shelf: Path) -> Path:
    """An empty folder beside the releases; what a killed freeze left there goes first (the caller holds the lock)."""
    for left in shelf.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left)
    return Path(mkdtemp(prefix=_UNFINISHED, dir=shelf))


def _freeze(folder: Path, target: Path) -> None:
    """Checksums, read-only, on the disk, and only then under its name."""
    files = sorted(path for path in folder.iterdir())
    sums = "".join(f"{sha256_of(path)}  {path.name}\n" for path in files)
    (folder / SUMS).write_text(sums, encoding="ascii")
    for path in [*files, folder / SUMS]:
        path.chmod(0o444)
        settle(path)
    folder.chmod(0o755)
    settle(folder)
    folder.rename(target)
    settle(target.parent)


def _next(contract: Contract, shelf: Path, previous: str | None, now: datetime) -> str:
    made = _numbers(shelf)
    if previous != (made[-1] if made else None):
        raise ReleaseError(
            Text(
                zh=f"{contract.name} 的最新发布是 {made[-1:]}，不是 {previous}；请重新整理后再发布",
                en=f"the newest release of {contract.name} is {made[-1:]}, not {previous}; assemble the candidate again",
            )
        )
    month = f"{now.year}.{now.month}."
    return month + str(1 + max((int(n.removeprefix(month)) for n in made if n.startswith(month)), default=0))


def _numbers(shelf: Path) -> list[str]:
    found = [path.name for path in shelf.iterdir() if _NUMBER.fullmatch(path.name)] if shelf.is_dir() else []
    return sorted(found, key=lambda number: [int(part) for part in number.split(".")])


def _read_sums(folder: Path) -> dict[str, str]:
    lines = (folder / SUMS).read_text(encoding="ascii").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _changed(folder: Path, sums: Mapping[str, str]) -> Iterator[Text]:
    there = {path.name for path in folder.iterdir()} - {SUMS}
    for name in sorted(set(sums) - there):
        yield Text(zh=f"缺少文件 {name}", en=f"{name} is missing")
    for name in sorted(there - set(sums)):
        yield Text(zh=f"多出文件 {name}", en=f"{name} was not part of the release")
    for name in sorted(there & set(sums)):
        if sha256_of(folder / name) != sums[name]:
            yield Text(zh=f"文件 {name} 被改动", en=f"{name} was changed")


def _misdescribed(folder: Path, told: Mapping[str, Any], sums: Mapping[str, str]) -> Iterator[Text]:
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
        return canonical.digest(pq.ParquetFile(parquet).read(), schema)
    except (pa.ArrowInvalid, KeyError):
        return None
