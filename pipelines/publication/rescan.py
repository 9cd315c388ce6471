"""The scan of what is public already: its bytes are read again and judged by the rules of today; a hit withdraws the dataset at once.

A rule, the negative list or a contract may have changed since a release was made. A hit is an incident in the ledger, and the dataset
is withdrawn; a person restores it with `withdraw --undo` after a corrected release. Not here: taking it down from the catalogues,
which is publication (`publish.py`); removing the value for good.
"""

import csv
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from pipelines.publication.visible_release import visible_release
from pipelines.publication.withdrawal import active_withdrawals, restore_dataset, withdraw_dataset
from pipelines.workspace import Workspace
from quality.disclosure.public_tables import find_leaking_columns, find_leaks
from quality.disclosure.withheld import find_unwithheld
from quality.findings import Finding, count_by_type
from quality.row_scan import FIRST_ROW
from schemas.contract import Contract
from schemas.errors import ReleaseError, UsageError
from schemas.text import Text
from warehouse.ledger.ledger import LedgerEntry
from warehouse.releases.package import changes_filename

REASON = Text(
    zh="例行复查发现其中可能含有不应公开的内容，已先行停止开放；核实更正后恢复",
    en="A routine scan found what may not be public in it; withdrawn at once, until it was checked and corrected",
)
"""The reason that the public reads; it does not say what was found, or where."""
MOST_ROWS = 20
"""Rows of one file that the ledger names."""
_BATCH_ROWS = 100_000


class LeakyFile(NamedTuple):
    """One public file with what may not be in it."""

    release: str
    name: str
    findings: tuple[Finding, ...]


class Incident(NamedTuple):
    """A dataset that was withdrawn because of leaks, with the files that hold them and the entry in the ledger."""

    dataset: str
    files: tuple[LeakyFile, ...]
    entry: LedgerEntry


def rescan_datasets(workspace: Workspace, now: datetime, datasets: Collection[str] = ()) -> list[Incident]:
    """Reads what is public of those datasets (empty: of all), and withdraws every dataset with a leak; returns the incidents.

    Read are the visible release and the earlier ones that are still offered; withdrawn datasets are not public and are left out. An
    earlier release with an incident is not offered again (`visible_release.py`). Safe to repeat after a kill: an incident is recorded
    once, and if the dataset was not withdrawn, the next scan withdraws it.

    Raises ReleaseError if a public file cannot be read.
    """
    held = active_withdrawals(workspace)
    wanted = [name for name in workspace.contracts if name not in held and (not datasets or name in datasets)]
    incidents = []
    for name in wanted:
        if files := tuple(_scan_dataset(workspace, name, now)):
            incidents.append(Incident(name, files, _record_incident(workspace, name, files, now)))
            withdraw_dataset(workspace, name, REASON, None, now)
    return incidents


def restore_clean_dataset(workspace: Workspace, dataset: str, reason: Text, now: datetime) -> None:
    """Ends a withdrawal as `restore_dataset` does, after a scan of the release that would be shown.

    Raises UsageError as that does, and if the release still holds what may not be public; ReleaseError if it cannot be read.
    """
    shown = visible_release(workspace, dataset).shown if dataset in active_withdrawals(workspace) else None
    if shown is not None and (leaky := next(_scan_release(workspace, dataset, shown.number, now), None)):
        raise UsageError(
            Text(
                zh=f"{dataset} 的版本 {shown.number} 仍含有不应公开的内容（{leaky.name}：{leaky.findings[0].message.zh}），不能恢复；请更正后生成新版本，或用 sportlake erase 删除",
                en=f"release {shown.number} of {dataset} still holds what may not be public ({leaky.name}: {leaky.findings[0].message.en}) and is not restored; make a corrected release, or remove it with sportlake erase",
            )
        )
    restore_dataset(workspace, dataset, reason, now)


def _scan_dataset(workspace: Workspace, dataset: str, now: datetime) -> Iterator[LeakyFile]:
    choice = visible_release(workspace, dataset)
    for number in (one.number for one in choice.made if one.number not in choice.taken_back):
        yield from _scan_release(workspace, dataset, number, now)


