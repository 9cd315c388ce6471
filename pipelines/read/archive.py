"""What an XLSX or ODS file says it would unpack to, and what of an XLSX the workbook reader does not show.

Not here: opening it for its cells (`apart`).
"""

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from pipelines.read.apart import corrupt, locked
from pipelines.read.reading import EXPANDED_BYTES, EXPANSION, EXPANSION_FROM, RAGGED_ROWS, WHOLE_PART_BYTES, refusal

_PIECE = 2**23
_PARTS = 10_000
_ENCRYPTED = 0x1
_TAG_BYTES = 256
_FORMULA_BYTES = 10_000
_ERROR = b't="e"'
_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^<>]*?\br:id=\"([^\"<>]*)\"")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")
_ATTRIBUTE = re.compile(rb"\b(Id|Target)=\"([^\"<>]*)\"")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, UnicodeDecodeError)
FailedFormulas = dict[tuple[int, int], str]


def weigh(path: Path) -> None:
    """Nothing, if the archive may be unpacked.

    Raises UnreadableFile: corrupt, password, too-large (unpacked size or ratio, number of parts).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except _BROKEN as wrong:
        raise corrupt(path) from wrong
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise locked(path)
    expanded = sum(part.file_size for part in parts)
    bomb = expanded > EXPANSION_FROM and expanded > EXPANSION * path.stat().st_size
    if expanded > EXPANDED_BYTES or bomb or len(parts) > _PARTS:
        raise refusal(
            "too-large",
            f"“{path.name}”有 {len(parts)} 个部件，解压后达 {expanded >> 20} MB（上限 {EXPANDED_BYTES >> 20} MB、压缩比 {EXPANSION}），"
            "未打开；请把数据复制到新的采集模板，或改交 CSV",
            f"“{path.name}” has {len(parts)} parts and unpacks to {expanded >> 20} MB (limits: {EXPANDED_BYTES >> 20} MB, "
            f"{EXPANSION} times) and was not opened; copy the data into a new template, or send CSV",
        )


def failed_formulas(path: Path, sheet: int) -> FailedFormulas:
    """Text of the cells (row and column from 0) of one XLSX sheet whose formula failed, such as `#REF!`; the reader shows them empty.

    Source: ECMA-376 part 1, §18.3.1.4 and §18.18.11 (cell references and types).

    Raises UnreadableFile: corrupt; not-a-table, if formulas fail all over.
    """
    found: FailedFormulas = {}
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _sheet_parts(path, archive)
            if sheet >= len(parts) or parts[sheet] not in archive.namelist():
                return found
            for piece in _pieces(archive, parts[sheet]):
                found.update(_failed(piece))
                if len(found) > RAGGED_ROWS:
                    raise refusal(
                        "not-a-table",
                        f"“{path.name}”有超过 {RAGGED_ROWS} 个出错的公式；请把公式改为数值后再交",
                        f"more than {RAGGED_ROWS} formulas of “{path.name}” fail; replace them by their values",
                    )
    except _BROKEN as wrong:
        raise corrupt(path) from wrong
    return found


def _failed(xml: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    at = xml.find(_ERROR)
    while at >= 0:
        start = max(xml.rfind(b"<", max(0, at - _TAG_BYTES), at), 0)
        reference = _REFERENCE.search(xml, start, at + _TAG_BYTES)
        value = xml.find(b"<v>", at, at + _FORMULA_BYTES)
        end = xml.find(b"<", value + 3, value + _TAG_BYTES)
        if reference and start < value < end and xml.startswith(b"<c ", start):
            place = int(reference[2]) - 1, _column(reference[1])
            yield place, xml[value + 3 : end].decode("ascii", "backslashreplace")
        at = xml.find(_ERROR, at + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces, cut before a cell so that each is whole in one of them."""
    rest = b""
    with archive.open(part) as unpacked:
        while piece := unpacked.read(_PIECE):
            rest += piece
            cut = max(rest.rfind(b"<c "), 0) or len(rest)
            yield rest[:cut]
            rest = rest[cut:]
    yield rest


def _sheet_parts(path: Path, archive: zipfile.ZipFile) -> list[str]:
    workbook, relations = (_whole(path, archive, f"xl/{part}") for part in ("workbook.xml", "_rels/workbook.xml.rels"))
    named = [dict(_ATTRIBUTE.findall(tag)) for tag in _RELATION.findall(relations)]
    targets = {one.get(b"Id"): html.unescape(one.get(b"Target", b"").decode()) for one in named}
    parts = [targets.get(sheet, "") for sheet in _SHEET.findall(workbook)]
    return [part.removeprefix("/") if part.startswith("/") else f"xl/{part}" for part in parts]


def _whole(path: Path, archive: zipfile.ZipFile, part: str) -> bytes:
    if part not in archive.namelist() or archive.getinfo(part).file_size > WHOLE_PART_BYTES:
        raise corrupt(path)
    return archive.read(part)
