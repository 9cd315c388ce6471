"""The day from which a workbook counts its days: 1904 in workbooks of old Excel for Macintosh, and in those that were made from them.

Cells that are formatted as dates are dates for the reader of cells; this is for numbers that are not formatted so. In ODS nothing is looked
for: its dates are written as dates. Not here: turning a number into a date (`pipelines/normalise/moments.py`).

Source: ECMA-376 part 1, §18.2.28 (workbookPr); MS-XLS §2.4.77 (Date1904), and §2.1.7.20.3, by which CalcPrecision follows it.
"""

import mmap
import zipfile
from pathlib import Path

from pipelines.read.workbooks.workbook_parts import WorkbookParts
from pipelines.read.workbooks.workbook_process import corrupt_error
from pipelines.read.workbooks.zip_archive import BROKEN

_FROM_1904 = bytes.fromhex("2200 0200 0100 0e00 0200")
"""The record Date1904 with the value 1, and the head of the record that follows it in every XLS."""


def counts_from_1904(path: Path, kind: str) -> bool:
    """Returns whether the workbook counts days from 1 January 1904; False for an ODS.

    Raises UnreadableFile: corrupt.
    """
    if kind == "xls":
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return content.find(_FROM_1904) >= 0
    if kind != "xlsx":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return WorkbookParts(path, archive).counts_from_1904()
    except BROKEN as wrong:
        raise corrupt_error(path) from wrong
