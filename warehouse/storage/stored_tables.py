"""One Delta table of the lake in a bucket: its parts and its log, under the names that they have in the folder.

Any Delta reader can read the table there too. A commit is created only once: if two hosts write the same version, one is refused, and
follows. Parts are named by the hash of their bytes, so putting one twice changes nothing. Not here: what a commit says
(`warehouse/lake/commits.py`).
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from schemas.errors import StorageError
from schemas.text import Text
from warehouse import deltalog
from warehouse.atomic_files import hold_lock, make_folder, open_aside
from warehouse.storage.object_store import ObjectStore, StoredObject, map_requests

FOLDER = "lake"
LOG = "_delta_log"
_NEWEST_CHECKPOINT = "_last_checkpoint"
_COMMIT = re.compile(r"/(\d{20})\.json$")
_CHECKPOINT = re.compile(r"/\d{20}\.checkpoint\.parquet$")


class StoredTable:
    """The table in `folder`, which is a working copy, and its objects in the bucket."""

    def __init__(self, store: ObjectStore, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._prefix = f"{FOLDER}/{folder.name}"

    def put_parts(self, paths: Iterable[str]) -> None:
        """Uploads parts, given by their paths in the folder."""
        for _ in map_requests(lambda path: self._store.put_object(self._key(path), self._folder / path), paths):
            pass

    def create_commit(self, version: int, content: bytes) -> bool:
        """Creates the commit of a version; returns False, and changes nothing, if another host has committed that version."""
        return self._store.create_object(self._log_key(f"{version:020}.json"), content)

    def put_checkpoint(self, log: Path, version: int) -> None:
        """Uploads the checkpoint of a version from a log folder, if there is one, and the file that names it."""
        if (log / f"{version:020}.checkpoint.parquet").is_file():
            for name in (f"{version:020}.checkpoint.parquet", _NEWEST_CHECKPOINT):
                self._store.put_object(self._log_key(name), log / name)

    def follow_table(self) -> int:
        """Downloads the commits that the folder lacks, each after the parts that it names; returns their number."""
        newest = deltalog.newest_version(self._folder)
        after = None if newest is None else self._log_key(f"{newest:020}.json")
        found = list(self._store.list_objects(f"{self._prefix}/{LOG}", after))
        if not found:
            return 0
        make_folder(self._folder / LOG)
        with hold_lock(self._folder / deltalog.LOCK):
            commits = [one for one in found if _COMMIT.search(one.key)]
            contents = list(map_requests(lambda one: self._read(one.key), commits))
            self._fetch_parts(contents)
            for one, content in zip(commits, contents, strict=True):
                self._place(one.key, content)
            self._fetch_checkpoints([one for one in found if _CHECKPOINT.search(one.key)])
        return len(commits)

    def overwrite_table(self) -> set[str]:
        """Uploads every part and commit of the folder, replacing existing objects, and returns their keys; all other objects of the table are then obsolete.

        Checkpoints repeat the old commits, so they are left out; later commits make new ones.
        """
        parts = self._list_added()
        self.put_parts(parts)
        commits = [f"{version:020}.json" for version, _ in deltalog.read_commits(self._folder)]
        for name in commits:
            self._store.put_object(self._log_key(name), self._folder / LOG / name)
        return {*map(self._key, parts), *map(self._log_key, commits)}

    def follow_erasure(self) -> None:
        """Downloads the commits that differ from the folder's, and deletes the parts that no commit names."""
        with hold_lock(self._folder / deltalog.LOCK):
            found = [one for one in self._store.list_objects(f"{self._prefix}/{LOG}") if _COMMIT.search(one.key)]
            contents = list(map_requests(lambda one: self._read(one.key), found))
            self._fetch_parts(contents)
            deltalog.remove_checkpoints(self._folder)
            for one, content in zip(found, contents, strict=True):
                file = self._folder / LOG / one.key.rpartition("/")[2]
                if not file.is_file() or file.read_bytes() != content:
                    self._place(one.key, content)
            deltalog.remove_paths(deltalog.find_leftovers(self._folder))

    def fetch_lost(self) -> int:
        """Downloads the parts that commits in the folder name and the folder lacks; returns their number."""
        lacking = {path: size for path, size in self._list_added().items() if not (self._folder / path).is_file()}
        self._fetch_all(lacking)
        return len(lacking)

    def push_table(self, present: Collection[str]) -> int:
        """Uploads the parts and commits of the folder whose keys are not in `present`; returns the number of commits.

        StorageError if the bucket has another commit of a version: it belongs to another lake.
        """
        self.put_parts([path for path in self._list_added() if self._key(path) not in present])
        versions = [version for version, _ in deltalog.read_commits(self._folder)]
        fresh = [version for version in versions if self._log_key(f"{version:020}.json") not in present]
        for version in fresh:
            if not self.create_commit(version, deltalog.commit_path(self._folder, version).read_bytes()):
                raise damaged_error(self._store, self._log_key(f"{version:020}.json"))
            self.put_checkpoint(self._folder / LOG, version)
        return len(fresh)

    def _list_added(self) -> dict[str, int]:
        """Returns the parts that commits of the folder name, with their sizes."""
        actions = [one for _, found in deltalog.read_commits(self._folder) for one in found]
        return {one["add"]["path"]: one["add"]["size"] for one in actions if "add" in one}

    def _fetch_parts(self, commits: Iterable[bytes]) -> None:
        """Downloads the parts that the contents of commits name and the folder lacks. After an erasure only the present contents name existing parts."""
        actions = [json.loads(line) for content in commits for line in content.splitlines()]
        added = {one["add"]["path"]: one["add"]["size"] for one in actions if "add" in one}
        lacking = {path: size for path, size in added.items() if not (self._folder / path).is_file()}
        self._fetch_all(lacking)

    def _fetch_all(self, lacking: Mapping[str, int]) -> None:
        for _ in map_requests(lambda path: self._fetch_part(path, lacking[path]), lacking):
            pass

    def _fetch_part(self, path: str, size: int) -> None:
        target = self._folder / path
        require_inside(target, self._folder)
        with open_aside(target) as file:
            if not target.name.startswith(self._store.copy_object(self._key(path), size, file)[:32]):
                raise damaged_error(self._store, self._key(path))

    def _fetch_checkpoints(self, found: list[StoredObject]) -> None:
        """Downloads the newest of these checkpoints; without it every commit would be read to open the table."""
        if found:
            for key in (found[-1].key, self._log_key(_NEWEST_CHECKPOINT)):
                if (content := self._store.read_object(key)) is not None:
                    self._place(key, content)

    def _place(self, key: str, content: bytes) -> None:
        with open_aside(self._folder / LOG / key.rpartition("/")[2]) as file:
            file.write(content)

    def _read(self, key: str) -> bytes:
        content = self._store.read_object(key)
        if content is None:
            raise damaged_error(self._store, key)
        return content

    def _key(self, path: str) -> str:
        return f"{self._prefix}/{path}"

    def _log_key(self, name: str) -> str:
        return f"{self._prefix}/{LOG}/{name}"


def require_inside(path: Path, folder: Path) -> None:
    """Raises StorageError if a path that the bucket names is not below the folder."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise StorageError(
            Text(
                zh=f"对象存储登记了文件夹以外的路径 {path}，已拒绝；请检查谁能写入存储桶",
                en=f"the object storage names {path}, which is outside the folder, and it was refused; check who may write to the bucket",
            )
        )


def damaged_error(store: ObjectStore, key: str) -> StorageError:
    """Returns the error that an object does not match its name or its record."""
    return StorageError(
        Text(
            zh=f"对象存储 {store.address} 中的 {key} 缺失或内容与登记的指纹不符；请运行 sportlake storage check，并从另一台主机或旧版本恢复",
            en=f"{key} in the object storage {store.address} is missing or does not have the bytes of its name; run sportlake storage check, and restore it from another host or an older version",
        )
    )
