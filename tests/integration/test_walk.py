"""The sample (`pipelines/sample`) through intake and publication: what becomes of every file and why, and that a second walk does nothing.

Of the hundred and fifty files those are taken that carry a planted fault, those that they need, and all of one city.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import html5lib
import pytest
from python_calamine import CalamineWorkbook

from pipelines.columns.column_matching import match_columns
from pipelines.intake import find_unfinished, take_arrival
from pipelines.read import read_file
from pipelines.sample import fill_inbox
from pipelines.sample.plans import read_plans
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.workspace import Workspace
from quality.disclosure.personal_data import find_personal_data
from schemas.errors import UnreadableFile
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.walked import files_of, publish_all, release_all, released_rows, rows_with_errors, take_all, walk
from support.workspaces import NOW, open_part, put, taken_file, workspace_with
from warehouse.layout import Layout

SHARE = 0.02
LATER = NOW.replace(day=26)
WHOLE_CITY = "210400"
# What each planted fault ends as, and the types of all errors that it must raise, by the judge that must see them.
FAULTY = {
    "210300/facility_2026.xlsx": (
        "hold_back",
        {
            "cell": {"type-error", "primary-key"},
            "row": {"owner-credit-code", "point-zero", "point-swapped", "point-in-province", "no-identity-card"},
        },
    ),
    "210900/facility_2026.csv": ("quarantine", {"table": {"area-unit-slip", "unit-magnitude"}}),
    "211100/facility_2026.csv": ("quarantine", {"row": {"admin-code-in-admin-division"}}),
    "ln-chanye/guidance_fund_project_2018.csv": ("quarantine", {"row": {"publicity-in-order"}}),
    "210500/three_public_expenses_2025.csv": (
        "quarantine",
        {"row": {"vehicle-share", "reception-share", "completion"}},
    ),
    "210600/association_inspection_2025.csv": ("hold_back", {"row": {"association-known"}}),
    "211200/lottery_fund_2025.csv": ("quarantine", {"row": {"balance-holds"}}),
    "211000/event_2025.csv": ("quarantine", {"cell": {"missing-label"}}),
    "210400/event_2025.csv": ("refused", {"table": {"empty"}}),
    "210500/event_2025.csv": ("refused", {"table": {"no-rows"}}),
    "210700/event_2025.csv": ("refused", {"table": {"encoding"}}),
    "210800/event_2025.xlsx": ("refused", {"table": {"format"}}),
    "211200/stadium_2026.csv": ("refused", {"table": {"unknown-dataset"}}),
    "219900/event_2026.csv": ("refused", {"table": {"unknown-department"}}),
}
NEEDED = (
    "210200/facility_2025.csv", "210200/facility_2026.csv", "210800/facility_2026.xlsx", "210900/facility_2025.csv",
    "211100/facility_2025.csv", "211100/event_permit_2026-04.csv", "211100/event_2026.csv", "210600/association_2026.csv", "ln-chanye/guidance_fund_project_2025.xlsx",
)  # fmt: skip


@dataclass(frozen=True)
class Walked:
    """The installation after a first walk, and the receipts by path below the inbox."""

    workspace: Workspace
    receipts: dict[str, Receipt]


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    """A filled inbox that nobody walks: tests copy from it."""
    workspace = open_part(tmp_path_factory.mktemp("sample"), "tester")
    fill_inbox(workspace.layout.inbox, workspace.contracts, workspace.codelists, workspace.departments, share=SHARE)
    return workspace.layout.inbox


@pytest.fixture(scope="module")
def walked(sample, tmp_path_factory) -> Walked:
    home = tmp_path_factory.mktemp("walked")
    Layout(home).synthetic_marker.write_text("示例数据（虚构）", encoding="utf-8")
    workspace = open_part(home, "tester")
    city = [path.relative_to(sample).as_posix() for path in (sample / WHOLE_CITY).iterdir()]
    for name in {*city, *FAULTY, *NEEDED}:
        put_in(workspace, sample, name)
    return Walked(workspace, walk(workspace))


def put_in(workspace: Workspace, sample: Path, name: str, as_name: str | None = None) -> Path:
    """One file of the sample in the inbox of an installation; gives its path there."""
    target = workspace.layout.inbox / (as_name or name)
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(sample / name, target))


def errors_of(receipt: Receipt) -> dict[str, set[str]]:
    """The types of all errors on a receipt, by judge."""
    found: dict[str, set[str]] = {}
    for finding in receipt.findings:
        if finding.severity == "error":
            found.setdefault(finding.judge, set()).add(finding.type)
    return found


def page_of(workspace: Workspace, receipt: Receipt):
    """The page of a receipt as a tree; fails where a strict HTML parser would complain."""
    page = workspace.layout.receipt_file(receipt.number, "html").read_text(encoding="utf-8")
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def loads_of(tree) -> list[str]:
    """Everything that a browser would fetch from elsewhere to show the page."""
    fetched = [node.get(name) for node in tree.iter() for name in ("src", "srcset", "data", "poster") if node.get(name)]
    fetched += [node.get("href") for node in tree.iter("link")]
    styles = " ".join(
        [node.text or "" for node in tree.iter("style")] + [node.get("style") or "" for node in tree.iter()]
    )
    return [one for one in fetched if one and not one.startswith("data:")] + re.findall(
        r"(?:url\(|@import)\s*['\"]?https?:\S*", styles
    )


@pytest.mark.parametrize("name", FAULTY)
def test_every_planted_fault_is_caught_by_the_judge_that_should(walked, name):
    receipt = walked.receipts[name]
    assert (receipt.outcome, errors_of(receipt)) == FAULTY[name]


def test_every_good_file_is_accepted_without_an_error(walked):
    good = {name: receipt for name, receipt in walked.receipts.items() if name not in FAULTY}
    assert len(good) >= 17
    assert {name: errors_of(receipt) for name, receipt in good.items() if receipt.outcome != "accept"} == {}
    assert {receipt.accepted for receipt in good.values()} == {receipt.rows for receipt in good.values()}


def test_no_file_of_the_sample_is_taken_for_a_copy_or_a_piece_of_another(walked):
    copies = {"same-rows", "shared-rows", "rows-of-another-dataset", "fragment"}
    assert {name for name, receipt in walked.receipts.items() if copies & set(receipt.counts)} == set()


def accepted_datasets(walked: Walked) -> set[str]:
    """The datasets of which a file was accepted; the plans have files of other departments too."""
    return {str(receipt.dataset) for receipt in walked.receipts.values() if receipt.accepted}


def test_all_forms_and_all_datasets_are_among_the_accepted(walked):
    good = [receipt for receipt in walked.receipts.values() if receipt.outcome == "accept"]
    built = {name for name, contract in walked.workspace.contracts.items() if contract.policy.built}
    assert accepted_datasets(walked) >= walked.workspace.contracts.keys() - read_plans().keys() - built
    assert {(receipt.format, receipt.encoding) for receipt in good} >= {
        ("csv", "gb18030"), ("csv", "utf-8"), ("xlsx", None), ("json", "utf-8"),
    }  # fmt: skip


def test_hand_typed_spellings_are_made_uniform_and_said_so(walked):
    assert {"date", "thousands", "null-word", "blanks"} <= set(walked.receipts["210800/facility_2026.xlsx"].rewrites)


def test_held_back_rows_are_not_in_the_lake(walked):
    name = "210300/facility_2026.xlsx"
    cells = CalamineWorkbook.from_path(taken_file(walked.workspace, name)).get_sheet_by_index(0).to_python()
    at = cells[0].index(walked.workspace.contracts["facility"].get_field("facility_id").title)
    held = rows_with_errors(walked.receipts[name])
    ids = [row[at] for row in cells[1:]]
    taken = [one for number, one in enumerate(ids, start=2) if number not in held]
    there = walked.workspace.lake.read_slice(
        walked.workspace.contracts["facility"], SliceKey(dataset="facility", department="210300", period="2026")
    )
    assert sorted(there["facility_id"].to_pylist()) == sorted(taken)
    assert len(held) == walked.receipts[name].held_back == 7


@pytest.mark.parametrize(
    "name", [name for name, (outcome, _) in FAULTY.items() if outcome in {"quarantine", "refused"}]
)
def test_nothing_of_a_file_that_was_not_taken_is_in_the_lake_and_its_original_lies_in_the_box(walked, name):
    workspace, receipt = walked.workspace, walked.receipts[name]
    sent = taken_file(workspace, name).read_bytes()
    kept = [
        p.read_bytes() for p in workspace.layout.quarantine_folder(receipt.number).iterdir() if p.stem == "original"
    ]
    assert kept == [sent]
    assert [
        p.read_bytes() for p in workspace.layout.submission_folder(receipt.number).iterdir() if p.stem == "original"
    ] == [sent]
    assert receipt.accepted == 0
    assert receipt.number not in {entry.facts["number"] for entry in workspace.ledger.read_entries("landing")}
    if receipt.dataset:
        key = SliceKey(dataset=receipt.dataset, department=receipt.department, period=receipt.period)
        assert workspace.lake.read_slice(workspace.contracts[receipt.dataset], key) is None


def test_every_row_is_accounted_for(walked):
    taken = [receipt for receipt in walked.receipts.values() if receipt.outcome in {"accept", "hold_back"}]
    assert all(receipt.accepted + receipt.held_back == receipt.rows for receipt in taken)
    for name, contract in walked.workspace.contracts.items():
        landed = sum(receipt.accepted for receipt in taken if receipt.dataset == name)
        assert sum(walked.workspace.lake.count_slice_rows(contract).values()) == landed


def test_every_dataset_is_released_and_shown_as_made_up(walked):
    for name in accepted_datasets(walked):
        page = walked.workspace.layout.catalogue / "dataset" / name / "index.html"
        assert "虚构" in page.read_text(encoding="utf-8")
        assert (
            len(released_rows(walked.workspace, name, "2026.11.1"))
            == walked.workspace.lake.read_current(walked.workspace.contracts[name]).num_rows
        )


def test_the_ledger_tells_all_of_it_and_is_whole(walked):
    ledger = walked.workspace.ledger
    assert len(ledger.read_entries("submission")) == len(ledger.read_entries("verdict")) == len(walked.receipts)
    assert len(ledger.read_entries("landing")) == sum(receipt.accepted > 0 for receipt in walked.receipts.values())
    assert (
        len(ledger.read_entries("release")) == len(ledger.read_entries("publication")) == len(accepted_datasets(walked))
    )
    assert ledger.verify_chain() == []


def test_every_receipt_is_a_page_in_both_languages_that_loads_nothing(walked):
    for receipt in walked.receipts.values():
        tree = page_of(walked.workspace, receipt)
        assert {"zh", "en"} <= {(node.get("lang") or "")[:2] for node in tree.iter()}
        assert loads_of(tree) == []
        words = "".join(tree.itertext())
        assert receipt.reason.zh in words
        assert receipt.reason.en in words


def test_hostile_values_labels_and_names_stay_text_on_the_receipt(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["id", "size:integer"], name="sample"))
    evil = "<script>alert(1)</script>"
    lines = f"id,size,{evil}\n<img src=http://x.example/a.png onerror=alert(2)>,{evil},{{{{ 7*7 }}}}\n"
    put(workspace, "210100", f"sample_2026_{evil.replace('/', '')}.csv", lines)
    (receipt,) = take_all(workspace).values()
    tree = page_of(workspace, receipt)
    assert errors_of(receipt) == {"cell": {"type-error"}}
    assert receipt.counts["extra-label"] == 1
    assert not any("alert" in (node.text or "") for node in tree.iter("script"))
    assert not list(tree.iter("img"))
    assert loads_of(tree) == []
    words = "".join(tree.itertext())
    assert words.count(evil) >= 2
    assert receipt.filename in words


def test_a_second_walk_changes_nothing_at_all(walked):
    before = files_of(walked.workspace.layout.home)
    workspace = open_part(walked.workspace.layout.home, "somebody else")
    assert find_unfinished(workspace, list_arrivals(workspace)) == []
    assert walk(workspace, LATER) == {}
    assert files_of(workspace.layout.home) == before


def test_the_same_bytes_sent_again_get_the_same_receipt(sample, tmp_path):
    workspace = open_part(tmp_path, "tester")
    put_in(workspace, sample, "210600/association_2026.csv")
    (first,) = take_all(workspace).values()
    put_in(workspace, sample, "210600/association_2026.csv", "210600/association_2026_again.csv")
    assert list(take_all(workspace, LATER).values()) == [first]
    assert len(workspace.ledger.read_entries("submission")) == len(workspace.ledger.read_entries("landing")) == 1


def test_a_corrected_file_replaces_its_slice(sample, tmp_path):
    workspace = open_part(tmp_path, "tester")
    for name in ("210600/association_2026.csv", "210600/association_inspection_2025.csv"):
        put_in(workspace, sample, name)
    walk(workspace)
    contract = workspace.contracts["association_inspection"]
    before = workspace.lake.read_current(contract)
    corrected = workspace.layout.inbox / "210600" / "association_inspection_2025_corrected.csv"
    lines = (sample / "210600" / "association_inspection_2025.csv").read_bytes().splitlines(keepends=True)
    corrected.write_bytes(b"".join([lines[0], *lines[3:]]))
    receipt = take_arrival(workspace, list_arrivals(workspace)[-1], LATER)
    after = workspace.lake.read_current(contract)
    assert receipt.outcome == "accept"
    assert list(workspace.lake.count_slice_rows(contract).values()) == [receipt.rows] == [before.num_rows]
    assert after.equals(before)
    assert len(workspace.ledger.read_entries("landing")) == 3


def test_a_correction_with_other_rows_makes_the_next_release(sample, tmp_path):
    workspace = open_part(tmp_path, "tester")
    put_in(workspace, sample, "210600/association_2026.csv")
    walk(workspace)
    lines = (sample / "210600" / "association_2026.csv").read_bytes().splitlines(keepends=True)
    (workspace.layout.inbox / "210600" / "association_2026_b.csv").write_bytes(b"".join(lines[:-1]))
    take_arrival(workspace, list_arrivals(workspace)[-1], LATER)
    (made,) = release_all(workspace, LATER).values()
    assert (made.number, made.rows) == ("2026.11.2", len(lines) - 2)
    assert publish_all(workspace, LATER).writes > 0
    assert publish_all(workspace, LATER).writes == 0
    assert release_all(workspace, LATER) == {}


def test_no_file_of_the_sample_holds_personal_data_but_the_planted_card(sample):
    workspace = open_part(sample.parent, "tester")
    found = []
    for arrival in list_arrivals(workspace):
        if arrival.slice is None:
            continue
        contract = workspace.contracts[arrival.slice.dataset]
        try:
            reading = read_file(arrival.path, contract)
        except UnreadableFile:
            continue
        table = match_columns(reading.labels, contract).arrange_columns(reading.table)
        found += [(str(arrival.slice), f.type) for f in find_personal_data(table, reading.rows, contract)]
    assert found == [("facility/210300/2026", "no-identity-card")]
