"""What an XLSX or ODS file says it would unpack to, before anything of it is unpacked.

Not here: opening it for its cells (`apart`), what else is in it (`unshown`).
"""

import zipfile
import zlib
from pathlib import Path

from pipelines.read.apart import corrupt, locked
from pipelines.read.reading import EXPANDED_BYTES, EXPANSION, EXPANSION_FROM, refusal

_PARTS = 10_000
_ENCRYPTED = 0x1
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, UnicodeDecodeError)
"""What a damaged archive makes the standard library raise."""


def weigh(path: Path) -> None:
    """Nothing, if the archive may be unpacked.

    Raises UnreadableFile: corrupt, password, too-large (unpacked size or ratio, number of parts).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except BROKEN as wrong:
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
