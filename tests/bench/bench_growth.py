"""What commands cost in homes with a long history: entries of the ledger, files that were taken, releases of a dataset.

Run `PYTHONPATH=tests python tests/bench/bench_growth.py [ledger=0,10000,100000] [archive=0,100000] [releases=1,200] [base=FOLDER] [code=FOLDER] [rounds=3]`.
`base` is a finished home of the sample, made if it is not named; `code` another checkout to compare with. Prints a table: processor seconds
(own and system) and peak memory of each command as a process, by the size of the history, and the ratio of the last size to the first. Before
that each home runs `sportlake run` twice, so that indexes and marks are there, and it says what that cost.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from support.long_history import copy_home, fill_archive, lengthen_ledger, repeat_releases
from warehouse.layout import Layout

ROOT = Path(__file__).parents[2]
Lengthen = Callable[[Layout, int], None]
EXITS = {"check": (0, 1), "submit": (0, 1)}
"""Other codes than 0 with which a command did its work."""
DEPARTMENT, DATASET = "210200", "facility"


class Cost(NamedTuple):
    """Processor seconds and peak memory in MB of one process."""

    seconds: float
    memory: float


def measure(code: Path, home: Path, *words: str, exits: Sequence[int] = (0,), through: Sequence[str] = ()) -> Cost:
    """Runs `sportlake WORDS`, or `python -c WORDS`, in a home and returns what it cost; fails with what it said if it ends with another code.

    `through` stands before the command, such as `nice -n 5`.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(code),
        "SPORTLAKE_HOME": str(home),
    }
    told = words if words[0] == "-c" else ("-c", "from dagster_project.cli import app; app()", *words)
    program = [*through, sys.executable, *told]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(program, cwd=code, env=environment, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in exits:
            said.seek(0)
            raise SystemExit(f"sportlake {' '.join(words)}: {process.returncode}\n{said.read().decode()}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def make_base(code: Path, home: Path) -> Path:
    """Makes a home of the sample with everything released and published."""
    measure(code, home, "demo", "--share", "0.03")
    measure(code, home, "run", exits=(0, 1))
    return home


def list_commands(home: Path, aside: Path) -> dict[str, Callable[[int], list[str]]]:
    """Returns the commands, each as its words in a round; a file that is handed in loses one more row in each round."""
    taken = next((home / "inbox" / DEPARTMENT / "已收").glob(f"RCPT-*_{DATASET}_2026.csv"))
    lines = taken.read_bytes().splitlines(keepends=True)
    number = next((home / "receipts").glob("RCPT-*.json")).stem

    def submit(turn: int) -> list[str]:
        file = aside / f"{DATASET}.csv"
        file.write_bytes(b"".join(lines[: -1 - turn]))
        return ["submit", str(file), "--dataset", DATASET, "--department", DEPARTMENT, "--period", "2026"]

    return {
        "status": lambda _: ["status"],
        "work": lambda _: ["work"],
        "check": lambda _: ["check", str(taken), "--dataset", DATASET, "--department", DEPARTMENT, "--period", "2026"],
        "trace": lambda _: ["trace", number],
        "run, nothing new": lambda _: ["run"],
        "publish, nothing new": lambda _: ["publish", "--to", "static"],
        f"submit, {len(lines) - 1} rows": submit,
    }


def measure_home(code: Path, home: Path, rounds: int) -> dict[str, Cost]:
    """Returns the least cost of each command in some rounds, after two runs that bring everything up to date."""
    costs = {f"run, {turn} after": measure(code, home, "run") for turn in ("first", "second")}
    with tempfile.TemporaryDirectory() as aside:
        for name, words in list_commands(home, Path(aside)).items():
            exits = EXITS.get(name.partition(",")[0], (0,))
            found = [measure(code, home, *words(turn), exits=exits) for turn in range(rounds)]
            costs[name] = Cost(min(one.seconds for one in found), min(one.memory for one in found))
    return costs


def run_apart(work: Callable[..., None], *given: object) -> None:
    """Runs a function in another process: the memory that this one once had would count as that of each command."""
    process = get_context("spawn").Process(target=work, args=given)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def compare(title: str, sizes: Sequence[int], code: Path, base: Path, rounds: int, lengthen: Lengthen) -> None:
    """Prints the table of one kind of history."""
    found: dict[int, dict[str, Cost]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=base.parent) as folder:
            layout = copy_home(base, Path(folder) / "home")
            run_apart(lengthen, layout, size)
            found[size] = measure_home(code, layout.home, rounds)
    sys.stdout.write(f"\n{title:24}" + "".join(f"{size:>16,}" for size in sizes) + f"{'ratio':>8}\n")
    for name in found[sizes[0]]:
        costs = [found[size][name] for size in sizes]
        cells = "".join(f"{one.seconds:8.2f} s{one.memory:4.0f} MB" for one in costs)
        sys.stdout.write(f"{name:24}{cells}{costs[-1].seconds / costs[0].seconds:8.2f}\n")
    sys.stdout.flush()


def main(words: Sequence[str]) -> None:
    """Compares what is asked for."""
    asked = dict(word.split("=", 1) for word in words)
    code = Path(asked.get("code", ROOT)).resolve()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(asked["base"]) if "base" in asked else make_base(code, Path(folder) / "base")
        histories: dict[str, tuple[str, Lengthen]] = {
            "ledger": ("entries of the ledger", lengthen_ledger),
            "archive": ("taken files", partial(fill_archive, department=DEPARTMENT)),
            "releases": ("releases of a dataset", partial(repeat_releases, dataset=DATASET)),
        }
        defaults = {"ledger": "0,10000,100000", "archive": "0,100000", "releases": "1,200"}
        for name, (title, lengthen) in histories.items():
            sizes = [int(size) for size in asked.get(name, defaults[name]).split(",") if size]
            if sizes:
                compare(title, sizes, code, base, int(asked.get("rounds", 3)), lengthen)


if __name__ == "__main__":
    main(sys.argv[1:])
