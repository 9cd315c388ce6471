"""The paths of an installation: the only module that builds them. Pure; creates no file or folder.

All paths are below one folder, `SPORTLAKE_HOME`. Names from outside are checked here before they become part of a path.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import UsageError
from schemas.text import Text

_SAFE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")


def require_safe_name(name: str) -> str:
    """Returns `name` if it is a plain ASCII file name of at most 100 characters; UsageError otherwise.

    Separators, a leading dot and `..` are refused.
    """
    if not _SAFE.fullmatch(name) or ".." in name:
        raise UsageError(Text(zh=f"名称 {name!r} 不能用作文件名", en=f"{name!r} cannot be used as a file name"))
    return name


@dataclass(frozen=True)
class Layout:
    """Paths of one installation, all derived from `home`."""

    home: Path

    @property
    def inbox(self) -> Path:
        """`inbox/<department>/`: where files arrive. What was received moves to the folders `已收` and `退回` beside it."""
        return self.home / "inbox"

    @property
    def synthetic_marker(self) -> Path:
        """A file that exists if the inbox holds synthetic sample files."""
        return self.home / "示例数据-synthetic.txt"

    @property
    def people(self) -> Path:
        """Who may act here: names and roles, written by people."""
        return self.home / "people.yaml"

    @property
    def recipients(self) -> Path:
        """Where alerts go: addresses with passwords, written by people."""
        return self.home / "alerts.yaml"

    @property
    def alerts_lock(self) -> Path:
        """Held while alerts are sent and recorded, so that two processes do not send the same one."""
        return self.home / "ledger" / ".alerts.lock"

    @property
    def ledger(self) -> Path:
        """The ledger file."""
        return self.home / "ledger" / "ledger.jsonl"

    @property
    def ledger_index(self) -> Path:
        """The index of the ledger; may be deleted, and is filled again when needed."""
        return self.home / "ledger" / ".index.sqlite"

    @property
    def storage_mark(self) -> Path:
        """Up to which record this home has followed its bucket; may be deleted, and then everything is compared again."""
        return self.home / ".storage.json"

    @property
    def storage_lock(self) -> Path:
        """Held while this home follows its bucket or adds to it."""
        return self.home / ".storage.lock"

    @property
    def evidence(self) -> Path:
        """Documents of assessments, put here by people; the ledger has their hashes."""
        return self.home / "evidence"

    @property
    def timestamps(self) -> Path:
        """`ledger/timestamps/<seq>-<hash>.tsr`: heads of the ledger, stamped by an authority."""
        return self.home / "ledger" / "timestamps"

    @property
    def corrections(self) -> Path:
        """`corrections/<dataset>.csv`: reviewed corrections, written by people and read by intake."""
        return self.home / "corrections"

    def corrections_file(self, dataset: str) -> Path:
        """The reviewed corrections of one dataset."""
        return self.corrections / f"{require_safe_name(dataset)}.csv"

    @property
    def working(self) -> Path:
        """Folders in which processes work (`warehouse/working_folders.py`), on the same file system as the places of their results."""
        return self.home / "submissions" / ".working"

    @property
    def receiving_lock(self) -> Path:
        """Held while a file gets its number and leaves the inbox."""
        return self.home / "submissions" / ".receiving.lock"

    @property
    def rejudging_lock(self) -> Path:
        """Held while everything that stands of a dataset is judged again by another contract."""
        return self.home / "submissions" / ".rejudging.lock"

    @property
    def review_lock(self) -> Path:
        """Held while somebody decides about a candidate, so that two do not decide in the same role at once."""
        return self.home / "ledger" / ".review.lock"

    @property
    def venue_pairs(self) -> Path:
        """Which records of venues are likely one venue, by number and without names; may be deleted, and is made again."""
        return self.home / "venues" / "pairs.json"

    @property
    def venues_lock(self) -> Path:
        """Held while venues get their numbers, and while somebody decides about them, so that no two decisions contradict."""
        return self.home / "ledger" / ".venues.lock"

    def landing_lock(self, dataset: str) -> Path:
        """Held while rows of the dataset are landed or restated, so that lake and ledger agree."""
        return self.lakes / "_landing" / f"{require_safe_name(dataset)}.lock"

    @property
    def erasures(self) -> Path:
        """`erasures/<number>.json`: requests that wait for a second person; gone once they are carried out."""
        return self.home / "erasures"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file for analysts."""
        return self.home / "warehouse.duckdb"

    @property
    def catalogue(self) -> Path:
        """The static site; the folder can be copied or served unchanged."""
        return self.home / "catalogue"

    @property
    def receipts(self) -> Path:
        """`receipts/<number>.json`, `.html`, and `.xlsx` with the cells to correct marked."""
        return self.home / "receipts"

    @property
    def receipts_mark(self) -> Path:
        """Says up to which entry of the ledger the pages that list receipts are."""
        return self.home / ".receipts.mark"

    @property
    def due_summary(self) -> Path:
        """A summary of the time limits in the analysts' file, for pages; made again if it is missing."""
        return self.home / ".due.json"

    @property
    def candidates(self) -> Path:
        """`candidates/<dataset>.html`: what would become public, for those who decide about it."""
        return self.home / "candidates"

    @property
    def desk(self) -> Path:
        """`desk/index.html` and `desk/<department>.html`: hand-ins of the day, work items, decisions."""
        return self.home / "desk"

    @property
    def releases(self) -> Path:
        """`releases/<dataset>/<number>/`: frozen, never overwritten."""
        return self.home / "releases"

    @property
    def publishing(self) -> Path:
        """Working files of the publishers: one lock and one journal per catalogue."""
        return self.home / "publishing"

    @property
    def dagster(self) -> Path:
        """Dagster's home folder."""
        return self.home / "dagster"

    @property
    def receipts_ports(self) -> Path:
        """The ports at which receipts were served, the newest last."""
        return self.home / "dagster" / "receipts_ports.txt"

    @property
    def lakes(self) -> Path:
        """`lake/<dataset>/`: one Delta table each. Names that begin with `_` are internal folders, not datasets."""
        return self.home / "lake"

    @property
    def currents(self) -> Path:
        """`lake/_current/<dataset>.parquet`: the rows that stand, for readers that do not know the rule by which slices stand."""
        return self.lakes / "_current"

    def current_file(self, dataset: str) -> Path:
        """The rows of one dataset that stand."""
        return self.currents / f"{require_safe_name(dataset)}.parquet"

    def submission_folder(self, number: str) -> Path:
        """The unchanged original of one submission and the files derived from it."""
        return self.home / "submissions" / require_safe_name(number)

    def quarantine_folder(self, number: str) -> Path:
        """The folder of a submission that was not accepted."""
        return self.home / "quarantine" / require_safe_name(number)

    def receipt_file(self, number: str, suffix: str) -> Path:
        """One receipt as `json`, `html` or `xlsx`."""
        return self.receipts / f"{require_safe_name(number)}.{suffix}"

    def lake_folder(self, dataset: str) -> Path:
        """The Delta table of one dataset."""
        return self.lakes / require_safe_name(dataset)

    def fingerprints_folder(self, dataset: str) -> Path:
        """Fingerprints of the rows of one dataset's slices; may be deleted, and is filled again when needed."""
        return self.lakes / "_fingerprints" / require_safe_name(dataset)

    @property
    def candidates_folder(self) -> Path:
        """The rows of candidates as they would be released; may be deleted, and is filled again when needed."""
        return self.lakes / "_candidates"

    @property
    def relations_folder(self) -> Path:
        """The last results of the relations of each dataset; may be deleted, and is filled again when needed."""
        return self.lakes / "_relations"

    def relations_file(self, dataset: str) -> Path:
        """The last results of the relations of one dataset."""
        return self.relations_folder / f"{require_safe_name(dataset)}.json"

    def release_lock(self, dataset: str) -> Path:
        """Held while a candidate of the dataset becomes a release, so that two do not make the same one at once."""
        return self.releases / f".{require_safe_name(dataset)}.lock"

    def release_folder(self, dataset: str, number: str) -> Path:
        """The frozen folder of one release."""
        return self.releases / require_safe_name(dataset) / require_safe_name(number)
