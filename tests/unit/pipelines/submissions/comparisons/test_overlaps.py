"""Rows handed in twice: for another period, by another department, after small changes; and the look-alikes that pass."""

import random
from dataclasses import dataclass
from types import SimpleNamespace

import pyarrow as pa
import pytest

from pipelines.intake import take_arrival
from pipelines.submissions.comparisons import overlaps
from pipelines.submissions.comparisons.compared_rows import ComparedRows, project_contract, project_first_fields
from pipelines.submissions.comparisons.shared_keys import check_shared_keys
from pipelines.submissions.decisions.acceptance import accept_submission
from pipelines.submissions.decisions.rejudging import plan_rejudgement
from pipelines.submissions.decisions.retraction import retract_submission
from pipelines.submissions.inbox.inbox import list_arrivals
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with
from warehouse.lake.slice_fingerprints import SliceFingerprints
from warehouse.types import arrow_schema

FIELDS = ["id", "name", "place", {"name": "kind", "title": "种类"}, "unit", "size:number", "seen:date"]
HEADER = "id,name,place,kind,unit,size,seen\n"
WAIVER = {"zh": "各年相同", "en": "the same every year"}


def contract(mode="append", **policy):
    rules = [{"kind": "credit_code", "field": "kind", "severity": "warning"}]
    return contract_with(FIELDS, rules, policy={"mode": mode, **policy})


def rows(count, first=0, year=2025, unit="沈阳", key="A", kind="", size=1):
    return "".join(
        f"{key}{at},名{at},地{at},{kind},{unit},{at + size},{year}-01-02\n" for at in range(first, first + count)
    )


def hand_in(workspace, department, period, content, note=""):
    put(workspace, department, f"sample_{period}{note}.csv", HEADER + content)
    receipt = take_arrival(workspace, list_arrivals(workspace)[0], NOW)
    return receipt, [(f.type, f.severity) for f in receipt.findings if "rows" in f.type or "same" in f.type]


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, contract())


def test_the_rows_of_another_department_wait_and_the_finding_says_whose_they_are(workspace):
    first, _ = hand_in(workspace, "210100", "2025", rows(30))
    receipt, found = hand_in(workspace, "210200", "2025", rows(29, key="B", kind="x") + rows(1, first=90))
    assert (receipt.outcome, found) == ("quarantine", [("same-rows", "error")])
    (finding,) = [finding for finding in receipt.findings if finding.type == "same-rows"]
    for said in ("29/30", "第 2–30 行", "沈阳市体育局", "2025", first.number):
        assert said in finding.message.zh
    for said in ("29/30", "rows 2–30", "Shenyang Sports Bureau", first.number):
        assert said in finding.message.en


def test_another_name_at_the_head_of_every_row_does_not_hide_a_copy(workspace):
    hand_in(workspace, "210100", "2025", rows(30, unit="沈阳"))
    assert hand_in(workspace, "210200", "2025", rows(30, key="B", unit="大连", year=2024))[1] == [
        ("same-rows", "error")
    ]


def test_half_of_the_rows_are_warned_of_and_fewer_are_not(workspace):
    hand_in(workspace, "210100", "2025", rows(60))
    receipt, found = hand_in(workspace, "210200", "2025", rows(30, first=40, key="B"))
    assert (receipt.outcome, found) == ("accept", [("shared-rows", "warning")])
    assert hand_in(workspace, "210200", "2024", rows(14, key="C") + rows(16, first=100, key="C"))[1] == []


def test_last_years_rows_wait_where_periods_add_up(workspace):
    hand_in(workspace, "210100", "2024", rows(30))
    receipt, found = hand_in(workspace, "210100", "2025", rows(30, key="B"))
    assert (receipt.outcome, found) == ("quarantine", [("same-rows", "error")])
    assert "2024" in receipt.findings[0].mend.zh


def test_yearly_events_that_differ_in_their_days_only_are_asked_about_and_taken(workspace):
    hand_in(workspace, "210100", "2024", rows(30, year=2024))
    receipt, found = hand_in(workspace, "210100", "2025", rows(30, year=2025, key="B"))
    assert (receipt.outcome, found) == ("accept", [("same-rows", "warning")])


def test_an_inventory_repeats_its_rows_every_year(tmp_path):
    workspace = workspace_with(tmp_path, contract("snapshot"))
    hand_in(workspace, "210100", "2024", rows(30))
    receipt, found = hand_in(workspace, "210100", "2025", rows(29) + rows(1, first=90))
    assert (receipt.outcome, found) == ("accept", [])


