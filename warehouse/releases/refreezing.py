"""Freezing a release once more without some cells: the same number, other bytes, new checksums, and a note that says so.

The one exception to "a numbered folder never changes": an erasure removes a value from every release (`pipelines/erasure`). All new files
are complete beside the release before the first of them is moved into place; the checksums are moved last. If the process is killed in
between, `verify_release` reports the files that differ, nothing is published, and a second call moves the rest. Not here: which cells,
and who decided.
"""

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from schemas.errors import ReleaseError
from schemas.policy import Coordinates
from schemas.text import Text
from warehouse.atomic_files import fsync_path, hold_lock
from warehouse.distributions import write_parquet
from warehouse.releases.contents import compare_release, count_filled, write_formats, write_json
from warehouse.releases.freezing import finalise_folder, make_empty_folder
from warehouse.releases.hashed_files import FileSum, MeasuredFolder
from warehouse.releases.label_columns import collect_labels, drop_derived, list_label_words
from warehouse.releases.package import DICTIONARY, changes_filename, describe_sum, measure_completeness
from warehouse.releases.release_table import digest_table, list_table_files
from warehouse.releases.releases import DESCRIPTOR, SUMS, verify_release

_DOCUMENTS = (DESCRIPTOR, "provenance.json", "quality.json")
RowChange = Callable[[pa.Table, Mapping[str, Any]], pa.Table]
"""Other rows for those of one file of a release, given its Table Schema; columns and order stay."""
TextChange = Callable[[str], str]
"""Another text for that of a document."""


def refreeze_release(folder: Path, rows: RowChange, texts: TextChange, note: Mapping[str, Any]) -> None:
    """Writes the release in `folder` again with other rows and texts; `note` joins the list `erased` of its facts.

    Complete files that a killed refreezing left are moved first. The previous release must have been refrozen before, because the changes
    file is made from both. ReleaseError if the release is not intact: a damaged release would get new, valid checksums.
    """
    finish_refreezing(folder)
    with hold_lock(folder.parent / ".lock"):
        if problems := verify_release(folder):
            raise _damaged_error(folder, problems[0])
        _write_aside(folder, rows, texts, note)
        _move_files(folder)


def finish_refreezing(folder: Path) -> None:
    """Moves the complete files that a killed refreezing of the release left; does nothing if there are none."""
    with hold_lock(folder.parent / ".lock"):
        if _ready_folder(folder).is_dir():
            _move_files(folder)


def _ready_folder(folder: Path) -> Path:
    return folder.with_name(f".refrozen-{folder.name}")


def _write_aside(folder: Path, rows: RowChange, texts: TextChange, note: Mapping[str, Any]) -> None:
    """Writes every file of the release anew, in a folder that has its name once it is complete."""
    fresh = make_empty_folder(folder.parent)
    for path in folder.iterdir():
        if path.name != SUMS:
            shutil.copyfile(path, fresh / path.name)
    descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    schema = descriptor["resources"][0]["schema"]
    files = list_table_files(fresh, folder.parent.name)
    kept = _change_rows(files, rows, schema)
    sums = _write_formats(fresh, descriptor)
    facts = descriptor["sportlake"]["release"]
    facts |= {
        "content_hash": digest_table(files, schema),
        "rows": kept.rows,
        "quality": {**facts["quality"], "completeness": measure_completeness(kept.rows, kept.filled)},
        **list_label_words({name: sorted(found) for name, found in kept.labels.items()}, schema),
        "erased": [*facts.get("erased", []), dict(note)],
    }
    if (fresh / changes_filename(folder.parent.name)).exists():
        facts["changes"] = compare_release(folder.parent / facts["previous"], fresh, folder.parent.name, schema)
    finalise_folder(fresh, _ready_folder(folder), _write_documents(fresh, descriptor, kept, texts, sums))


class _KeptRows(NamedTuple):
    """Facts about the new rows: their number, the number of filled cells by field, and the labels that occur by label column."""

    rows: int
    filled: Counter[str]
    labels: Mapping[str, set[str]]


