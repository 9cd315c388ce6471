"""Choice of the reader for a file, by its content; the suffix decides only where the content is ambiguous.

Not here: the readers themselves.
"""

import stat
from dataclasses import replace
from pathlib import Path

from pipelines.read.damaged_codes import find_damaged_codes
from pipelines.read.damaged_text import find_damaged_texts
from pipelines.read.delimited.delimited_text import read_delimited
from pipelines.read.reading import Reading, refuse_file
from pipelines.read.records.json_records import read_json
from pipelines.read.records.parquet import read_parquet
from pipelines.read.sniff import sniff_format
from pipelines.read.workbooks.workbook import read_workbook
from pipelines.read.workbooks.zip_archive import nested_archive_error, unpack_single_file
from pipelines.workbook_stamp import refuse_excerpt
from schemas.contract import Contract


def read_file(path: Path, contract: Contract | None = None) -> Reading:
    """Returns the text of a file. The contract, if given, helps to find sheet, header, delimiter and encoding.

    Raises UnreadableFile, which says what is wrong, where, and how to correct it. Its `kind` is one of: missing,
    no-access, empty, no-header, no-rows, encoding, too-large, long-line, long-cell, password, corrupt, no-sheet,
    many-sheets, not-a-table, format, other-template, excerpt, many-tables, nested-archive, unsafe-archive.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise refuse_file(
                "format",
                f"“{path.name}”不是文件；请给出数据文件本身",
                f"“{path.name}” is no file; name the data file itself",
            )
        kind = sniff_format(path)
    except FileNotFoundError as wrong:
        raise refuse_file(
            "missing",
            f"找不到文件“{path.name}”；请检查文件名和所在文件夹",
            f"there is no file “{path.name}”; check its name and folder",
        ) from wrong
    except PermissionError as wrong:
        raise refuse_file(
            "no-access",
            f"没有权限读取“{path.name}”；请关闭正在打开它的程序，或检查文件权限",
            f"“{path.name}” may not be read; close the program that holds it, or check its permissions",
        ) from wrong
    reading = _read_archive(path, contract) if kind == "zip" else _read_as(path, kind, contract)
    if contract is None:
        return reading
    refuse_excerpt(reading.labels, path.name)
    judged = reading.with_findings(find_damaged_codes(reading, contract))
    return judged.with_marked(find_damaged_texts(reading, contract))


def _read_archive(path: Path, contract: Contract | None) -> Reading:
    with unpack_single_file(path) as (inner, decision):
        kind = sniff_format(inner)
        if kind == "zip":
            raise nested_archive_error(path)
        reading = _read_as(inner, kind, contract).with_decisions((decision,))
    return replace(reading, format=f"{reading.format}.zip")


def _read_as(path: Path, kind: str, contract: Contract | None) -> Reading:
    if kind == "csv":
        return read_delimited(path, contract)
    if kind == "json":
        return read_json(path, contract)
    if kind == "parquet":
        return read_parquet(path, contract)
    return read_workbook(path, kind, contract)