def test_of_another_departments_inventory_the_newest_period_is_compared(tmp_path):
    workspace = workspace_with(tmp_path, contract("snapshot"))
    hand_in(workspace, "210100", "2024", rows(30))
    hand_in(workspace, "210100", "2025", rows(30, first=100))
    assert hand_in(workspace, "210200", "2025", rows(30, key="B"))[1] == []
    assert hand_in(workspace, "210200", "2024", rows(30, first=100, key="B"))[1] == [("same-rows", "error")]


def test_other_rows_under_the_same_constants_are_no_copy(workspace):
    hand_in(workspace, "210100", "2025", rows(30, unit="省体育局", kind="x"))
    assert hand_in(workspace, "210200", "2025", rows(30, first=100, unit="省体育局", kind="x"))[1] == []


def test_a_slice_that_was_compared_is_not_read_for_the_next_comparison(workspace, monkeypatch):
    hand_in(workspace, "210100", "2025", rows(30))
    hand_in(workspace, "210200", "2025", rows(30, first=50, key="B"))
    monkeypatch.setattr(SliceFingerprints, "_derive", None)
    assert hand_in(workspace, "210100", "2024", rows(30, first=50, key="C"))[1] == [("same-rows", "error")]


def test_a_slice_of_which_a_row_is_held_back_is_compared_by_the_rows_that_landed(workspace):
    hand_in(workspace, "210100", "2025", rows(30))
    receipt, _ = hand_in(workspace, "210200", "2025", rows(39, first=50, key="B") + "B90,名,地,,沈阳,kein,2025-01-02\n")
    assert receipt.accepted == 39
    assert len(list(workspace.layout.fingerprints_folder("sample").iterdir())) == 1
    hand_in(workspace, "210100", "2024", rows(30, first=150, key="C"))
    standing = workspace.lake.open_fingerprints(contract(), project_contract(contract()))
    assert sorted(standing.read_sets(key).rows for key in standing.parts) == [30, 30, 39]


def test_small_tables_and_tables_of_standard_rows_are_not_compared(workspace):
    hand_in(workspace, "210100", "2025", rows(9))
    assert hand_in(workspace, "210200", "2025", rows(9, key="B"))[1] == []
    standard = "".join(f"{{key}}{at},健身器材,广场,x,厂,{at % 4 + 1},2025-01-02\n" for at in range(60))
    hand_in(workspace, "210100", "2024", standard.format(key="A"))
    assert hand_in(workspace, "210200", "2024", standard.format(key="B"))[1] == []


def test_a_file_that_replaces_its_own_slice_is_no_copy_of_it(workspace):
    hand_in(workspace, "210100", "2025", rows(30))
    receipt, found = hand_in(workspace, "210100", "2025", rows(29) + rows(1, first=50))
    assert (receipt.outcome, found) == ("accept", [])


def test_what_was_taken_back_is_copied_by_nobody(workspace):
    first, _ = hand_in(workspace, "210100", "2025", rows(30))
    retract_submission(workspace, first.number, "报错单位", NOW)
    receipt, found = hand_in(workspace, "210200", "2025", rows(30, key="B"))
    assert (receipt.outcome, found) == ("accept", [])


def test_a_steward_may_take_a_copy_and_the_first_of_the_two_stays_free_of_blame(workspace):
    first, _ = hand_in(workspace, "210100", "2025", rows(30))
    copy, _ = hand_in(workspace, "210200", "2025", rows(30, key="B"))
    receipt = accept_submission(workspace, copy.number, "移交大连", NOW, ["same-rows"])
    assert (receipt.outcome, receipt.accepted) == ("accept", 30)
    again = plan_rejudgement(workspace, first.number, NOW)
    assert [finding.type for finding in again.after.findings if finding.type == "same-rows"] == []


def test_a_quarantined_copy_is_free_when_the_first_is_taken_back(workspace):
    first, _ = hand_in(workspace, "210100", "2025", rows(30))
    copy, _ = hand_in(workspace, "210200", "2025", rows(30, key="B"))
    retract_submission(workspace, first.number, "报错单位", NOW)
    assert plan_rejudgement(workspace, copy.number, NOW).after.verdict.outcome == "accept"


def test_the_same_bytes_are_said_once(workspace):
    hand_in(workspace, "210100", "2025", rows(30))
    assert hand_in(workspace, "210200", "2025", rows(30))[1] == [("same-as-another", "error")]


def test_a_contract_may_waive_copies(tmp_path):
    waived = {"few-rows": WAIVER, "same-rows": WAIVER}
    workspace = workspace_with(tmp_path, contract(waived_problems=waived))
    hand_in(workspace, "210100", "2024", rows(30))
    receipt, found = hand_in(workspace, "210100", "2025", rows(30, key="B"))
    assert (receipt.outcome, found) == ("accept", [])


WIDE = contract_with(["id", "name", "place", "unit", "size:number", "seats:integer", "floor:integer", "note", "maker", "seen:date"],
                     policy={"mode": "append"})  # fmt: skip


