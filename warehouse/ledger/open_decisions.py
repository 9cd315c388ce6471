"""Decisions about hand-ins, from the ledger: which have not taken effect yet, and which hand-ins of a dataset were taken back.

A decision takes effect by another entry: an acceptance by a landing, a retraction or reinstatement by a restatement. Not here:
carrying them out (`pipelines/submissions`), what stands (`hand_in_index.py`).
"""

import sqlite3
from collections.abc import Sequence

from warehouse.ledger.chain import LedgerEntry
from warehouse.ledger.index_tables import hash_value
from warehouse.ledger.ledger_view import LedgerView


class OpenDecisions(LedgerView):
    """The decisions of one ledger that have not taken effect because a process was killed, and its retractions by dataset; in the order of decision."""

    kinds = ("acceptance", "landing", "retraction", "reinstatement", "restatement")
    tables = (
        "CREATE TABLE open_acceptance (seq INTEGER PRIMARY KEY, number INTEGER)",
        "CREATE INDEX open_acceptance_number ON open_acceptance (number)",
        "CREATE TABLE open_restatement (seq INTEGER PRIMARY KEY)",
        "CREATE TABLE retraction_of (dataset INTEGER, seq INTEGER, PRIMARY KEY (dataset, seq)) WITHOUT ROWID",
        "CREATE TABLE retracted_dataset (dataset INTEGER PRIMARY KEY, seq INTEGER)",
    )

    def list_acceptances(self) -> list[LedgerEntry]:
        """Returns the acceptances after which the submission has not landed."""
        return self._read_all(self._select("SELECT seq FROM open_acceptance ORDER BY seq"))

    def list_restatements(self) -> list[LedgerEntry]:
        """Returns the retractions and reinstatements that have not been applied to the lake."""
        return self._read_all(self._select("SELECT seq FROM open_restatement ORDER BY seq"))

    def list_retractions(self, dataset: str, after: int = 0) -> Sequence[LedgerEntry]:
        """Returns the retractions of hand-ins of a dataset, also undone ones, with entry numbers above `after`, without reading others."""
        query = "SELECT seq FROM retraction_of WHERE dataset = ? AND seq > ? ORDER BY seq"
        return self._read_all(self._select(query, hash_value(dataset), after))

    def list_retracted_datasets(self) -> list[str]:
        """Returns the datasets of which something was retracted at any time, in the order of their first retractions."""
        found = self._read_all(self._select("SELECT seq FROM retracted_dataset ORDER BY seq"))
        return [str(entry.facts["slice"]).split("/")[0] for entry in found]

    def _note_entry(self, tables: sqlite3.Connection, entry: LedgerEntry) -> None:
        match entry.kind:
            case "acceptance":
                row = (entry.seq, hash_value(entry.facts["number"]))
                tables.execute("INSERT INTO open_acceptance VALUES (?, ?)", row)
            case "landing":
                tables.execute("DELETE FROM open_acceptance WHERE number = ?", (hash_value(entry.facts["number"]),))
            case "restatement":
                tables.execute("DELETE FROM open_restatement WHERE seq = ?", (entry.facts["decision"],))
            case "retraction":
                row = (hash_value(str(entry.facts["slice"]).split("/")[0]), entry.seq)
                tables.execute("INSERT INTO retraction_of VALUES (?, ?)", row)
                tables.execute("INSERT OR IGNORE INTO retracted_dataset VALUES (?, ?)", row)
                tables.execute("INSERT INTO open_restatement VALUES (?)", (entry.seq,))
            case "reinstatement":
                tables.execute("INSERT INTO open_restatement VALUES (?)", (entry.seq,))
