"""Homes with a long history: a ledger that goes far back, a full archive of taken files, and many releases of a dataset.

The history lies before what is in a home already, so that what stands, waits and is public stays the same.
"""

import json
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipelines.submissions.inbox.submission import submission_number
from pipelines.submissions.inbox.taken_files import taken_path
from warehouse.atomic_files import file_sha256
from warehouse.layout import Layout
from warehouse.ledger.chain import LedgerEntry, entry_line, seal_entry
from warehouse.ledger.ledger import Ledger
from warehouse.releases.releases import DESCRIPTOR, SUMS, list_releases, read_sums

Step = tuple[str, dict[str, Any]]
_NUMBERS_OF_ENTRIES = ("approvals", "assessments", "decision")
"""Facts that name other entries by their numbers."""
_STEP = timedelta(seconds=30)


def lengthen_ledger(layout: Layout, count: int) -> None:
    """Puts `count` entries of old hand-ins (a few more, to end with a whole one) before those of the ledger: sent back, or taken and taken back, for the same slices."""
    present = Ledger(layout).read_entries()
    _put_before(layout, present, _old_steps(present, count))


def repeat_releases(layout: Layout, count: int, dataset: str) -> None:
    """Puts `count` - 1 releases with the same rows before the one release of a dataset."""
    made = list_releases(layout, dataset)[0]
    numbers = [f"{2001 + at // 12}.{at % 12 + 1}.1" for at in range(count - 1)]
    facts = {
        "dataset": dataset,
        "rows": made.rows,
        "lake_version": made.lake_version,
        "content_hash": made.content_hash,
    }
    steps = [("release", {**facts, "number": number, "approvals": [], "assessments": []}) for number in numbers]
    _put_before(layout, Ledger(layout).read_entries(), steps)
    folder = layout.release_folder(dataset, made.number)
    for before, number in zip([None, *numbers], numbers, strict=False):
        target = layout.release_folder(dataset, number)
        shutil.copytree(folder, target)
        year, month, _ = number.split(".")
        told = {"number": number, "previous": before, "created": f"{year}-{int(month):02d}-01T02:00:00+08:00"}
        _tell_release(target, lambda about, told=told: about.update(told))
    if numbers:
        _tell_release(folder, lambda about: about.update(previous=numbers[-1]))


def _tell_release(folder: Path, tell: Callable[[dict[str, Any]], None]) -> None:
    """Changes what the papers of a release say of it, and their checksums."""
    for name, place in ((DESCRIPTOR, ("sportlake", "release")), ("provenance.json", ())):
        paper = json.loads((folder / name).read_text(encoding="utf-8"))
        about = paper
        for part in place:
            about = about[part]
        tell(about)
        (folder / name).write_text(json.dumps(paper, ensure_ascii=False, indent=1), encoding="utf-8")
    sums = read_sums(folder) | {name: file_sha256(folder / name) for name in (DESCRIPTOR, "provenance.json")}
    (folder / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()), encoding="ascii")


def _put_before(layout: Layout, present: Sequence[LedgerEntry], steps: Sequence[Step]) -> None:
    """Writes the ledger anew: entries of those steps, then those that there were, under their new numbers."""
    begin, last = present[0].at - _STEP * (len(steps) + 1), None
    layout.ledger.unlink()
    with layout.ledger.open("wb") as file:
        for at, (kind, told) in enumerate(steps):
            facts = {**told, "decision": at} if kind == "restatement" else told
            last = seal_entry(last, kind=kind, now=begin + _STEP * at, actor="平台", reason="received", facts=facts)
            file.write(entry_line(last))
        for entry in present:
            facts = {name: _shift(name, value, len(steps)) for name, value in entry.facts.items()}
            last = seal_entry(last, kind=entry.kind, now=entry.at, actor=entry.who, reason=entry.why, facts=facts)
            file.write(entry_line(last))
    for folder in layout.releases.glob("*/2*"):
        _tell_release(folder, lambda about: _shift_entries(about, len(steps)))


def _shift_entries(about: Mapping[str, Any], by: int) -> None:
    for one in (*(about.get("approvals") or ()), *(about.get("assessments") or ())):
        one["entry"] += by


def fill_archive(layout: Layout, count: int, department: str) -> None:
    """Puts `count` small files into the folder of a department's taken files."""
    for at in range(count):
        name = f"facility_{2000 + at % 25}_{at}.csv"
        file = taken_path(layout.inbox / department / name, submission_number(name, str(at)))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"facility_id\n")


def copy_home(home: Path, target: Path) -> Layout:
    """Copies a home, its links and times of files included."""
    shutil.copytree(home, target, symlinks=True)
    return Layout(target)


def _shift(name: str, value: Any, by: int) -> Any:
    if name not in _NUMBERS_OF_ENTRIES:
        return value
    return [one + by for one in value] if isinstance(value, list) else value + by


def _old_steps(present: Sequence[LedgerEntry], count: int) -> list[Step]:
    """Returns the entries of old hand-ins, as many whole ones as make up `count` entries. One in ten was taken, then retracted; others were sent back."""
    chance = random.Random(20261129)  # noqa: S311 -- the same history each time
    places = [one.facts for one in present if one.kind == "submission" and one.facts["place"].count("/") == 2]
    steps = list[Step]()
    while len(steps) < count:
        facts = places[len(steps) % len(places)]
        sha256 = chance.randbytes(32).hex()
        number = submission_number(facts["place"], sha256)
        steps.append(("submission", {**_without_rejudges(facts), "sha256": sha256, "number": number}))
        if chance.random() < 0.9:
            steps.append(("verdict", _verdict(number, "quarantine", 0, {"constraint-error": 3})))
        else:
            told = {"number": number, "slice": facts["place"]}
            steps.append(("verdict", _verdict(number, "accept", 10, {})))
            steps.append(("landing", {**told, "rows": 10, "version": 0}))
            steps.append(("retraction", {**told, "reason": "示例", "who": "平台"}))
            steps.append(("restatement", {**told, "version": 0}))
    return steps


def _without_rejudges(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "rejudges"}


def _verdict(number: str, outcome: str, accepted: int, counts: Mapping[str, int]) -> dict[str, Any]:
    return {"number": number, "outcome": outcome, "accepted": accepted, "held_back": 0, "rows": 10, "counts": counts}
