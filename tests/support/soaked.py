"""Ten departments at once: `soak(settings, folder, files)` hands in files while two runs work, then says what was lost or doubled.

Each file is dropped into the inbox, one is handed in from two places at the same moment, and a second run begins during the first.
Not here: for how long it is repeated (`tests/bench/soak.py`).
"""

import hashlib
import resource
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from dagster_project.installation import load_workspace
from pipelines.submissions.inbox.inbox import list_arrivals
from support.at_once import run_at_once
from support.installed import drop

DEPARTMENTS = [f"21{number:02d}00" for number in range(1, 11)]


class Soaked(NamedTuple):
    """Hand-ins of a round, those in the ledger of the whole home, what is wrong, and the highest resident memory so far in MB."""

    handed_in: int
    recorded: int
    problems: tuple[str, ...]
    megabytes: int


def soak(settings: Any, folder: Path, files: int, turn: int = 1) -> Soaked:
    """One round: `files` files over all departments, two more commands for one further file, two runs."""
    for at in range(files):
        code, period = DEPARTMENTS[at % 10], 2000 + at // 10 % 25
        drop(settings, code, f"site_{period}_{turn}_{at}.csv", f"code,area\nS{code}-{turn}-{at},{at % 90 + 1}\n")
    folder.mkdir(exist_ok=True)
    twice = folder / f"twice-{turn}.csv"
    twice.write_text(f"code,area\nS210100-{turn}-twice,10\n", encoding="utf-8")
    submit = ["submit", str(twice), "--dataset", "site", "--department", "210100", "--period", "2026"]
    ended = run_at_once(settings, [["run"], submit, submit, ["run"]])
    ended += run_at_once(settings, [["run"]])
    broken = [one.said[-500:] for one in ended if one.code not in {0, 1} or "Traceback" in one.said]
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    return Soaked(files + 1, len(_recorded(settings)), (*broken, *find_problems(settings, turn)), used)


def find_problems(settings: Any, turns: int) -> list[str]:
    """What was lost, doubled or left after `turns` rounds; nothing if all is well."""
    workspace = load_workspace(settings)
    found = [str(error) for error in workspace.ledger.verify_chain()]
    found += [f"waits still: {one.place}" for one in list_arrivals(workspace)]
    found += [f"unfinished: {number}" for number in workspace.unfinished.list_numbers()]
    recorded = _recorded(settings)
    verdicts = Counter(entry.facts["number"] for entry in workspace.ledger.read_entries("verdict"))
    found += [f"{number} has {verdicts[number]} verdicts" for number in recorded if verdicts[number] != 1]
    for number, sha256 in recorded.items():
        (original,) = workspace.layout.submission_folder(number).glob("original*")
        if hashlib.sha256(original.read_bytes()).hexdigest() != sha256:
            found.append(f"{number}: other bytes than received")
    twice = [
        entry for entry in workspace.ledger.read_entries("submission") if entry.facts["place"].endswith("210100/2026")
    ]
    if len(twice) != turns:
        found.append(f"the file of two places is there {len(twice)} times after {turns} rounds")
    return found


def _recorded(settings: Any) -> dict[str, str]:
    entries = load_workspace(settings).ledger.read_entries("submission")
    return {entry.facts["number"]: entry.facts["sha256"] for entry in entries}
