"""What an XLSX or ODS file would cost to open, found out before it is opened.

Declared sizes and ratios first, then every part is unpacked once in pieces: its checksum must hold, so a declared size cannot
lie. Not here: XLS (`compound`), reading cells (`workbook`).
"""

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from pipelines.read.grid import Extent, ods_cells, xlsx_errors, xlsx_extent
from pipelines.read.reading import (
    EXPANDED_BYTES,
    EXPANSION,
    EXPANSION_FROM,
    GRID_CELLS,
    RAGGED_ROWS,
    SHEETS,
    WHOLE_PART_BYTES,
    refusal,
)
from schemas.errors import UnreadableFile

_PIECE = 2**23
_PARTS = 10_000
_ENCRYPTED = 0x1
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^<>]*?\br:id=\"([^\"<>]*)\"")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")
_ATTRIBUTE = re.compile(rb"\b(Id|Target)=\"([^\"<>]*)\"")
ErrorCells = dict[tuple[int, int], str]


def inspect(path: Path, kind: str) -> list[ErrorCells]:
    """The failed formulas of each sheet of an XLSX, in the workbook's order; nothing for ODS.

    Raises UnreadableFile: corrupt, password, too-large (unpacked size or ratio, parts, sheets, grid).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _weigh(path, archive)
            if kind == "ods":
                _inspect_ods(path, archive)
                return []
            return _inspect_xlsx(path, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as wrong:
        raise corrupt(path) from wrong


def corrupt(path: Path) -> UnreadableFile:
    """The refusal of a workbook that cannot be opened."""
    return refusal(
        "corrupt",
        f"“{path.name}”已损坏，打不开；请在 Excel 或 WPS 中打开原文件，另存为新的 XLSX 后再交",
        f"“{path.name}” is damaged and cannot be opened; open the original in Excel or WPS and save it as a new XLSX",
    )


def locked(path: Path) -> UnreadableFile:
    """The refusal of a workbook that wants a password."""
    return refusal(
        "password",
        f"“{path.name}”设有打开密码；请在“文件—信息—保护工作簿”中取消密码，另存后再交",
        f"“{path.name}” is protected by a password; remove it under File – Info – Protect Workbook and save it again",
    )


def too_wide(path: Path, cells: int) -> UnreadableFile:
    """The refusal of a workbook whose cells stand too far apart."""
    return refusal(
        "too-large",
        f"“{path.name}”的单元格范围达 {cells} 格，超过上限 {GRID_CELLS}（常因数据下方或右侧很远处还有内容）；"
        "请删去数据以外的行列，或改交 CSV",
        f"the cells of “{path.name}” span {cells} places, above the limit of {GRID_CELLS} (something stands far below or "
        "right of the data); delete what is outside the data, or send CSV",
    )


def _weigh(path: Path, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise locked(path)
    packed = sum(part.compress_size for part in parts)
    expanded = sum(part.file_size for part in parts)
    bomb = expanded > EXPANSION_FROM and expanded > EXPANSION * min(packed, path.stat().st_size)
    if expanded > EXPANDED_BYTES or bomb or len(parts) > _PARTS:
        raise refusal(
            "too-large",
            f"“{path.name}”有 {len(parts)} 个部件，解压后达 {expanded >> 20} MB（上限 {EXPANDED_BYTES >> 20} MB、压缩比 {EXPANSION}），未打开；"
            "请把数据复制到新的采集模板，或改交 CSV",
            f"“{path.name}” has {len(parts)} parts and unpacks to {expanded >> 20} MB (limits: {EXPANDED_BYTES >> 20} MB, "
            f"{EXPANSION} times) and was not opened; copy the data into a new template, or send CSV",
        )


def _inspect_xlsx(path: Path, archive: zipfile.ZipFile) -> list[ErrorCells]:
    total, errors = 0, {}
    for part in archive.infolist():
        extent, found = Extent(0, 0), {}
        for piece in _pieces(archive, part):
            here = xlsx_extent(piece)
            if here is None:
                raise corrupt(path)
            extent = extent.joined(here)
            found.update({(row, column): text for row, column, text in xlsx_errors(piece)})
            if len(found) > RAGGED_ROWS:
                raise _all_errors(path)
        total += extent.cells
        errors[part.filename] = found
    if total > GRID_CELLS:
        raise too_wide(path, total)
    return [errors.get(part, {}) for part in _sheets(path, archive)]


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces cut before a cell, or before a tag where no cell begins."""
    rest = b""
    with archive.open(part) as unpacked:
        while piece := unpacked.read(_PIECE):
            rest += piece
            cut = rest.rfind(b"<c ")
            cut = cut if cut > 0 else rest.rfind(b"<")
            yield rest[: cut if cut > 0 else None]
            rest = rest[cut:] if cut > 0 else b""
    yield rest


def _sheets(path: Path, archive: zipfile.ZipFile) -> list[str]:
    workbook = _whole(path, archive, "xl/workbook.xml")
    relations = _whole(path, archive, "xl/_rels/workbook.xml.rels")
    named = [dict(_ATTRIBUTE.findall(tag)) for tag in _RELATION.findall(relations)]
    targets = {
        one.get(b"Id"): html.unescape(one.get(b"Target", b"").decode("utf-8", "backslashreplace")) for one in named
    }
    ids = _SHEET.findall(workbook)
    if len(ids) > SHEETS:
        raise refusal(
            "too-large",
            f"“{path.name}”有 {len(ids)} 个工作表，超过上限 {SHEETS}；请只保留填报的工作表",
            f"“{path.name}” has {len(ids)} sheets, above the limit of {SHEETS}; keep the one with the data",
        )
    return [
        target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        for target in (targets.get(i, "") for i in ids)
    ]


def _all_errors(path: Path) -> UnreadableFile:
    return refusal(
        "not-a-table",
        f"“{path.name}”有超过 {RAGGED_ROWS} 个出错的公式；请把公式改为数值后再交",
        f"more than {RAGGED_ROWS} formulas of “{path.name}” fail; replace them by their values",
    )


def _inspect_ods(path: Path, archive: zipfile.ZipFile) -> None:
    for part in archive.infolist():
        if part.filename != "content.xml":
            for _ in _pieces(archive, part):
                pass
    cells = ods_cells(_whole(path, archive, "content.xml"))
    if cells > GRID_CELLS:
        raise too_wide(path, cells)


def _whole(path: Path, archive: zipfile.ZipFile, part: str) -> bytes:
    if part not in archive.namelist() or archive.getinfo(part).file_size > WHOLE_PART_BYTES:
        raise corrupt(path)
    return archive.read(part)
