"""The thing whose origin is asked for: a receipt, a file by its bytes, a release, or a public row by its key; looked up among the releases.

A downloaded file is known by its SHA-256 under any name. A key is written as in the CSV file; one of several columns as `a,b` in the
order of the contract, or `name=a,name=b`; quoted as in CSV where a value has a comma. Not here: where the found thing comes from
(`tracing.py`).
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.audit.given_files import find_given_file
from pipelines.publication.visible_release import visible_release
from pipelines.workspace import Workspace
from schemas.contract import SLICE_COLUMNS, Contract, find_contract
from schemas.errors import UsageError
from schemas.text import Text
from warehouse.atomic_files import file_sha256
from warehouse.canonical import to_canonical_text
from warehouse.releases.package import build_public_schema
from warehouse.releases.release_table import list_release_files, read_table
from warehouse.releases.releases import Release, list_releases, read_sums

_NUMBER = re.compile(r"(?:([a-z][a-z0-9_]*)/)?(20\d{2}\.\d{1,2}\.\d{1,6})")
_FEW = 5
"""Most datasets whose keys are listed for a row that was not found: fifty fill a screen in which what to do is lost."""
RECEIPT_PREFIX = "RCPT-"


class SliceOfRow(NamedTuple):
    """The part of a dataset that a row is of."""

    department: str
    period: str


@dataclass(frozen=True)
class TraceTarget:
    """What was found. `release` is None only for a receipt of which nothing is released. `slices` is None if the whole release is meant.

    `file` and `sha256` are set for a file, `key` for a row, `receipt` for a receipt or for a kept original. `also`: other releases that
    have the same file.
    """

    kind: Literal["row", "file", "release", "receipt"]
    release: Release | None = None
    slices: tuple[SliceOfRow, ...] | None = None
    file: str | None = None
    sha256: str | None = None
    key: Mapping[str, str] | None = None
    receipt: str | None = None
    also: tuple[str, ...] = ()


def find_target(workspace: Workspace, asked: str, dataset: str | None, number: str | None) -> TraceTarget:
    """Finds what is asked about. `dataset` and `number` (of a release) narrow the search if a key or number is not unique.

    A row is searched for in the visible releases, or in the release `number`. Raises UsageError, which lists the candidates, if nothing
    or more than one thing is found.
    """
    if dataset is not None:
        find_contract(workspace.contracts, dataset)
    if asked.startswith(RECEIPT_PREFIX):
        return TraceTarget("receipt", receipt=asked)
    if path := find_given_file(asked):
        return _find_file(workspace, path)
    if _NUMBER.fullmatch(asked):
        return TraceTarget("release", find_release(workspace, asked, dataset))
    return _find_row(workspace, asked, dataset, number)


def list_all_releases(workspace: Workspace, dataset: str | None) -> Iterator[Release]:
    """Yields the releases of a dataset, or of all; newest first within a dataset."""
    for name in [dataset] if dataset else workspace.contracts:
        yield from reversed(list_releases(workspace.layout, name))


def _find_file(workspace: Workspace, path: Path) -> TraceTarget:
    sha256 = file_sha256(path)
    found = [
        (release, name)
        for release in list_all_releases(workspace, None)
        for name, digest in read_sums(workspace.layout.release_folder(release.dataset, release.number)).items()
        if digest == sha256
    ]
    if found:
        (release, name), *others = found
        also = tuple(f"{one.dataset}/{one.number}" for one, _ in others)
        return TraceTarget("file", release, file=name, sha256=sha256, also=also)
    originals = workspace.ledger.find_newest("submission", "sha256", sha256, 1)
    if originals:
        return TraceTarget("receipt", file=path.name, sha256=sha256, receipt=originals[0].facts["number"])
    raise UsageError(
        Text(
            zh=f"没有一个版本或报送原件的 SHA-256 是 {sha256}（{path.name}）：文件被改动过（差一个字节也会不同），或不是从这里下载的；请重新下载后再查，或改用数据行的编码查询",
            en=f"no file of a release and no original has the SHA-256 {sha256} of {path.name}: it was changed, if only by one byte, or is not from here; download it again, or ask by the key of a row",
        )
    )


def find_release(workspace: Workspace, asked: str, dataset: str | None) -> Release:
    """Returns the release `dataset/number`, or of that number alone; UsageError lists those that exist if it is not one."""
    named = _NUMBER.fullmatch(asked)
    dataset, number = (named[1] or dataset, named[2]) if named else (dataset, asked)
    if dataset is not None:
        find_contract(workspace.contracts, dataset)
    found = [one for one in list_all_releases(workspace, dataset) if one.number == number]
    if len(found) == 1:
        return found[0]
    there = [f"{one.dataset}/{one.number}" for one in found or list_all_releases(workspace, dataset)] or ["—"]
    zh, en = "、".join(there), ", ".join(there)
    if found:
        raise UsageError(
            Text(
                zh=f"{len(found)} 个数据集有版本 {number}，请写明：{zh}",
                en=f"{len(found)} datasets have a release {number}; name one: {en}",
            )
        )
    raise UsageError(Text(zh=f"没有版本 {number}；现有：{zh}", en=f"no release {number}; there are: {en}"))


def _find_row(workspace: Workspace, asked: str, dataset: str | None, number: str | None) -> TraceTarget:
    found = [
        TraceTarget(
            "row", release, _find_slices(workspace, workspace.contracts[release.dataset], release, key), key=key
        )
        for release in _list_searched(workspace, dataset, number)
        if (key := _match_key(workspace, release, asked))
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise _unknown_row_error(workspace, asked, dataset, number)
    names = [one.release.dataset for one in found if one.release]
    raise UsageError(
        Text(
            zh=f"编码 {asked} 在 {len(found)} 个数据集中都有：{'、'.join(names)}；请用 --dataset 写明",
            en=f"{len(found)} datasets have a row {asked}: {', '.join(names)}; say which with --dataset",
        )
    )


def _list_searched(workspace: Workspace, dataset: str | None, number: str | None) -> list[Release]:
    """Returns the releases in which a row is looked for: those that the public sees, or the one that was named."""
    if number is not None:
        return [find_release(workspace, number, dataset)]
    shown = (visible_release(workspace, name).shown for name in ([dataset] if dataset else workspace.contracts))
    return [release for release in shown if release is not None]


def _match_key(workspace: Workspace, release: Release, asked: str) -> Mapping[str, str] | None:
    """Returns the key as a mapping if the release has a row with it; None if not, or if the release's key is not public."""
    contract = workspace.contracts[release.dataset]
    key = parse_key(asked, contract.primary_key)
    if key is None or not set(key) <= {field.name for field in contract.public_fields()}:
        return None
    files = list_release_files(workspace.layout.release_folder(release.dataset, release.number))
    return key if any(_find_places(read_table([file], list(key)), contract, key) for file in files) else None


