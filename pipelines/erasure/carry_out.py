"""Carrying an erasure out, after a second person confirmed it: the order of the steps, each of which may be repeated.

    originals      first, so that nothing judged again brings a value back, and what killed commands left of them
    what was read  accepted rows, rewrites, receipts, corrections, pages
    lake           every version, then its fingerprints; what its relations gave is asked again, and candidates are assembled again
    releases       oldest first, with their differences and checksums
    ledger         its own texts
    the rest       the analysts' file, and what the caller adds: catalogues, Dagster's history

Only then the entry `erasure_end`. Killed anywhere, confirming again goes on from there. Files are counted once, before the first is
changed, in the entry of the decision. Nothing of this can be undone.
Not here: who may ask and confirm (`requests.py`), how a file is rewritten (`raw_bytes.py`, `warehouse/releases/refreezing.py`).
"""

import csv
import io
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.erasure.found_places import FoundPlace, count_in_file, describe_area, find_places, list_files
from pipelines.erasure.originals import erase_file, erase_originals, mark_redacted, rename_file
from pipelines.erasure.requests import ErasureRequest, find_decision, forget_request, require_second_person
from pipelines.erasure.sought_values import SoughtValues
from pipelines.erasure.tables import erase_cells
from pipelines.intake import ACCEPTED
from pipelines.publication.due import warehouse_inputs
from pipelines.submissions.inbox.submission import read_submission
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.errors import SportlakeError, UsageError
from schemas.text import Text
from warehouse.analyst_file.database import rebuild_database
from warehouse.atomic_files import hold_lock, write_atomically, write_table
from warehouse.ledger.chain import MASKED, list_declared
from warehouse.ledger.ledger import LedgerEntry
from warehouse.ledger.ledger_masking import find_masked_lines, mask_lines
from warehouse.releases.freezing import remove_unfinished
from warehouse.releases.refreezing import finish_refreezing, refreeze_release
from warehouse.releases.releases import DESCRIPTOR, Release, list_numbers, read_release
from warehouse.working_folders import remove_abandoned

_APART = frozenset({"lake", "releases", "ledger", "catalogue", "corrections"})
"""Areas in which a file is not rewritten by itself."""


def carry_out(
    workspace: Workspace,
    request: ErasureRequest,
    sought: SoughtValues,
    now: datetime,
    afterwards: Sequence[Callable[[], object]] = (),
) -> Mapping[str, int]:
    """Erases the values everywhere and returns in how many files of each area they stood when it was decided, however often it was killed since.

    `afterwards`: steps of the layers above, before the erasure counts as done. UsageError if whoever acts may not confirm, or a file
    that holds a value waits in the inbox; SportlakeError if a value is left at the end, with the places.
    """
    require_second_person(workspace, request, sought)
    with ExitStack() as held:
        held.enter_context(workspace.hold_lock(workspace.layout.receiving_lock))
        for name in sorted({*workspace.contracts, *_list_tables(workspace)}):
            held.enter_context(workspace.hold_lock(workspace.layout.landing_lock(name)))
        found = find_places(workspace.layout, sought)
        _refuse_waiting([place for place in found if place.area == "inbox"])
        files = _decide(workspace, request, sought, found, now)
        for step in (*_list_steps(workspace, request, sought, now), *afterwards):
            step()
    if left := find_places(workspace.layout, sought):
        raise _left_error(workspace, left)
    _conclude(workspace, request, now)
    return files


def _decide(
    workspace: Workspace, request: ErasureRequest, sought: SoughtValues, found: Sequence[FoundPlace], now: datetime
) -> Mapping[str, int]:
    """Records the decision once, with the number of files of each area, and returns these."""
    decided = find_decision(workspace, request.number)
    if decided is None:
        counted = {"files": dict(Counter(place.area for place in found))}
        decided = _declare_masked(workspace, request, sought, now, counted)
    files: Mapping[str, int] = decided.facts["files"]
    return files


