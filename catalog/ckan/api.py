"""Client of CKAN's API: each call has a timeout and few retries; errors name the call, the dataset and the next step.

A read is retried after a connection error. A write whose answer was lost is never resent blindly: `taken` checks first
whether it took effect. Writes are counted. The token is sent in one header and used nowhere else.
Not here: what is sent (`payload.py`), in which order (`publisher.py`).
"""

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, BinaryIO

import requests
from ckanapi import CKANAPIError, NotAuthorized, NotFound, RemoteCKAN, ValidationError
from ckanapi.errors import SearchError, SearchIndexError, SearchQueryError

from catalog.ckan.connection import Connection
from schemas.errors import CatalogueError
from schemas.text import Text

CONNECT, READ = 5.0, 120.0
PAUSES = (0.1, 0.5, 2.0)
"""Seconds before the second, third and fourth try."""
_SERVER_ERROR = 500
_LOG = logging.getLogger(__name__)
_LINE = (requests.RequestException, CKANAPIError, SearchError, SearchIndexError, SearchQueryError)


class UnansweredError(CatalogueError):
    """CKAN gave no usable answer, so it is unknown whether a write took effect; the next run checks."""


class CkanApi:
    """CKAN's API as one user, and its public files without a token. `writes` counts the writing calls that were sent."""

    def __init__(self, connection: Connection) -> None:
        self.url = connection.url
        self.session = requests.Session()
        self._files = requests.Session()
        self.writes = 0
        self._ckan = RemoteCKAN(
            connection.url, connection.token.get_secret_value(), user_agent="sportlake", session=self.session
        )

    def call_reading(self, action: str, about: str, **parameters: object) -> Any:  # noqa: ANN401 -- whatever the action answers
        """Returns the answer of a reading action; None if the object does not exist. Tried four times at most."""
        for pause in (*PAUSES, None):
            try:
                return self._call(action, parameters)
            except NotFound:
                return None
            except (NotAuthorized, ValidationError) as refused:
                raise _refused_error(action, about, refused) from refused
            except _LINE as fault:
                self._wait_or_give_up(action, about, fault, pause)
        return None

    def call_writing(
        self,
        action: str,
        about: str,
        parameters: Mapping[str, Any],
        taken: Callable[[], bool],
        files: Mapping[str, BinaryIO] | None = None,
    ) -> None:
        """Sends a writing call. After a connection error it is retried unless `taken` is true; four tries at most.

        Raises:
            CatalogueError: CKAN refuses the call.
            UnansweredError: The connection keeps failing.
        """
        for pause in (*PAUSES, None):
            self.writes += 1
            try:
                for file in (files or {}).values():
                    file.seek(0)
                self._call(action, parameters, files)
            except (NotAuthorized, ValidationError, NotFound) as refused:
                if taken():
                    return
                raise _refused_error(action, about, refused) from refused
            except _LINE as fault:
                if taken():
                    return
                self._wait_or_give_up(action, about, fault, pause)
            else:
                return

    def served_bytes(self, url: str, about: str) -> int:
        """Returns the length in bytes that the server declares for this address, requested without a token."""
        for pause in (*PAUSES, None):
            try:
                answer = self._files.head(
                    url, timeout=(CONNECT, READ), allow_redirects=True, headers={"Accept-Encoding": "identity"}
                )
                answer.raise_for_status()
                return int(answer.headers.get("Content-Length", -1))
            except (requests.RequestException, ValueError) as fault:
                self._wait_or_give_up("HEAD", about, fault, pause)
        return -1

    def download_differs(self, resource: Mapping[str, Any]) -> tuple[str, str, str] | None:
        """Returns (what, wanted, found) if the public download's hash differs from the resource's; None if equal.

        `found` says why, if there was no download. An answer that fails or breaks off is asked for again, four tries at most.
        """
        what, wanted = f"download {resource['url']}", resource["hash"]
        try:
            found = self._hash_download(resource["url"])
        except requests.RequestException as fault:
            return what, wanted[:12], str(fault)[:60]
        return None if found == wanted else (what, wanted[:12], found[:12])

    def _hash_download(self, url: str) -> str:
        for pause in (*PAUSES, None):
            digest = hashlib.sha256()
            try:
                with self._files.get(url, stream=True, timeout=(CONNECT, READ)) as answer:
                    answer.raise_for_status()
                    for block in answer.iter_content(1 << 20):
                        digest.update(block)
            except requests.RequestException as fault:
                # A web server that replaces a worker drops connections; what it refuses it would refuse again.
                if pause is None or (fault.response is not None and fault.response.status_code < _SERVER_ERROR):
                    raise
                self._files.close()
                time.sleep(pause)
            else:
                return digest.hexdigest()
        return ""

    def _call(self, action: str, parameters: Mapping[str, Any], files: Mapping[str, BinaryIO] | None = None) -> Any:  # noqa: ANN401
        return self._ckan.call_action(
            action, dict(parameters), files=dict(files) if files else None, requests_kwargs={"timeout": (CONNECT, READ)}
        )

    def _wait_or_give_up(self, action: str, about: str, fault: Exception, pause: float | None) -> None:
        """Waits before the next try; raises UnansweredError if that was the last one."""
        with suppress(AttributeError):
            self.session.close()  # a broken connection must not be used again
            self._files.close()
        if pause is None:
            raise _unanswered_error(self.url, action, about, fault) from fault
        _LOG.info("%s %s: %s, again in %s s", action, about, type(fault).__name__, pause)
        time.sleep(pause)


def _refused_error(action: str, about: str, refused: Exception) -> CatalogueError:
    if isinstance(refused, NotAuthorized):
        return CatalogueError(
            Text(
                zh=f"CKAN 不允许 {action}（{about}）：令牌失效或权限不足；请运行 make ckan 重新发放令牌，或请管理员授予机构编辑权限",
                en=f"CKAN does not allow {action} ({about}): the token is void or lacks rights; "
                "run make ckan for a new one, or ask its administrator to make this user an editor of the organisation",
            )
        )
    why = _error_reason(refused)
    return CatalogueError(
        Text(
            zh=f"CKAN 拒绝了 {action}（{about}）：{why}；如另有发布程序同时运行，请待其结束后重新发布，否则请核对所列字段",
            en=f"CKAN refused {action} ({about}): {why}; if another publisher was at work publish again, otherwise mend the fields named",
        )
    )


def _error_reason(refused: Exception) -> str:
    reasons = getattr(refused, "error_dict", None)
    plain = {k: v for k, v in reasons.items() if k != "__type"} if isinstance(reasons, dict) else refused
    return str(plain)[:500]


def _unanswered_error(url: str, action: str, about: str, fault: Exception) -> UnansweredError:
    what = f"{type(fault).__name__}: {str(fault)[:200]}"
    return UnansweredError(
        Text(
            zh=f"CKAN（{url}）没有正常应答 {action}（{about}），试了 {len(PAUSES) + 1} 次：{what}；请确认 CKAN 正在运行（sportlake ckan status），再次发布即可续作",
            en=f"CKAN at {url} gave no good answer to {action} ({about}) in {len(PAUSES) + 1} tries: {what}; "
            "see whether it runs (sportlake ckan status); publishing again goes on from here",
        )
    )
