"""Which files of a home are kept in its storage: those that cannot be made again. Not here: the lake (`stored_tables.py`).

Left out: files that can be made again from the rest (the analysts' file, catalogue, desk, pages that list receipts, caches), files that
wait in the inbox and copies of those that were taken, Dagster's history, the portal, `alerts.yaml`, which holds passwords, and requests
for an erasure, which must be forgotten.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from warehouse.atomic_files import file_sha256
from warehouse.layout import Layout
from warehouse.storage.journal import KeptFile


def list_kept_files(layout: Layout) -> Iterator[Path]:
    """Yields every file that is kept, by path."""
    for folder in (layout.corrections, layout.evidence, layout.timestamps):
        yield from _list_files(folder)
    for folder in (layout.home / "submissions", layout.home / "quarantine", layout.releases):
        yield from _list_files(folder)
    yield from sorted(layout.receipts.glob("RCPT-*"))
    yield from (path for path in (layout.people, layout.synthetic_marker) if path.is_file())


def read_edited_files(layout: Layout) -> dict[str, tuple[int, int]]:
    """Returns time of change (nanoseconds) and size of the files that people edit themselves at any time, by path below the home."""
    files = [*_list_files(layout.corrections), *(p for p in (layout.people, layout.synthetic_marker) if p.is_file())]
    found = ((path.relative_to(layout.home).as_posix(), path.stat()) for path in files)
    return {name: (about.st_mtime_ns, about.st_size) for name, about in found}


def is_correction(layout: Layout, name: str) -> bool:
    """Whether a path below the home is a file of corrections, which people may delete; the list of people is never deleted."""
    return (layout.home / name).is_relative_to(layout.corrections)


def list_named_files(layout: Layout, kind: str, facts: Mapping[str, Any]) -> list[Path]:
    """Returns the existing files that belong to an entry of that kind with those facts."""
    if kind == "submission":
        return _list_files(layout.submission_folder(facts["number"]))
    if kind == "verdict":
        number = facts["number"]
        made = sorted(layout.submission_folder(number).glob("*.parquet"))
        made = [path for path in made if not path.name.startswith("original.")]
        return [*made, *sorted(layout.receipts.glob(f"{number}.*")), *_list_files(layout.quarantine_folder(number))]
    if kind == "release":
        return _list_files(layout.release_folder(facts["dataset"], facts["number"]))
    if kind == "assessment" and "file" in facts:
        return [path for path in [layout.evidence / facts["file"]["name"]] if path.is_file()]
    return []


def list_tables(layout: Layout) -> list[str]:
    """Returns the datasets that have a table in the lake."""
    return sorted(log.parent.name for log in layout.lakes.glob("[!_.]*/_delta_log"))


def measure_file(layout: Layout, path: Path) -> KeptFile:
    """Returns a file of the home with its size and hash."""
    return KeptFile(path.relative_to(layout.home).as_posix(), path.stat().st_size, file_sha256(path))


def _list_files(folder: Path) -> list[Path]:
    """Returns the files below a folder, without those that are being written: their names, or a parent folder's, begin with a dot."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts))
