"""`sportlake people`: what is said of a role that does not exist."""

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("SPORTLAKE_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(app, ["people", *words])


def test_a_role_that_does_not_exist_is_told_with_those_that_do_and_nobody_is_added(run):
    assert run("init").exit_code == 0
    done = run("add", "李四", "--role", "reviewer")
    assert (done.exit_code, "没有角色 reviewer" in done.output, "confidentiality 保密审查员" in done.output) == (
        2,
        True,
        True,
    )
    assert "李四" not in run().output
    assert "pydantic" not in done.output


def test_somebody_with_a_role_that_exists_is_added(run):
    assert run("init").exit_code == 0
    assert run("add", "李四", "--role", "confidentiality").exit_code == 0
    assert "李四" in run().output