def read_row_values(workspace: Workspace, target: TraceTarget, names: Sequence[str]) -> Mapping[str, str] | None:
    """Returns the released values of these columns of the target's row, as text; None if the target is no row or a column is not public."""
    release, key = target.release, target.key
    if release is None or key is None:
        return None
    contract = workspace.contracts[release.dataset]
    fields = [field for field in build_public_schema(contract)["fields"] if field["name"] in {*names, *key}]
    if {*names} - {field["name"] for field in fields}:
        return None
    for file in list_release_files(workspace.layout.release_folder(release.dataset, release.number)):
        texts = to_canonical_text(read_table([file], [field["name"] for field in fields]), {"fields": fields})
        if places := find_rows(texts, key):
            return {name: texts.column(name)[places[0]].as_py() or "" for name in names}
    return None


def parse_key(asked: str, names: Sequence[str]) -> Mapping[str, str] | None:
    """Returns the values of a key by the names of its columns; None if there are too few or too many, or other names."""
    if len(names) == 1 and not asked.startswith(f"{names[0]}="):
        return {names[0]: asked}
    parts = next(csv.reader([asked]), [])
    if len(parts) != len(names):
        return None
    assignments = [part.partition("=") for part in parts]
    if all(sign and name in names for name, sign, _ in assignments):
        return (
            {name: value for name, _, value in assignments}
            if len({name for name, _, _ in assignments}) == len(names)
            else None
        )
    return dict(zip(names, parts, strict=True))


def _find_slices(
    workspace: Workspace, contract: Contract, release: Release, key: Mapping[str, str]
) -> tuple[SliceOfRow, ...]:
    """Returns the slice of a released row, from the lake at the version that the release is pinned to."""
    rows = workspace.lake.read_current(contract, release.lake_version).select([*key, *SLICE_COLUMNS])
    places = rows.select(list(SLICE_COLUMNS)).take(pa.array(_find_places(rows, contract, key), pa.int64()))
    return tuple(SliceOfRow(place["department"], place["period"]) for place in places.to_pylist())


def _find_places(table: pa.Table, contract: Contract, key: Mapping[str, str]) -> list[int]:
    """Returns the positions of the rows whose key, spelled as in the CSV file, is this one."""
    fields = [field for field in build_public_schema(contract)["fields"] if field["name"] in key]
    return find_rows(to_canonical_text(table, {"fields": fields}), key)


def find_rows(texts: pa.Table, key: Mapping[str, str]) -> list[int]:
    """Returns the positions of the rows, as text columns, that have this text in each column of the key."""
    same = None
    for name, value in key.items():
        equal = pc.equal(texts.column(name), value)
        same = equal if same is None else pc.and_(same, equal)
    places: list[int] = pc.indices_nonzero(same).to_pylist()
    return places


def _unknown_row_error(workspace: Workspace, asked: str, dataset: str | None, number: str | None) -> UsageError:
    searched = _list_searched(workspace, dataset, number)
    if not searched:
        return UsageError(
            Text(
                zh=f"{dataset or '各数据集'}还没有版本，没有公开的数据行可查；sportlake status 列出现状",
                en=f"nothing of {dataset or 'any dataset'} is released, so there is no public row to ask about; see sportlake status",
            )
        )
    if len(searched) > _FEW:
        return UsageError(
            Text(
                zh=f"“{asked}”不是文件、版本、回执编号，也不是 {len(searched)} 个数据集现在公开的任何一行的编码；用 --dataset 写明数据集，会列出其编码由哪些列组成；更早的版本另用 --release 指定",
                en=f'"{asked}" is no file, release or receipt, and no row of the {len(searched)} datasets that are public has that key; name the dataset with --dataset to see of which columns its key is made, and an earlier release with --release',
            )
        )
    where = [f"{one.dataset} {one.number}" for one in searched]
    columns = [f"{one.dataset}: {','.join(workspace.contracts[one.dataset].primary_key)}" for one in searched]
    return UsageError(
        Text(
            zh=f"“{asked}”不是文件、版本、回执编号，也不是这些版本中任何一行的编码：{'、'.join(where)}。编码按 CSV 文件中的写法，多列用逗号连接（{'；'.join(columns)}）；更早的版本用 --dataset 和 --release 指定",
            en=f'"{asked}" is no file, release or receipt, and no row of these releases has that key: {", ".join(where)}. Write it as in the CSV file, several columns with commas ({"; ".join(columns)}); an earlier release is named with --dataset and --release',
        )
    )
