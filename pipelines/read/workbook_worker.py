"""The program that opens one workbook in a process of its own, within limits, and says on its output what is in it.

A damaged or hostile workbook can make the reader abort, loop or ask for any amount of memory; here that ends this process and
nothing else (`apart` is the other side). It stands alone: run by path, it imports nothing of ours, so it starts at once. Nothing
in a workbook is ever run: cells hold the values that the spreadsheet program last computed.

Speech: one JSON value a line. First the survey, a list of sheets, or `{"refused": kind}`; then, for the number of a sheet on the
input, lists of rows; then null.
"""

import datetime as dt
import json
import resource
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

_BATCH = 1_000
_TOO_MANY = "limit exceeded"


def main(path: str, memory: str, seconds: str, head: str, areas: str, stamp: str) -> None:
    """Open, survey, and hand over the rows of the sheet that is asked for. `stamp`: a hidden sheet that is surveyed too."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = {
            at: book.get_sheet_by_index(at)
            for at, about in enumerate(book.sheets_metadata)
            if about.typ is SheetTypeEnum.WorkSheet
            and (about.visible is SheetVisibleEnum.Visible or about.name == stamp)
        }
    except PasswordError:
        send_answer({"refused": "password"})
        return
    except CalamineError as wrong:
        send_answer({"refused": "too-large" if _TOO_MANY in str(wrong) else "corrupt"})
        return
    send_answer([survey_sheet(at, sheet, int(head), int(areas)) for at, sheet in sheets.items()])
    if asked := sys.stdin.readline():
        rows = sheets[int(asked)].iter_rows()
        while batch := [row_texts(row) for row in islice(rows, _BATCH)]:
            send_answer(batch)
        send_answer(None)


def survey_sheet(at: int, sheet: CalamineSheet, head: int, areas: int) -> dict[str, Any]:
    """What a sheet is called, where its cells begin and end (from 0), its first rows, its merged areas."""
    start, end = sheet.start, sheet.end
    return {
        "at": at,
        "name": sheet.name,
        "left": start[1] if start else 0,
        "last": end[0] if end else 0,
        "head": [row_texts(row) for row in islice(sheet.iter_rows(), head)],
        "merged": (sheet.merged_cell_ranges or [])[:areas],
    }


def row_texts(row: Sequence[object]) -> list[str]:
    """Values as the text that a person would have typed into a CSV.

    `5.0` is `5`, other numbers are the shortest text that reads back the same, dates are ISO, truth values TRUE and FALSE.
    """
    return [cell if type(cell) is str else _TEXT[type(cell)](cell) for cell in row]


def send_answer(value: object) -> None:
    """One line of output."""
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()


def _format_number(value: float) -> str:
    # From 1e16 on, where the digits are no longer what was typed, the exponent stays for the judge to see.
    return repr(value).removesuffix(".0")


def _format_duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}"


_TEXT: dict[type, Callable[..., str]] = {
    float: _format_number,
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.date: dt.date.isoformat,
    dt.datetime: lambda value: value.isoformat(timespec="seconds"),
    dt.time: lambda value: value.isoformat(timespec="seconds"),
    dt.timedelta: _format_duration,
    str: str,
}


if __name__ == "__main__":
    main(*sys.argv[1:])