def _scan_release(workspace: Workspace, dataset: str, number: str, now: datetime) -> Iterator[LeakyFile]:
    for path in sorted(workspace.layout.release_folder(dataset, number).glob(f"{dataset}*")):
        if found := tuple(_scan_file(workspace, workspace.contracts[dataset], path, now)):
            yield LeakyFile(number, path.name, found)


def _scan_file(workspace: Workspace, contract: Contract, path: Path, now: datetime) -> Iterator[Finding]:
    """Yields what may not be in one Parquet or CSV file; other formats repeat the same rows."""
    try:
        if path.suffix == ".parquet":
            yield from find_leaking_columns(pq.read_schema(path).names, contract)
            for table, rows in _number_rows(pq.ParquetFile(path).iter_batches(_BATCH_ROWS)):
                yield from find_leaks(table, rows, contract, workspace.negative_list, now.date())
                yield from find_unwithheld(table, contract)
        elif path.suffix == ".csv":
            is_changes = path.name == changes_filename(contract.name)
            for whole in _number_rows(_read_csv(path)):
                for table, rows in _split_by_field(*whole, contract) if is_changes else [whole]:
                    yield from find_leaks(table, rows, contract, workspace.negative_list, now.date())
    except (OSError, pa.ArrowInvalid) as wrong:
        raise ReleaseError(
            Text(
                zh=f"已公开的文件 {path.parent.parent.name}/{path.parent.name}/{path.name} 无法复查：{wrong}；请从备份恢复",
                en=f"the public file {path.parent.parent.name}/{path.parent.name}/{path.name} cannot be read again: {wrong}; restore it from a backup",
            )
        ) from wrong


def _number_rows(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[pa.Table, pa.Array]]:
    """Yields parts of a file with the number of each row in it."""
    row = FIRST_ROW
    for batch in batches:
        yield pa.Table.from_batches([batch]), pa.array(range(row, row + batch.num_rows), pa.int64())
        row += batch.num_rows


def _read_csv(path: Path) -> Iterator[pa.RecordBatch]:
    """Yields the rows as text, whatever they look like."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        names = next(csv.reader(lines), [])
    yield from pa_csv.open_csv(
        path,
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )


def _split_by_field(table: pa.Table, rows: pa.Array, contract: Contract) -> Iterator[tuple[pa.Table, pa.Array]]:
    """Yields the keys of a file of changes, then for each field its values before and after, under the field's own name."""
    *keys, field, before, after = table.column_names
    yield table.select(keys), rows
    known = {one.name for one in contract.fields}
    for name in filter(None, table.column(field).unique().to_pylist()):
        of_field = pc.equal(table.column(field), name)
        cells, numbers = table.filter(of_field), rows.filter(of_field.combine_chunks())
        for column in (before, after):
            yield pa.table({name if name in known else "cell": cells.column(column)}), numbers


def _record_incident(workspace: Workspace, dataset: str, files: tuple[LeakyFile, ...], now: datetime) -> LedgerEntry:
    """Records the incident once since the dataset was last restored, without the values that were found."""
    restored = workspace.ledger.find_newest("restoration", "dataset", dataset, 1)
    return workspace.ledger.append_once(
        "incident",
        now=now,
        actor=workspace.actor,
        reason="found in what is public by a routine scan",
        facts={
            "dataset": dataset,
            "release": files[-1].release,  # the newest release in which something was found
            "after": restored[0].seq if restored else 0,
            "files": [_describe_file(file) for file in files],
        },
        key=("dataset", "release", "after"),
    )


def _describe_file(file: LeakyFile) -> dict[str, Any]:
    rows = dict.fromkeys(finding.row for finding in file.findings if finding.row is not None)
    return {
        "release": file.release,
        "name": file.name,
        "findings": count_by_type(file.findings),
        "fields": sorted({finding.field for finding in file.findings if finding.field}),
        "rows": list(rows)[:MOST_ROWS],
    }
