"""The commands about hand-ins as people run them: answers, exit codes, the way back, the state of things."""

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.installation import load_workspace
from support.installed import SITES, drop, installed


@pytest.fixture
def settings(tmp_path, monkeypatch):
    settings = installed(tmp_path)
    monkeypatch.setenv("SPORTLAKE_HOME", str(settings.home))
    monkeypatch.setenv("SPORTLAKE_CONTRACTS", str(settings.contracts))
    monkeypatch.setenv("SPORTLAKE_CLOCK", settings.clock.isoformat())
    return settings


def sportlake(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)


def submit(tmp_path, content, *more, name="a.csv"):
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    return sportlake("submit", file, "--dataset", "site", "--department", "210100", *more)


def number_in(result):
    return next(word for word in result.stdout.replace("：", " ").split() if word.startswith("RCPT-"))


def test_each_answer_names_the_receipt_and_what_stands(settings, tmp_path):
    first = submit(tmp_path, SITES)
    assert (first.exit_code, "nothing stood before" in first.stdout) == (0, True)
    again = submit(tmp_path, SITES)
    assert (again.exit_code, number_in(again), "nothing changed" in again.stdout) == (0, number_in(first), True)
    second = submit(tmp_path, f"{SITES}S3,30\n")
    assert f"replaced {number_in(first)} (2 rows)" in second.stdout
    bad = submit(tmp_path, "code,area\nS1,x\n")
    assert (bad.exit_code, f"{number_in(second)} (3 rows) still does" in bad.stdout) == (1, True)
    assert submit(tmp_path, "").exit_code == 2
    back = submit(tmp_path, SITES)
    assert (back.exit_code, number_in(back) != number_in(first)) == (0, True)
    workspace = load_workspace(settings)
    assert workspace.lake.read_current(workspace.contracts["site"]).num_rows == 2


def test_a_wrong_hand_in_goes_back_and_the_release_follows(settings, tmp_path):
    submit(tmp_path, SITES)
    sportlake("run")
    wrong = submit(tmp_path, "code,area\nX1,1\nX2,2\n")
    assert "2026.11.2" in sportlake("run").stdout
    taken_back = sportlake("retract", number_in(wrong), "--reason", "错了年度")
    assert (taken_back.exit_code, "what stands now: 2 rows" in taken_back.stdout) == (0, True)
    assert "2026.11.3" in sportlake("run").stdout
    page = (settings.home / "catalogue" / "dataset" / "site" / "index.html").read_text(encoding="utf-8")
    assert "错了年度" in page
    assert sportlake("retract", number_in(wrong), "--reason", "再错").exit_code == 2
    assert sportlake("retract", number_in(wrong), "--undo", "--reason", "没错").exit_code == 0


@pytest.mark.usefixtures("settings")
def test_a_steward_accepts_and_a_department_says_complete(tmp_path):
    many = "code,area\n" + "".join(f"S{at},1\n" for at in range(30))
    submit(tmp_path, many)
    waits = submit(tmp_path, SITES)
    assert (waits.exit_code, "28" in waits.stdout) == (1, True)
    assert submit(tmp_path, SITES, "--complete").exit_code == 0
    submit(tmp_path, many)
    waits = submit(tmp_path, f"{SITES}S3,3\n")
    accepted = sportlake("accept", number_in(waits), "--reason", "核实过", "--who", "李四")
    assert (accepted.exit_code, "李四" in accepted.stdout) == (0, True)
    assert sportlake("ledger", "verify").exit_code == 0
    dry = sportlake("rejudge", "site")
    assert (dry.exit_code, "0 of 1 would change" in dry.stdout) == (0, True)


def test_a_refusal_of_the_gate_is_no_nothing_to_do_and_names_who_must_mend(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210200", "site_2026.csv", f"{SITES}S9,90\n")
    for _ in range(2):
        result = sportlake("run")
        assert result.exit_code == 1
        assert "Nothing new to release" not in result.stdout
        for said in ("S1", "210100/2026", "210200/2026", "RCPT-"):
            assert said in result.stdout
    refused = sportlake("release", "site")
    assert (refused.exit_code, "Nothing new" in refused.stdout) == (1, False)
    assert len(load_workspace(settings).ledger.read_entries("refusal")) == 1


def test_the_status_says_what_stands_what_waits_what_is_not_released_and_who_is_late(settings, tmp_path):
    drop(settings, "210100", "site_2025.csv", SITES)
    drop(settings, "210100", "site_2026.csv", f"{SITES}S3,3\n")
    drop(settings, "210200", "site_2026.csv", "code,area\nS8,much\n")
    sportlake("run")
    told = sportlake("status").stdout
    line = next(one for one in told.splitlines() if one.strip("│ ").startswith("site"))
    assert [cell.strip() for cell in line.split("│")][3:5] == ["1", "3"] or " 1 " in line
    for said in ("site/210200/2026", "2026-11-25", "退回修改", "逾期未报"):
        assert said in told
    submit(tmp_path, f"{SITES}S4,4\n")
    assert "待发布" in sportlake("status").stdout


def test_the_index_of_receipts_is_there_after_a_hand_in(settings, tmp_path):
    number = number_in(submit(tmp_path, SITES))
    assert number in (settings.home / "receipts" / "210100.html").read_text(encoding="utf-8")


def test_a_dataset_of_which_everything_was_taken_back_is_public_no_more_until_that_is_undone(settings, tmp_path):
    number = number_in(submit(tmp_path, SITES))
    sportlake("run")
    files, page = (settings.home / "catalogue" / part for part in ("releases/site", "dataset/site/index.html"))
    sportlake("retract", number, "--reason", "误报")
    ran = sportlake("run")
    assert (ran.exit_code, "all data of this dataset were taken back: 误报" in ran.stdout) == (0, True)
    assert (files.exists(), "误报" in page.read_text(encoding="utf-8")) == (False, True)
    assert "withdrawn" in sportlake("status").stdout
    sportlake("retract", number, "--undo", "--reason", "没有误报")
    assert sportlake("run").exit_code == 0
    assert files.exists()
