"""The command line over a small installation: hand in, run, look, verify."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dagster_project.cli import app
from dagster_project.installation import load_workspace
from dagster_project.settings import Settings
from pipelines.publication.due import newest_releases
from pipelines.submissions.inbox.taken_files import TAKEN_FOLDER
from support.installed import SITES, VISITS, drop, installed_for_commands


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return installed_for_commands(tmp_path, monkeypatch)


def taken(settings: Settings, department: str) -> list[Path]:
    """The taken files of a department."""
    return sorted((settings.home / "inbox" / department / TAKEN_FOLDER).iterdir())


def sportlake(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)


def test_the_inbox_is_walked_and_a_second_run_says_that_nothing_is_new(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210100", "visit_2026.csv", VISITS)
    drop(settings, "210200", "site_2026.csv", "code,area\nS8,much\n")
    first = sportlake("run")
    assert first.exit_code == 0
    assert "accepted: 2" in first.stdout
    assert "quarantined: 1" in first.stdout
    assert "210200/site_2026.csv" in first.stdout
    assert "格式不符合要求（1 处）" in first.stdout
    assert "type-error" not in first.stdout
    assert "RCPT-" in first.stdout
    assert newest_releases(load_workspace(settings)) == {"site": "2026.11.1", "visit": "2026.11.1"}
    second = sportlake("run")
    assert second.exit_code == 0
    assert "Nothing new in the inbox." in second.stdout
    assert "Nothing new to release." in second.stdout
    assert newest_releases(load_workspace(settings)) == {"site": "2026.11.1", "visit": "2026.11.1"}


def test_a_file_handed_in_gets_its_place_its_period_and_its_answer(settings, tmp_path):
    file = tmp_path / "任意 名称.csv"
    file.write_text(SITES, encoding="utf-8")
    result = sportlake("submit", file, "--dataset", "site", "--department", "210100")
    assert result.exit_code == 0
    assert "accepted: 1" in result.stdout
    assert [path.name[25:] for path in taken(settings, "210100")] == ["site_2026.csv"]


def test_the_same_bytes_handed_in_again_are_answered_from_the_first_receipt(settings, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(SITES, encoding="utf-8")
    sportlake("submit", file, "--dataset", "site", "--department", "210100")
    count = len(load_workspace(settings).ledger.read_entries())
    assert "accepted: 1" in sportlake("submit", file, "--dataset", "site", "--department", "210100").stdout
    assert len(load_workspace(settings).ledger.read_entries()) == count
    assert len(taken(settings, "210100")) == 1


def test_a_correction_handed_in_does_not_overwrite_the_first_file(settings, tmp_path):
    file = tmp_path / "a.csv"
    for content in (SITES, f"{SITES}S3,30\n"):
        file.write_text(content, encoding="utf-8")
        sportlake("submit", file, "--dataset", "site", "--department", "210100", "--period", "2026")
    assert [path.name[25:] for path in taken(settings, "210100")] == ["site_2026.csv", "site_2026.csv"]
    assert list((settings.home / "inbox" / "210100").glob("*.csv")) == []
    workspace = load_workspace(settings)
    assert workspace.lake.read_current(workspace.contracts["site"]).num_rows == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dataset", "stadium", "--department", "210100"], "no dataset stadium"),
        (["--dataset", "site", "--department", "219900"], "no department"),
        (["--dataset", "site", "--department", "../etc"], "no department"),
    ],
)
def test_a_dataset_or_department_that_does_not_exist_is_said_plainly_and_leaves_nothing(
    settings, tmp_path, arguments, said
):
    file = tmp_path / "a.csv"
    file.write_text(SITES, encoding="utf-8")
    result = sportlake("submit", file, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "不出具回执" in result.stderr
    assert "Traceback" not in result.stderr
    assert [path.name for path in settings.home.iterdir()] == ["people.yaml"]


def test_a_file_that_is_not_there_has_no_receipt_and_the_answer_says_so(settings, tmp_path):
    result = sportlake("submit", tmp_path / "missing.csv", "--dataset", "site", "--department", "210100")
    assert result.exit_code == 2
    for said in ("missing.csv", "不出具回执", "there is no receipt"):
        assert said in result.stderr
    assert [path.name for path in settings.home.iterdir()] == ["people.yaml"]


def test_release_publish_and_rebuild_are_commands_of_their_own(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    sportlake("run")
    drop(settings, "210100", "site_2026_2.csv", f"{SITES}S3,30\n")
    file = settings.home / "inbox" / "210100" / "site_2026_2.csv"
    sportlake("submit", file, "--dataset", "site", "--department", "210100", "--period", "2026")
    assert "2026.11.2" in sportlake("release", "site").stdout
    plan = sportlake("publish", "--plan").stdout
    assert "update" in plan
    assert "1 entries changed" in sportlake("publish").stdout
    assert "keep" in sportlake("publish", "--plan").stdout
    assert "nothing had changed" in sportlake("warehouse", "rebuild").stdout


def test_the_standing_of_every_dataset_is_shown(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    before = sportlake("status")
    assert before.exit_code == 0
    assert "site" in before.stdout
    assert not settings.home.joinpath("ledger").exists()


def test_a_changed_ledger_is_found_with_exit_1(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    sportlake("run")
    assert sportlake("ledger", "verify").exit_code == 0
    ledger = load_workspace(settings).layout.ledger
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("site_2026.csv", "site_2027.csv", 1), encoding="utf-8")
    result = sportlake("ledger", "verify")
    assert result.exit_code == 1
    assert result.stderr


@pytest.mark.usefixtures("settings")
def test_contracts_are_listed_and_shown():
    assert "visit" in sportlake("contracts").stdout
    shown = sportlake("contracts", "show", "site").stdout
    assert "area" in shown
    assert sportlake("contracts", "show", "stadium").exit_code == 2


@pytest.mark.usefixtures("settings")
def test_a_clock_that_cannot_be_read_is_named(monkeypatch):
    monkeypatch.setenv("SPORTLAKE_CLOCK", "noon")
    result = sportlake("run")
    assert result.exit_code == 2
    assert "SPORTLAKE_CLOCK" in result.stderr


def test_a_file_too_large_to_keep_is_refused_with_a_receipt_and_holds_up_nobody(settings, monkeypatch):
    monkeypatch.setattr("pipelines.submissions.inbox.submission.LARGEST_FILE", 100)
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210200", "site_2026.csv", "code,area\n" + "S,1\n" * 100)
    drop(settings, "210200", "stadium_2026.csv", "x\n" * 100)
    result = sportlake("run")
    for said in ("refused: 2", "210200/site_2026.csv", "210200/stadium_2026.csv", "the limit is"):
        assert said in result.stdout
    assert result.exit_code == 0
    workspace = load_workspace(settings)
    (entry,) = workspace.ledger.find_entries("submission", "place", "site/210200/2026")
    assert entry.facts["size"] == 410
    assert [path.name for path in workspace.layout.submission_folder(entry.facts["number"]).iterdir()] == [
        "submission.json"
    ]
    assert "Nothing new in the inbox" in sportlake("run").stdout
    assert newest_releases(load_workspace(settings)) == {"site": "2026.11.1"}


def test_a_file_for_a_year_to_come_never_replaces_what_stands(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210100", "site_2036.csv", f"{SITES}S3,30\n")
    result = sportlake("run")
    assert "refused: 1" in result.stdout
    assert "尚未开始" in result.stdout
    workspace = load_workspace(settings)
    assert workspace.lake.read_current(workspace.contracts["site"]).num_rows == 2
