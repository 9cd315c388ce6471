"""The report after a run: the files, the releases, the catalogues, and the entry points.

Not here: running the pipeline (`progress.py`), the receipts' own text (`pipelines/submissions/receipts/receipt.py`).
"""

import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.static_site.browser_programs import read_programs
from dagster_project.cli.console import make_console, print_error, print_message, print_table
from pipelines.refusal import find_refusal
from pipelines.review.approvals import list_disputes
from pipelines.submissions.comparisons.shared_keys import SHARED_KEY
from pipelines.submissions.inbox.inbox import Arrival
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.receipts.receipt_files import find_words, read_receipt
from pipelines.submissions.receipts.receipt_page import group_findings
from pipelines.workspace import Workspace
from quality.verdict import Outcome
from schemas.assessments import describe_kinds
from schemas.people import describe_roles
from schemas.slices import select_current
from schemas.text import Text
from warehouse.releases.releases import Release, list_releases

if TYPE_CHECKING:
    from catalog.plan import Withdrawal
    from dagster_project.runs import RunResult
    from dagster_project.settings import Settings
    from pipelines.review.approvals import WaitingCandidate
    from warehouse.lake.standing import StandingSubmission
    from warehouse.ledger.ledger import LedgerEntry


def print_failures(workspace: Workspace, ran: "Sequence[RunResult]") -> bool:
    """Prints what failed and what the gate refused, with rows, departments and receipts; returns whether there was anything."""
    for one in ran:
        for dataset, objection in one.objections.items():
            _print_refusal(workspace, dataset, objection)
        for failure in one.failures:
            print_message(
                f"出错（Dagster 运行 {one.run_id[:8]}）：{failure}",
                "something broke; what was done before stays, run again to go on",
            )
    return any(one.failures or one.objections for one in ran)


def _print_refusal(workspace: Workspace, dataset: str, objection: str) -> None:
    refused = find_refusal(workspace, dataset)
    if refused is None:
        zh, _, en = objection.partition("\n")
        print_message(f"发布审核未通过 {dataset}：{zh}", f"{dataset} stopped at the gate: {en}")
        return
    print_message(f"发布审核未通过 {dataset}：", f"{dataset} stopped at the gate:")
    for line in describe_refusal(refused):
        print_message(f"  {line.zh}", line.en)


def describe_refusal(refused: "LedgerEntry") -> list[Text]:
    """Returns one line for each objection: what it is, in which rows, of which departments, on which receipts."""
    lines = []
    for one in refused.facts["objections"]:
        rows, slices = "、".join(map(str, one["rows"])), "、".join(one["slices"])
        receipts = "、".join(one["receipts"])
        zh = [
            one["message"]["zh"],
            rows and f"行 {rows}",
            slices and f"报送单位/期间 {slices}",
            receipts and f"回执 {receipts}",
        ]
        en = [
            one["message"]["en"],
            rows and f"rows {rows}",
            slices and f"slices {slices}",
            receipts and f"receipts {receipts}",
        ]
        lines.append(Text(zh="；".join(filter(None, zh)), en="; ".join(filter(None, en))))
    return lines


def print_published(names: Iterable[str], ran: "Sequence[RunResult]") -> None:
    """Prints the outcome for each of these catalogues; one that no run touched has changed nothing."""
    failed = {step for one in ran for step in one.steps}
    changed = {name: count for one in ran for name, count in one.changed.items()}
    for name in names:
        if f"publish_{name}" in failed:
            print_message(f"目录 {name}：更新未完成", f"the catalogue {name}: not brought up to date")
        else:
            count = changed.get(name, 0)
            print_message(f"目录 {name}：改动 {count} 个条目", f"the catalogue {name}: {count} entries changed")


def print_lacking_programs(settings: "Settings") -> None:
    """Prints, where the programs of pages with whole tables are not installed, that the static catalogue lacks these pages."""
    if not read_programs(settings.browser_packages):
        print_message(
            "静态目录没有全表浏览页面：缺少浏览器程序，可用 make setup 安装",
            "the static catalogue has no pages with whole tables: their programs are missing, make setup installs them",
        )


