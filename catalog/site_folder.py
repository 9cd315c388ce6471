"""The folder of a static site: writes complete files atomically, and only where the content differs.

Each file is written under a hidden temporary name and renamed, so a reader sees either the old or the new file. A file
that already has the right content is not touched; its modification time stays. `SiteFolderDryRun` compares without
writing. Not here: the content of the files, and the decision which files belong in the folder.
"""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from catalog.durable_files import fsync_path
from schemas.errors import CatalogueError
from schemas.text import Text


class SiteFolder:
    """The folder of one site.

    `writes` counts the files and folders written, linked or removed. `digests` holds the hex SHA-256 by file name of
    every file written or copied, including those left unchanged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writes = 0
        self.digests: dict[str, str] = {}
        self._unsynced: set[Path] = set()

    def sync_folders(self) -> None:
        """Makes the names of everything written so far survive a loss of power; once for each folder, not for each file."""
        for folder in sorted(self._unsynced):
            fsync_path(folder)
        self._unsynced.clear()

    def write_text(self, name: str, content: str) -> str:
        """Makes the file `name` (relative, with slashes) hold this text in UTF-8; returns the name."""
        return self.write_content(name, content.encode())

    def write_content(self, name: str, content: bytes) -> str:
        """Makes the file `name` hold these bytes; returns the name."""
        target = self.folder / name
        self.digests[name] = hashlib.sha256(content).hexdigest()
        if not (target.is_file() and target.read_bytes() == content):
            temporary = _hidden_name(target)
            temporary.write_bytes(content)
            self._swap_in(temporary, target)
        return name

    def write_parts(self, name: str, parts: Iterable[str]) -> str:
        """Like `write_text`, for a text in parts of which only one is held in memory at a time."""
        target, digest = self.folder / name, hashlib.sha256()
        temporary = _hidden_name(target)
        with temporary.open("wb") as stream:
            for part in parts:
                content = part.encode()
                digest.update(content)
                stream.write(content)
        self.digests[name] = digest.hexdigest()
        if target.is_file() and file_sha256(target) == self.digests[name]:
            temporary.unlink()
        else:
            self._swap_in(temporary, target)
        return name

    def copy_file(self, name: str, source: Path, sha256: str | None = None, *, hashed: bool = False) -> str:
        """Makes the file `name` hold the bytes of `source`: a hard link where possible, else a copy. Returns the name.

        `hashed`: the source is known to have the hash `sha256` and is not read, unless it must be copied.
        CatalogueError if `source` is missing or its hash is not `sha256` (damaged release); nothing is written then.
        """
        if not source.is_file():
            raise _missing_error(source)
        found = sha256 if hashed and sha256 is not None else file_sha256(source)
        if sha256 is not None and found != sha256:
            raise _damaged_error(source, sha256, found)
        target, self.digests[name] = self.folder / name, found
        if not (target.is_file() and (target.samefile(source) or file_sha256(target) == found)):
            temporary = _hidden_name(target)
            if not _link_or_copy(source, temporary) and (copied := file_sha256(temporary)) != found:
                temporary.unlink()
                raise _damaged_error(source, found, copied)
            self._swap_in(temporary, target)
        return name

    def remove_file(self, name: str) -> None:
        """Deletes the folder or file `name`; does nothing if it does not exist."""
        target = self.folder / name
        if target.is_dir():
            shutil.rmtree(target)
            self.writes += 1
        elif target.exists():
            target.unlink()
            self.writes += 1

    def _swap_in(self, aside: Path, target: Path) -> None:
        fsync_path(aside)
        aside.replace(target)
        inside = target.parent.relative_to(self.folder)
        self._unsynced |= {self.folder, *(self.folder / part for part in (inside, *inside.parents))}
        self.writes += 1


class SiteFolderDryRun(SiteFolder):
    """Compares instead of writing. `otherwise` lists differences: (name, SHA-256 wanted, SHA-256 found or None)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.otherwise: list[tuple[str, str, str | None]] = []

    def write_content(self, name: str, content: bytes) -> str:
        """Records a difference if the file `name` is missing or holds something else; returns the name."""
        return self._compare(name, hashlib.sha256(content).hexdigest())

    def write_parts(self, name: str, parts: Iterable[str]) -> str:
        """Records a difference if the file `name` is missing or holds another text; returns the name."""
        digest = hashlib.sha256()
        for part in parts:
            digest.update(part.encode())
        return self._compare(name, digest.hexdigest())

    def copy_file(self, name: str, source: Path, sha256: str | None = None, *, hashed: bool = False) -> str:  # noqa: ARG002 - the folder is what is read
        """Records a difference if the file `name` is missing or is not the released file; returns the name.

        `source` is read only if no `sha256` is given; CatalogueError if it is then missing.
        """
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
    """Hex SHA-256 of a file's bytes; FileNotFoundError if there is no such file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _hidden_name(target: Path) -> Path:
    """The hidden temporary path next to `target`; creates its folder and deletes what a killed run left there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.part")
    temporary.unlink(missing_ok=True)
    return temporary


def _link_or_copy(source: Path, aside: Path) -> bool:
    """Makes `aside` hold the bytes of `source`; returns whether it is the same file."""
    try:
        aside.hardlink_to(source)
    except OSError:  # another disk, or a file system without hard links
        shutil.copyfile(source, aside)
        return False
    return True


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
