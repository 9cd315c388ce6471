"""A release made once more from the kept originals, in a temporary folder, and compared with the released bytes, file by file.

Every original whose rows were in the release is read and judged again as it was at its verdict; the rows then go through assembly and
freezing. Acceptances, retractions, corrections and approvals are taken from the ledger. Not here: judging in an earlier state
(`second_verdict.py`), the steps of a release (`pipelines/release.py`).
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.audit.past_state import PastState
from pipelines.audit.second_verdict import compare_verdict, judge_again
from pipelines.audit.tracing import check_original, list_redactions
from pipelines.intake import read_accepted_rows
from pipelines.release import Candidate, assemble_candidate, describe_approval, write_release
from pipelines.review.approvals import review_candidate
from pipelines.review.waivers import WaivedFinding, list_waivers
from pipelines.submissions.inbox.submission import original_file, read_submission
from pipelines.submissions.receipts.receipt_files import read_receipt
from pipelines.workspace import Workspace
from quality.findings import make_table_finding
from quality.relations.result import is_relation_finding
from schemas.contract import Contract
from schemas.errors import ReleaseError
from schemas.execution.temporary_folders import open_temporary_folder
from schemas.slices import parse_slice, select_current
from schemas.table_parts import PartRules
from schemas.text import Text
from warehouse.atomic_files import file_sha256
from warehouse.lake.standing import StandingSubmission, list_standing
from warehouse.ledger.chain import find_heads
from warehouse.ledger.ledger import LedgerEntry
from warehouse.releases.contents import list_versions
from warehouse.releases.releases import SUMS, Release, list_numbers, read_sums


class RebuiltFile(NamedTuple):
    """One file of a release: its SHA-256 as released and as made again; None if that side has no such file."""

    name: str
    released: str | None
    rebuilt: str | None

    @property
    def same(self) -> bool:
        """Whether both have the same bytes."""
        return self.released == self.rebuilt


@dataclass(frozen=True)
class Reproduction:
    """A release and what was made again. `slices`: originals judged; `differences`: of their verdicts; `causes`: why bytes differ."""

    release: Release
    files: tuple[RebuiltFile, ...]
    slices: int
    differences: tuple[Text, ...]
    causes: tuple[Text, ...]

    @property
    def same(self) -> bool:
        """Whether every file and every verdict came out the same."""
        return not self.differences and bool(self.files) and all(file.same for file in self.files)

    @property
    def same_data(self) -> bool:
        """Whether every verdict and every file came out the same, apart from the files that state by which code the release was made."""
        return not self.differences and {file.name for file in self.files if not file.same} <= {"provenance.json", SUMS}


def reproduce_release(workspace: Workspace, release: Release) -> Reproduction:
    """Makes a release again and compares every checksum; nothing of the installation changes.

    Raises ReleaseError if the ledger has no entry of the release; LakeError if the lake's history is damaged.
    """
    entry = workspace.ledger.find_entry("release", {"dataset": release.dataset, "number": release.number})
    if entry is None:
        raise ReleaseError(
            Text(
                zh=f"台账中没有版本 {release.dataset} {release.number}，无法确定它由哪些报送组成",
                en=f"the ledger has no release {release.dataset} {release.number}: nobody can say of which hand-ins it is made",
            )
        )
    with open_temporary_folder() as folder:
        made = _Rebuilding(workspace, release, entry, folder)
        made.judge_originals()
        files = made.compare_files()
    causes = (*made.causes, *(made.list_other_versions() if not all(file.same for file in files) else ()))
    return Reproduction(release, tuple(files), made.judged, tuple(made.differences), causes)


def _find_last_entry(release: Release, entry: LedgerEntry) -> int:
    """Returns the number of the newest entry that the release knew of."""
    heads = find_heads(release.ledger_head or "")
    return heads[0].seq if heads else entry.seq - 1


class _Rebuilding:
    """The reproduction of one release, from judging to writing.

    `then`: the past state, with the lake as it was at each verdict. `again`: a state whose lake is filled with the rows that are judged
    again.
    """

    def __init__(self, present: Workspace, release: Release, entry: LedgerEntry, folder: Path) -> None:
        self.present, self.release, self.entry = present, release, entry
        self.then = PastState(present, folder / "then")
        self.again = PastState(present, folder / "again", with_lake=False)
        self.again.advance_to(_find_last_entry(release, entry))
        self.contract = present.contracts[release.dataset]
        self.judged = 0
        self.causes = [_describe_redaction(one) for one in list_redactions(present, release)]
        self.differences: list[Text] = []

    def judge_originals(self) -> None:
        """Judges the originals of all slices that stood, in the order of their verdicts, and fills the lake with their rows."""
        ledger = self.again.workspace.ledger
        standing = _list_released_slices(self.again.workspace, self.contract)
        verdicts = {one.number: ledger.find_entries("verdict", "number", one.number)[-1] for one in standing}
        for one in sorted(standing, key=lambda each: verdicts[each.number].seq):
            self._land_again(one, verdicts[one.number])

    def compare_files(self) -> list[RebuiltFile]:
        """Writes the release and returns its files beside those that were released."""
        folder = self.present.layout.release_folder(self.release.dataset, self.release.number)
        released = _read_checksums(folder)
        candidate = assemble_candidate(self.again.workspace, self.contract.name, self.release.created.date())
        rebuilt = self._write_again(candidate) if candidate is not None and candidate.rows.counted.rows else {}
        return [RebuiltFile(name, released.get(name), rebuilt.get(name)) for name in sorted({*released, *rebuilt})]

    def list_other_versions(self) -> Iterator[Text]:
        """Yields the contract, code and libraries whose versions differ from those that the release names."""
        folder = self.present.layout.release_folder(self.release.dataset, self.release.number)
        provenance: dict[str, Any] = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        then = {name: provenance.get(name) for name in ("contract_hash", "code_version")} | provenance["tools"]
        now = list_versions(self.contract)
        for name, value in ({name: now[name] for name in ("contract_hash", "code_version")} | now["tools"]).items():
            if then.get(name) != value:
                what = _VERSIONS.get(name, Text(zh=f"程序库 {name}", en=f"version of {name}"))
                yield Text(
                    zh=f"{what.zh}不同：发布时 {then.get(name) or '未记'}，现在 {value}",
                    en=f"another {what.en}: {then.get(name) or 'not noted'} then, {value} now",
                )

    def _land_again(self, standing: StandingSubmission, verdict: LedgerEntry) -> None:
        """Judges one original in the state right before its verdict, and puts the accepted rows into the lake of the reproduction."""
        submission, receipt = (
            read_submission(self.present, standing.number),
            read_receipt(self.present, standing.number),
        )
        key = submission.slice
        if key is None:
            return
        state, notes = check_original(self.present, submission), list[Text]()
        if state == "same":
            found = judge_again(self.then, submission, original_file(self.present, submission), verdict, notes)
            rows, wrong = found.accepted, list(compare_verdict(receipt, found))
            self.differences += [Text(zh=f"{key}：{one.zh}", en=f"{key}: {one.en}") for one in wrong]
            self.causes += notes
            self.judged += 1
        else:
            rows = read_accepted_rows(self.present, standing.number)
            self.differences.append(_describe_lost_original(standing.number, state))
        why = {"submission": standing.number, "sha256": submission.sha256, "who": self.present.actor}
        self.again.workspace.lake.replace_slices(self.contract, {key: rows}, why, submission.received_at)

    def _write_again(self, candidate: Candidate) -> dict[str, str]:
        """Writes the release beside links to those before it; returns the checksums of its files by name."""
        workspace = replace(self.again.workspace, synthetic=self.release.synthetic)
        shelf = workspace.layout.releases / self.contract.name
        shelf.mkdir(parents=True)
        numbers = list_numbers(self.present.layout.releases / self.contract.name)
        for number in numbers[: numbers.index(self.release.number)]:
            (shelf / number).symlink_to(self.present.layout.release_folder(self.contract.name, number).resolve())
        waived = (*candidate.waived, *self._list_waived_relations())
        review = review_candidate(workspace, self.contract, self.entry.facts["content_hash"], self.release.created)
        made = write_release(
            workspace,
            replace(candidate, lake_version=self.release.lake_version, waived=waived),
            now=self.release.created,
            previous=self.release.previous,
            approvals=[describe_approval(one) for one in review.approvals],
            ledger_head=self.release.ledger_head,
            parts=_find_part_rules(self.release),
        )
        return _read_checksums(workspace.layout.release_folder(made.dataset, made.number))

    def _list_waived_relations(self) -> Iterator[WaivedFinding]:
        """Yields the broken relations that were waived for the release; they cannot be judged again, because the rebuilt lake has only this dataset."""
        held = {one.seq: one for one in list_waivers(self.again.workspace, self.contract.name)}
        for waived in self.release.waivers:
            if is_relation_finding(waived["type"]) and waived["entry"] in held:
                waiver = held[waived["entry"]]
                yield WaivedFinding(make_table_finding(waiver.type, "error", waiver.message), waiver)


def _list_released_slices(workspace: Workspace, contract: Contract) -> Sequence[StandingSubmission]:
    """Returns what stands for the slices that a release is made of: in mode snapshot each department's newest period."""
    mine = {parse_slice(name): one for name, one in list_standing(workspace.ledger).items()}
    keys = [key for key in mine if key.dataset == contract.name]
    return [mine[key] for key in select_current(keys, contract.policy.mode)]


