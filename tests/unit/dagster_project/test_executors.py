"""The executor that the settings choose, and what is said where it cannot be had."""

import sys

import dagster as dg
import pytest
from pydantic import SecretStr, ValidationError

from dagster_project.definitions import build_defs
from dagster_project.executors import choose_executor
from dagster_project.settings import Settings
from schemas.errors import UsageError
from support.installed import installed


def small(home, **said):
    """Settings of an installation with two datasets: its executor does not depend on how many there are."""
    made = installed(home)
    return Settings(home=made.home, contracts=made.contracts, **said)


@pytest.mark.parametrize(
    ("chosen", "named"),
    [("in_process", "in_process"), ("multiprocess", "multiprocess"), ("celery", "celery"), ("kubernetes", "k8s")],
)
def test_runs_of_dagster_have_the_executor_of_the_settings(tmp_path, chosen, named):
    job = build_defs(small(tmp_path, executor=chosen, broker_url=SecretStr("redis://127.0.0.1:1/0"))).resolve_job_def(
        "sweep"
    )
    assert job.executor_def.name == named


def test_no_run_configuration_holds_the_broker(tmp_path, monkeypatch):
    monkeypatch.setenv("SPORTLAKE_BROKER_URL", "redis://:geheim@127.0.0.1:1/0")
    job = build_defs(small(tmp_path, executor="celery")).resolve_job_def("sweep")
    assert "geheim" not in str(job.run_config_schema.config_type.fields)
    assert "geheim" not in repr(Settings(home=tmp_path, executor="celery"))


def test_celery_without_a_broker_is_refused_with_the_variable_to_set(tmp_path):
    with pytest.raises(ValidationError, match="SPORTLAKE_BROKER_URL=redis"):
        Settings(home=tmp_path, executor="celery")


@pytest.mark.parametrize(("chosen", "module"), [("celery", "celery"), ("kubernetes", "dagster_k8s")])
def test_a_library_that_is_missing_is_said_with_its_extra(monkeypatch, chosen, module):
    for name in [
        name for name in sys.modules if name.split(".")[0] in {module, "dagster_project"} and "celery" in name
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=r"sportlake\[hosts\]"):
        choose_executor(chosen)


def test_one_process_is_the_default(tmp_path):
    assert Settings(home=tmp_path).executor == "in_process"
    assert choose_executor("in_process") is dg.in_process_executor
