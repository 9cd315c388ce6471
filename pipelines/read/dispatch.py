"""Which reader a file goes to: its content decides, its suffix only where content cannot tell.

Not here: any reader itself.
"""

import stat
from dataclasses import replace
from pathlib import Path

from pipelines.read.damaged_codes import spoiled_codes
from pipelines.read.delimited import read_delimited
from pipelines.read.json_records import read_json
from pipelines.read.parquet import read_columnar
from pipelines.read.reading import Reading, refusal
from pipelines.read.sniff import format_of
from pipelines.read.workbook import read_workbook
from pipelines.read.zip_archive import nested, unpacked
from schemas.contract import Contract


def read(path: Path, contract: Contract | None = None) -> Reading:
    """The text of a file; the contract helps to find sheet, header, delimiter and encoding.

    Raises UnreadableFile, with a `kind` and what, where and how to mend it: missing, no-access, empty, no-header, no-rows,
    encoding, too-large, long-line, long-cell, password, corrupt, no-sheet, many-sheets, not-a-table, format, other-template, excerpt,
    many-tables, nested-archive, unsafe-archive.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise refusal(
                "format",
                f"“{path.name}”不是文件；请给出数据文件本身",
                f"“{path.name}” is no file; name the data file itself",
            )
        kind = format_of(path)
    except FileNotFoundError as wrong:
        raise refusal(
            "missing",
            f"找不到文件“{path.name}”；请检查文件名和所在文件夹",
            f"there is no file “{path.name}”; check its name and folder",
        ) from wrong
    except PermissionError as wrong:
        raise refusal(
            "no-access",
            f"没有权限读取“{path.name}”；请关闭正在打开它的程序，或检查文件权限",
            f"“{path.name}” may not be read; close the program that holds it, or check its permissions",
        ) from wrong
    reading = _unpacked(path, contract) if kind == "zip" else _read_as(path, kind, contract)
    return reading.with_findings(spoiled_codes(reading, contract)) if contract else reading


def _unpacked(path: Path, contract: Contract | None) -> Reading:
    with unpacked(path) as (inner, said):
        kind = format_of(inner)
        if kind == "zip":
            raise nested(path)
        reading = _read_as(inner, kind, contract).with_decisions((said,))
    return replace(reading, format=f"{reading.format}.zip")


def _read_as(path: Path, kind: str, contract: Contract | None) -> Reading:
    if kind == "csv":
        return read_delimited(path, contract)
    if kind == "json":
        return read_json(path, contract)
    if kind == "parquet":
        return read_columnar(path, contract)
    return read_workbook(path, kind, contract)