def print_waiting(workspace: Workspace, waits: "Sequence[WaitingCandidate]") -> None:
    """Prints the candidates that wait for people, for whom, and the command that shows more."""
    for one in waits:
        reasons = describe_waiting(workspace, one)
        print_message(f"{one.dataset} {reasons.zh}", reasons.en)
    if waits:
        print_message(
            "查看待发布内容：sportlake candidate 数据集", "sportlake candidate DATASET shows what would become public"
        )


def describe_waiting(workspace: Workspace, one: "WaitingCandidate") -> Text:
    """Returns for whose approval a candidate waits, by role and name, or who refused it and why, and which assessments it lacks."""
    refused = [
        Text(
            zh=f"{decision.person}（{describe_roles([decision.role]).zh}）不同意：{decision.reason}",
            en=f"refused by {decision.person} ({describe_roles([decision.role]).en}): {decision.reason}",
        )
        for decision in one.review.refusals
    ]
    names = {
        role: "、".join(who.name for who in workspace.people.list_holders([role])) for role in one.review.undecided
    }
    missing = [
        Text(
            zh=f"等待{describe_roles([role]).zh}审批（{named or '名单中尚无，sportlake people add'}）",
            en=f"waits for approval by a {describe_roles([role]).en} ({named or 'nobody yet: sportlake people add'})",
        )
        for role, named in names.items()
    ]
    lacking = [
        Text(
            zh=f"还须登记{describe_kinds(one.review.lacking).zh}（sportlake assess）",
            en=f"not on record yet: {describe_kinds(one.review.lacking).en} (sportlake assess)",
        )
    ]
    reasons = [*refused, *missing, *(lacking if one.review.lacking else [])]
    return Text(zh="；".join(text.zh for text in reasons), en="; ".join(text.en for text in reasons))


def print_releases(
    workspace: Workspace,
    made: dict[str, str],
    ran: "Sequence[RunResult]",
    waits: "Sequence[WaitingCandidate]" = (),
) -> None:
    """Prints the releases made by this run; that there was nothing to release only if the gate refused nothing and nothing waits."""
    if not made and (waits or any(one.objections or one.failures for one in ran)):
        return
    if not made:
        print_message("没有需要发布的变化。", "Nothing new to release.")
        return
    print_message(f"\n新版本 {len(made)} 个：{workspace.layout.releases}", f"{len(made)} new releases")
    rows = []
    for dataset, number in made.items():
        last = list_releases(workspace.layout, dataset)[-1]
        approved = describe_approvals(last)
        rows.append((dataset, workspace.contracts[dataset].title.zh, number, last.rows, f"{approved.zh} {approved.en}"))
        for one in list_disputes(workspace, dataset):
            print_message(
                f"{dataset} 编码 {one['key']} 在 {'、'.join(one['slices'])} 中重复，相关行暂不发布",
                "held out until these departments agree",
            )
    print_table(("数据集 dataset", "名称 title", "版本 release", "行数 rows", "审批 approved by"), rows)


def describe_approvals(made: Release) -> Text:
    """Returns the roles that approved a release as it is on record, invented people marked; a dash if nobody had to."""
    lines = []
    for one in made.approvals:
        role = describe_roles([one["role"]])
        lines.append(Text(zh=f"{role.zh}（虚构）", en=f"{role.en} (invented)") if one.get("synthetic") else role)
    return Text(zh="、".join(one.zh for one in lines) or "—", en=", ".join(one.en for one in lines))


