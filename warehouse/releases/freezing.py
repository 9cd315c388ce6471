"""Freezing a release: write its files into a temporary folder, number it, rename it into place last.

Holds the order of these steps, the next number, and the checksums. Not here: the content of the files (`contents.py`),
reading and verifying releases (`releases.py`), whether data may become public or is worth a release (`pipelines`).
"""

import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

from schemas.codelists import CodeList
from schemas.contract import Contract
from schemas.errors import ReleaseError
from schemas.table_parts import DEFAULT_PARTS, PartRules
from schemas.text import Text
from warehouse.atomic_files import hold_lock, make_folder, place_folder
from warehouse.layout import Layout, require_safe_name
from warehouse.releases import contents, package
from warehouse.releases.hashed_files import FileSum, MeasuredFolder
from warehouse.releases.label_columns import build_release_schema, list_label_words
from warehouse.releases.release_rows import ReleaseRows
from warehouse.releases.releases import SUMS, Release, list_numbers, read_release

_UNFINISHED_PREFIX = ".freezing-"


class StatedFacts(NamedTuple):
    """What a release states besides its rows. No fact has the name of a person.

    Attributes:
        lake_version: Version of the dataset's table in the lake that has the rows.
        quality: `rows_submitted`, `rows_held_back`, and `findings` (their number by type).
        slices: For each slice `department`, `period`, `rows`, `submission`, `sha256`, `received` (ISO day); at least one.
        retracted: For each submission taken back since the previous release `department`, `name` (zh, en), `period`, `reason`, `on`
            (ISO day).
        approvals: For each approval `role`, `on` (ISO day), `entry` (number in the ledger), `synthetic` if a sample person gave it.
        assessments: The same with `kind`, `until`, `document` and, if the public reads it, `result`.
        waivers: The same with `type`, `message` (zh, en), `until`.
        ledger_head: The ledger's newest entry before the release, `SEQ:HASH`, so that any copy of the release can show that the end
            of the ledger was cut off.
        time_limits: Which apply, and how they were kept on the day of the release (`released_limits.py`); None if none applies.
        synthetic: Whether the rows are invented.
    """

    lake_version: int
    quality: Mapping[str, Any]
    slices: Sequence[Mapping[str, Any]]
    retracted: Sequence[Mapping[str, Any]] = ()
    approvals: Sequence[Mapping[str, Any]] = ()
    assessments: Sequence[Mapping[str, Any]] = ()
    waivers: Sequence[Mapping[str, Any]] = ()
    ledger_head: str | None = None
    time_limits: Mapping[str, Any] | None = None
    synthetic: bool = False


def freeze(
    layout: Layout,
    contract: Contract,
    rows: ReleaseRows,
    stated: StatedFacts,
    *,
    now: datetime,
    previous: str | None,
    codelists: Mapping[str, CodeList],
    with_changes: bool = True,
    parts: PartRules = DEFAULT_PARTS,
) -> Release:
    """Writes the dataset's next release of these rows and returns it.

    `previous`: number of the release before; None for the first. `with_changes`: write how it differs from that one; the changes file
    repeats cells of it. `parts`: the rule by which releases are written in parts. ReleaseError if `previous` is not the newest release,
    there are no slices, or the rows are not those that were counted.
    """
    shelf = layout.releases / require_safe_name(contract.name)
    lists, counted = package.select_public_codelists(contract, codelists), rows.counted
    counts = package.build_release_facts(contract, counted.rows, counted.filled, stated.slices, stated.quality)
    make_folder(shelf)
    with hold_lock(shelf / ".lock"):
        number, folder = _next_number(contract, shelf, previous, now), make_empty_folder(shelf)
        sums = contents.write_data(folder, contract, rows, lists, synthetic=stated.synthetic, parts=parts)
        facts: dict[str, Any] = {
            "number": number,
            "created": now.isoformat(),
            "content_hash": counted.content_hash,
            "lake_version": stated.lake_version,
            "previous": previous,
            **counts,
            **list_label_words(counted.labels, build_release_schema(contract, lists)),
            "synthetic": stated.synthetic,
            **({"part_rows": parts.part_rows} if parts.applies_to(counted.rows) else {}),
            **_list_given(stated),
        }
        before = shelf / previous if previous and with_changes else None
        facts["changes"] = contents.write_diff(folder, contract, lists, before)
        about: Any = {"facts": facts, "slices": stated.slices, "quality": stated.quality, "sums": sums}
        finalise_folder(folder, shelf / number, contents.write_documents(folder, contract, counted, lists, **about))
    return read_release(shelf / number)


def _list_given(stated: StatedFacts) -> dict[str, Any]:
    """Returns the optional facts that are stated."""
    lists = {
        "approvals": stated.approvals,
        "assessments": stated.assessments,
        "waivers": stated.waivers,
        "retracted": stated.retracted,
    }
    given: dict[str, Any] = {name: [dict(one) for one in parts] for name, parts in lists.items() if parts}
    if stated.ledger_head:
        given["ledger_head"] = stated.ledger_head
    if stated.time_limits:
        given["time_limits"] = dict(stated.time_limits)
    return given


def make_empty_folder(shelf: Path) -> Path:
    """Creates an empty folder beside the releases, after removing the folders that killed runs left; the caller holds the lock."""
    remove_unfinished(shelf)
    return Path(mkdtemp(prefix=_UNFINISHED_PREFIX, dir=shelf))


def remove_unfinished(shelf: Path) -> None:
    """Removes the folders that killed runs left beside the releases; the caller holds the lock."""
    for left in shelf.glob(f"{_UNFINISHED_PREFIX}*"):
        shutil.rmtree(left)


def finalise_folder(folder: Path, target: Path, sums: Mapping[str, FileSum]) -> None:
    """Writes the checksums, makes the files read-only, calls fsync, and only then renames the folder to its final name.

    `sums`: size and hash of files that need not be read again.
    """
    files, measured = sorted(path for path in folder.iterdir()), MeasuredFolder(folder, sums)
    lines = "".join(f"{measured.measure_file(path.name).sha256}  {path.name}\n" for path in files)
    (folder / SUMS).write_text(lines, encoding="ascii")
    for path in [*files, folder / SUMS]:
        path.chmod(0o444)
    folder.chmod(0o755)
    place_folder(folder, target)


def _next_number(contract: Contract, shelf: Path, previous: str | None, now: datetime) -> str:
    made = list_numbers(shelf)
    if previous != (made[-1] if made else None):
        raise ReleaseError(
            Text(
                zh=f"{contract.name} 的最新发布是 {made[-1:]}，不是 {previous}；请重新整理后再发布",
                en=f"the newest release of {contract.name} is {made[-1:]}, not {previous}; assemble the candidate again",
            )
        )
    # If the clock was set back, the release must still not seem older than the one before it.
    newest = tuple(int(part) for part in made[-1].split(".")[:2]) if made else (0, 0)
    year, number = max((now.year, now.month), newest)
    month = f"{year}.{number}."
    return month + str(1 + max((int(n.removeprefix(month)) for n in made if n.startswith(month)), default=0))
