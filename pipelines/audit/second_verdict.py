"""A second verdict on a file: judged again as at its receipt, and compared with what the receipt says.

The file is judged by today's contract and code, in the state that the installation had right before the first verdict; a contract or code
that differs from the receipt's is reported. If the receipt is from another installation, comparisons with other hand-ins are left out.
Read only. Not here: that earlier state (`past_state.py`), a new verdict that replaces the old one
(`pipelines/submissions/decisions/rejudging.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from pipelines.audit.given_files import find_given_file
from pipelines.audit.past_state import PastState
from pipelines.intake import judge_original
from pipelines.submissions.inbox.submission import Submission, read_submission
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.receipts.receipt_files import read_receipt
from pipelines.submissions.receipts.verdict_facts import describe_verdict
from pipelines.submissions.validation import Validation
from pipelines.workspace import Workspace
from quality.brief_findings import count_unlisted
from quality.findings import count_by_type
from schemas.contract import find_contract
from schemas.errors import UsageError
from schemas.execution.code_version import read_code_version
from schemas.execution.temporary_folders import open_temporary_folder
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.atomic_files import file_sha256
from warehouse.ledger.ledger import LedgerEntry


@dataclass(frozen=True)
class SecondVerdict:
    """The result of judging again.

    `differences`: what differs from the receipt. `notes`: circumstances that have changed since, and checks that were left out.
    """

    receipt: Receipt
    differences: tuple[Text, ...]
    notes: tuple[Text, ...]

    @property
    def same(self) -> bool:
        """Whether file and verdict are those of the receipt."""
        return not self.differences


def verify_receipt(workspace: Workspace, asked: str, file: Path) -> SecondVerdict:
    """Judges `file` again and compares it with a receipt: the JSON file of one, or its number here.

    Raises UsageError if there is no such receipt or file, or its dataset is not known here.
    """
    receipt = _read_asked(workspace, asked)
    if not file.is_file():
        raise UsageError(Text(zh=f"找不到文件 {file}，请检查路径", en=f"there is no file {file}; check the path"))
    differences = list(_compare_file(receipt, file))
    if receipt.dataset is None or receipt.department is None or receipt.period is None:
        note = Text(
            zh="这份回执是因文件名或位置拒收的，没有判定内容，只核对了文件",
            en="this receipt refuses the file for its name or place; its content was not judged, only the file was compared",
        )
        return SecondVerdict(receipt, tuple(differences), (note,))
    find_contract(workspace.contracts, receipt.dataset)
    entry = _find_verdict(workspace, receipt)
    notes = list(_compare_circumstances(workspace, receipt, entry))
    with open_temporary_folder() as folder:
        past = PastState(workspace, folder)
        submission = _find_submission(workspace, receipt, entry)
        validation = judge_again(past, submission, file, entry, notes)
    if entry is not None and not _says_same(receipt, entry):
        differences.append(Text(zh="回执的判定与台账不符", en="the receipt says another verdict than the ledger does"))
    return SecondVerdict(receipt, (*differences, *compare_verdict(receipt, validation)), tuple(notes))


def judge_again(
    past: PastState,
    submission: Submission,
    file: Path,
    verdict: LedgerEntry | None,
    notes: list[Text],
    workspace: Workspace | None = None,
    *,
    in_full: bool = False,
) -> Validation:
    """Judges a file as the original of a submission, in the state right before an earlier verdict, and returns the validation.

    `verdict`: the ledger entry of that verdict; None if the submission is not of this installation. Corrections that have been deleted
    since are added to `notes`. `workspace`: the same state with another contract; `past.workspace` by default. `in_full`: as in
    `validate_submission`.
    """
    if verdict is not None:
        past.advance_to(verdict.seq - 1)
        if submission.slice is not None:
            day = (submission.judged_at or submission.received_at).date()
            missing = past.keep_corrections(submission.slice, day, verdict.facts.get("corrections", ()))
            if missing:
                notes.append(
                    Text(
                        zh=f"{submission.number}：判定时的 {missing} 条更正记录现已不在",
                        en=f"{submission.number}: {missing} corrections that were on record then are gone",
                    )
                )
    past.place_original(submission, file)
    return judge_original(workspace or past.workspace, submission, in_full=in_full)


def compare_verdict(receipt: Receipt, validation: Validation) -> Iterator[Text]:
    """Yields the differences between a validation and a receipt: outcome, row counts, findings by type."""
    verdict, counts = validation.verdict, count_by_type(validation.findings, count_unlisted(validation.unlisted))
    pairs = [
        (Text(zh="判定", en="verdict"), receipt.outcome, verdict.outcome),
        (Text(zh="行数", en="rows"), receipt.rows, verdict.rows),
        (Text(zh="接收行", en="rows taken"), receipt.accepted, verdict.accepted),
        (Text(zh="暂缓行", en="rows held back"), receipt.held_back, len(verdict.held_back)),
    ]
    kinds = dict.fromkeys([*receipt.counts, *counts])
    pairs += [
        (Text(zh=f"问题 {kind}", en=f"findings {kind}"), receipt.counts.get(kind, 0), counts.get(kind, 0))
        for kind in kinds
    ]
    for what, then, now in pairs:
        if then != now:
            yield Text(
                zh=f"{what.zh}：回执为 {then}，重新判定为 {now}", en=f"{what.en}: {then} on the receipt, {now} now"
            )


def _read_asked(workspace: Workspace, asked: str) -> Receipt:
    path = find_given_file(asked)
    if path is None:
        return read_receipt(workspace, asked)
    try:
        return Receipt.model_validate_json(path.read_bytes())
    except ValidationError as wrong:
        raise UsageError(
            Text(
                zh=f"{path.name} 不是回执的 JSON 文件（{wrong.error_count()} 处不符）；请给出 receipts/ 中的 .json 或回执编号",
                en=f"{path.name} is not the JSON file of a receipt ({wrong.error_count()} errors); give the .json of receipts/ or a number",
            )
        ) from wrong


def _compare_file(receipt: Receipt, file: Path) -> Iterator[Text]:
    sha256 = file_sha256(file)
    if sha256 != receipt.sha256:
        yield Text(
            zh=f"不是回执所说的文件：SHA-256 应为 {receipt.sha256}，实为 {sha256}",
            en=f"it is not the file of the receipt: the SHA-256 is {sha256} and should be {receipt.sha256}",
        )


def _find_verdict(workspace: Workspace, receipt: Receipt) -> LedgerEntry | None:
    """Returns the ledger's entry of this verdict, or else the newest one on the submission; None if it is not of this installation."""
    entries = workspace.ledger.find_entries("verdict", "number", receipt.number)
    return next((entry for entry in reversed(entries) if _says_same(receipt, entry)), entries[-1] if entries else None)


