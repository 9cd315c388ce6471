"""Program that opens one workbook in its own process, within limits, and writes its content to standard output.

A damaged or hostile workbook can make the reader abort, loop or allocate any amount of memory; that ends this process only
(`workbook_process` starts it). It is run by path, imports no module of ours, and gets the folder of the one package that it needs as an
argument: a search of all installed packages would take half of its start. Nothing in a workbook is executed: cells hold the values that
the spreadsheet program last computed.

Protocol: one JSON value per line. First comes the survey, a list of sheets and one of the names of hidden ones, or `{"refused": kind}`. Then one line on
standard input names the index of a sheet and the formats of dates and times in its columns, `[index, {position: format}]`;
lists of its rows follow, then null or `{"refused": "long-text"}`. Not here: choosing the sheet, the
texts of refusals.
"""

import datetime as dt
import io
import json
import re
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

TYPE_CHECKING = False  # that of `typing`, which takes a third of the start
if TYPE_CHECKING:
    from typing import Any

    from python_calamine import CalamineSheet, CalamineWorkbook

_BATCH = 1_000
_TOO_MANY = "limit exceeded"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""Name of the stream that holds the whole of a protected XLSX. Source: MS-OFFCRYPTO 1.3.3."""


def main(
    packages: str, path: str, memory: str, seconds: str, head: str, areas: str, stamp: str, characters: str
) -> None:
    """Opens and surveys the workbook, then writes the rows of the requested sheet.

    `packages` is the folder of installed packages. `memory` is in bytes of address space, `seconds` in processor time; `head` is the
    number of first rows and `areas` the maximum number of merged areas in a survey; `stamp` names a hidden sheet that is surveyed too;
    `characters` is the maximum number of characters of all rows written.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    sys.path.append(packages)
    from python_calamine import (  # noqa: PLC0415 -- it is found from here on
        CalamineError,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        book = open_book(path)
        listed = [(at, one) for at, one in enumerate(book.sheets_metadata) if one.typ is SheetTypeEnum.WorkSheet]
        hidden = [one.name for _, one in listed if one.visible is not SheetVisibleEnum.Visible and one.name != stamp]
        sheets = {at: book.get_sheet_by_index(at) for at, one in listed if one.name not in hidden}
    except PasswordError:
        send_answer({"refused": "password"})
        return
    except CalamineError as wrong:
        send_answer({"refused": "too-large" if _TOO_MANY in str(wrong) else "corrupt"})
        return
    send_answer([[survey_sheet(at, sheet, int(head), int(areas)) for at, sheet in sheets.items()], hidden])
    if requested := sys.stdin.readline():
        at, formats = json.loads(requested)
        send_rows(sheets[at], {int(position): pattern for position, pattern in formats.items()}, int(characters))


def open_book(path: str) -> "CalamineWorkbook":
    """Opens a workbook, also one whose suffix is that of another format.

    The reader chooses the format by a known suffix alone, and so reports a renamed workbook as damaged; it is then opened by its content.
    Raises PasswordError for a protected workbook, CalamineError for any other that cannot be opened.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415 -- as in `main`

    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError:
        raise
    except CalamineError as wrong:
        if _TOO_MANY in str(wrong):
            raise
    with open(path, "rb") as file:  # noqa: PTH123 -- pathlib takes a third of the start
        content = file.read()
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise PasswordError(path)
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def send_rows(sheet: "CalamineSheet", moments: Mapping[int, str], characters: int) -> None:
    """Writes the rows of a sheet, then null; `{"refused": "long-text"}` once they hold more than this many characters."""
    batch: list[list[str]] = []
    for row in sheet.iter_rows():
        texts = row_texts(row, moments)
        characters -= sum(map(len, texts))
        if characters < 0:
            send_answer({"refused": "long-text"})
            return
        batch.append(texts)
        if len(batch) == _BATCH:
            send_answer(batch)
            batch = []
    if batch:
        send_answer(batch)
    send_answer(None)


def survey_sheet(at: int, sheet: "CalamineSheet", head: int, areas: int) -> dict[str, object]:
    """Returns a sheet's index and name, first used column and last used row (from 0), first rows and merged areas."""
    start, end = sheet.start, sheet.end
    return {
        "at": at,
        "name": sheet.name,
        "left": start[1] if start else 0,
        "last": end[0] if end else 0,
        "head": [row_texts(row) for row in islice(sheet.iter_rows(), head)],
        "merged": (sheet.merged_cell_ranges or [])[:areas],
    }


def row_texts(row: Sequence[object], moments: Mapping[int, str] | None = None) -> list[str]:
    """Returns the values of a row as the text that a CSV would hold.

    `5.0` becomes `5`, other numbers the shortest text that reads back as the same number, dates ISO 8601, booleans TRUE
    and FALSE. `moments` gives the format of dates and times at a position of the row, as in `%H:%M`; a value that the
    format would cut stays ISO 8601.
    """
    texts = [cell if type(cell) is str else _TEXT[type(cell)](cell) for cell in row]
    for at, pattern in (moments or {}).items():
        if at < len(row) and isinstance(row[at], dt.date | dt.time | dt.timedelta):
            texts[at] = _format_moment(row[at], pattern) or texts[at]
    return texts


def send_answer(value: object) -> None:
    """Writes one JSON value as a line to standard output."""
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()


def _format_number(value: float) -> str:
    # From 1e16 on the digits are no longer what was typed; the exponent stays, so that validation can report it.
    return repr(value).removesuffix(".0")


def _format_duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}"


def _format_moment(value: "Any", pattern: str) -> str | None:  # noqa: ANN401 - a date, datetime, time or timedelta
    """Returns the value in this format; None if the format does not hold all of it."""
    clock = not {"%Y", "%m", "%d", "%y"} & set(_DIRECTIVE.findall(pattern))
    if clock and (value == _WHOLE_DAY or (isinstance(value, dt.date) and value == _DAY_ONE)):
        # A clock that was typed as 24:00; no time of day has this value.
        return pattern.replace("%H", "24").replace("%M", "00").replace("%S", "00")
    if clock and isinstance(value, dt.timedelta):
        if value < dt.timedelta(0) or value > _WHOLE_DAY:
            return None
        value = (dt.datetime(1, 1, 1) + value).time()  # noqa: DTZ001 - spreadsheet times have no time zone
    if isinstance(value, dt.time) != clock:
        return None
    text: str = value.strftime(pattern)
    moment = dt.datetime.combine(dt.date.min, value) if clock else dt.datetime.fromisoformat(value.isoformat())
    again = dt.datetime.strptime(text, pattern)  # noqa: DTZ007 - spreadsheet times have no time zone
    return text if (again.time() == moment.time() if clock else again == moment) else None


_DIRECTIVE = re.compile(r"%[a-zA-Z]")
_WHOLE_DAY = dt.timedelta(days=1)
_DAY_ONE = dt.date(1900, 1, 1)
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
