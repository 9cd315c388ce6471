"""The folder of a static site as a shelf: files are put on it whole or not at all, and only where they would differ.

Each file is written aside under a hidden name and renamed, so a reader sees the old one or the new one. What is there already
is not touched, not even its time. Here too: the same shelf only looked at. Not here: what the files say, and which of them
belong there.
"""

import filecmp
import hashlib
import shutil
from pathlib import Path

from schemas.errors import CatalogueError
from schemas.text import Text


class SiteFolder:
    """One folder. `writes` counts the files and folders written, linked or removed; `digests` holds the SHA-256 of what was laid down."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writes = 0
        self.digests: dict[str, str] = {}

    def write_text(self, name: str, content: str) -> str:
        """The file `name` (relative, with slashes) holds this text in UTF-8 afterwards; returns the name."""
        target, wanted = self.folder / name, content.encode()
        self.digests[name] = hashlib.sha256(wanted).hexdigest()
        if not (target.is_file() and target.read_bytes() == wanted):
            aside = _hidden_name(target)
            aside.write_bytes(wanted)
            self._swap_in(aside, target)
        return name

    def copy_file(self, name: str, source: Path, sha256: str | None = None) -> str:
        """The file `name` holds the bytes of `source` afterwards: the same file on the same disk, a copy otherwise.

        CatalogueError if `source` is missing or is not what `sha256` says: then the release is damaged, and nothing is placed.
        """
        if not source.is_file():
            raise _missing_error(source)
        found = file_sha256(source)
        if sha256 is not None and found != sha256:
            raise _damaged_error(source, sha256, found)
        target, self.digests[name] = self.folder / name, found
        if not (target.is_file() and (target.samefile(source) or filecmp.cmp(target, source, shallow=False))):
            aside = _hidden_name(target)
            _link_or_copy(source, aside)
            self._swap_in(aside, target)
        return name

    def remove_file(self, name: str) -> None:
        """The folder or file `name` is gone afterwards."""
        target = self.folder / name
        if target.is_dir():
            shutil.rmtree(target)
            self.writes += 1
        elif target.exists():
            target.unlink()
            self.writes += 1

    def _swap_in(self, aside: Path, target: Path) -> None:
        aside.replace(target)
        self.writes += 1


class SiteFolderDryRun(SiteFolder):
    """The same shelf, where nothing is laid down: `otherwise` collects (name, SHA-256 wanted, SHA-256 found or None)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.otherwise: list[tuple[str, str, str | None]] = []

    def write_text(self, name: str, content: str) -> str:
        """Notes whether the file `name` holds another text."""
        return self._compare(name, hashlib.sha256(content.encode()).hexdigest())

    def copy_file(self, name: str, source: Path, sha256: str | None = None) -> str:
        """Notes whether the file `name` is another than was released; CatalogueError if `source` is needed and missing."""
        if sha256 is None and not source.is_file():
            raise _missing_error(source)
        return self._compare(name, sha256 or file_sha256(source))

    def _compare(self, name: str, wanted: str) -> str:
        target = self.folder / name
        found = file_sha256(target) if target.is_file() else None
        if found != wanted:
            self.otherwise.append((name, wanted, found))
        self.digests[name] = wanted
        return name


def file_sha256(file: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _hidden_name(target: Path) -> Path:
    """The hidden name beside the target, free of what a killed run may have left there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.part")
    aside.unlink(missing_ok=True)
    return aside


def _link_or_copy(source: Path, aside: Path) -> None:
    try:
        aside.hardlink_to(source)
    except OSError:  # another disk, or one without links
        shutil.copyfile(source, aside)


def _describe_place(source: Path) -> str:
    return "/".join(source.parts[-3:])


def _missing_error(source: Path) -> CatalogueError:
    name = _describe_place(source)
    return CatalogueError(
        Text(
            zh=f"发布包中缺少文件 {name}；请从备份恢复该版本，或发布新的版本",
            en=f"the release lacks the file {name}; restore that release from a backup or make a new one",
        )
    )


def _damaged_error(source: Path, wanted: str, found: str) -> CatalogueError:
    name = _describe_place(source)
    return CatalogueError(
        Text(
            zh=f"文件 {name} 的校验值是 {found[:12]}…，发布时是 {wanted[:12]}…，文件已被改动；请从备份恢复该版本",
            en=f"{name} has the checksum {found[:12]}…, was released as {wanted[:12]}…: it was changed since; restore it from a backup",
        )
    )
