"""ZIP archives: unpacking of an archive with exactly one file, and the size check of XLSX and ODS before opening.

The file is unpacked within limits to a temporary folder, never under a name from the archive; nested archives are
refused. The size check uses the sizes that the archive states, before anything is unpacked. Not here: reading the cells
of a workbook (`workbook`, `workbook_process`), its other XML content (`workbook_xml`), reading the unpacked file
(`dispatch`).
"""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PureWindowsPath
from typing import IO

from pipelines.read.reading import EXPANDED_BYTES, EXPANSION, EXPANSION_FROM, FILE_BYTES, refuse_file
from pipelines.read.workbooks.workbook_process import corrupt_error, password_error
from quality.findings import masked_excerpt
from schemas.errors import UnreadableFile
from schemas.execution.temporary_folders import open_temporary_folder
from schemas.text import Text

_BLOCK = 2**20
_ENCRYPTED, _UTF8 = 0x1, 0x800
_LISTED = 10_000
_NAMED = 3
_SYSTEM_FILES = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")


@contextmanager
def unpack_single_file(path: Path) -> Iterator[tuple[Path, Text]]:
    """Unpacks the only file of the archive; yields its temporary path and the receipt's note.

    The temporary file has the archive's own name and is deleted at the end of the `with` block.

    Raises UnreadableFile: corrupt, password, empty, many-tables, unsafe-archive (names with paths outside the archive),
    too-large.
    """
    with open_temporary_folder() as folder:
        target = folder / path.name
        try:
            with zipfile.ZipFile(path) as archive:
                part = _require_single_member(path, archive)
                with archive.open(part) as packed, target.open("wb") as file:
                    _copy_within_limits(path, packed, file)
        except BROKEN as wrong:
            raise _damaged_error(path) from wrong
        called = masked_excerpt(_decode_member_name(part), 80)
        yield target, Text(zh=f"读取压缩包中的“{called}”", en=f"read “{called}” in the archive")


def _require_single_member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    parts = archive.infolist()
    if len(parts) > _LISTED:
        raise _several_files_error(path, len(parts), "…")
    if any(_is_unsafe_path(_decode_member_name(part)) for part in parts):
        raise refuse_file(
            "unsafe-archive",
            f"“{path.name}”中有指向压缩包以外的文件名，未打开；请重新压缩，只放一个数据文件",
            f"a file in “{path.name}” has a name that leads out of it, so it was not opened; pack one data file anew",
        )
    files = [part for part in parts if not part.is_dir() and not _is_system_file(_decode_member_name(part))]
    if not files:
        raise refuse_file(
            "empty",
            f"“{path.name}”是空压缩包；请检查压缩是否完成，或直接报送 XLSX、CSV",
            f"“{path.name}” is an empty archive; check that packing was finished, or send XLSX or CSV",
        )
    if len(files) > 1:
        raise _several_files_error(
            path, len(files), "、".join(f"“{masked_excerpt(_decode_member_name(part), 40)}”" for part in files[:_NAMED])
        )
    if files[0].flag_bits & _ENCRYPTED:
        raise refuse_file(
            "password",
            f"“{path.name}”设有密码；请重新压缩，不设密码",
            f"“{path.name}” is protected by a password; pack it again without one",
        )
    if files[0].file_size > FILE_BYTES:
        raise _too_large_error(path)
    return files[0]


def _copy_within_limits(path: Path, packed: IO[bytes], target: IO[bytes]) -> None:
    """Copies the packed file and counts its real bytes, because the size that the archive states may be false."""
    size, most = 0, max(EXPANSION_FROM, EXPANSION * path.stat().st_size)
    while block := packed.read(_BLOCK):
        size += len(block)
        if size > min(most, FILE_BYTES):
            raise _too_large_error(path)
        target.write(block)


def nested_archive_error(path: Path) -> UnreadableFile:
    """Returns the exception (kind `nested-archive`) for an archive whose only file is an archive."""
    return refuse_file(
        "nested-archive",
        f"“{path.name}”里还是压缩包；请只压缩一层，或直接报送 XLSX、CSV",
        f"“{path.name}” holds an archive again; pack the file once, or send XLSX or CSV",
    )


def _several_files_error(path: Path, count: int, names: str) -> UnreadableFile:
    return refuse_file(
        "many-tables",
        f"“{path.name}”中有 {count} 个文件（{names}）；一个压缩包只能有一个数据文件，请分开报送",
        f"“{path.name}” holds {count} files ({names}); an archive must hold exactly one, send them one by one",
    )


def _too_large_error(path: Path) -> UnreadableFile:
    return refuse_file(
        "too-large",
        f"“{path.name}”解压后超过 {FILE_BYTES >> 20} MB 或压缩包的 {EXPANSION} 倍，未读取；请按年或按市拆成几个文件",
        f"“{path.name}” unpacks to more than {FILE_BYTES >> 20} MB or {EXPANSION} times its size; split it by year or by city",
    )


def _damaged_error(path: Path) -> UnreadableFile:
    return refuse_file(
        "corrupt",
        f"压缩包“{path.name}”已损坏，无法打开；请重新压缩，或直接报送 XLSX、CSV",
        f"the archive “{path.name}” is damaged; pack it again, or send XLSX or CSV",
    )


def _decode_member_name(part: zipfile.ZipInfo) -> str:
    """Returns the member's name; Chinese Windows stores names in GBK, which a ZIP archive cannot declare."""
    if part.flag_bits & _UTF8:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return part.filename


def _is_unsafe_path(name: str) -> bool:
    windows = PureWindowsPath(name)
    return bool(windows.anchor) or ".." in windows.parts or "\0" in name


def _is_system_file(name: str) -> bool:
    return name.lower().startswith(_SYSTEM_FILES[0]) or name.lower().rsplit("/", 1)[-1] in _SYSTEM_FILES


_PARTS = 10_000
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, UnicodeDecodeError)
"""Exceptions that the standard library raises for a damaged archive."""


def check_archive_size(path: Path) -> None:
    """Checks that an XLSX or ODS archive may be unpacked, from the sizes that it states.

    Raises UnreadableFile: corrupt, password, too-large (unpacked size or ratio, number of parts).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except BROKEN as wrong:
        raise corrupt_error(path) from wrong
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise password_error(path)
    if exceeds_limits(parts, path.stat().st_size):
        expanded = sum(part.file_size for part in parts)
        raise refuse_file(
            "too-large",
            f"“{path.name}”有 {len(parts)} 个部件，解压后达 {expanded >> 20} MB（上限 {EXPANDED_BYTES >> 20} MB、压缩比 {EXPANSION}），"
            "未打开；请把数据复制到新的采集模板，或改用 CSV 报送",
            f"“{path.name}” has {len(parts)} parts and unpacks to {expanded >> 20} MB (limits: {EXPANDED_BYTES >> 20} MB, "
            f"{EXPANSION} times) and was not opened; copy the data into a new template, or send CSV",
        )


def exceeds_limits(parts: Sequence[zipfile.ZipInfo], packed: int) -> bool:
    """Returns whether an archive of `packed` bytes states too many parts, or more unpacked bytes than may be unpacked."""
    expanded = sum(part.file_size for part in parts)
    bomb = expanded > EXPANSION_FROM and expanded > EXPANSION * packed
    return expanded > EXPANDED_BYTES or bomb or len(parts) > _PARTS
