"""A backfill of many slices on workers that are killed at random: what is handed in, its runs, the killing, and what must hold afterwards.

Grain of a run: one dataset and one period, all cities. Not here: the hosts (`worker_hosts.py`).
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import dagster as dg

from schemas.contract import read_contracts
from support.shared_ledgers import host_of
from support.worker_hosts import DATASETS, ROWS, Hosts
from warehouse.lake.lake import Lake
from warehouse.layout import Layout
from warehouse.storage.checking import check_storage
from warehouse.storage.object_store import BucketAddress, ObjectStore
from warehouse.storage.pushing import pull_home
from warehouse.storage.storage import Storage


class Backfill(NamedTuple):
    """Which slices are handed in: of each dataset those of all cities and periods."""

    cities: tuple[str, ...]
    periods: tuple[str, ...]
    datasets: tuple[str, ...] = DATASETS

    def list_slices(self) -> list[str]:
        """`<dataset>/<city>/<period>` of every slice."""
        return [f"{name}/{city}/{period}" for name in self.datasets for city in self.cities for period in self.periods]

    def hand_in(self, home: Path) -> None:
        """A file of each slice, in the inbox: no two are equal, or one would be taken for a file in the wrong place."""
        for place in self.list_slices():
            dataset, city, period = place.split("/")
            file = home / "inbox" / city / f"{dataset}_{period}.csv"
            file.parent.mkdir(parents=True, exist_ok=True)
            rows = "".join(f"{code},{at}\n" for at, code in enumerate(list_codes(place)))
            file.write_text(f"code,area\n{rows}", encoding="utf-8")

    def register_slices(self, instance: dg.DagsterInstance) -> None:
        """Tells Dagster of the slices, as the sensor does."""
        keys = [f"{city}|{period}" for period in self.periods for city in self.cities]
        for name in self.datasets:
            instance.add_dynamic_partitions(f"{name}_slices", keys)

    def range_tags(self, period: str) -> dict[str, str]:
        """The tags of a run of all cities of a period."""
        first, last = (f"{self.cities[at]}|{period}" for at in (0, -1))
        return {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}


@dataclass
class BackfillResult:
    """What the runs said, each start of them; how many workers were killed; runs that had to be started again."""

    said: list[str]
    codes: list[int]
    kills: int = 0

    @property
    def again(self) -> int:
        """Starts of runs that failed."""
        return sum(code != 0 for code in self.codes)


def list_codes(place: str) -> list[str]:
    """The keys of the rows of a slice."""
    return [f"{place.replace('/', '-')}-{at}" for at in range(ROWS)]


def run_and_kill(
    hosts: Hosts,
    backfill: Backfill,
    home_of: Callable[[str], Path | None],
    seed: int,
    pauses: tuple[float, float] = (9, 14),
    tries: int = 1,
) -> BackfillResult:
    """Runs the intake of every dataset at once, period after period, while now and then a worker is killed and started again.

    A run whose step lost its worker four times fails; it is started again, as a person would, until there were so many `tries`.
    """
    result, ended = BackfillResult([], []), threading.Event()

    def kill_now_and_then() -> None:
        dice = random.Random(seed)  # noqa: S311 -- no secret
        while not ended.wait(dice.uniform(*pauses)):
            name = dice.choice(sorted(hosts.workers))
            hosts.kill_worker(name)
            hosts.start_worker(name, home_of(name))
            result.kills += 1

    def run_dataset(name: str) -> None:
        for period in backfill.periods:
            for _ in range(tries):
                run = hosts.start_run(f"{name}_intake", backfill.range_tags(period))
                result.said.append(run.communicate())
                result.codes.append(run.returncode)
                if run.returncode == 0:
                    break

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    with ThreadPoolExecutor(len(backfill.datasets)) as pool:
        list(pool.map(run_dataset, backfill.datasets))
    ended.set()
    killer.join()
    return result


def count_retaken(instance: dg.DagsterInstance) -> tuple[int, int]:
    """Steps that were begun, and how often one of them was begun again because its worker was lost."""
    begun: Counter[tuple[str, str | None]] = Counter()
    for run in instance.get_runs():
        events = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_START)
        begun.update((run.run_id, event.step_key) for event in events)
    return len(begun), begun.total() - len(begun)


def count_landings(hosts: Hosts) -> Mapping[str, int]:
    """How often each slice was landed."""
    ledger = host_of(hosts.home / "reader", hosts.known["SPORTLAKE_LEDGER_URL"])
    return Counter(str(entry.facts["slice"]) for entry in ledger.read_entries("landing"))


def find_faults(hosts: Hosts, backfill: Backfill, bucket: BucketAddress, fresh: Path) -> Iterator[str]:
    """Yields what a fresh home, made from ledger and bucket alone, has otherwise than once each slice, each row and each commit."""
    layout, ledger = Layout(fresh), host_of(fresh, hosts.known["SPORTLAKE_LEDGER_URL"])
    yield from (fault.en for fault in ledger.verify_chain())
    wanted = backfill.list_slices()
    for kind, key in (("landing", "slice"), ("submission", "number"), ("verdict", "number")):
        found = Counter(entry.facts[key] for entry in ledger.read_entries(kind))
        if len(found) != len(wanted) or set(found.values()) != {1}:
            yield f"{kind}: {len(found)} of {len(wanted)}, {[one for one, times in found.items() if times > 1]} twice"
    storage = Storage(layout, ObjectStore(bucket))
    pull_home(storage, ledger, lambda *_: None)
    if not (checked := check_storage(storage)).is_whole:
        yield f"the bucket is not whole: {checked}"
    contracts, lake = read_contracts(hosts.home / "contracts"), Lake(layout)
    for name in backfill.datasets:
        mine = [place for place in wanted if place.startswith(f"{name}/")]
        codes = Counter(lake.read_current(contracts[name])["code"].to_pylist())
        if codes != Counter(code for place in mine for code in list_codes(place)):
            yield f"{name}: {codes.total()} rows, {len(codes)} different, of {len(mine) * ROWS}"
        if (commits := len(lake.read_history(contracts[name]))) != len(mine):
            yield f"{name}: {commits} commits of {len(mine)} slices"
