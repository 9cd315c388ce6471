"""The ledger of an installation on several hosts: its lines in one PostgreSQL table, and turns and locks that all hosts respect.

Grain of `sportlake_ledger`: one row for each line of the ledger, with its bytes. Key: `seq`. `masked` marks the lines that an erasure
changed. The table is authoritative; the ledger file of each host is a copy that follows it (`ledger_copy.py`), so chain, index and
queries work as on a single host. Locks belong to a database session: there must be no connection pool between hosts and server that
shares sessions among transactions. Not here: what a line is (`chain.py`), the copies.
"""

import os
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from schemas.errors import LedgerError
from schemas.text import Text
from warehouse.ledger.index_tables import hash_value

_TABLE = (
    "CREATE TABLE IF NOT EXISTS sportlake_ledger"
    " (seq bigint PRIMARY KEY CHECK (seq > 0), line bytea NOT NULL, masked boolean NOT NULL DEFAULT false)"
)
_MASKED = "CREATE INDEX IF NOT EXISTS sportlake_ledger_masked ON sportlake_ledger (seq) WHERE masked"
_SESSION = (
    # An acknowledged entry is on the server's disk.
    "-c synchronous_commit=on"
    # A host that has vanished lets its locks go after a minute, not after two hours.
    " -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
    " -c idle_in_transaction_session_timeout=300000"
)
_KEPT_ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""A server that has vanished is noticed after a minute too: until then it has no news, and nothing is appended."""
_CONNECT_SECONDS = 10
_CHANNEL = "sportlake_ledger"
MOST_AT_ONCE = 10_000
"""Of lines in one answer."""


class SharedLine(NamedTuple):
    """A line of the ledger with its line feed, and the number of its entry."""

    seq: int
    line: bytes


class SharedLedger:
    """The table at one address, `postgresql://user:password@host/database`, over one connection for each process.

    Methods raise LedgerError if the server cannot be reached or refuses; the message names host and database, never the password.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.RLock()
        # Sessions by process: a fork must not use those of its parent.
        self._opened: dict[int, psycopg.Connection[Any]] = {}
        self._idle: dict[int, list[psycopg.Connection[Any]]] = {}
        self._news = True
        weakref.finalize(self, _close_own, self._opened, self._idle)

    @property
    def place(self) -> str:
        """`host:port/database`, for people."""
        return describe_address(self._address)

    def has_news(self) -> bool:
        """Whether the ledger may have changed since the last `read_from`: another host has notified us, or this one got a turn or a lock.

        Sends no query. The notification of an entry may arrive some milliseconds after it was appended, but always before a later lock or
        turn is granted.
        """
        with self._lock, self._tell_errors():
            connection = self._connect()
            connection.pgconn.consume_input()
            while (notification := connection.pgconn.notifies()) is not None:
                self._hear(notification.be_pid)
            return self._news

    def expect_news(self) -> None:
        """Makes `has_news` return True until the next read: the last read did not return all lines."""
        self._news = True

    def read_from(self, seq: int, most: int = MOST_AT_ONCE) -> list[SharedLine]:
        """Returns at most so many lines from that number on, in order; empty if the ledger is shorter."""
        return self._read_lines("WHERE seq >= %s ORDER BY seq LIMIT %s", (seq, most))

    def read_news(self, seq: int) -> list[SharedLine]:
        """Returns as `read_from` does, for a copy that has all earlier lines; afterwards `has_news` is False until more is appended."""
        self._news = False  # reset before the query: lines appended after it are notified again
        try:
            return self.read_from(seq)
        except LedgerError:
            self._news = True  # the query failed, so the news are still unread
            raise

    def read_masked(self) -> list[SharedLine]:
        """Returns the lines that erasures have masked, in order."""
        return self._read_lines("WHERE masked ORDER BY seq", ())

    def walk_lines(self) -> Iterator[SharedLine]:
        """Yields all lines in order."""
        seq = 1
        while found := self.read_from(seq):
            yield from found
            seq = found[-1].seq + 1

    @contextmanager
    def hold_turn(self) -> Iterator[None]:
        """Waits for its turn and keeps other hosts from appending until the block ends; its lines are then durable, or none of them is there."""
        with self._lock, self._tell_errors():
            connection = self._connect()
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (_lock_number("ledger"),))
                self._news = True
                yield

    def insert_line(self, seq: int, line: bytes) -> None:
        """Adds the line that follows the last one; called in a turn."""
        self.insert_lines([SharedLine(seq, line)])

    def insert_lines(self, lines: Sequence[SharedLine]) -> None:
        """Adds lines; called in a turn, with numbers that follow the last one."""
        with self._lock, self._tell_errors(), self._connect().cursor() as cursor:
            cursor.executemany("INSERT INTO sportlake_ledger (seq, line) VALUES (%s, %s)", lines)
            cursor.execute(f"NOTIFY {_CHANNEL}")  # the notification is sent when the turn is committed

    def mask_lines(self, lines: Sequence[tuple[int, bytes]]) -> None:
        """Replaces lines by their masked texts, all or none of them."""
        with self._lock, self._tell_errors():
            connection = self._connect()
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(
                    "UPDATE sportlake_ledger SET line = %s, masked = true WHERE seq = %s",
                    [(line, seq) for seq, line in lines],
                )

    @contextmanager
    def hold_name(self, name: str) -> Iterator[None]:
        """Holds the lock of that name, which only one block on one host holds at a time; waits for the current holder.

        The lock is released when the block, its process or its connection ends. LedgerError at the end of the block if the connection was
        lost before: another host may have held the lock in the meantime.
        """
        key = (_lock_number(f"lock/{name}"),)
        with self._tell_errors(), ExitStack() as undo:
            connection = self._take_lock(key)
            undo.callback(connection.close)  # which releases the lock
            self._news = True
            yield
            connection.execute("SELECT pg_advisory_unlock(%s)", key)
            undo.pop_all()
            self._idle.setdefault(os.getpid(), []).append(connection)

    def _take_lock(self, key: tuple[int]) -> psycopg.Connection[Any]:
        """Returns a session that holds the lock: an idle one from an earlier lock, or a new one if those are broken."""
        idle = self._idle.get(os.getpid(), [])
        while True:
            kept = bool(idle)
            connection = idle.pop() if idle else self._open()
            try:
                connection.execute("SELECT pg_advisory_lock(%s)", key)
            except psycopg.OperationalError:
                connection.close()
                if not kept:
                    raise
            else:
                return connection

    def _read_lines(self, condition: str, values: Sequence[object]) -> list[SharedLine]:
        query = f"SELECT seq, line FROM sportlake_ledger {condition}"
        with self._lock, self._tell_errors():
            return [SharedLine(seq, bytes(line)) for seq, line in self._connect().execute(query, values)]

    def _connect(self) -> psycopg.Connection[Any]:
        """Returns the connection of this process; at the first call, and after a lost connection, it is opened, and the table created if missing."""
        known = self._opened.get(os.getpid())
        if known is not None and not known.closed:
            return known
        with ExitStack() as undo:
            connection = self._open()
            undo.callback(connection.close)
            connection.add_notify_handler(lambda notification: self._hear(notification.pid))
            connection.execute(f"LISTEN {_CHANNEL}")
            self._news = True
            if connection.execute("SELECT to_regclass('sportlake_ledger')").fetchone() == (None,):
                self._make_table(connection)
            undo.pop_all()
        self._opened[os.getpid()] = connection  # kept only once the table exists; otherwise the next call creates it
        return connection

    def _hear(self, session: int) -> None:
        own = self._opened.get(os.getpid())
        self._news = self._news or own is None or session != own.info.backend_pid

    def _open(self) -> psycopg.Connection[Any]:
        describe_address(self._address)  # checked first, so that no part of a password is looked up as a host name
        given = conninfo_to_dict(self._address)
        options = f"{given.get('options') or ''} {_SESSION}".strip()
        settings = {**_KEPT_ALIVE, **given, "options": options, "connect_timeout": _CONNECT_SECONDS}
        return psycopg.connect(make_conninfo("", **settings), autocommit=True)

    @staticmethod
    def _make_table(connection: psycopg.Connection[Any]) -> None:
        with connection.transaction():  # if two hosts create it at once, one waits
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_lock_number("table"),))
            connection.execute(_TABLE)
            connection.execute(_MASKED)

    @contextmanager
    def _tell_errors(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as wrong:
            raise _unreachable_error(self.place, wrong) from wrong


def _close_own(
    opened: Mapping[int, psycopg.Connection[Any]], idle: Mapping[int, Sequence[psycopg.Connection[Any]]]
) -> None:
    for mine in (*filter(None, [opened.get(os.getpid())]), *idle.get(os.getpid(), ())):
        mine.close()


def describe_address(address: str) -> str:
    """Returns `host:port/database` of an address, without user and password; LedgerError if it is no address of PostgreSQL.

    LedgerError too if characters of the password are not percent-encoded (`@` as `%40`): a part of it would be shown as host, port or
    database.
    """
    try:
        parts = conninfo_to_dict(address)
    except psycopg.ProgrammingError as wrong:
        raise _no_address_error() from wrong
    host, port = str(parts.get("host") or "localhost"), str(parts.get("port") or 5432)
    database = str(parts.get("dbname") or parts.get("user") or "postgres")
    if "@" in f"{host[1:]}{database}" or not port.replace(",", "").isdigit():
        raise _no_address_error()
    return f"{host}:{port}/{database}"


def _lock_number(name: str) -> int:
    return hash_value(f"sportlake/{name}")


def _no_address_error() -> LedgerError:
    return LedgerError(
        Text(
            zh="共享台账的地址格式不符合要求，应为 postgresql://用户:密码@主机:端口/数据库；密码中的 @ / : ? # 须写成 %40 %2F %3A %3F %23",
            en="the address of the shared ledger is not of the form postgresql://user:password@host:port/database; write @ / : ? # in the password as %40 %2F %3A %3F %23",
        )
    )


def _unreachable_error(place: str, wrong: psycopg.Error) -> LedgerError:
    cause = " ".join(str(wrong).split())
    return LedgerError(
        Text(
            zh=f"共享台账 {place} 没有完成要求的操作（{cause}）；请检查数据库是否运行、地址和权限，然后再试一次",
            en=f"the shared ledger {place} did not do what was asked ({cause}); check that the database runs, its address and rights, then try again",
        )
    )
