"""Work items of departments about their own hand-ins: what was sent back, rows held back of what stands, what is due.

Not here: the same facts as a check in Dagster or a table of `sportlake status` (`pipelines/submissions/timeliness.py` says both what they
are).
"""

import shlex
from collections.abc import Iterator
from datetime import datetime

from pipelines.submissions.receipts.hand_in_lines import HandInLine, is_slice, list_hand_in_lines
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.receipts.receipt_files import read_receipt
from pipelines.submissions.timeliness import find_owed_slices, find_sent_back
from pipelines.work_items.work_item import ItemKind, WorkItem
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.slices import SliceKey, parse_slice, period_order, select_current
from schemas.text import Text
from warehouse.deadlines import OwedSlice
from warehouse.lake.standing import (
    StandingSubmission,
    find_last_hand_in,
    find_standing,
    list_hand_ins,
    list_sent_back,
    list_standing,
)
from warehouse.ledger.hand_in_index import SENT_BACK

MOST_LOOKED_AT = 200


def find_mend_items(workspace: Workspace, _now: datetime) -> Iterator[WorkItem]:
    """Yields an item for each slice whose newest file was quarantined or refused."""
    for name in workspace.contracts:
        for receipt in find_sent_back(workspace, name):
            why = receipt.reason
            yield _make_receipt_item(
                "mend",
                receipt,
                Text(
                    zh=f"请修改后重新报送{_name_hand_in(receipt).zh}：{why.zh}",
                    en=f"mend {_name_hand_in(receipt).en} and hand it in again: {why.en}",
                ),
            )


def find_misnamed_items(workspace: Workspace, _now: datetime) -> Iterator[WorkItem]:
    """Yields an item for each file that was refused because it names no slice, until its department hands it in anew.

    One that lay in no department's folder is for the steward. Looked for among the newest `MOST_LOOKED_AT` hand-ins of a department.
    """
    received = [
        entry
        for verdict in list_sent_back(workspace.ledger)
        for entry in workspace.ledger.find_entries("submission", "number", verdict.facts["number"])
    ]
    owners = dict.fromkeys(
        entry.facts["department"] for entry in received if not is_slice(workspace, entry.facts["place"])
    )
    for owner in owners:
        newest = workspace.ledger.find_newest("submission", "department", owner, MOST_LOOKED_AT)
        for line in list_hand_in_lines(workspace, newest):
            if not line.dataset and line.state in SENT_BACK:
                yield _make_misnamed_item(workspace, line)


def find_held_back_items(workspace: Workspace, _now: datetime) -> Iterator[WorkItem]:
    """Yields an item for each slice that stands without some of its rows; not where a later file of the slice waits to be mended.

    Of a snapshot only each department's newest period counts, because the others are replaced by it.
    """
    for standing in _list_current(workspace):
        verdicts = workspace.ledger.find_entries("verdict", "number", standing.number)
        last = find_last_hand_in(workspace.ledger, standing.slice)
        if not verdicts or verdicts[-1].facts["outcome"] != "hold_back" or not last:
            continue
        if last.facts["number"] == standing.number:
            receipt = read_receipt(workspace, standing.number)
            yield _make_receipt_item(
                "held_back",
                receipt,
                Text(
                    zh=f"{_name_hand_in(receipt).zh}有 {receipt.held_back} 行因错误暂缓；请修改后重新报送整份文件",
                    en=f"of {_name_hand_in(receipt).en} {receipt.held_back} row{'' if receipt.held_back == 1 else 's'} held back because of errors; mend them and hand in the whole file again",
                ),
            )


def find_hand_in_items(workspace: Workspace, now: datetime) -> Iterator[WorkItem]:
    """Yields an item for each slice that is due or late; not where its newest file waits to be mended, which is an item itself."""
    for contract in workspace.contracts.values():
        waiting = {(one.department, one.period) for one in find_sent_back(workspace, contract.name)}
        for owed in find_owed_slices(workspace, contract, now.date()):
            if not owed.stands and (owed.slice.department, owed.slice.period) not in waiting:
                yield _make_owed_item(contract, owed)


