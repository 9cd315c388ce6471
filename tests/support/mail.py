"""A mail server of the test's own on 127.0.0.1, and the mails that it received."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller

from support.free_ports import find_port


class Mail(NamedTuple):
    """One mail as a person reads it."""

    to: tuple[str, ...]
    subject: str
    text: str


class _Mailbox:
    def __init__(self) -> None:
        self.mails: list[Mail] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- the name aiosmtpd calls
        mail = message_from_bytes(envelope.content)
        text = mail.get_payload(decode=True).decode()
        self.mails.append(Mail(tuple(envelope.rcpt_tos), str(make_header(decode_header(mail["Subject"]))), text))
        return "250 OK"


@contextmanager
def receiving_mail() -> Iterator[tuple[str, list[Mail]]]:
    """The address (without `to`) of a running server, and the list of mails that grows as they come."""
    port, box = find_port(), _Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=60)
    server.start()
    try:
        yield f"mailto://127.0.0.1:{port}?from=lake@example.cn&format=text", box.mails
    finally:
        server.stop()
