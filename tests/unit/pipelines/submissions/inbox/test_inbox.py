"""Reading the slice off a file's name and place."""

from hashlib import sha256

import pytest

from pipelines.submissions.inbox import inbox
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.inbox.taken_files import read_state
from support.contracts import contract_with
from support.workspaces import put, workspace_with


def three(tmp_path):
    return workspace_with(
        tmp_path,
        contract_with(["a"], name="venue", title="场馆"),
        contract_with(["a"], name="venue_opening", title="场馆开放"),
        contract_with(
            ["a"], name="report", title="月报", policy={"slice": {"period": "month"}, "submitters": ["lnsports"]}
        ),
    )


@pytest.mark.parametrize(
    ("name", "dataset", "period"),
    [
        ("venue_2026.csv", "venue", "2026"),
        ("venue_2026_改正.xlsx", "venue", "2026"),
        ("venue_opening_2026.csv", "venue_opening", "2026"),
        ("场馆_2025.csv", "venue", "2025"),
        ("场馆开放_2025_2.csv", "venue_opening", "2025"),
        ("场馆2025.csv", "venue", "2025"),
        ("场馆开放（2025年）.csv", "venue_opening", "2025"),
        ("VENUE_2026年.XLSX", "venue", "2026"),
        ("venue2026.xlsx", "venue", "2026"),
        ("venue-2026_2.xlsx", "venue", "2026"),
        ("ｖｅｎｕｅ＿２０２６.xlsx", "venue", "2026"),
        ("RCPT-BL9Y-7E3R-3VJD-3G6Z_venue_2026.csv", "venue", "2026"),
    ],
)
def test_the_longest_dataset_name_wins_in_ascii_and_in_chinese(tmp_path, name, dataset, period):
    workspace = three(tmp_path)
    put(workspace, "210100", name, "a\n1\n")
    (arrival,) = list_arrivals(workspace)
    assert (arrival.slice.dataset, arrival.slice.department, arrival.slice.period) == (dataset, "210100", period)


@pytest.mark.parametrize(
    ("folder", "name", "problem"),
    [
        ("210100", "stadium_2026.csv", "unknown-dataset"),
        ("210999", "venue_2026.csv", "unknown-department"),
        ("210100/deeper", "venue_2026.csv", "unknown-department"),
        ("210100", "report_2026-11.csv", "not-a-submitter"),
        ("210100", "venue.csv", "unknown-period"),
        ("210100", "venue_2026-11.csv", "unknown-period"),
        ("lnsports", "report_2026-13.csv", "unknown-period"),
        ("lnsports", "report_2026.csv", "unknown-period"),
    ],
)
def test_a_file_whose_place_is_wrong_says_what_is_wrong_and_how_to_mend_it(tmp_path, folder, name, problem):
    workspace = three(tmp_path)
    put(workspace, folder, name, "a\n1\n")
    (arrival,) = list_arrivals(workspace)
    assert arrival.slice is None
    assert arrival.problem.type == problem
    assert arrival.problem.mend.zh
    assert arrival.problem.mend.en
    assert ".csv" not in arrival.problem.mend.zh, "the suffix may be another"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("venues_2026", "疑似 venue（场馆）；"),
        ("馆开放2026", "疑似 venue_opening（场馆开放）；"),
        ("x_2026", "后缀不变；数据集为"),
    ],
)
def test_an_unknown_name_says_which_dataset_may_be_meant(tmp_path, name, near):
    workspace = three(tmp_path)
    put(workspace, "210100", f"{name}.csv", "a\n1\n")
    (arrival,) = list_arrivals(workspace)
    assert arrival.problem.type == "unknown-dataset"
    assert near in arrival.problem.mend.zh


def test_hidden_files_locks_and_links_are_not_arrivals(tmp_path):
    workspace = three(tmp_path)
    kept = put(workspace, "210100", "venue_2026.csv", "a\n1\n")
    for name in (".venue_2026.csv", "~$venue_2026.xlsx", "venue_2025.csv.part"):
        put(workspace, "210100", name, "a\n1\n")
    (kept.parent / "venue_2024.csv").symlink_to(kept)
    assert [arrival.path for arrival in list_arrivals(workspace)] == [kept]


def test_referred_to_datasets_come_first_then_older_periods(tmp_path):
    workspace = three(tmp_path)
    for name in ("venue_opening_2026.csv", "venue_2026.csv", "venue_2025.csv"):
        put(workspace, "210100", name, f"a\n{name}\n")
    assert [str(a.slice) for a in list_arrivals(workspace)] == [
        "venue/210100/2025",
        "venue/210100/2026",
        "venue_opening/210100/2026",
    ]


def test_a_large_file_is_hashed_again_when_it_has_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(inbox, "_LARGE_FILE", 1)
    workspace = three(tmp_path)
    put(workspace, "210100", "venue_2026.csv", "a\n1\n")
    (first,), (again,) = list_arrivals(workspace), list_arrivals(workspace)
    put(workspace, "210100", "venue_2026.csv", "a\n22\n")
    (other,) = list_arrivals(workspace)
    assert first == again
    assert (first.sha256, other.sha256) == tuple(sha256(text).hexdigest() for text in (b"a\n1\n", b"a\n22\n"))


def test_a_noted_hash_counts_while_the_file_is_as_it_was_noted(tmp_path, monkeypatch):
    monkeypatch.setattr(inbox, "_LARGE_FILE", 1)
    workspace = three(tmp_path)
    path = put(workspace, "210100", "venue_2026.csv", "a\n1\n")
    inbox.note_hash(path, read_state(path), "noted")
    (first,) = list_arrivals(workspace)
    put(workspace, "210100", "venue_2026.csv", "a\n22\n")
    (other,) = list_arrivals(workspace)
    assert (first.sha256, other.sha256) == ("noted", sha256(b"a\n22\n").hexdigest())


def test_an_inbox_that_is_not_there_is_empty(tmp_path):
    assert list_arrivals(three(tmp_path)) == []


def test_a_file_outside_every_folder_is_told_where_to_go_and_which_folders_there_are(tmp_path):
    workspace = three(tmp_path)
    for folder, lies in ((".", "文件未放入单位收件夹，"), ("219900", "现位于“219900”")):
        file = put(workspace, folder, "venue_2026.csv", "a\n1\n")
        (arrival,) = list_arrivals(workspace)
        assert lies in arrival.problem.message.zh
        assert "inbox/〈单位代码〉/" in arrival.problem.message.zh
        assert "210100 沈阳市体育局" in arrival.problem.mend.zh
        file.unlink()


@pytest.mark.parametrize("name", ["场馆.xlsx", "venue.xlsx", "场馆_.xlsx"])
def test_a_name_without_a_period_is_told_so_and_how_to_write_it(tmp_path, name):
    workspace = three(tmp_path)
    put(workspace, "210100", name, "a\n1\n")
    (arrival,) = list_arrivals(workspace)
    assert "没有期间" in arrival.problem.message.zh
    assert "no period" in arrival.problem.message.en
    assert "场馆_2026" in arrival.problem.mend.zh
    assert "“”" not in arrival.problem.message.zh
