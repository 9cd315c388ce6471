"""Withdraw, rollback, publish, drift and orphans on the command line; and a CKAN that is down, which hides nothing of the static site."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner, Result

from dagster_project import runs
from dagster_project.catalogues import catalogue_names, open_catalogue
from dagster_project.cli import app
from dagster_project.cli.progress import publish_due
from dagster_project.definitions import build_defs
from dagster_project.installation import load_workspace
from dagster_project.partitions import published_key
from dagster_project.settings import Settings, read_settings
from pipelines.publication.publish import publish_entries
from support.frozen import freeze_release
from support.installed import installed_for_commands

SECRET = "s3kr1t-0f-ckan"  # noqa: S105 -- nobody's token
FIRST, SECOND = "2026.11.1", "2026.11.2"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation with two releases of `site` and one of `visit`, nothing published."""
    settings = installed_for_commands(tmp_path, monkeypatch)
    workspace = load_workspace(settings)
    for dataset, ids in (("site", "1"), ("site", "12"), ("visit", "1")):
        freeze_release(workspace, dataset, *ids)
    return settings


@pytest.fixture
def dead_ckan(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A connection file whose address nobody answers at, and the address. The token is in the environment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # it does not listen
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        file = settings.home / "ckan" / "connection.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"url": url}), encoding="utf-8")
        monkeypatch.setenv("SPORTLAKE_CKAN_TOKEN", SECRET)
        yield url


def sportlake(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)


def page(settings: Settings, dataset: str) -> str:
    return (settings.home / f"catalogue/dataset/{dataset}/index.html").read_text(encoding="utf-8")


def test_from_publication_to_withdrawal_and_back(settings):
    assert sportlake("publish").exit_code == 0
    answer = sportlake(
        "withdraw", "visit", "--reason", "来源有误", "--reason-en", "wrong source", "--successor", "site"
    )
    assert answer.exit_code == 0
    assert "run sportlake publish" in answer.stdout
    assert "来源有误" not in page(settings, "visit")
    assert "withdrawn" in sportlake("status").stdout
    plan = sportlake("publish", "--plan")
    assert "retire" in plan.stdout
    assert "来源有误" not in page(settings, "visit")
    published = sportlake("publish")
    assert (published.exit_code, "the catalogue static: 1 entries changed" in published.stdout) == (0, True)
    assert "来源有误" in page(settings, "visit")
    assert sportlake("withdraw", "visit", "--reason", "已核对", "--undo").exit_code == 0
    assert sportlake("publish").exit_code == 0
    assert "来源有误" not in page(settings, "visit")
    assert sportlake("drift").exit_code == 0
    assert [entry.kind for entry in load_workspace(settings).ledger.read_entries()] == [
        "publication", "publication", "withdrawal", "retirement", "restoration", "publication", "comparison",
    ]  # fmt: skip


def test_from_rollback_to_the_newest_again(settings):
    sportlake("publish")
    answer = sportlake("rollback", "site", "--reason", "第二版有误")
    assert f"{SECOND} → {FIRST}" in answer.stdout
    told = sportlake("status").stdout
    assert "已回退到" in told
    assert FIRST in told
    sportlake("publish")
    assert f"releases/site/{SECOND}/" not in page(settings, "site")
    assert f"发布方已不再提供第 {SECOND} 版" in page(settings, "site")
    assert f"{FIRST} → {SECOND}" in sportlake("rollback", "site", "--to", SECOND).stdout
    sportlake("publish")
    assert f"releases/site/{SECOND}/" in page(settings, "site")
    assert "不再提供" not in page(settings, "site")


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["withdraw", "stadium", "--reason", "有误"], "no dataset stadium"),
        (["withdraw", "site", "--reason", ""], "the reason is empty"),
        (["withdraw", "site", "--reason", "有误", "--successor", "site"], "its own successor"),
        (["withdraw", "site", "--reason", "有误", "--undo"], "site is not withdrawn"),
        (["withdraw", "site", "--reason", "有误", "--successor", "visit", "--undo"], "--undo takes no --successor"),
        (["rollback", "visit"], f"no release before {FIRST}"),
        (["rollback", "site", "--to", "2099.1.1"], f"there are {FIRST}, {SECOND}"),
        (["publish", "--to", "ckan"], "SPORTLAKE_CKAN"),
        (["drift", "--to", "ckan"], "make ckan"),
        (["publish", "--to", "moon"], "there are static, all"),
        (["drift", "stadium"], "no dataset stadium"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(arguments, said):
    answer = sportlake(*arguments)
    assert answer.exit_code == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_drift_and_orphans_end_with_one_while_there_are_any(settings):
    sportlake("publish")
    clean = [sportlake("drift"), sportlake("orphans")]
    assert [one.exit_code for one in clean] == [0, 0]
    assert "serves what was released" in clean[0].stdout
    (settings.home / "catalogue/data.json").write_text("{}", encoding="utf-8")
    (settings.home / "catalogue/note.txt").write_text("?", encoding="utf-8")
    found = sportlake("drift")
    assert found.exit_code == 1
    assert "file data.json" in found.stdout
    assert "sportlake drift --mend mends them" in found.stdout
    assert sportlake("drift", "site").exit_code == 0
    lying = sportlake("orphans", "--to", "static")
    assert (lying.exit_code, "note.txt" in lying.stdout) == (1, True)
    assert sportlake("publish").exit_code == 0
    assert sportlake("drift").exit_code == 0


@pytest.mark.usefixtures("settings")
def test_what_another_command_published_meanwhile_is_not_counted_again(monkeypatch):
    """A second `publish`, which had waited for the first, told the changes of its plan, which the first had made."""

    def publish_twice(settings, workspace, *args, **how):
        publish_entries(workspace, open_catalogue(workspace, settings, "static"), settings.current_time())
        return publish_due(settings, workspace, *args, **how)

    monkeypatch.setattr("dagster_project.cli.progress.publish_due", publish_twice)
    assert "the catalogue static: 0 entries changed" in sportlake("publish", "--to", "static").stdout


def test_a_ckan_that_is_down_hides_nothing_of_the_static_catalogue(settings, dead_ckan):
    answer = sportlake("publish")
    assert answer.exit_code == 1
    assert "the catalogue static: 2 entries changed" in answer.stdout
    assert "ckan：没有应答" in answer.stdout
    assert dead_ckan in answer.stderr
    assert SECOND in page(settings, "site")
    assert [entry.facts["catalogue"] for entry in load_workspace(settings).ledger.read_entries("publication")] == [
        "static"
    ] * 2
    assert sportlake("publish", "--to", "static").exit_code == 0
    for command in ("drift", "orphans"):
        answer = sportlake(command)
        assert answer.exit_code == 1
        assert "static：" in answer.stdout
        assert dead_ckan in answer.stderr


def test_a_run_with_a_ckan_that_is_down_fails_in_its_step_alone_and_says_why(settings, dead_ckan):
    workspace, defs = load_workspace(settings), build_defs(read_settings())
    assert catalogue_names(settings) == ("static", "ckan")
    with dg.DagsterInstance.ephemeral() as instance:
        ran = runs.execute_run(defs, instance, runs.build_publish_request(workspace.contracts, ("static", "ckan")))
        assert ran.steps == ("publish_ckan",)
        assert dead_ckan in ran.failures[0]
        assert not instance.get_run_by_id(ran.run_id).is_success
        event = instance.get_latest_materialization_event(dg.AssetKey("static"))
        said = event.asset_materialization.metadata
        assert (said["created"].value, said["retired"].value) == (2, 0)
        assert said["catalogue"].value == (settings.home / "catalogue/index.html").as_uri()
        assert [record.data["dataset"] for record in said["plan"].records] == ["site", "visit"]
        entry = instance.get_latest_materialization_event(published_key("site", "static"))
        assert entry.asset_materialization.metadata["action"].value == "create"
        assert instance.get_latest_materialization_event(published_key("site", "ckan")) is None
        assert instance.get_latest_materialization_event(dg.AssetKey("warehouse")) is not None


@pytest.mark.usefixtures("dead_ckan")
def test_the_token_is_nowhere_but_in_the_environment(settings):
    """Neither in what is said, nor in any file of the installation: ledger, Dagster's events and run configurations, logs."""
    said = [sportlake("publish"), sportlake("run")]
    for answer in said:
        assert answer.exit_code == 1
        assert SECRET not in answer.output
    with_secret = [
        str(path) for path in settings.home.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()
    ]
    assert with_secret == []
    resource = build_defs(read_settings()).resources["workspace"]
    assert SECRET not in repr(resource) + json.dumps(resource.model_dump(mode="json"))
    assert SECRET not in repr(read_settings())
    assert resource.read_settings().ckan_token.get_secret_value() == SECRET


def test_a_connection_file_that_says_nonsense_is_named_and_its_content_is_not(settings, dead_ckan):
    assert dead_ckan
    (settings.home / "ckan" / "connection.json").write_text(f'{{"url": 7, "word": "{SECRET}"}}', encoding="utf-8")
    answer = sportlake("publish", "--to", "ckan")
    assert answer.exit_code == 2
    assert "connection.json" in answer.stderr
    assert SECRET not in answer.output
    both = sportlake("publish")
    assert both.exit_code == 1
    assert "the catalogue static: 2 entries changed" in both.stdout


def test_a_scan_without_a_hit_is_told_and_changes_nothing(settings):
    assert sportlake("publish").exit_code == 0
    answer = sportlake("rescan")
    assert (answer.exit_code, "nothing was found" in answer.stdout) == (0, True)
    assert "withdrawal" not in [entry.kind for entry in load_workspace(settings).ledger.read_entries()]


def test_a_scan_with_a_hit_takes_the_dataset_down_at_once(settings):
    freeze_release(load_workspace(settings), "visit", "手机13800138000")
    assert sportlake("publish").exit_code == 0
    files = settings.home / "catalogue" / "releases" / "visit"
    assert any(b"13800138000" in path.read_bytes() for path in files.rglob("*.csv"))
    answer = sportlake("rescan")
    assert answer.exit_code == 1
    assert "withdraw DATASET --undo" in answer.stdout
    assert "13800138000" not in answer.stdout
    assert "例行复查" in page(settings, "visit")
    assert not list(files.rglob("*.csv"))
    freeze_release(load_workspace(settings), "visit", "1", with_changes=False)
    assert sportlake("withdraw", "visit", "--undo", "--reason", "已更正").exit_code == 0
    assert sportlake("publish").exit_code == 0
    assert sportlake("rescan").exit_code == 0
    assert not any(b"13800138000" in path.read_bytes() for path in files.rglob("*.csv"))


def test_the_nightly_scan_fails_its_run_on_a_hit_after_taking_the_dataset_down(settings):
    freeze_release(load_workspace(settings), "visit", "手机13800138000")
    assert sportlake("publish").exit_code == 0
    job = build_defs(read_settings()).resolve_job_def("rescan")
    with dg.DagsterInstance.ephemeral() as instance:
        assert not job.execute_in_process(instance=instance, raise_on_error=False).success
        assert "例行复查" in page(settings, "visit")
        assert job.execute_in_process(instance=instance).success