def _change_rows(files: Sequence[Path], change: RowChange, schema: Mapping[str, Any]) -> _KeptRows:
    """Writes the files with the rows again, one after the other, without the values; a file may become empty."""
    rows, filled, labels = 0, Counter[str](), defaultdict[str, set[str]](set)
    for file in files:
        table, about = change(pq.ParquetFile(file).read(), schema), _read_about(file)
        write_parquet(table, file, about)
        rows += table.num_rows
        filled.update(count_filled(drop_derived(table, schema)))
        for name, found in collect_labels(table, schema).items():
            labels[name].update(found)
    return _KeptRows(rows, filled, labels)


def _write_formats(folder: Path, descriptor: Mapping[str, Any]) -> Mapping[str, FileSum]:
    """Writes the rows in every other format of the release, and returns size and hash of files that were hashed while they were written."""
    path, properties = folder / descriptor["name"], descriptor["sportlake"]
    parquet = path.with_suffix(".parquet")
    if not parquet.exists():
        return {}  # a release in parts has no other format
    located, explained = path.with_suffix(".geojson").exists(), path.with_suffix(".xlsx").exists()
    return write_formats(
        parquet,
        descriptor["resources"][0]["schema"],
        _read_about(parquet),
        at=Coordinates.model_validate(properties["coordinates"]) if located else None,
        dictionary=_read_dictionary(folder / DICTIONARY) if explained else None,
        synthetic=properties["release"]["synthetic"],
    ).sums


def _read_about(parquet: Path) -> dict[str, str]:
    stored = pq.read_schema(parquet).metadata or {}
    return {key.decode(): value.decode() for key, value in stored.items() if key in {b"title", b"contract"}}


def _read_dictionary(path: Path) -> pa.Table:
    names = pa_csv.open_csv(path).schema.names
    options = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
    )
    return pa_csv.read_csv(path, parse_options=pa_csv.ParseOptions(newlines_in_values=True), convert_options=options)


def _write_documents(
    fresh: Path, descriptor: dict[str, Any], kept: _KeptRows, texts: TextChange, sums: Mapping[str, FileSum]
) -> Mapping[str, FileSum]:
    """Writes descriptor, provenance and quality report with the new facts; all else in them stays. Returns size and hash of the files that the descriptor names."""
    facts = descriptor["sportlake"]["release"]
    measured = MeasuredFolder(fresh, sums)
    for resource in descriptor["resources"]:
        resource.update(describe_sum(measured.measure_file(resource["path"])))
    documents: dict[str, Mapping[str, Any]] = {
        DESCRIPTOR: descriptor,
        "provenance.json": {"content_hash": facts["content_hash"], "erased": facts["erased"]},
        "quality.json": {
            "rows": kept.rows,
            "completeness": facts["quality"]["completeness"],
            "filled": dict(kept.filled),
        },
    }
    for name in _DOCUMENTS:
        whole = {**json.loads((fresh / name).read_text(encoding="utf-8")), **documents[name]}
        write_json(fresh / name, {key: _change_texts(value, texts) for key, value in whole.items()})
    return measured.sums


def _change_texts(node: object, texts: TextChange) -> object:
    if isinstance(node, str):
        return texts(node)
    if isinstance(node, Mapping):
        return {name: _change_texts(value, texts) for name, value in node.items()}
    return [_change_texts(value, texts) for value in node] if isinstance(node, list) else node


def _move_files(folder: Path) -> None:
    """Moves each finished file over the one of the release, the checksums last."""
    ready = _ready_folder(folder)
    for path in sorted(ready.iterdir(), key=lambda one: (one.name == SUMS, one.name)):
        path.replace(folder / path.name)
    fsync_path(folder)
    ready.rmdir()
    fsync_path(folder.parent)


def _damaged_error(folder: Path, problem: Text) -> ReleaseError:
    name = f"{folder.parent.name}/{folder.name}"
    return ReleaseError(
        Text(
            zh=f"版本 {name} 已被改动（{problem.zh}），不能重新生成校验值；请先从备份恢复",
            en=f"the release {name} is not intact ({problem.en}) and gets no new checksums; restore it from a backup first",
        )
    )