@dataclass(frozen=True)
class KnownRows(ComparedRows):
    """Rows compared without a ledger: every slice of the lake was handed in before them."""

    def find_earlier(self, key):
        return SimpleNamespace(number=f"RCPT-{key.department}")


def random_rows(draw, contents, key):
    """Rows of those contents: some fields empty in places, a letterhead at times, and rows that few fields tell apart."""
    unit, few, empty = draw.choice(["甲", None]), draw.random() < 0.3, draw.choice([0, 0, 0.4])
    made = []
    for at, content in enumerate(contents):
        alike = content % 3 if few else content
        cells = [
            f"名{alike}",
            f"地{alike}",
            unit or f"属{content}",
            alike * 1.5,
            alike % 7,
            content % 5,
            f"注{content}",
            "厂",
        ]
        blank = [None if draw.random() < empty else cell for cell in cells]
        made.append([f"{key}{draw.choice([at, at, 0])}", *blank, 20_000 + draw.choice([0, 0, 1])])
    schema, columns = arrow_schema(WIDE), list(zip(*made, strict=True))
    arrays = [pa.array(cells, pa.int32() if at == 9 else None) for at, cells in enumerate(columns)]
    return pa.table([cells.cast(field.type) for cells, field in zip(arrays, schema, strict=True)], schema=schema)


def test_a_few_fields_first_and_all_at_once_find_the_same(tmp_path, monkeypatch):
    workspace, found, spared = workspace_with(tmp_path, WIDE), [], 0
    monkeypatch.setattr("warehouse.lake.slice_fingerprints._MOST_ROWS_KEPT", 0)
    mine = SliceKey(dataset="sample", department="210100", period="2026")
    for seed in range(60):
        draw = random.Random(seed)  # noqa: S311 -- cases of a test
        standing = {}
        for department, period in (("210200", "2026"), ("210100", "2025")):
            key, count = draw.choice(["A", "B"]), draw.randint(5, 60)
            contents = draw.sample(range(draw.choice([60, 400])), count)
            standing[SliceKey(dataset="sample", department=department, period=period)] = random_rows(
                draw, contents, key
            )
        workspace.lake.replace_slices(WIDE, standing, {"who": "tester"}, NOW)
        handed = random_rows(draw, range(draw.randint(10, 60)), "A")
        answers = []
        for large in (0, 1 << 40):
            monkeypatch.setattr(overlaps, "LARGE_ROWS", large)
            rows = KnownRows(workspace, WIDE, mine, handed, pa.array(range(2, handed.num_rows + 2)), "RCPT")
            answers.append([overlaps.check_overlaps(rows), check_shared_keys(rows)])
            spared += not large and "prints" not in rows.__dict__
            for path in workspace.layout.fingerprints_folder("sample").iterdir():
                path.unlink()
        assert answers[0] == answers[1]
        found += [finding.type for finding in answers[0][0] + answers[0][1]]
    assert spared > 10
    assert {"same-rows", "shared-rows", "shared-key"} <= set(found)


def test_fingerprints_by_which_rows_were_compared_are_kept_when_they_land(workspace, monkeypatch):
    monkeypatch.setattr(overlaps, "LARGE_ROWS", 0)
    monkeypatch.setattr("warehouse.lake.slice_fingerprints._MOST_ROWS_KEPT", 0)
    hand_in(workspace, "210100", "2025", rows(30))
    hand_in(workspace, "210200", "2025", rows(30, first=50, key="B"))
    monkeypatch.setattr(SliceFingerprints, "_derive", None)
    known = [project_contract(contract()).key_alone, project_first_fields(contract())]
    key = SliceKey(dataset="sample", department="210200", period="2025")
    for projection in known:
        assert workspace.lake.open_fingerprints(contract(), projection).read_sets(key).rows == 30


def test_for_a_small_hand_in_a_large_slice_that_has_other_rows_is_not_read_whole(workspace, monkeypatch):
    monkeypatch.setattr(overlaps, "LARGE_ROWS", 40)
    monkeypatch.setattr("warehouse.lake.slice_fingerprints._MOST_ROWS_KEPT", 0)
    hand_in(workspace, "210100", "2025", rows(40))
    assert hand_in(workspace, "210200", "2025", rows(12, first=50, key="B"))[1] == []
    whole = f"*-{project_contract(contract()).digest}.u64"
    known = workspace.layout.fingerprints_folder("sample")
    assert not list(known.glob(whole))
    assert hand_in(workspace, "210200", "2026", rows(12, key="C"))[1] == [("same-rows", "error")]
    assert len(list(known.glob(whole))) == 2, "that of the large slice, and of the small one"