def _find_part_rules(release: Release) -> PartRules:
    """Returns the part rules under which the release was cut into parts; the installation's present rules do not matter."""
    if release.part_rows is None:
        return PartRules(rows_from=sys.maxsize)
    return PartRules(0, release.part_rows)


def _read_checksums(folder: Path) -> dict[str, str]:
    """Returns the checksums of a release's files as its list has them, and that of the list itself."""
    return {**read_sums(folder), SUMS: file_sha256(folder / SUMS)}


def _describe_redaction(entry: LedgerEntry) -> Text:
    day, order = entry.at.date(), entry.facts["order"]
    return Text(
        zh=f"{day} 已按 {order} 从这个版本中删除内容",
        en=f"something was erased from this release on {day} under {order}",
    )


def _describe_lost_original(number: str, state: str) -> Text:
    zh = {"missing": "已不在", "changed": "已被改动", "never_kept": "未保存", "erased": "已删除内容"}[state]
    en = {
        "missing": "is gone",
        "changed": "was changed",
        "never_kept": "was never kept",
        "erased": "lacks what was erased",
    }[state]
    return Text(
        zh=f"{number} 的原件{zh}，不能重新判定；改用入库时保存的行",
        en=f"the original of {number} {en} and cannot be judged again; its rows as kept when they were taken were used",
    )


_VERSIONS: Mapping[str, Text] = {
    "contract_hash": Text(zh="数据规范", en="contract"),
    "code_version": Text(zh="程序", en="version of the code"),
}
