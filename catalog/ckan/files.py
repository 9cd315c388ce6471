"""The folder that the portal serves as `/releases/`: immutable release folders, placed atomically; one index a dataset.

    <dataset>/<number>/…       the files of one release, copied, never changed again
    <dataset>/index.json       which releases there are, newest first

Copies, not links: a change to the portal's files must not change ours. Key of a folder: (dataset, number). Here:
placing, checking, removing. Not here: which releases are published (`publisher.py`), the releases themselves.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from catalog.durable_files import fsync_path
from catalog.entry import CatalogueEntry
from catalog.plan import OrphanItem
from catalog.release_facts import CHECKSUMS, DOCUMENTS, ReleaseFacts
from catalog.release_index import release_index
from catalog.site_folder import SiteFolder, file_sha256
from schemas.errors import CatalogueError
from schemas.text import Text

INDEX = "index.json"
_PART = ".part"


class PublicFiles:
    """The folder `public`, filled from the workspace's `releases`. `writes` counts what was placed or removed."""

    def __init__(self, public: Path, releases: Path) -> None:
        self.public = public
        self.releases = releases
        self.writes = 0

    def place_release(self, facts: ReleaseFacts, *, thorough: bool = False) -> None:
        """Places the complete folder of that release unless it exists. CatalogueError if our own copy of it is damaged.

        `thorough` hashes the existing files; otherwise only sizes are compared.
        """
        if self.is_complete(facts) and not (thorough and self.find_damaged(facts)):
            return
        target = self._release_folder(facts)
        temporary = target.with_name(f".{facts.number}{_PART}")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        for name, sha256 in _file_hashes(facts).items():
            _copy(self.releases / facts.dataset / facts.number / name, temporary / name, sha256)
        if target.exists():
            shutil.rmtree(target)
        fsync_path(temporary)
        temporary.rename(target)
        for folder in (target.parent, self.public):
            fsync_path(folder)
        self.writes += 1

    def is_complete(self, facts: ReleaseFacts) -> bool:
        """Returns whether every file of the release exists with its size and the checksums are the release's own.

        Those change when something is erased from the release. `find_damaged` compares bytes.
        """
        folder, origin = self._release_folder(facts), self.releases / facts.dataset / facts.number
        sums = folder / CHECKSUMS
        if not sums.is_file() or sums.read_bytes() != (origin / CHECKSUMS).read_bytes():
            return False
        return all(
            (folder / name).is_file() and (folder / name).stat().st_size == (origin / name).stat().st_size
            for name in _file_hashes(facts)
        )

    def find_damaged(self, facts: ReleaseFacts) -> list[tuple[str, str, str]]:
        """Returns (file, hash wanted, hash found) of files that differ from the release, read byte by byte."""
        damaged = []
        for name, sha256 in _file_hashes(facts).items():
            wanted = sha256 or file_sha256(self.releases / facts.dataset / facts.number / name)
            file = self._release_folder(facts) / name
            found = file_sha256(file) if file.is_file() else "—"
            if found != wanted:
                damaged.append((f"file {facts.dataset}/{facts.number}/{name}", wanted[:12], found[:12]))
        return damaged

    def write_index(self, entry: CatalogueEntry) -> None:
        """Writes the index of the dataset's releases as published now."""
        shelf = SiteFolder(self.public)
        shelf.write_text(
            f"{entry.dataset}/{INDEX}", json.dumps(release_index(entry), ensure_ascii=False, indent=1) + "\n"
        )
        shelf.sync_folders()
        self.writes += shelf.writes

    def is_index_current(self, entry: CatalogueEntry) -> bool:
        """Returns whether the index lists what is published now."""
        file = self.public / entry.dataset / INDEX
        wanted = json.dumps(release_index(entry), ensure_ascii=False, indent=1) + "\n"
        return file.is_file() and file.read_bytes() == wanted.encode()

    def keep_only(self, dataset: str, numbers: Sequence[str]) -> None:
        """Removes all other releases of the dataset; without numbers the whole dataset."""
        shutil.rmtree(_hidden_folder(self.public / dataset), ignore_errors=True)
        if not numbers:
            self._remove(self.public / dataset)
            return
        for left in self.find_strays(dataset, numbers):
            self._remove(self.public / dataset / left)

    def find_strays(self, dataset: str, numbers: Sequence[str]) -> list[str]:
        """Returns what the dataset's folder contains besides these releases and the index."""
        folder = self.public / dataset
        return (
            sorted(one.name for one in folder.iterdir() if one.name not in {*numbers, INDEX}) if folder.is_dir() else []
        )

    def find_orphans(self, shown: Mapping[str, Sequence[str]]) -> list[OrphanItem]:
        """Returns files and folders that belong to no published release."""
        there = sorted(one.name for one in self.public.iterdir()) if self.public.is_dir() else []
        lost = [OrphanItem(kind="file", name=name) for name in there if name not in shown]
        for dataset, numbers in shown.items():
            lost += [OrphanItem(kind="file", name=f"{dataset}/{name}") for name in self.find_strays(dataset, numbers)]
        return lost

    def _release_folder(self, facts: ReleaseFacts) -> Path:
        return self.public / facts.dataset / facts.number

    def _remove(self, path: Path) -> None:
        if path.is_dir():
            hidden = _hidden_folder(path)
            shutil.rmtree(hidden, ignore_errors=True)
            path.rename(hidden)
            shutil.rmtree(hidden)
            self.writes += 1
        elif path.exists():
            path.unlink()
            self.writes += 1


def _hidden_folder(path: Path) -> Path:
    """Returns the hidden folder that a removed folder is renamed to first, before its files are deleted."""
    return path.with_name(f".{path.name}.gone")


def _copy(source: Path, target: Path, sha256: str | None) -> None:
    """Copies the file and syncs it to disk; CatalogueError if its hash is not the released one."""
    digest = hashlib.sha256()
    try:
        with source.open("rb") as ours, target.open("wb") as theirs:
            while block := ours.read(1 << 20):
                digest.update(block)
                theirs.write(block)
            theirs.flush()
            os.fsync(theirs.fileno())
    except OSError as wrong:
        raise _copy_error(source, str(wrong)) from wrong
    if sha256 is not None and digest.hexdigest() != sha256:
        raise _copy_error(source, f"sha256 {digest.hexdigest()[:12]}… ≠ {sha256[:12]}…")
    target.chmod(0o444)


def _copy_error(source: Path, what: str) -> CatalogueError:
    name = "/".join(source.parts[-3:])
    return CatalogueError(
        Text(
            zh=f"发布文件 {name} 无法原样放到门户（{what}）；请从备份恢复该版本，或检查门户公开文件夹的空间和权限",
            en=f"the released file {name} cannot be put on the portal as it is ({what}); "
            "restore that release from a backup, or see to space and rights of the portal's public folder",
        )
    )


def _file_hashes(facts: ReleaseFacts) -> dict[str, str | None]:
    """Returns the name of every file of a release and its hash, None where the descriptor has none."""
    papers = [paper for paper in (facts.dictionary, facts.changes_file, facts.csv_metadata) if paper]
    known = {file.name: file.sha256 for file in (*facts.distributions, *facts.codelists, *papers)}
    return {**dict.fromkeys(DOCUMENTS), **known}
