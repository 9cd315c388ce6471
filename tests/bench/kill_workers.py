"""A backfill of 200 slices on two workers that are killed at random: every slice whole, the chain whole, nothing twice.

    PYTHONPATH=tests nice -n 15 python tests/bench/kill_workers.py [slices] [seed]

Run by hand; needs PostgreSQL and Redis, starts them and an S3 server itself. Each worker has a home of its own, and all share bucket,
ledger and queue. Prints the seed, figures, and what is not as it must be; ends with 1 then. 16 slices are a test (`tests/live/test_worker_hosts.py`).
"""

import os
import random
import sys
import tempfile
import time
from pathlib import Path

from dagster_project.instance import open_instance
from support.backfills import Backfill, count_retaken, find_faults, run_and_kill
from support.own_services import serve_databases
from support.s3_server import serve_s3, surroundings_of
from support.worker_hosts import DATASETS, ROWS, celery_settings, host_beside, hosts_of
from warehouse.layout import Layout

CITIES = tuple(f"21{number:02}00" for number in range(1, 11))
PAUSES = (4.0, 16.0)
"""Seconds between two kills, at random; a worker takes some five seconds to start."""
TRIES = 5


def main(slices: int = 200, seed: int | None = None) -> int:
    """Exits code 1 if something is not as it must be."""
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    years = max(1, slices // (len(CITIES) * len(DATASETS)))
    backfill = Backfill(CITIES, tuple(str(2026 - at) for at in reversed(range(years))))
    sys.stdout.write(
        f"seed {seed}, {len(backfill.list_slices())} slices of {ROWS} rows, {years * len(DATASETS)} runs\n"
    )
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(prefix="kill-") as name:
        faults = run(Path(name), backfill, seed)
    sys.stdout.writelines(f"  {fault}\n" for fault in faults)
    return 1 if faults else 0


def run(folder: Path, backfill: Backfill, seed: int) -> list[str]:
    """Runs it, print the figures, and returns what is not as it must be."""
    with (
        serve_databases(folder / "services") as databases,
        celery_settings(databases) as known,
        serve_s3(folder) as server,
        hosts_of(folder / "var", {**known, **surroundings_of(bucket := server.make_bucket())}) as hosts,
    ):
        os.environ["SPORTLAKE_DAGSTER_URL"] = known["SPORTLAKE_DAGSTER_URL"]
        with open_instance(Layout(hosts.home), shared=True) as instance:
            backfill.hand_in(hosts.home)
            backfill.register_slices(instance)
            homes = {one: host_beside(hosts, one) for one in ("shenyang", "dalian")}
            for one, home in homes.items():
                hosts.start_worker(one, home)
            begun = time.monotonic()
            result = run_and_kill(hosts, backfill, homes.get, seed, PAUSES, TRIES)
            seconds = time.monotonic() - begun
            steps, again = count_retaken(instance)
            faults = list(find_faults(hosts, backfill, bucket, folder / "fresh"))
    sys.stdout.write(
        f"{seconds:.0f} s, {result.kills} kills, {steps} steps begun, {again} of them begun again by another worker, "
        f"{result.again} runs started again, {len(backfill.list_slices()) * ROWS} rows, {len(faults)} faults\n"
    )
    return faults


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:3])))
