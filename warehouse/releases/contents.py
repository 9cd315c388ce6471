"""The files of a release before it is frozen: data, code lists, dictionary, diff, descriptor, provenance, quality report.

Holds which files there are and their names. Not here: how a format is written (`row_files`, `distributions`, `workbook`, `changes`), the
content of the descriptor (`package`), the checksums and the number (`freezing`).
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.codelists import CodeList
from schemas.contract import Contract
from schemas.errors import ReleaseError
from schemas.execution.code_version import read_code_version
from schemas.execution.temporary_folders import open_temporary_folder
from schemas.policy import Coordinates
from schemas.table_parts import PartRules, name_table_file
from schemas.text import Text
from warehouse import distributions
from warehouse.releases import package, workbook
from warehouse.releases.changes import RowChanges, write_changes
from warehouse.releases.csv_metadata import build_csv_metadata, csv_metadata_filename
from warehouse.releases.hashed_files import FileSum, MeasuredFolder
from warehouse.releases.label_columns import build_release_schema
from warehouse.releases.package import DICTIONARY_SCHEMA, build_dictionary
from warehouse.releases.part_rows import write_parts
from warehouse.releases.release_rows import CountedRows, ReleaseRows, describe_file
from warehouse.releases.release_table import list_release_files, list_table_files
from warehouse.releases.releases import DESCRIPTOR
from warehouse.releases.row_files import WrittenRows, write_row_files
from warehouse.releases.row_pairs import TableState

TOOLS = ("duckdb", "pyarrow", "deltalake", "frictionless", "openpyxl")
SHEETS: Mapping[bool, str] = {False: "数据", True: "示例数据（虚构）"}
"""Name of a workbook's first sheet, by `synthetic`; synthetic data are labelled as such."""


def write_data(
    folder: Path,
    contract: Contract,
    rows: ReleaseRows,
    codelists: Mapping[str, CodeList],
    *,
    synthetic: bool,
    parts: PartRules,
) -> Mapping[str, FileSum]:
    """Writes the rows in every format that can hold them, or as parts, the code lists they use, and the data dictionary.

    Returns size and hash of the files that were hashed while they were written. ReleaseError if the rows are not those that were counted,
    EngineError if parts cannot be written.
    """
    at, dictionary, counted = contract.policy.coordinates, build_dictionary(contract, codelists), rows.counted
    distributions.write_csv(dictionary, folder / _dictionary_filename(contract))
    for each in codelists.values():
        distributions.write_codelist(each, folder / f"codelist_{each.name}.csv")
    if parts.applies_to(counted.rows):
        if MeasuredFolder(rows.parquet.parent, {}).measure_file(rows.parquet.name) != counted.file:
            raise _changed_rows_error(contract)
        return write_parts(rows.parquet, counted.rows, folder, contract.name, parts)
    parquet = folder / name_table_file(contract.name)
    shutil.copyfile(rows.parquet, parquet)
    written = write_formats(
        parquet,
        build_release_schema(contract, codelists),
        describe_file(contract),
        at=at if at and {at.lon, at.lat} <= set(counted.filled) else None,
        dictionary=dictionary if workbook.fits_workbook(counted.rows, counted.longest_text) else None,
        synthetic=synthetic,
    )
    if written.digest != counted.content_hash:
        raise _changed_rows_error(contract)
    return {**written.sums, parquet.name: counted.file}


def write_formats(
    parquet: Path,
    schema: Mapping[str, Any],
    about: Mapping[str, str],
    *,
    at: Coordinates | None,
    dictionary: pa.Table | None,
    synthetic: bool,
) -> WrittenRows:
    """Writes the rows of a Parquet file beside it as CSV; with `at` as GeoJSON, with `dictionary` as a workbook that has it on its second sheet.

    `at`: the names of the coordinate fields. `about`: title and contract, which the workbook states.
    """
    written = write_row_files(parquet, schema, at)
    if dictionary is not None:
        titles = [field.get("title", field["name"]) for field in schema["fields"]]
        rows = pq.ParquetFile(parquet).read()
        data = workbook.WorkbookSheet(SHEETS[synthetic], titles, rows, schema)
        workbook.write_workbook([data, _dictionary_sheet(dictionary)], parquet.with_suffix(".xlsx"), about)
    return written


def _dictionary_sheet(dictionary: pa.Table) -> workbook.WorkbookSheet:
    """Returns the sheet that explains the columns; the dictionary of an older release may have other columns than today's."""
    known = {field["name"]: field for field in DICTIONARY_SCHEMA["fields"]}
    fields = [known.get(name, {"name": name, "title": name, "type": "string"}) for name in dictionary.column_names]
    return workbook.WorkbookSheet("说明", [field["title"] for field in fields], dictionary, {"fields": fields})


def write_diff(
    folder: Path, contract: Contract, codelists: Mapping[str, CodeList], before: Path | None
) -> dict[str, Any] | None:
    """Writes the differences to the release in `before` and returns their totals.

    None, and no file, if `before` is None or the two have no common public primary key. The data files must already be
    written. ReleaseError if the release before cannot be read.
    """
    if before is None:
        return None
    return compare_release(before, folder, contract.name, build_release_schema(contract, codelists))