def print_entry_points(workspace: Workspace, desk: Path) -> None:
    """Prints the entry points: the desk, the warehouse with a query to paste if it has rows, the catalogue, Dagster."""
    print_message(f"工作台：{desk}", "the desk: what came, who must do what, what was decided")
    query = _suggest_query(workspace)
    print_message(f"分析库：{workspace.layout.warehouse}", f"the warehouse, for SQL{':' if query else ''}")
    if query:
        words = (_command_path("duckdb"), str(workspace.layout.warehouse))
        make_console().print(f'  {shlex.join(words)} "{query}"', markup=False, soft_wrap=True)
    print_message(f"开放目录：{workspace.layout.catalogue / 'index.html'}", "the catalogue, for everybody")
    print_message(
        f"运行与质量：{_command_path('sportlake')} dagster（http://127.0.0.1:3000）", "runs and quality, for stewards"
    )


def _suggest_query(workspace: Workspace) -> str | None:
    """Returns a query that gives rows: facilities by division, or the first rows of another dataset; None for an empty lake."""
    for contract in sorted(workspace.contracts.values(), key=lambda contract: contract.name != "facility"):
        counts = workspace.lake.count_slice_rows(contract)
        if not any(counts[key] for key in select_current(counts, contract.policy.mode)):
            continue
        if contract.name == "facility" and any(field.name == "admin_code" for field in contract.fields):
            return "select admin_code, count(*) as n from facility group by all order by n desc limit 5"
        return f"from {contract.name} limit 5"
    return None


def _command_path(command: str) -> str:
    """Returns how to call a command of our environment from here, also if the environment is not activated."""
    path = Path(sys.executable).with_name(command)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


_OUTCOME_TEXTS: dict[Outcome, tuple[str, str]] = {
    "accept": ("接收", "accepted"),
    "hold_back": ("接收，部分行暂缓", "accepted, rows held back"),
    "quarantine": ("退回修改", "quarantined"),
    "refused": ("拒收", "refused"),
}
# This many kinds of findings are named for each file.
_MAX_TYPES = 3


def print_receipts(workspace: Workspace, arrivals: Sequence[Arrival]) -> None:
    """Prints counts by outcome, and a line for every file not accepted completely: why, and where its receipt is."""
    judged = {a.place: read_receipt(workspace, a.number) for a in arrivals if _has_receipt(workspace, a)}
    receipts = list(judged.values())
    if not arrivals:
        print_message("收件夹没有新文件。", "Nothing new in the inbox.")
        return
    counted = Counter(receipt.outcome for receipt in receipts)
    for outcome, (zh, en) in _OUTCOME_TEXTS.items():
        if counted[outcome]:
            print_message(f"{zh}：{counted[outcome]} 份", f"{en}: {counted[outcome]}")
    rows = sum(receipt.rows for receipt in receipts)
    taken = sum(receipt.accepted for receipt in receipts)
    print_message(f"共 {rows} 行，入库 {taken} 行", f"{rows} rows read, {taken} of them in the lake")
    for place, receipt in judged.items():
        if receipt.outcome != "accept":
            _print_receipt(workspace, place, receipt)
    if lost := len(arrivals) - len(receipts):
        print_message(f"有 {lost} 份未处理完，再次运行即可继续", f"{lost} are not finished; run again to go on")


