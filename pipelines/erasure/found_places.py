"""Where the values stand: every file of an installation that holds one, with how often. Read only.

Grain: a file. Left out are what is made again or forgotten by the erasure itself (the analysts' file, Dagster's history), `people.yaml`, and the
portal, which follows what is published and forgets what was (`catalog/ckan/native/forgetting.py`). Compressed formats other than ZIP packages,
Parquet, XLS and ODS are searched as the bytes they are. Not here: removing anything.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipelines.erasure.raw_bytes import erase_bytes
from pipelines.erasure.sought_values import SoughtValues
from pipelines.erasure.tables import count_cells
from pipelines.read import read_file
from pipelines.submissions.inbox.taken_files import FOLDERS, SENT_BACK_FOLDER, TAKEN_FOLDER
from schemas.errors import UnreadableFile
from schemas.text import Text
from warehouse.layout import Layout

AREAS = {
    "inbox": Text(zh="收件夹中待收的文件", en="waiting in the inbox"),
    TAKEN_FOLDER: Text(zh="收件夹的“已收”", en="taken files in the inbox"),
    SENT_BACK_FOLDER: Text(zh="收件夹的“退回”", en="files sent back in the inbox"),
    "submissions": Text(zh="报送原件及中间结果", en="originals and what was read from them"),
    "quarantine": Text(zh="退回修改的文件", en="quarantine"),
    "receipts": Text(zh="回执和标注工作簿", en="receipts and marked workbooks"),
    "corrections": Text(zh="更正记录", en="corrections"),
    "lake": Text(zh="数据湖（各版本）", en="lake, all versions"),
    "releases": Text(zh="版本和差异文件", en="releases and their changes"),
    "catalogue": Text(zh="静态目录", en="static catalogue"),
    "candidates": Text(zh="待发布内容页", en="candidate pages"),
    "desk": Text(zh="工作台", en="the desk"),
    "evidence": Text(zh="评估和审批材料", en="documents of assessments"),
    "ledger": Text(zh="台账中的文字", en="texts in the ledger"),
}
OTHER = Text(zh="其他", en="other files")
_SKIPPED = frozenset({"dagster", "ckan", "erasures"})
_SKIPPED_FILES = frozenset({"people.yaml"})
_CACHES = frozenset({".lock", ".u64", ".duckdb", ".sqlite", ".sqlite-wal", ".sqlite-shm"})
_OLD_WORKBOOKS = frozenset({".xls", ".ods"})


class FoundPlace(NamedTuple):
    """One file that holds a value: `area` is a key of `AREAS` or the name of its folder."""

    area: str
    path: Path
    hits: int


def find_places(layout: Layout, sought: SoughtValues) -> list[FoundPlace]:
    """Returns every file below the home that holds a value in its bytes or its name, by path."""
    found = ((path, count_in_file(path, sought) + sought.count_in(path.name)) for path in list_files(layout))
    return [FoundPlace(name_area(layout, path), path, count) for path, count in found if count]


def list_files(layout: Layout) -> Iterator[Path]:
    """Yields the files that may hold a value, by path."""
    for path in sorted(layout.home.rglob("*")):
        parts = path.relative_to(layout.home).parts
        if path.is_symlink() or not path.is_file() or parts[0] in _SKIPPED or path.suffix in _CACHES:
            continue
        if len(parts) > 1 or parts[0] not in _SKIPPED_FILES:
            yield path


def name_area(layout: Layout, path: Path) -> str:
    """Returns the area of a file below the home."""
    parts = path.relative_to(layout.home).parts
    received = [part for part in parts if part in FOLDERS] if parts[0] == "inbox" else []
    return received[0] if received else parts[0]


def describe_area(area: str) -> Text:
    """Returns the name of an area in both languages."""
    return AREAS.get(area, OTHER)


def count_in_file(path: Path, sought: SoughtValues) -> int:
    """Returns how often a value stands in the content of a file; binary workbooks are read as tables too."""
    count = erase_bytes(path.name, path.read_bytes(), sought).hits
    return count or (_count_in_workbook(path, sought) if path.suffix.lower() in _OLD_WORKBOOKS else 0)


def _count_in_workbook(path: Path, sought: SoughtValues) -> int:
    try:
        return count_cells(read_file(path).table, sought)
    except UnreadableFile:
        return 0