def compare_release(before: Path, folder: Path, dataset: str, schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """Writes into `folder` how its rows, of that schema, differ from the release in `before`, and returns the totals.

    None, and no file, without a common public primary key. ReleaseError if the release before cannot be read.
    """
    after = TableState(list_table_files(folder, dataset), schema)
    found = write_changes(_read_table_state(before), after, folder / package.changes_filename(dataset))
    return found and {
        name: list(value) if isinstance(value, tuple) else value for name, value in found._asdict().items()
    }


def count_changes(
    contract: Contract, rows: ReleaseRows, codelists: Mapping[str, CodeList], before: Path
) -> RowChanges | None:
    """Returns how rows that are not released yet differ from the release in `before`; None without a common public key.

    Nothing is kept. ReleaseError if the release before cannot be read.
    """
    after = TableState((rows.parquet,), build_release_schema(contract, codelists))
    with open_temporary_folder() as folder:
        return write_changes(_read_table_state(before), after, folder / package.changes_filename(contract.name))


def write_documents(
    folder: Path,
    contract: Contract,
    counted: CountedRows,
    codelists: Mapping[str, CodeList],
    *,
    facts: Mapping[str, Any],
    slices: Sequence[Mapping[str, Any]],
    quality: Mapping[str, Any],
    sums: Mapping[str, FileSum],
) -> Mapping[str, FileSum]:
    """Writes the descriptor of the folder's files, the metadata of its CSV files, the provenance of the rows, and the results of the quality checks.

    `sums`: size and hash of files that need not be read again; returns those of all files that the descriptor names.
    """
    schema, measured = build_release_schema(contract, codelists), MeasuredFolder(folder, sums)
    descriptor = package.build_descriptor(contract, measured, schema, codelists.values(), facts)
    write_json(folder / csv_metadata_filename(contract.name), build_csv_metadata(descriptor))
    descriptor["resources"].append(package.describe_csv_metadata(measured, csv_metadata_filename(contract.name)))
    write_json(folder / DESCRIPTOR, descriptor)
    write_json(folder / "provenance.json", _provenance_record(contract, facts, slices))
    write_json(folder / "quality.json", _quality_report(contract, facts, counted, quality))
    return measured.sums


def _dictionary_filename(contract: Contract) -> str:
    if f"{contract.name}.csv" == package.DICTIONARY:
        raise ReleaseError(
            Text(
                zh=f"数据集不能叫 {contract.name}：{package.DICTIONARY} 是每个发布包中数据字典的文件名；请给数据集换一个名称",
                en=f"a dataset cannot be called {contract.name}: {package.DICTIONARY} is the data dictionary of every release; name it otherwise",
            )
        )
    return package.DICTIONARY


def _read_table_state(release: Path) -> TableState:
    """Locates the rows and the schema of a frozen release; ReleaseError if either cannot be read."""
    try:
        descriptor = json.loads((release / DESCRIPTOR).read_text(encoding="utf-8"))
        state = TableState(list_release_files(release), descriptor["resources"][0]["schema"])
        state.columns.empty_table().select(state.names)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as wrong:
        raise ReleaseError(
            Text(
                zh=f"上一版本 {release.parent.name}/{release.name} 无法读取，不能比较：{wrong}；请从备份恢复后再发布",
                en=f"the release before, {release.parent.name}/{release.name}, cannot be read and compared: {wrong}; restore it from a backup",
            )
        ) from wrong
    return state


def list_versions(contract: Contract) -> dict[str, Any]:
    """Returns the versions by which a release is made now: hash of the contract, version of the code, versions of the libraries."""
    return {
        "contract_hash": contract.digest,
        "code_version": read_code_version(),
        "tools": dict(_tool_versions()),
    }


@cache
def _tool_versions() -> dict[str, str]:
    return {tool: version_of(tool) for tool in TOOLS}


def _provenance_record(
    contract: Contract, facts: Mapping[str, Any], slices: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    names = ("number", "created", "previous", "contract_version", "lake_version", "content_hash", "synthetic")
    return {
        "dataset": contract.name,
        **{name: facts[name] for name in names},
        **({"ledger_head": facts["ledger_head"]} if "ledger_head" in facts else {}),
        "slices": sorted((dict(slice_) for slice_ in slices), key=lambda s: (s["department"], s["period"])),
        **list_versions(contract),
    }


def _quality_report(
    contract: Contract, facts: Mapping[str, Any], counted: CountedRows, quality: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns the results of the quality checks and the number of non-empty cells of each field."""
    return {
        "dataset": contract.name,
        "number": facts["number"],
        "rows": counted.rows,
        **quality,
        "filled": dict(counted.filled),
    }


def count_filled(rows: pa.Table) -> dict[str, int]:
    """Returns the number of cells of each field that are not null."""
    return {name: rows.num_rows - rows.column(name).null_count for name in rows.column_names}


def _changed_rows_error(contract: Contract) -> ReleaseError:
    return ReleaseError(
        Text(
            zh=f"{contract.name} 待发布的数据行与审核时不同，没有发布；请重新运行 sportlake release {contract.name}",
            en=f"the rows of {contract.name} are not those that were reviewed, and nothing was released; run sportlake release {contract.name} again",
        )
    )


def write_json(path: Path, paper: Mapping[str, Any]) -> None:
    """Writes a document of a release as JSON; days as ISO 8601."""
    text = json.dumps(paper, ensure_ascii=False, indent=1, default=date.isoformat, allow_nan=False)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