def _list_current(workspace: Workspace) -> Iterator[StandingSubmission]:
    """Yields what stands, of a snapshot only each department's newest period."""
    standing = {parse_slice(slice_): one for slice_, one in list_standing(workspace.ledger).items()}
    for name, contract in workspace.contracts.items():
        mine = [key for key in standing if key.dataset == name and key.department in workspace.departments]
        yield from (standing[key] for key in select_current(mine, contract.policy.mode))


def write_submit_command(workspace: Workspace, key: SliceKey) -> str:
    """Returns the command by which a department hands the corrected file of a slice in again; "" if nothing stands for the slice."""
    standing = find_standing(workspace.ledger, str(key))
    handed_in = list_hand_ins(workspace.ledger, str(key)) if standing else ()
    names = [one.facts["filename"] for one in handed_in if standing and one.facts["number"] == standing.number]
    return _format_submit(names[0], key.dataset, key.department, key.period) if names else ""


def write_mend_command(workspace: Workspace, dataset: str, department: str) -> str:
    """Returns the command by which a department hands in again its newest rows of a dataset that stand; that for its template if none do."""
    standing = (parse_slice(slice_) for slice_ in list_standing(workspace.ledger))
    mine = [key for key in standing if (key.dataset, key.department) == (dataset, department)]
    newest = max(mine, key=lambda key: period_order(key.period), default=None)
    command = write_submit_command(workspace, newest) if newest else ""
    return command or _format_template(dataset, department)


def _format_template(dataset: str, department: str) -> str:
    return f"sportlake template {dataset} --department {department}"


def _format_submit(filename: str, dataset: str | None, department: str | None, period: str | None) -> str:
    # What follows the period in the name of a file is free, so that it may be meant for the shell of whoever copies the command.
    return f"sportlake submit {shlex.quote(filename)} --dataset {dataset} --department {department} --period {period}"


def _make_receipt_item(kind: ItemKind, receipt: Receipt, text: Text) -> WorkItem:
    return WorkItem(
        kind=kind,
        dataset=receipt.dataset,
        subject=receipt.number,
        text=text,
        since=receipt.received_at.date(),
        department=receipt.department,
        due=receipt.deadline.day if receipt.deadline else None,
        command=_format_submit(receipt.filename, receipt.dataset, receipt.department, receipt.period),
        page=f"receipts/{receipt.number}.html",
    )


def _make_misnamed_item(workspace: Workspace, line: HandInLine) -> WorkItem:
    reason = read_receipt(workspace, line.number).reason
    is_known = line.department in workspace.departments
    return WorkItem(
        kind="mend",
        dataset=None,
        subject=line.number,
        text=Text(
            zh=f"请改正后重新报送 {line.filename}：{reason.zh}",
            en=f"put {line.filename} right and hand it in again: {reason.en}",
        ),
        since=line.day,
        department=line.department if is_known else None,
        role=None if is_known else "steward",
        due=line.deadline,
        page=f"receipts/{line.number}.html",
    )


def _make_owed_item(contract: Contract, owed: OwedSlice) -> WorkItem:
    key: SliceKey = owed.slice
    return WorkItem(
        kind="hand_in",
        dataset=contract.name,
        subject=str(key),
        text=Text(
            zh=f"请报送“{contract.title.zh}”{key.period}",
            en=f"hand in {contract.title.en} {key.period}",
        ),
        since=owed.ended,
        department=key.department,
        due=owed.deadline.day,
        command=_format_template(contract.name, key.department),
    )


def _name_hand_in(receipt: Receipt) -> Text:
    title = receipt.title or Text(zh=receipt.filename, en=receipt.filename)
    return Text(zh=f"“{title.zh}”{receipt.period}", en=f"{title.en} {receipt.period}")