def _says_same(receipt: Receipt, entry: LedgerEntry) -> bool:
    return entry.facts.items() >= describe_verdict(receipt).items()


def _find_submission(workspace: Workspace, receipt: Receipt, entry: LedgerEntry | None) -> Submission:
    """Returns the submission of a receipt, as kept here or as the receipt tells it."""
    if entry is not None:
        return read_submission(workspace, receipt.number)
    recorded_slice = {"dataset": receipt.dataset, "department": receipt.department, "period": receipt.period}
    slice_ = SliceKey.model_validate(recorded_slice)
    copied = receipt.model_dump(include={"number", "filename", "sha256", "size", "received_at", "rejudges"})
    return Submission(**copied, slice=slice_, place=str(slice_))


def _compare_circumstances(workspace: Workspace, receipt: Receipt, entry: LedgerEntry | None) -> Iterator[Text]:
    """Yields notes on what has changed since the receipt (contract, code, corrections), and on checks that are left out."""
    contract = workspace.contracts[receipt.dataset or ""]
    if receipt.contract_hash is None:
        yield Text(
            zh="回执较早，未写明数据规范哈希和程序版本，无法确认与现在相同",
            en="the receipt is older than the note of contract and code, so nobody can say whether they are the same now",
        )
    elif receipt.contract_hash != contract.digest:
        yield Text(
            zh=f"数据规范已不同：回执为 {receipt.contract_version}（{receipt.contract_hash[:16]}），现为 {contract.version}（{contract.digest[:16]}）",
            en=f"another contract: {receipt.contract_version} ({receipt.contract_hash[:16]}) on the receipt, {contract.version} ({contract.digest[:16]}) now",
        )
    code = read_code_version()
    if receipt.code_version is not None and receipt.code_version != code:
        yield Text(
            zh=f"程序已不同：回执为 {receipt.code_version}，现为 {code}",
            en=f"other code: {receipt.code_version} on the receipt, {code} now",
        )
    if entry is None:
        yield Text(
            zh="这份回执不是本平台的：与其他报送、其他数据集和更正记录的比较未做，相关问题会不同",
            en="this receipt is not of this installation: comparisons with other hand-ins, other datasets and corrections are left out, and findings of those differ",
        )
