"""Built datasets through `sportlake run` and through Dagster's job: built after the releases that they tell of, and then at rest."""

import dagster as dg
import pytest
import yaml
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.definitions import build_defs
from dagster_project.installation import load_workspace
from dagster_project.jobs import BUILD
from pipelines.publication.due import newest_releases
from support.contracts import descriptor_with
from support.installed import MORE_SITES, POLICY, SITES, drop, installed_for_commands

QUERY = "SELECT dataset AS name, rows, release FROM platform_catalogue WHERE NOT is_built"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    settings = installed_for_commands(tmp_path, monkeypatch)
    built = {"platform": ["catalogue"], "query": QUERY}
    policy = {**POLICY, "submitters": ["ln-bangongshi"], "built": built}
    descriptor = descriptor_with(["name", "rows:integer", "release"], name="overview", policy=policy)
    text = yaml.safe_dump(descriptor, allow_unicode=True, sort_keys=False)
    (settings.contracts / "overview.yaml").write_text(text, encoding="utf-8")
    return settings


def said(*words):
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.output


def standing_rows(settings):
    workspace = load_workspace(settings)
    table = workspace.lake.read_current(workspace.contracts["overview"])
    return table.select(["name", "rows", "release"]).to_pylist()


def site_row(settings):
    (row,) = [row for row in standing_rows(settings) if row["name"] == "site"]
    return row["rows"], row["release"]


def test_a_run_builds_after_the_releases_and_the_next_one_finds_nothing_to_do(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    first = said("run")
    assert (
        first.index("accepted: 1")
        < first.index("datasets that the platform builds itself:")
        < first.rindex("accepted: ")
    )
    assert site_row(settings) == (2, "2026.11.1")
    before = load_workspace(settings).ledger.read_head()
    second = said("run")
    assert second.count("Nothing new in the inbox.") == 1
    assert "builds itself" not in second
    assert load_workspace(settings).ledger.read_head() == before
    drop(settings, "210200", "site_2026.csv", MORE_SITES)
    said("run")
    assert site_row(settings) == (4, "2026.11.2")
    assert newest_releases(load_workspace(settings))["overview"] == "2026.11.2"


def test_dagsters_job_puts_the_file_into_the_inbox(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    with dg.DagsterInstance.ephemeral() as instance:
        done = build_defs(settings).resolve_job_def(BUILD).execute_in_process(instance=instance)
    assert done.success
    assert [path.name for path in (settings.home / "inbox" / "ln-bangongshi").iterdir()] == ["overview_2026_完整.csv"]
