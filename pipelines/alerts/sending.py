"""Sending alerts by Apprise, and the ledger's record of them. The only module that knows Apprise.

An alert is recorded after it was sent: a kill between the two sends it again, never not at all. Where no address of an owner can be
reached nothing is recorded, so the next call tries again. Not here: what is sent (`digest.py`, `failure.py`), when.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import apprise

from pipelines.alerts.digest import Digest, build_digests
from pipelines.alerts.digest_text import write_body, write_subject
from pipelines.work_items.work_list import list_work_items
from pipelines.workspace import Workspace
from schemas.errors import UsageError
from schemas.recipients import Addresses, Recipients
from schemas.text import Text


@dataclass(frozen=True)
class SentAlert:
    """One alert and its fate: `reached` of so many `addresses`; an owner without an address has 0 of 0."""

    digest: Digest
    addresses: int
    reached: int


def send_digests(workspace: Workspace, recipients: Recipients, now: datetime) -> list[SentAlert]:
    """Sends every digest that is due; one process at a time, so that nobody is told twice.

    UsageError if an address is none that Apprise knows; it names the owner, not the address.
    """
    owners = recipients.list_owners()
    with workspace.hold_lock(workspace.layout.alerts_lock):
        digests = build_digests(workspace, list_work_items(workspace, now), now)
        return [_send_digest(workspace, digest, owners.get(digest.owner, ()), now) for digest in digests]


def send_message(owner: str, addresses: Addresses, subject: str, body: str) -> int:
    """Sends a plain text to all addresses; returns how many could be reached. UsageError if Apprise knows no such address."""
    services = [_open_address(owner, address.get_secret_value()) for address in addresses]
    return sum(
        bool(service.notify(title=subject, body=body, body_format=apprise.NotifyFormat.TEXT)) for service in services
    )


def describe_addresses(owner: str, addresses: Addresses) -> list[str]:
    """Returns the addresses without their passwords and keys."""
    services = [_open_address(owner, address.get_secret_value()) for address in addresses]
    return [url for service in services for url in service.urls(privacy=True)]


def record_alert(
    workspace: Workspace, owner: str, told: Collection[str], now: datetime, *, digest: bool, reached: int
) -> None:
    """Records that an owner was told those marks (`digest.mark_item`); `digest`: whether it was the digest of the day."""
    workspace.ledger.append_entry(
        "alert",
        now=now,
        actor=workspace.actor,
        reason="digest of the day" if digest else "told at once",
        facts={
            "department": owner,
            "day": now.date().isoformat(),
            "digest": digest,
            "told": sorted(told),
            "reached": reached,
        },
    )


def _send_digest(workspace: Workspace, digest: Digest, addresses: Addresses, now: datetime) -> SentAlert:
    reached = send_message(digest.owner, addresses, write_subject(digest), write_body(digest, workspace.synthetic))
    if reached:
        marks = [line.mark for line in digest.lines]
        record_alert(workspace, digest.owner, marks, now, digest=True, reached=reached)
    return SentAlert(digest, len(addresses), reached)


def _open_address(owner: str, address: str) -> apprise.Apprise:
    service = apprise.Apprise()
    if not service.add(address):
        raise UsageError(
            Text(
                zh=f"{owner} 的提醒地址不是可用的地址；写法见 sportlake alerts --help",
                en=f"an address of {owner} is none that alerts can be sent to; see sportlake alerts --help",
            )
        )
    return service


def list_unreached(sent: Sequence[SentAlert]) -> list[SentAlert]:
    """Returns the alerts that reached nobody although their owner has an address."""
    return [one for one in sent if one.addresses and not one.reached]