def print_answer(
    workspace: Workspace, number: str, before: "StandingSubmission | None", after: "StandingSubmission | None"
) -> None:
    """Prints the answer to one hand-in: its receipt, whether it is what stands now, and what it replaced."""
    receipt = read_receipt(workspace, number)
    print_message(f"回执编号 {number}：{workspace.layout.receipt_file(number, 'html')}", "receipt")
    print_message(receipt.reason.zh, receipt.reason.en)
    for one in [one for one in receipt.findings if one.type == SHARED_KEY][:_MAX_TYPES]:
        print_message(f"第 {one.row} 行：{one.message.zh}", one.message.en)
    _print_remarks(workspace, receipt)
    if receipt.outcome == "refused" and receipt.findings and (mend := receipt.findings[0].mend):
        print_message(mend.zh, mend.en)
    if after is not None and after.number == number:
        if before is None:
            print_message("已成为当前有效数据；此前没有数据", "it is what stands now; nothing stood before")
        elif before.number == number:
            print_message("与当前有效数据相同，未作改动", "these bytes are what stood already; nothing changed")
        else:
            print_message(
                f"已成为当前有效数据，替换 {before.number}（{before.rows} 行）",
                f"it is what stands now and replaced {before.number} ({before.rows} rows)",
            )
    elif receipt.dataset is None:
        print_message("未收入任何数据，现有数据未作改动", "nothing was taken; what stands is unchanged")
    elif after is not None:
        print_message(
            f"未成为当前有效数据；当前有效的仍是 {after.number}（{after.rows} 行）",
            f"it is not what stands; {after.number} ({after.rows} rows) still does",
        )
    else:
        print_message("未成为当前有效数据；目前没有有效数据", "it is not what stands; nothing does")
    if receipt.deadline is not None:
        print_message(
            f"请于 {receipt.deadline.day} 前修改后重新报送", f"mend it and hand it in again by {receipt.deadline.day}"
        )


def _print_remarks(workspace: Workspace, receipt: Receipt) -> None:
    """Prints the first kinds of warnings of a file that was taken whole: who typed another year learns it there."""
    if receipt.outcome != "accept":
        return
    groups = group_findings(receipt, find_words(workspace, receipt.dataset))
    remarks = [group for group in groups if group.shown[0].severity == "warning"]
    for group in remarks[:_MAX_TYPES]:
        print_message(f"请核对：{group.heading.zh}（{group.count} 处）", f"look at: {group.heading.en} ({group.count})")
    if (rest := len(remarks) - _MAX_TYPES) > 0:
        print_message(f"另有 {rest} 类提示，见回执", f"{rest} more kinds of remarks: see the receipt")


def print_rejudged(receipts: Sequence[Receipt], problems: Sequence[Text]) -> None:
    """Prints what was judged again because something that it depended on changed, and corrections that could not be read."""
    for receipt in receipts:
        zh, en = _OUTCOME_TEXTS[receipt.outcome]
        print_message(f"重新判定 {receipt.rejudges} → {receipt.number}：{zh}", f"judged again: {en}")
    for problem in problems:
        print_error(problem)


def print_withdrawn(found: "Sequence[Withdrawal]") -> None:
    """Prints the datasets that are no longer public, because all of their data were retracted."""
    for one in found:
        print_message(
            f"{one.dataset} 已停止开放：{one.reason.zh}；重新有数据并发布后自动恢复",
            f"no longer public: {one.reason.en}; it comes back by itself with the next release",
        )


def print_unstorable(found: Sequence[tuple[Arrival, Text]]) -> None:
    """Prints the files that could not be stored, and why; they wait until somebody corrects them."""
    for arrival, reason in found:
        print_message(f"{arrival.place}：{reason.zh}", reason.en)


def _has_receipt(workspace: Workspace, arrival: Arrival) -> bool:
    return workspace.layout.receipt_file(arrival.number, "json").is_file()


def _print_receipt(workspace: Workspace, place: str, receipt: Receipt) -> None:
    zh, en = _OUTCOME_TEXTS[receipt.outcome]
    print_message(f"\n{place}：{zh}", en)
    words = find_words(workspace, receipt.dataset)
    groups = [group for group in group_findings(receipt, words) if group.heading != receipt.reason]
    for group in groups[:_MAX_TYPES]:
        print_message(f"  {group.heading.zh}（{group.count} 处）", f"{group.heading.en} ({group.count})")
    if (rest := len(groups) - _MAX_TYPES) > 0:
        print_message(f"  另有 {rest} 类问题，见回执", f"{rest} more kinds of findings: see the receipt")
    print_message(f"  {receipt.reason.zh}", receipt.reason.en)
    print_message(f"  回执 receipt: {workspace.layout.receipt_file(receipt.number, 'html')}", "")
