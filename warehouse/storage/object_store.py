"""Objects of one bucket below one prefix, by key, over the protocol of S3. The only module that imports obstore.

Here: putting, reading, listing and deleting, and the errors in words. Not here: which objects there are (`journal.py`,
`stored_tables.py`). An object is put completely or not at all. Failed requests are repeated for some seconds; then StorageError says what
to do.
"""

import hashlib
import os
import platform
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import urlsplit

from schemas.errors import StorageError, UsageError
from schemas.text import Text

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

_TRIES, _TRY_SECONDS = 3, 10
_CONNECT_SECONDS, _REQUEST_SECONDS = 5, 60
ASIDE = "aside"
"""The folder of objects that were set aside."""
_AT_ONCE = 8
"""Requests: each waits for the line most of the time."""
_REFUSED = re.compile(r"status(?: code)?: 40[13]\b|AccessDenied|Forbidden|InvalidAccessKeyId")
"""What obstore tells of a refusal; the numbers alone may be those of a port or a folder."""
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
_RANGE_BYTES = 16 << 20
"""Of one answer: a slow line must bring it in `_REQUEST_SECONDS`."""


@dataclass(frozen=True)
class BucketAddress:
    """`s3://bucket/prefix`, the endpoint if it is not that of AWS, and credentials; obstore looks in its usual places for those that are None."""

    url: str
    endpoint: str | None = None
    region: str | None = None
    key_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    @property
    def bucket(self) -> str:
        """The name of the bucket."""
        return urlsplit(self.url).netloc

    @property
    def prefix(self) -> str:
        """The path below which all keys are; empty for the whole bucket."""
        return urlsplit(self.url).path.strip("/")

    def __str__(self) -> str:
        """`s3://bucket/prefix (endpoint)`, for people."""
        return f"{self.url} ({self.endpoint})" if self.endpoint else self.url


class StoredObject(NamedTuple):
    """An object as a listing names it: key, bytes, when it was put."""

    key: str
    size: int
    changed: datetime


