"""Index of hand-ins, from the ledger: their order at each place, what landed, what was retracted, and what waits to be mended.

Grain: a place (a slice `dataset/department/period`, or a path below the inbox). Questions about what stands or waits now do not read
earlier hand-ins. Not here: the questions that other modules ask (`warehouse/lake/standing.py`).
"""

import sqlite3
from collections.abc import Sequence

from warehouse.ledger.chain import LedgerEntry
from warehouse.ledger.index_tables import hash_value
from warehouse.ledger.ledger_view import LedgerView

Order = tuple[int, int]
SENT_BACK = frozenset({"quarantine", "refused"})
"""Outcomes after which a department has to hand in again."""


class HandInIndex(LedgerView):
    """The hand-ins of one ledger. Lists are in the order of hand-in; unknown places and numbers give empty answers."""

    kinds = ("submission", "verdict", "landing", "retraction", "reinstatement")
    tables = (
        "CREATE TABLE hand_in (number INTEGER PRIMARY KEY, place INTEGER, first INTEGER, seq INTEGER, judged INTEGER)",
        "CREATE INDEX hand_in_order ON hand_in (place, first, seq)",
        "CREATE INDEX hand_in_unjudged ON hand_in (place, first, seq) WHERE NOT judged",
        "CREATE TABLE place (place INTEGER PRIMARY KEY, folder INTEGER, seq INTEGER, sent_back INTEGER)",
        "CREATE INDEX place_folder ON place (folder, seq)",
        "CREATE INDEX place_sent_back ON place (sent_back) WHERE sent_back IS NOT NULL",
        "CREATE TABLE verdict (number INTEGER PRIMARY KEY, seq INTEGER, sent_back INTEGER)",
        """CREATE TABLE landing (slice INTEGER, retracted INTEGER, first INTEGER, second INTEGER, seq INTEGER, number INTEGER,
        PRIMARY KEY (slice, retracted, first, second, seq)) WITHOUT ROWID""",
        "CREATE INDEX landing_number ON landing (number)",
        "CREATE TABLE slice (slice INTEGER PRIMARY KEY, seq INTEGER)",
        "CREATE TABLE arrival (dataset INTEGER, department INTEGER, first INTEGER, last INTEGER, PRIMARY KEY (dataset, department))",
        "CREATE TABLE retracted (number INTEGER PRIMARY KEY, seq INTEGER)",
    )

    def find_order(self, number: str) -> Order:
        """Returns the position of a submission in the order of hand-ins (ledger entries of hand-in and judgement); (0, 0) if it was never received."""
        found = self._select("SELECT first, seq FROM hand_in WHERE number = ?", hash_value(number))
        return (found[0][0], found[0][1]) if found else (0, 0)

    def list_places(self, folder: str | None = None) -> list[str]:
        """Returns every place for which something was received, in the order of their first hand-ins.

        `folder`: only the places directly in this folder (`dataset/department`, or one below the inbox); others are not read.
        """
        if folder is None:
            found = self._select("SELECT seq FROM place ORDER BY seq")
        else:
            found = self._select("SELECT seq FROM place WHERE folder = ? ORDER BY seq", hash_value(folder))
        return [str(entry.facts["place"]) for entry in self._read_all(found)]

    def list_received(self, place: str) -> Sequence[LedgerEntry]:
        """Returns the entries of the submissions for a place."""
        query = "SELECT seq FROM hand_in WHERE place = ? ORDER BY first, seq"
        return self._read_all(self._select(query, hash_value(place)))

    def find_last_received(self, place: str) -> LedgerEntry | None:
        """Returns the last one of `list_received`, without reading the others; None if there is none."""
        query = "SELECT seq FROM hand_in WHERE place = ? ORDER BY first DESC, seq DESC LIMIT 1"
        return next(iter(self._read_all(self._select(query, hash_value(place)))), None)

    def list_unjudged(self, place: str) -> Sequence[LedgerEntry]:
        """Returns those of `list_received` that have no verdict yet, without reading the others."""
        query = "SELECT seq FROM hand_in WHERE place = ? AND NOT judged ORDER BY first, seq"
        return self._read_all(self._select(query, hash_value(place)))

    def list_slices(self) -> list[str]:
        """Returns every slice that has had a landing, in the order of the first landings."""
        return [
            str(entry.facts["slice"]) for entry in self._read_all(self._select("SELECT seq FROM slice ORDER BY seq"))
        ]

    def find_landed(self, slice_: str) -> LedgerEntry | None:
        """Returns the last landing of a slice that is not retracted; None if there is none."""
        query = "SELECT seq FROM landing WHERE slice = ? AND retracted = 0 ORDER BY first DESC, second DESC, seq DESC LIMIT 1"
        return next(iter(self._read_all(self._select(query, hash_value(slice_)))), None)

    def find_retraction(self, number: str) -> LedgerEntry | None:
        """Returns the entry that retracted a submission; None if there is none, or it was undone."""
        found = self._select("SELECT seq FROM retracted WHERE number = ?", hash_value(number))
        return next(iter(self._read_all(found)), None)

    def list_sent_back(self) -> list[LedgerEntry]:
        """Returns the verdicts on what was handed in last for its place and was sent back, in the order of the verdicts."""
        return self._read_all(
            self._select("SELECT sent_back FROM place WHERE sent_back IS NOT NULL ORDER BY sent_back")
        )

    def find_arrivals(self, dataset: str, department: str) -> tuple[int, int]:
        """Returns the numbers of two ledger entries: the dataset's first landing, and the last landing of the department in it; 0 if there is none."""
        query = "SELECT first, last FROM arrival WHERE dataset = ? AND department = ?"
        anyone = self._select(query, hash_value(dataset), hash_value(""))
        own = self._select(query, hash_value(dataset), hash_value(department))
        return (anyone[0][0] if anyone else 0), (own[0][1] if own else 0)

    def _note_entry(self, tables: sqlite3.Connection, entry: LedgerEntry) -> None:
        number = hash_value(entry.facts["number"])
        match entry.kind:
            case "submission":
                self._note_submission(tables, entry, number)
            case "verdict":
                self._note_verdict(tables, entry, number)
            case "landing":
                self._note_landing(tables, entry, number)
            case "retraction":
                tables.execute("INSERT OR REPLACE INTO retracted VALUES (?, ?)", (number, entry.seq))
                tables.execute("UPDATE landing SET retracted = 1 WHERE number = ?", (number,))
            case "reinstatement":
                tables.execute("DELETE FROM retracted WHERE number = ?", (number,))
                tables.execute("UPDATE landing SET retracted = 0 WHERE number = ?", (number,))

    def _note_submission(self, tables: sqlite3.Connection, entry: LedgerEntry, number: int) -> None:
        """Adds a submission. One that was judged again keeps its position in the order, right after its first judgement."""
        place = str(entry.facts["place"])
        hashed, folder = hash_value(place), hash_value(place.rpartition("/")[0])
        before = _find_row(
            tables, "SELECT first FROM hand_in WHERE number = ?", hash_value(entry.facts.get("rejudges", ""))
        )
        first = before[0] if before else entry.seq
        judged = _find_row(tables, "SELECT 1 FROM verdict WHERE number = ?", number) is not None
        tables.execute(
            "INSERT OR IGNORE INTO hand_in VALUES (?, ?, ?, ?, ?)", (number, hashed, first, entry.seq, judged)
        )
        tables.execute("INSERT OR IGNORE INTO place VALUES (?, ?, ?, NULL)", (hashed, folder, entry.seq))
        _note_last(tables, hashed)

    def _note_verdict(self, tables: sqlite3.Connection, entry: LedgerEntry, number: int) -> None:
        row = (number, entry.seq, entry.facts["outcome"] in SENT_BACK)
        tables.execute("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?)", row)
        if found := _find_row(tables, "SELECT place FROM hand_in WHERE number = ?", number):
            tables.execute("UPDATE hand_in SET judged = 1 WHERE number = ?", (number,))
            _note_last(tables, found[0])

    def _note_landing(self, tables: sqlite3.Connection, entry: LedgerEntry, number: int) -> None:
        dataset, department, _ = entry.facts["slice"].split("/")
        slice_ = hash_value(entry.facts["slice"])
        order = _find_row(tables, "SELECT first, seq FROM hand_in WHERE number = ?", number) or (0, 0)
        retracted = _find_row(tables, "SELECT 1 FROM retracted WHERE number = ?", number) is not None
        tables.execute("INSERT INTO landing VALUES (?, ?, ?, ?, ?, ?)", (slice_, retracted, *order, entry.seq, number))
        tables.execute("INSERT OR IGNORE INTO slice VALUES (?, ?)", (slice_, entry.seq))
        for who in ("", department):
            tables.execute(
                "INSERT INTO arrival VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last",
                (hash_value(dataset), hash_value(who), entry.seq, entry.seq),
            )


def _find_row(tables: sqlite3.Connection, query: str, value: int) -> tuple[int, ...] | None:
    row: tuple[int, ...] | None = tables.execute(query, (value,)).fetchone()
    return row


def _note_last(tables: sqlite3.Connection, place: int) -> None:
    """Notes whether the last hand-in for a place was sent back and waits to be corrected."""
    tables.execute(
        "UPDATE place SET sent_back = (SELECT verdict.seq FROM verdict WHERE verdict.sent_back AND verdict.number ="
        " (SELECT number FROM hand_in WHERE hand_in.place = ?1 ORDER BY first DESC, seq DESC LIMIT 1)) WHERE place = ?1",
        (place,),
    )
