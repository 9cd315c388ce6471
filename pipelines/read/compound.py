"""What an XLS file would cost to open: the grid that its cell records span.

Not here: XLSX and ODS (`archive`), reading cells (`workbook`).

Source: [MS-CFB] (the container, read by olefile) and [MS-XLS] §2.4 (record types).
"""

import struct
from pathlib import Path

import olefile

from pipelines.read.archive import corrupt, locked, too_wide
from pipelines.read.reading import GRID_CELLS
from pipelines.read.sniff import stranger

_BEGIN, _MULTIPLE, _LOCKED = 0x0809, 0x00BD, 0x002F
# Formula, number, text, truth value or error, RK number, shared text, rich text: row and column come first in each.
_CELLS = frozenset({0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, _MULTIPLE})
_HEAD = struct.Struct("<HH")


def inspect(path: Path) -> None:
    """Nothing, if the file may be opened.

    Raises UnreadableFile: corrupt, password, format (an Office file that is no workbook), too-large (grid of all sheets).
    """
    try:
        with olefile.OleFileIO(path) as container:
            if container.exists("EncryptedPackage"):
                raise locked(path)
            name = next((name for name in ("Workbook", "Book") if container.exists(name)), None)
            if name is None:
                raise stranger(path, "旧版 Office 文件而不是工作簿", "an old Office file but no workbook")
            stream = container.openstream(name).read()
    except (OSError, struct.error, IndexError, ValueError) as wrong:
        raise corrupt(path) from wrong
    cells = _cells(path, stream)
    if cells > GRID_CELLS:
        raise too_wide(path, cells)


def _cells(path: Path, stream: bytes) -> int:
    total = rows = columns = at = 0
    while at + _HEAD.size <= len(stream):
        kind, size = _HEAD.unpack_from(stream, at)
        at += _HEAD.size
        if kind == _LOCKED:
            raise locked(path)
        if kind == _BEGIN:
            total, rows, columns = total + rows * columns, 0, 0
        elif kind in _CELLS and size >= _HEAD.size and at + size <= len(stream):
            row, column = _HEAD.unpack_from(stream, at)
            if kind == _MULTIPLE:
                column = max(column, struct.unpack_from("<H", stream, at + size - 2)[0])
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        at += size
    return total + rows * columns