def _declare_masked(
    workspace: Workspace,
    request: ErasureRequest,
    sought: SoughtValues,
    now: datetime,
    counted: Mapping[str, Any] | None = None,
) -> LedgerEntry:
    """Appends an entry with the hashes that lines of the ledger will have once their texts are masked; `counted` is added to its facts."""
    masked = {str(line.seq): line.digest for line in find_masked_lines(workspace.layout, sought.mask_text)}
    facts = {
        "erasure": request.number,
        "order": request.order,
        "reason": request.reason,
        "asked_by": request.asked_by,
        MASKED: masked,
        **(counted or {}),
    }
    return workspace.ledger.append_entry(
        "erasure", now=now, actor=workspace.actor, reason="erasure confirmed", facts=facts
    )


def _list_steps(
    workspace: Workspace, request: ErasureRequest, sought: SoughtValues, now: datetime
) -> list[Callable[[], object]]:
    return [
        partial(remove_abandoned, workspace.layout.working),
        partial(erase_originals, workspace, request, sought, now),
        partial(_erase_read_rows, workspace, sought),
        partial(_erase_corrections, workspace, sought),
        partial(_erase_plain_files, workspace, sought),
        partial(_erase_lake, workspace, sought),
        partial(_erase_releases, workspace, request, sought, now),
        partial(_mask_ledger, workspace, request, sought, now),
        partial(mark_redacted, workspace, request),
        partial(_mirror_storage, workspace),
        partial(_rebuild_warehouse, workspace, now),
    ]


def _erase_read_rows(workspace: Workspace, sought: SoughtValues) -> None:
    """Erases from the accepted rows of every submission, by the rules of its contract."""
    for path in sorted((workspace.layout.home / "submissions").glob(f"*/{ACCEPTED}")):
        slice_ = read_submission(workspace, path.parent.name).slice
        contract = workspace.contracts.get(slice_.dataset) if slice_ else None
        if contract is not None and count_in_file(path, sought):
            write_table(path, erase_cells(pq.read_table(path), sought, _contract_schema(contract)).table)


def _erase_corrections(workspace: Workspace, sought: SoughtValues) -> None:
    """Deletes every correction that holds a value: it would bring the value back, or no longer match any row."""
    for path in sorted((workspace.layout.home / "corrections").glob("*.csv")):
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        kept = [row for row in rows if not any(sought.count_in(cell) for cell in row)]
        if len(kept) < len(rows):
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(kept)
            write_atomically(path, text.getvalue())


def _erase_plain_files(workspace: Workspace, sought: SoughtValues) -> None:
    """Erases from what was read and written about submissions, and from the names of files."""
    for path in list(list_files(workspace.layout)):
        if path.relative_to(workspace.layout.home).parts[0] not in _APART:
            if count_in_file(path, sought):
                erase_file(path, sought)
            if path.is_file():
                rename_file(path, sought)


def _erase_lake(workspace: Workspace, sought: SoughtValues) -> None:
    for kept in workspace.layout.relations_folder.glob("*"):
        kept.unlink()
    shutil.rmtree(workspace.layout.candidates_folder, ignore_errors=True)
    for name in _list_tables(workspace):
        contract = workspace.contracts.get(name)
        schema = _contract_schema(contract) if contract else None

        def rewrite(rows: pa.Table, schema: Mapping[str, Any] | None = schema) -> pa.Table | None:
            erased = erase_cells(rows, sought, schema)
            return erased.table if erased.cells else None

        workspace.lake.rewrite_history(name, contract.primary_key if contract else (), rewrite)


def _list_tables(workspace: Workspace) -> list[str]:
    """Returns the datasets of which there are rows, also those that have no contract any more."""
    lakes = workspace.layout.lakes
    return sorted(path.name for path in lakes.glob("*") if (path / "_delta_log").is_dir())


