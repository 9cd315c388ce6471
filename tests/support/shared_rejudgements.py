"""A contract applied by one host while another one hands in, with one bucket and one ledger: `sportlake` in processes of its own, killed at a step.

A step is a write to the bucket, as in `stored_homes.py`. Not here: what must hold (`tests/live/test_shared_rejudgement.py`).
"""

import multiprocessing
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from dagster_project.settings import Settings
from support.commands import surroundings
from support.forked_hosts import HostProcess, run_program
from support.s3_server import surroundings_of
from support.shared_ledgers import host_of
from support.stored_homes import count_steps, kept_tree
from support.workspaces import NOW
from warehouse.ledger.ledger import Ledger
from warehouse.storage.object_store import BucketAddress


class HandedFile(NamedTuple):
    """A file of one dataset, department and period."""

    dataset: str
    department: str
    period: str
    content: str

    def words_to_submit(self, folder: Path) -> list[str]:
        """The command for that file in a folder."""
        slice_ = ["--dataset", self.dataset, "--department", self.department, "--period", self.period]
        return ["submit", str(folder / f"{self.dataset}.csv"), *slice_]


VISITS = HandedFile("visit", "210200", "2026", "id,site\nV1,D1\nV2,D2\n")
"""Of sites that the contract leaves as they are; handed in before or while the contract is applied."""
SITES = HandedFile("site", "210400", "2026", "code,area\nF1,50\n")
"""Handed in once the application is decided, so that its digest does not count them."""
_FORKING = multiprocessing.get_context("forkserver")
_OF_THE_ORDER = {"version", "rejudgement"}
"""Facts that say what came before: the version of the lake, the number of an entry."""


class TwoHosts(NamedTuple):
    """The homes of two hosts, and what the commands of both know."""

    one: Path
    two: Path
    contract: Path
    known: Mapping[str, str]

    @property
    def ledger(self) -> Ledger:
        """The ledger, as a third host sees it."""
        return host_of(self.one.parent / "reader", self.known["SPORTLAKE_LEDGER_URL"])

    def run(self, home: Path, *words: str) -> None:
        """`sportlake` with those words, to its end."""
        process = HostProcess("sportlake", words, self._surround(home), home / "said.log")
        said = process.communicate()
        assert process.returncode == 0, said

    def hand_in(self, handed: HandedFile) -> None:
        """Hand in a file on the second host."""
        (self.two / f"{handed.dataset}.csv").write_text(handed.content, encoding="utf-8")
        self.run(self.two, *handed.words_to_submit(self.two))

    def apply(self, step: int) -> tuple[multiprocessing.process.BaseProcess, Connection]:
        """Starts applying the contract on the first host; the process is killed at that step, or sends how many it took."""
        ours, theirs = _FORKING.Pipe()
        words = ["rejudge", "site", "--contract", str(self.contract), "--apply"]
        process = _FORKING.Process(target=_apply_and_die, args=(words, self._surround(self.one), step, theirs))
        process.start()
        theirs.close()
        return process, ours

    def _surround(self, home: Path) -> dict[str, str]:
        return {**surroundings(home), **self.known}


def make_hosts(settings: Settings, contract: Path, folder: Path, bucket: BucketAddress, address: str) -> TwoHosts:
    """Two hosts of which the first has the home of an installation, and has shared it; the second has nothing yet."""
    known = {
        "SPORTLAKE_CONTRACTS": str(settings.contracts),
        "SPORTLAKE_CLOCK": NOW.isoformat(),
        "SPORTLAKE_AS": "tester",
    }
    shared = {"SPORTLAKE_LEDGER_URL": address, **surroundings_of(bucket)}
    hosts = TwoHosts(folder / "one", folder / "two", contract, {**known, **shared})
    shutil.copytree(settings.home, hosts.one)
    hosts.two.mkdir()
    hosts.run(hosts.one, "ledger", "share")
    hosts.run(hosts.one, "storage", "push")
    return hosts


def read_files(home: Path) -> dict[str, bytes]:
    """What a bucket keeps of a home, but for the order of the ledger and the version in the names of the lake's parts."""
    files = kept_tree(home, with_log=False)
    del files["ledger/ledger.jsonl"]
    return {re.sub(r"-\d+\.parquet$", ".parquet", name): content for name, content in files.items()}


def count_entries(ledger: Ledger) -> Counter[tuple[str, str, str]]:
    """How often each entry stands in a ledger: kind, reason and facts, without what depends on the order."""
    return Counter(
        (
            one.kind,
            one.why,
            repr(sorted((name, said) for name, said in one.facts.items() if name not in _OF_THE_ORDER)),
        )
        for one in ledger.read_entries()
    )


def _apply_and_die(words: list[str], known: dict[str, str], step: int, told: Connection) -> None:
    steps = count_steps(step)
    try:
        run_program("sportlake", words, known, Path(known["SPORTLAKE_HOME"]) / "applied.log")
    finally:
        told.send(steps.count)
