"""Requests to erase: one person asks under an order, another one gives the same values again and confirms.

The values are kept nowhere. A request that waits holds a salted scrypt hash of each, in a file of its own below `erasures/`; that file goes
with the request, so no hash of a value outlives it, and the ledger never has one. Not here: what is erased, and how (`carry_out.py`).
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from pipelines.erasure.sought_values import SoughtValues
from pipelines.publication.withdrawal import checked_reason
from pipelines.review.decisions import read_person_for
from pipelines.submissions.inbox.submission import ALPHABET
from pipelines.workspace import Workspace
from schemas.errors import UsageError
from schemas.frozen_model import FrozenModel
from schemas.people import Role
from schemas.text import Text
from warehouse.atomic_files import write_atomically
from warehouse.layout import require_safe_name
from warehouse.ledger.ledger import LedgerEntry

DECIDERS: tuple[Role, ...] = ("steward", "confidentiality", "head")
"""Who may ask for an erasure, and who may confirm one."""
_ABOUT = Text(zh="彻底删除", en="an erasure")
_COST = 2**14


class ErasureRequest(FrozenModel):
    """A request that waits or is being carried out. Key: `number`. `hashes`: of the values, with `salt`, in hex."""

    number: str
    order: str
    reason: str
    asked_by: str
    asked_at: AwareDatetime
    salt: str
    hashes: tuple[str, ...]


def request_erasure(
    workspace: Workspace, sought: SoughtValues, order: str, reason: str, now: datetime
) -> ErasureRequest:
    """Records that whoever acts asks for the values to be erased under that order; nothing is erased yet.

    UsageError if the person may not ask, or order or reason are empty or repeat a value.
    """
    read_person_for(workspace, _ABOUT, DECIDERS)
    reasons = checked_reason(order), checked_reason(reason)
    if any(sought.count_in(text) for text in reasons):
        raise UsageError(
            Text(
                zh="文号或原因中含有要删除的值，会留在台账中；请改写",
                en="order or reason repeat the value, and the ledger would keep it; write them otherwise",
            )
        )
    salt = secrets.token_hex(16)
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    request = ErasureRequest(
        number=f"ERASE-{letters[:4]}-{letters[4:]}",
        order=reasons[0],
        reason=reasons[1],
        asked_by=workspace.actor,
        asked_at=now,
        salt=salt,
        hashes=_hash_values(sought, salt),
    )
    workspace.layout.erasures.mkdir(mode=0o700, exist_ok=True)
    write_atomically(request_file(workspace, request.number), request.model_dump_json(indent=1))
    workspace.ledger.append_entry(
        "erasure_request",
        now=now,
        actor=workspace.actor,
        reason="erasure asked for",
        facts={"erasure": request.number, "order": request.order, "reason": request.reason},
    )
    return request


def read_request(workspace: Workspace, number: str) -> ErasureRequest:
    """Returns a request that is not done yet; UsageError lists those that wait."""
    path = request_file(workspace, number)
    if not path.is_file():
        there = "、".join(one.number for one in list_requests(workspace)) or "—"
        raise UsageError(
            Text(
                zh=f"没有待办的删除申请 {number}；待办的：{there}",
                en=f"no erasure {number} waits; those that do: {there}",
            )
        )
    return _parse_request(path)


def list_requests(workspace: Workspace) -> list[ErasureRequest]:
    """Returns the requests that wait for a second person or were not finished, oldest first."""
    found = [_parse_request(path) for path in workspace.layout.erasures.glob("ERASE-*.json")]
    return sorted(found, key=lambda one: one.asked_at)


def find_decision(workspace: Workspace, number: str) -> LedgerEntry | None:
    """Returns the entry in which a second person confirmed the erasure; None if nobody did."""
    return workspace.ledger.find_entry("erasure", {"erasure": number})


def require_second_person(workspace: Workspace, request: ErasureRequest, sought: SoughtValues) -> None:
    """Raises UsageError unless whoever acts may confirm the request, did not make it, and gave the same values."""
    read_person_for(workspace, _ABOUT, DECIDERS)
    decided = find_decision(workspace, request.number)
    if decided is None and workspace.actor == request.asked_by:
        raise UsageError(
            Text(
                zh=f"{request.number} 由 {request.asked_by} 提出，须由另一人确认；请用 --as 写明",
                en=f"{request.asked_by} asked for {request.number}; another person must confirm it: say who with --as",
            )
        )
    if not hmac.compare_digest("".join(_hash_values(sought, request.salt)), "".join(request.hashes)):
        raise UsageError(
            Text(
                zh=f"给出的值与 {request.number} 申请的不一致（{len(sought.folded)} 个，申请 {len(request.hashes)} 个）；请与申请人核对",
                en=f"these are not the values of {request.number} ({len(sought.folded)} given, {len(request.hashes)} asked for); compare them with whoever asked",
            )
        )


def cancel_request(workspace: Workspace, number: str, reason: str, now: datetime) -> None:
    """Records that a request is taken back, and forgets it; UsageError if it is confirmed, since what is erased cannot come back."""
    read_request(workspace, number)
    read_person_for(workspace, _ABOUT, DECIDERS)
    if find_decision(workspace, number) is not None:
        raise UsageError(
            Text(
                zh=f"{number} 已确认并开始删除，不能取消；请再次运行 sportlake erase confirm {number} --apply 完成",
                en=f"{number} was confirmed and has begun, it cannot be cancelled; run sportlake erase confirm {number} --apply again to finish it",
            )
        )
    workspace.ledger.append_once(
        "revocation",
        now=now,
        actor=workspace.actor,
        reason="request taken back",
        facts={"erasure": number, "reason": checked_reason(reason)},
        key=("erasure",),
    )
    forget_request(workspace, number)


def forget_request(workspace: Workspace, number: str) -> None:
    """Deletes the file of a request, and with it the hashes."""
    request_file(workspace, number).unlink(missing_ok=True)


def request_file(workspace: Workspace, number: str) -> Path:
    """Returns the path of a request."""
    return workspace.layout.erasures / f"{require_safe_name(number)}.json"


def _parse_request(path: Path) -> ErasureRequest:
    try:
        return ErasureRequest.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as wrong:
        raise UsageError(
            Text(
                zh=f"删除申请 {path.name} 无法读取；请删除该文件后重新申请",
                en=f"the request {path.name} cannot be read; delete the file and ask again",
            )
        ) from wrong


def _hash_values(sought: SoughtValues, salt: str) -> tuple[str, ...]:
    """Returns the hash of each value as it is folded, sorted; slow on purpose, since a value may come from a small space."""
    return tuple(
        sorted(
            hashlib.scrypt(value.casefold().encode(), salt=bytes.fromhex(salt), n=_COST, r=8, p=1).hex()
            for value in sought.folded
        )
    )