def _erase_releases(workspace: Workspace, request: ErasureRequest, sought: SoughtValues, now: datetime) -> None:
    """Freezes every release that holds a value once more without it, and records what its content is then."""
    note = {"on": now.date().isoformat(), "order": request.order, "erasure": request.number}
    for shelf in sorted(path for path in workspace.layout.releases.glob("*") if path.is_dir()):
        with hold_lock(shelf / ".lock"):
            remove_unfinished(shelf)
        for number in list_numbers(shelf):
            folder = shelf / number
            finish_refreezing(folder)
            if any(count_in_file(path, sought) for path in folder.iterdir()):
                refreeze_release(
                    folder, lambda rows, schema: erase_cells(rows, sought, schema).table, sought.blank_text, note
                )
            if request.number in (folder / DESCRIPTOR).read_text(encoding="utf-8"):
                _record_release(workspace, request, read_release(folder), now)


def _record_release(workspace: Workspace, request: ErasureRequest, release: Release, now: datetime) -> None:
    facts = {
        "erasure": request.number,
        "order": request.order,
        "dataset": release.dataset,
        "release": release.number,
        "content_hash": release.content_hash,
    }
    workspace.ledger.append_once(
        "redaction",
        now=now,
        actor=workspace.actor,
        reason="erased from a release",
        facts=facts,
        key=("erasure", "dataset", "release"),
    )


def _mask_ledger(workspace: Workspace, request: ErasureRequest, sought: SoughtValues, now: datetime) -> None:
    """Masks the lines that the decision declares; lines that were appended after it, or masked otherwise meanwhile, are declared by a further entry."""
    for decided in workspace.ledger.read_entries("erasure"):
        if decided.facts["erasure"] == request.number:
            mask_lines(workspace.layout, list_declared(decided), sought.mask_text, workspace.shared_ledger)
    if find_masked_lines(workspace.layout, sought.mask_text):
        decided = _declare_masked(workspace, request, sought, now)
        mask_lines(workspace.layout, list_declared(decided), sought.mask_text, workspace.shared_ledger)


def _mirror_storage(workspace: Workspace) -> None:
    """Deletes from the bucket, if there is one, what the home has no longer."""
    if workspace.storage is not None:
        from warehouse.storage.mirroring import mirror_home  # noqa: PLC0415 -- most installations have no bucket

        mirror_home(workspace.storage, workspace.ledger)


def _rebuild_warehouse(workspace: Workspace, now: datetime) -> None:
    """Deletes the analysts' file and the current files of the lake and builds them anew: a rebuild would copy old tables while the lake's version is the same."""
    if workspace.layout.warehouse.exists() or workspace.layout.currents.exists():
        workspace.layout.warehouse.unlink(missing_ok=True)
        rebuild_database(workspace.layout, warehouse_inputs(workspace), now)


def _conclude(workspace: Workspace, request: ErasureRequest, now: datetime) -> None:
    workspace.ledger.append_once(
        "erasure_end",
        now=now,
        actor=workspace.actor,
        reason="nothing is left",
        facts={"erasure": request.number},
        key=("erasure",),
    )
    forget_request(workspace, request.number)


def _contract_schema(contract: Contract) -> Mapping[str, Any]:
    return {"fields": contract.table_schema["fields"], "primaryKey": contract.primary_key}


def _refuse_waiting(waiting: Sequence[FoundPlace]) -> None:
    if waiting:
        names = "、".join("/".join(place.path.parts[-2:]) for place in waiting[:5])
        raise UsageError(
            Text(
                zh=f"收件夹中还有 {len(waiting)} 个待收文件含有要删除的值：{names}；请先退回报送单位，或运行 sportlake run 收下后再删除",
                en=f"{len(waiting)} files that wait in the inbox hold the value: {names}; give them back, or take them in with sportlake run first",
            )
        )


def _left_error(workspace: Workspace, left: Sequence[FoundPlace]) -> SportlakeError:
    names = ", ".join(str(place.path.relative_to(workspace.layout.home)) for place in left[:5])
    areas = "、".join(dict.fromkeys(describe_area(place.area).zh for place in left))
    return SportlakeError(
        Text(
            zh=f"仍有 {len(left)} 个文件含有该值（{areas}）：{names}；请关闭正在使用它们的程序后再次确认",
            en=f"{len(left)} files still hold the value: {names}; close the programs that use them and confirm again",
        )
    )