class ObjectStore:
    """The objects at one address. `requests` counts what was asked of the server, a listing as one."""

    def __init__(self, address: BucketAddress) -> None:
        self.address = address
        self.requests = 0

    def create_object(self, key: str, content: bytes) -> bool:
        """Puts an object unless the key exists; returns False if it exists with other bytes, which stay.

        True if the existing object has the same bytes: a killed process put it, or the answer to an earlier request was lost.
        """
        import obstore  # noqa: PLC0415 -- an optional package
        from obstore.exceptions import AlreadyExistsError  # noqa: PLC0415

        try:
            with self._asking():
                obstore.put(self._bucket, key, content, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return self.read_object(key) == content
        return True

    def put_object(self, key: str, content: bytes | Path) -> None:
        """Puts an object, and replaces any that has the key."""
        import obstore  # noqa: PLC0415 -- an optional package

        with self._asking():
            obstore.put(self._bucket, key, content)

    def read_object(self, key: str) -> bytes | None:
        """Returns the bytes of an object; None if there is none."""
        import obstore  # noqa: PLC0415 -- an optional package

        try:
            with self._asking():
                return bytes(obstore.get(self._bucket, key).bytes())
        except FileNotFoundError:
            return None

    def copy_object(self, key: str, size: int, file: IO[bytes]) -> str:
        """Downloads an object of that size into an empty file, in ranges, and returns its hex SHA-256; StorageError if there is none.

        An object that was set aside is taken back first.
        """
        try:
            return self._copy_ranges(key, size, file)
        except FileNotFoundError as wrong:
            if not self.take_back(key):
                raise _missing_error(self.address, key) from wrong
        file.seek(0)
        file.truncate()
        return self._copy_ranges(key, size, file)

    def _copy_ranges(self, key: str, size: int, file: IO[bytes]) -> str:
        import obstore  # noqa: PLC0415 -- an optional package

        digest = hashlib.sha256()
        for start in range(0, size, _RANGE_BYTES):
            with self._asking():
                part = obstore.get_range(self._bucket, key, start=start, end=min(start + _RANGE_BYTES, size))
            file.write(part)
            digest.update(part)
        return digest.hexdigest()

    def set_aside(self, keys: Collection[str]) -> None:
        """Moves objects to keys below `aside/`, from which `take_back` can restore them. Missing keys are no error."""
        for _ in map_requests(lambda key: self._copy_within(key, aside_key(key)), keys):
            pass
        self.delete_objects(keys)

    def take_back(self, key: str) -> bool:
        """Copies an object that was set aside back to its key; returns whether there was one. The copy that is aside stays."""
        return self._copy_within(aside_key(key), key)

    def _copy_within(self, source: str, target: str) -> bool:
        import obstore  # noqa: PLC0415 -- an optional package

        try:
            with self._asking():
                obstore.copy(self._bucket, source, target)
        except FileNotFoundError:
            return False
        return True

    def list_objects(self, prefix: str = "", after: str | None = None) -> Iterator[StoredObject]:
        """Yields the objects whose keys begin with the folder `prefix`, in the order of keys, after the key `after` if one is named."""
        import obstore  # noqa: PLC0415 -- an optional package

        with self._asking():
            for found in obstore.list(self._bucket, prefix or None, offset=after):
                for one in found:
                    yield StoredObject(one["path"], one["size"], one["last_modified"])

    def delete_objects(self, keys: Collection[str]) -> None:
        """Deletes objects; missing keys are no error."""
        import obstore  # noqa: PLC0415 -- an optional package

        if keys:
            with self._asking():
                obstore.delete(self._bucket, sorted(keys))

    def probe_conditions(self) -> None:
        """Tests whether the bucket creates a key only once: creates one concurrently and then again; StorageError if it accepts more than one creation."""
        key = f"probe/{platform.node()}-{os.getpid()}"
        attempts = [f"attempt {at}".encode() for at in range(_AT_ONCE + 1)]
        accepted = sum(map_requests(lambda content: self.create_object(key, content), attempts[1:]))
        accepted += self.create_object(key, attempts[0])
        if accepted > 1:  # no creation succeeds if a killed process with the same number left the key
            raise StorageError(
                Text(
                    zh=f"对象存储 {self.address} 不支持条件写入（If-None-Match: *）：同一名称 {len(attempts)} 次写入有 {accepted} 次被接受，应为 1 次，两台主机会互相覆盖；请换用支持的对象存储或升级",
                    en=f"the object storage {self.address} does not honour If-None-Match: *, of {len(attempts)} creations of one key it accepted {accepted} in place of 1, and two hosts would overwrite each other; upgrade it, or take one that does",
                )
            )
        self.delete_objects([key])

    @cached_property
    def _bucket(self) -> "S3Store":
        try:
            from obstore.store import S3Store  # noqa: PLC0415 -- an optional package
        except ModuleNotFoundError as wrong:
            raise UsageError(
                Text(
                    zh="设置了 SPORTLAKE_STORAGE，但没有安装 obstore；请安装 sportlake[s3]",
                    en="SPORTLAKE_STORAGE is set, but obstore is not installed; install sportlake[s3]",
                )
            ) from wrong
        at = self.address
        options: S3Config = {}
        if at.endpoint is not None:
            options["endpoint"] = at.endpoint
        if at.region is not None:
            options["region"] = at.region
        if at.key_id is not None and at.secret is not None:
            options |= {"access_key_id": at.key_id, "secret_access_key": at.secret}
        if at.token is not None:
            options["session_token"] = at.token
        return S3Store(
            at.bucket,
            prefix=at.prefix or None,
            config=options,
            client_options={
                "allow_http": True,
                "connect_timeout": timedelta(seconds=_CONNECT_SECONDS),
                "timeout": timedelta(seconds=_REQUEST_SECONDS),
            },
            retry_config={"max_retries": _TRIES, "retry_timeout": timedelta(seconds=_TRY_SECONDS)},
        )

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Counts a request, and raises errors of the server or the connection as StorageError. The errors "not found" and "already exists" pass unchanged."""
        from obstore.exceptions import AlreadyExistsError, BaseError  # noqa: PLC0415 -- an optional package

        self.requests += 1
        try:
            yield
        except AlreadyExistsError:
            raise
        except FileNotFoundError as wrong:
            if "NoSuchBucket" in str(wrong):
                raise _refused_error(self.address, wrong) from wrong
            raise
        except (BaseError, OSError) as wrong:
            raise _refused_error(self.address, wrong) from wrong


def aside_key(key: str) -> str:
    """Returns the key of the copy of an object that was set aside."""
    return f"{ASIDE}/{key}"


def map_requests(ask: Callable[[_Given], _Made], given: Iterable[_Given]) -> Iterator[_Made]:
    """Calls `ask` for each of `given`, several at a time, and yields the results in order. Raises what `ask` raises."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(ask, given)


def _missing_error(address: BucketAddress, key: str) -> StorageError:
    return StorageError(
        Text(
            zh=f"对象存储 {address} 中缺少 {key}；请运行 sportlake storage check，并在有该文件的主机上运行 sportlake storage push",
            en=f"the object storage {address} lacks {key}; run sportlake storage check, and sportlake storage push on a host that has it",
        )
    )


def _refused_error(address: BucketAddress, wrong: Exception) -> StorageError:
    cause = str(wrong).partition("\n")[0][:300]
    return StorageError(
        Text(
            zh=f"对象存储 {address} {_find_cause(str(wrong)).zh}；处理后再运行同一命令即可继续，已完成的步骤不会重复（{cause}）",
            en=f"the object storage {address} {_find_cause(str(wrong)).en}; then give the same command again: it goes on where it stopped ({cause})",
        )
    )


def _find_cause(cause: str) -> Text:
    if "NoSuchBucket" in cause:
        return Text(
            zh="没有这个存储桶：请核对 SPORTLAKE_STORAGE，或先建立它",
            en="has no such bucket: check SPORTLAKE_STORAGE, or make it",
        )
    if _REFUSED.search(cause):
        return Text(
            zh="拒绝访问：请核对 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY 及其权限",
            en="refuses access: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and their rights",
        )
    return Text(
        zh="无法访问：请检查网络、AWS_ENDPOINT_URL 和服务是否运行",
        en="cannot be reached: check the network, AWS_ENDPOINT_URL and that it runs",
    )
