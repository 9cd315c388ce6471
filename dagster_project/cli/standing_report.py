"""The tables of `sportlake status`: what came today, stands, waits to be mended, is not released and why, does not fit, is waived or runs out, who is late.

Read only. Not here: the command (`status.py`), which hand-ins are due (`pipelines/submissions/timeliness.py`).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from dagster_project.batches import find_waiting
from dagster_project.cli.console import print_message, print_table
from dagster_project.cli.report import describe_refusal, describe_waiting
from pipelines.desk.desk_view import list_today
from pipelines.publication.due import releases_due
from pipelines.publication.visible_release import visible_release
from pipelines.publication.withdrawal import active_withdrawals
from pipelines.refusal import find_refusal
from pipelines.relations.judged_relations import JudgedRelation, UnaskedRelation, find_standing_relations
from pipelines.review.approvals import find_ended_waiver, list_waiting
from pipelines.review.expiring_evidence import NOTICE_DAYS, list_expiring_evidence
from pipelines.review.waivers import list_waivers, split_waived
from pipelines.submissions.receipts.receipt_files import read_receipt
from pipelines.submissions.receipts.receipt_page import read_sentences
from pipelines.submissions.timeliness import find_owed_slices, find_sent_back
from pipelines.work_items.dispute_items import list_open_disputes
from pipelines.work_items.hand_in_items import find_misnamed_items
from pipelines.work_items.venue_items import find_venue_items
from pipelines.workspace import Workspace
from quality.relations.result import FINDING_PREFIX
from schemas.contract import Contract
from schemas.people import ROLE_NAMES
from schemas.relations import Relation
from schemas.slices import SliceKey, select_current
from warehouse.ledger.hand_in_days import HandInDays

MOST_TODAY = 20
MOST_DEPARTMENTS = 5
"""Departments that a broken relation names."""
EFFECTS = {
    "stops": "不能发布 stops",
    "waived": "已豁免 waived",
    "warning": "提醒，不影响发布 tells",
    "info": "仅供参考 informs",
}
"""What follows from a broken relation."""


def print_today(workspace: Workspace, now: datetime) -> None:
    """Prints what was handed in today, newest first, with state; at most `MOST_TODAY`, and how many in all."""
    lines, sentences = list_today(workspace, now, MOST_TODAY), read_sentences()
    count = workspace.ledger.open_view(HandInDays).count_received_on(now.date())
    rows = [
        (
            line.number,
            f"{line.dataset}/{line.department}/{line.period}" if line.dataset else f"{line.department}/{line.filename}",
            workspace.departments[line.department].zh if line.department in workspace.departments else "—",
            f"{sentences[f'receipts.state.{line.state}'].zh} {sentences[f'receipts.state.{line.state}'].en}",
        )
        for line in lines
    ]
    title = f"今天收到 {count} 份 Handed in today: {count}"
    if count > MOST_TODAY:
        title += f"（只列最近 {MOST_TODAY} 份，其余见工作台 the newest {MOST_TODAY}; the desk lists more）"
    heads = ("回执 receipt", "期间 slice", "报送单位", "现状 state")
    _print_or_say(heads, rows, title, "今天还没有收到报送", "nothing was handed in today")


def print_datasets(workspace: Workspace) -> None:
    """Prints one line per dataset: files waiting, slices and rows that stand, the release, and what is special about it."""
    waits = Counter(arrival.slice.dataset for arrival in find_waiting(workspace).arrivals if arrival.slice)
    withdrawn, rows = active_withdrawals(workspace), []
    for name, contract in workspace.contracts.items():
        slices = _current_slices(workspace, contract)
        made, shown, *_ = visible_release(workspace, name)
        newest = made[-1] if made else None
        notes = ["已停止开放 withdrawn"] if name in withdrawn else []
        notes += [f"已回退到 rolled back to {shown.number}"] if shown and shown != newest else []
        number = newest.number if newest else "—"
        rows.append((name, contract.title.zh, waits[name], len(slices), sum(slices.values()), number, "、".join(notes)))
    print_table(
        ("数据集 dataset", "名称", "待收 waiting", "有效分期 standing", "行 rows", "版本 release", ""),
        rows,
        title="有效数据 What stands",
    )


def print_sent_back(workspace: Workspace, now: datetime) -> None:
    """Prints what waits to be mended, since when and until when; also files that name no slice, as the desk counts them."""
    receipts = [receipt for name in workspace.contracts for receipt in find_sent_back(workspace, name)]
    receipts += [read_receipt(workspace, item.subject) for item in find_misnamed_items(workspace, now)]
    rows = [
        (
            receipt.number,
            "/".join(filter(None, (receipt.dataset, receipt.department, receipt.period))) or "—",
            receipt.department_name.zh if receipt.department_name else "—",
            receipt.received_at.date(),
            receipt.deadline.day if receipt.deadline else "—",
            receipt.reason.zh,
        )
        for receipt in sorted(receipts, key=lambda one: one.received_at)
    ]
    heads = ("回执 receipt", "期间 slice", "报送单位", "自 since", "期限 mend by", "原因 reason")
    _print_or_say(heads, rows, "退回修改 Waiting to be mended", "没有退回修改的报送", "nothing waits to be mended")


def print_unreleased(workspace: Workspace, now: datetime) -> None:
    """Prints the datasets whose current rows are not released, and why: the gate, people who must decide, or the next run."""
    waits = {one.dataset: describe_waiting(workspace, one) for one in list_waiting(workspace, now)}
    rows = []
    for name in releases_due(workspace):
        refused = find_refusal(workspace, name)
        lines = describe_refusal(refused) if refused else [waits[name]] if name in waits else []
        why = [f"{line.zh} / {line.en}" for line in lines] or [_describe_due(workspace, name, now)]
        rows += [(name, one) for one in why]
    for name in workspace.contracts:
        rows += [
            (name, f"编码 {one['key']} 在 {'、'.join(one['slices'])} 中重复，暂不发布 / held out until they agree")
            for one in list_open_disputes(workspace, name)
        ]
    _print_or_say(
        ("数据集 dataset", "原因 why"),
        rows,
        "未发布 Not released",
        "全部有效数据均已发布",
        "all that stands is released",
    )


def _describe_due(workspace: Workspace, dataset: str, now: datetime) -> str:
    """Returns why the next run looks at a dataset: a waiver has ended, or its rows or its contract are new."""
    ended = find_ended_waiver(workspace, dataset, now)
    if ended is None:
        return "待发布 due: sportlake run"
    return f"豁免已于 {ended} 到期，须重新审核：sportlake run / its waiver ended on {ended}; the next run takes it to the gate again"


def print_relations(workspace: Workspace, today: date) -> None:
    """Prints the relations between datasets that rows break: which, how many rows, of which departments, what follows, and how to waive it.

    Those that the engine could not ask follow: since when, why, and what to do.
    """
    found = find_standing_relations(workspace, today)
    broken = [(one, _find_effect(workspace, one, today)) for one in found.broken]
    rows = [
        (
            one.relation.dataset,
            one.relation.to,
            f"{one.relation.title.zh} {one.relation.title.en} ({FINDING_PREFIX}{one.relation.id})",
            one.result.rows,
            "、".join(_name_department(workspace, part.department) for part in one.result.broken[:MOST_DEPARTMENTS]),
            EFFECTS[effect],
        )
        for one, effect in broken
    ]
    heads = ("数据集 dataset", "对照 against", "关联关系 relation", "行 rows", "报送单位 departments", "结果")
    title = "与其他数据集不符 Does not fit another dataset"
    if rows or not found.unasked:
        _print_or_say(heads, rows, title, "各数据集之间没有不符", "all datasets fit each other")
    for one, effect in broken:
        if effect == "stops":
            _print_waiver(workspace, one.relation)
    _print_unasked(found.unasked)


def _print_waiver(workspace: Workspace, relation: Relation) -> None:
    """Prints the command that waives a relation which stops a release."""
    roles = workspace.contracts[relation.dataset].policy.waivers.roles
    command = f"sportlake waive {relation.dataset} {FINDING_PREFIX}{relation.id} --reason … --until … --as {workspace.people.name_holder(roles)}"
    print_message(
        f"更正后即可发布；只就这些行豁免：{command}",
        "once it is mended it passes; that command waives it for these rows",
    )


def _print_unasked(unasked: Sequence[UnaskedRelation]) -> None:
    rows = [
        (
            one.relation.dataset,
            one.relation.to,
            f"{one.relation.title.zh} {one.relation.title.en}",
            one.since.date() if one.since else "—",
        )
        for one in unasked
    ]
    if rows:
        heads = ("数据集 dataset", "对照 against", "关联关系 relation", "自 since")
        print_table(heads, rows, title="关联关系尚未核对 Not compared yet")
    for error in dict.fromkeys(one.error.text for one in unasked):
        print_message(f"原因：{error.zh}", f"because {error.en}")
    if rows:
        print_message(
            "引擎恢复后再运行 sportlake status；或在本机核对：SPORTLAKE_ENGINE=local sportlake status",
            "once the engine is back the same command asks them; the other one asks them on this machine",
        )


def _find_effect(workspace: Workspace, judged: JudgedRelation, today: date) -> str:
    """Returns what follows from a broken relation, as a key of `EFFECTS`."""
    finding, contract = judged.finding, workspace.contracts[judged.relation.dataset]
    if finding is None or finding.severity != "error":
        return judged.relation.severity
    remaining, _ = split_waived(workspace, contract, (), (finding,), today)
    return "stops" if remaining else "waived"


def print_venues(workspace: Workspace, now: datetime) -> None:
    """Prints how many pairs of records may be one venue, and whether records wait to be compared, from what is kept."""
    items = list(find_venue_items(workspace, now))
    for item in items:
        how = "" if item.command and item.command in item.text.zh else f"（{item.command}）"
        print_message(f"场馆：{item.text.zh}{how}", f"venues: {item.text.en}")
    if not items:
        print_message("没有待认定的场馆", "no venues wait to be confirmed")


def _name_department(workspace: Workspace, code: str) -> str:
    return workspace.departments[code].zh if code in workspace.departments else code


def print_waivers(workspace: Workspace, today: date) -> None:
    """Prints the objections of the gate that are waived today: which, by whom, until when and why."""
    rows = [
        (name, one.type, one.person, one.until, one.reason)
        for name in workspace.contracts
        for one in list_waivers(workspace, name)
        if today <= one.until
    ]
    heads = ("数据集 dataset", "审核意见 objection", "由 by", "至 until", "原因 why")
    _print_or_say(heads, rows, "豁免的审核意见 Waived", "没有豁免的审核意见", "nothing is waived")


def print_expiring(workspace: Workspace, today: date) -> None:
    """Prints the evidence that ends soon or has ended, and who renews it."""
    rows = [
        (
            one.dataset,
            f"{one.name.zh} {one.name.en}",
            f"{one.until}{' 已过期 over' if one.expired else ''}",
            one.person or "—",
            f"{ROLE_NAMES[one.role].zh} {ROLE_NAMES[one.role].en}",
        )
        for one in list_expiring_evidence(workspace, today)
    ]
    heads = ("数据集 dataset", "材料 evidence", "至 until", "登记人 by", "由谁续办 for")
    _print_or_say(heads, rows, "即将到期 Runs out", f"{NOTICE_DAYS} 天内没有到期的材料", "no evidence runs out soon")


def print_late(workspace: Workspace, today: date) -> None:
    """Prints what should have been handed in by today and does not stand."""
    owed = [one for contract in workspace.contracts.values() for one in find_owed_slices(workspace, contract, today)]
    rows = [
        (one.slice.dataset, workspace.departments[one.slice.department].zh, one.slice.period, one.deadline.day)
        for one in owed
        if one.is_late(today)
    ]
    heads = ("数据集 dataset", "报送单位 department", "期间 period", "应于 due by")
    _print_or_say(heads, rows, "逾期未报 Late", "没有逾期未报的", "nobody is late")


def _print_or_say(heads: tuple[str, ...], rows: Sequence[tuple[object, ...]], title: str, zh: str, en: str) -> None:
    if rows:
        print_table(heads, rows, title=title)
    else:
        print_message(zh, en)


def _current_slices(workspace: Workspace, contract: Contract) -> dict[SliceKey, int]:
    """Returns the rows of the slices that stand: of a snapshot each department's newest period, otherwise all periods."""
    there = workspace.lake.count_slice_rows(contract)
    return {key: there[key] for key in select_current(there, contract.policy.mode)}
