"""Time stamps of the ledger's head by an RFC 3161 authority, which sees the entry's hash and nothing of its content.

One file per stamped head, `ledger/timestamps/<seq>-<hash>.tsr`: the authority's whole answer. The stamp is on the SHA-256 of the text
`SEQ:HASH`, so that `openssl ts -verify` can check it too. Not here: which authority (settings), the heads of releases
(`ledger_heads.py`).
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import requests
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from pipelines.audit.ledger_heads import NotedHead
from pipelines.workspace import Workspace
from schemas.errors import LedgerError, UsageError
from schemas.text import Text
from warehouse.atomic_files import open_aside
from warehouse.ledger.chain import LedgerHead

TIMEOUT = (5.0, 20.0)
"""Seconds to connect to the authority, and to wait for its answer."""
LARGEST_ANSWER = 1024 * 1024
_FILE = re.compile(r"^(\d{12})-([0-9a-f]{64})\.tsr$")


class StampedHead(NamedTuple):
    """A head that an authority stamped: when, and what is wrong with the stamp (None: nothing).

    `trusted`: the authority's signature was checked up to the root certificate.
    """

    head: LedgerHead
    at: datetime | None
    trusted: bool
    problem: Text | None


def stamp_head(workspace: Workspace, url: str, root: Path | None) -> LedgerHead | None:
    """Has the ledger's newest entry stamped and keeps the answer; returns its head, or None if it is stamped already or the ledger is empty.

    Raises LedgerError if the authority does not answer or its stamp is not right: nothing is kept, and the next call tries again.
    UsageError if the root certificate cannot be read.
    """
    head = workspace.ledger.read_head()
    if head is None or _stamp_file(workspace, head).is_file():
        return None
    roots = _read_roots(root)
    request = TimestampRequestBuilder().data(str(head).encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = _ask_authority(url, request)
    if problem := _find_problem(_decode_answer(answer), head, roots, request.nonce):
        raise LedgerError(
            Text(zh=f"时间戳服务 {url} 的应答无效：{problem.zh}", en=f"the stamp of {url} is not right: {problem.en}")
        )
    file = _stamp_file(workspace, head)
    with workspace.replace_files([file]), open_aside(file) as stamp:
        stamp.write(answer)
    return head


def check_timestamps(workspace: Workspace, root: Path | None) -> list[StampedHead]:
    """Returns every kept stamp with what is wrong with it, oldest entry first; whether the ledger still holds the head is not checked here.

    Without a root certificate only the stamped hash is compared, and anybody could have made such a stamp. UsageError as in `stamp_head`.
    """
    return list(_check_stamps(workspace, _read_roots(root)))


def note_stamped(stamps: list[StampedHead]) -> list[NotedHead]:
    """Returns the heads of the valid stamps as noted heads."""
    return [
        NotedHead(one.head, Text(zh=f"时间戳（{one.at}）", en=f"by a time stamp of {one.at}"))
        for one in stamps
        if one.problem is None
    ]


def _check_stamps(workspace: Workspace, roots: list[x509.Certificate]) -> Iterator[StampedHead]:
    folder = workspace.layout.timestamps
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if named := _FILE.fullmatch(path.name):
            head, stamp = LedgerHead(int(named[1]), named[2]), _decode_answer(path.read_bytes())
            problem = _find_problem(stamp, head, roots, None)
            at = stamp.tst_info.gen_time if stamp and problem is None else None
            yield StampedHead(head, at, bool(roots) and problem is None, problem)


def _ask_authority(url: str, request: TimeStampRequest) -> bytes:
    try:
        answer = requests.post(
            url,
            data=request.as_bytes(),
            headers={"Content-Type": "application/timestamp-query"},
            timeout=TIMEOUT,
            stream=True,
        )
        answer.raise_for_status()
        return bytes(answer.raw.read(LARGEST_ANSWER + 1, decode_content=True))
    except (requests.RequestException, OSError) as wrong:
        raise LedgerError(
            Text(
                zh=f"时间戳服务 {url} 没有应答（{type(wrong).__name__}）；台账未受影响，下次运行再试",
                en=f"the time stamp authority {url} did not answer ({type(wrong).__name__}); the ledger is as it was, the next run tries again",
            )
        ) from wrong


def _decode_answer(answer: bytes) -> TimeStampResponse | None:
    """Parses the answer of an authority; None if it is not a time stamp response, is too long, or does not grant a stamp."""
    if len(answer) > LARGEST_ANSWER:
        return None
    try:
        stamp = decode_timestamp_response(answer)
        return stamp if PKIStatus(stamp.status) == PKIStatus.GRANTED else None
    except ValueError:
        return None


def _find_problem(
    stamp: TimeStampResponse | None, head: LedgerHead, roots: list[x509.Certificate], nonce: int | None
) -> Text | None:
    """Returns what is wrong with a stamp of that head; None if nothing. Without `roots` the signature is not checked."""
    if stamp is None:
        return Text(zh="不是时间戳，或未获签发", en="it is no time stamp, or was not granted")
    message = str(head).encode()
    if not roots:
        same = stamp.tst_info.message_imprint.message == hashlib.sha256(message).digest()
        return None if same else Text(zh="不是这一条的时间戳", en="it is not of this entry")
    builder = VerifierBuilder(roots=roots, nonce=nonce)
    try:
        builder.build().verify_message(stamp, message)
    except (VerificationError, ValueError) as wrong:
        return Text(zh=f"签名或内容不符（{wrong}）", en=f"its signature or content is not right ({wrong})")
    return None


def _read_roots(root: Path | None) -> list[x509.Certificate]:
    if root is None:
        return []
    try:
        return x509.load_pem_x509_certificates(root.read_bytes())
    except (OSError, ValueError) as wrong:
        raise UsageError(
            Text(
                zh=f"时间戳根证书 {root} 无法读取（须为 PEM 格式）：{wrong}",
                en=f"the root certificate {root} of the time stamps cannot be read; it must be PEM: {wrong}",
            )
        ) from wrong


def _stamp_file(workspace: Workspace, head: LedgerHead) -> Path:
    return workspace.layout.timestamps / f"{head.seq:012}-{head.hash}.tsr"
