"""The files of a receipt, JSON and page: reading them, writing them, and marking them with what was decided later.

Not here: the annotated workbook, what a receipt says (`receipt.py`), the layout of the page (`receipt_page.py`), decisions.
"""

from collections.abc import Iterator, Mapping

from pipelines.submissions.finding_words import FindingWords
from pipelines.submissions.receipts import receipt_page
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.receipts.verdict_facts import find_acceptances
from pipelines.workspace import Workspace
from schemas.errors import UsageError
from schemas.text import Text
from warehouse.atomic_files import write_atomically
from warehouse.lake.standing import is_retracted
from warehouse.ledger.ledger import EntryKind, Ledger, LedgerEntry


def read_receipt(workspace: Workspace, number: str) -> Receipt:
    """Returns the receipt with that number; raises UsageError if there is none."""
    path = workspace.layout.receipt_file(number, "json")
    if not path.is_file():
        raise UsageError(Text(zh=f"没有编号为 {number} 的回执", en=f"there is no receipt {number}"))
    return Receipt.model_validate_json(path.read_text(encoding="utf-8"))


def write_receipt(workspace: Workspace, receipt: Receipt) -> None:
    """Writes the page, then the JSON: if the JSON exists, the receipt is complete."""
    page = receipt_page.render_receipt(receipt, find_words(workspace, receipt.dataset), synthetic=workspace.synthetic)
    write_atomically(workspace.layout.receipt_file(receipt.number, "html"), page)
    write_atomically(workspace.layout.receipt_file(receipt.number, "json"), receipt.model_dump_json(indent=1))


def mark_receipt(workspace: Workspace, number: str) -> Receipt:
    """Writes onto a receipt what the ledger says was decided about it since, and returns it; a second call changes nothing."""
    receipt = read_receipt(workspace, number)
    notes = tuple(_describe_decisions(workspace.ledger, number, name_findings(workspace, receipt)))
    marked = receipt.model_copy(update={"notes": notes, "retracted": is_retracted(workspace.ledger, number)})
    if marked == receipt:
        return receipt
    with workspace.replace_files([workspace.layout.receipt_file(number, suffix) for suffix in ("html", "json")]):
        write_receipt(workspace, marked)
    return marked


def name_findings(workspace: Workspace, receipt: Receipt) -> dict[str, Text]:
    """Returns the types of findings that a receipt lists, each with its heading in words."""
    words = find_words(workspace, receipt.dataset)
    return {group.type: group.heading for group in receipt_page.group_findings(receipt, words)}


def find_words(workspace: Workspace, dataset: str | None) -> FindingWords:
    """Returns the words for findings on files of a dataset; without one, or for one that is gone, ids stay."""
    return FindingWords(workspace.contracts.get(dataset) if dataset else None, workspace.codelists)


def _describe_decisions(ledger: Ledger, number: str, named: Mapping[str, Text]) -> Iterator[Text]:
    """Yields one sentence for each decision about the submission, oldest first. `named`: types of findings in words."""
    kinds: tuple[EntryKind, ...] = ("retraction", "reinstatement", "redaction")
    decisions = [entry for kind in kinds for entry in ledger.find_entries(kind, "number", number)]
    decisions += find_acceptances(ledger, number)
    own = [entry for entry in ledger.find_entries("submission", "number", number) if entry.facts.get("rejudges")]
    yield from (_describe_origin(entry) for entry in own)
    for entry in sorted(decisions, key=lambda one: one.seq):
        yield _describe_acceptance(entry, named) if entry.kind == "acceptance" else _DESCRIPTIONS[entry.kind](entry)
    for entry in ledger.find_entries("submission", "rejudges", number):
        yield _describe_rejudgement(entry)


def _describe_origin(entry: LedgerEntry) -> Text:
    before, day = entry.facts["rejudges"], f"{entry.at:%Y-%m-%d}"
    return Text(
        zh=f"本回执是 {day} 对 {before} 的重新判定，文件未变",
        en=f"on {day} {before} was judged again: the same file, this receipt",
    )


def _describe_rejudgement(entry: LedgerEntry) -> Text:
    after, day = entry.facts["number"], f"{entry.at:%Y-%m-%d}"
    return Text(zh=f"已于 {day} 重新判定，以回执 {after} 为准", en=f"judged again on {day}; receipt {after} holds")


def _describe_retraction(entry: LedgerEntry) -> Text:
    day, why = f"{entry.at:%Y-%m-%d}", entry.facts["reason"]
    return Text(
        zh=f"本次报送已于 {day} 由 {entry.who} 撤回，不再有效：{why}",
        en=f"taken back by {entry.who} on {day} and no longer in force: {why}",
    )


def _describe_reinstatement(entry: LedgerEntry) -> Text:
    day, why = f"{entry.at:%Y-%m-%d}", entry.facts["reason"]
    return Text(zh=f"{entry.who} 于 {day} 取消撤回：{why}", en=f"{entry.who} undid that on {day}: {why}")


def _describe_acceptance(entry: LedgerEntry, named: Mapping[str, Text]) -> Text:
    day, facts = f"{entry.at:%Y-%m-%d}", entry.facts
    tolerated = [named.get(one, Text(zh=one, en=one)) for one in facts["findings"]]
    return Text(
        zh=f"{facts['who']} 于 {day} 决定接收：{facts['reason']}（放行的问题：{'；'.join(one.zh for one in tolerated)}）",
        en=f"accepted by {facts['who']} on {day}: {facts['reason']} (in spite of {'; '.join(one.en for one in tolerated)})",
    )


def _describe_redaction(entry: LedgerEntry) -> Text:
    day, order, kept = f"{entry.at:%Y-%m-%d}", entry.facts["order"], entry.facts["sha256"] is not None
    return Text(
        zh=f"已于 {day} 按 {order} 删除其中部分内容；原件{'只保留删除后的副本' if kept else '不再保存'}，上面的文件指纹仍是报送时的",
        en=f"on {day} something was erased from it under {order}; {'a copy without it is kept' if kept else 'the original is no longer kept'}, and the fingerprint above is that of the file as handed in",
    )


_DESCRIPTIONS = {
    "redaction": _describe_redaction,
    "retraction": _describe_retraction,
    "reinstatement": _describe_reinstatement,
}
