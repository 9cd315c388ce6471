"""Runs in this process: a failure lets the next run go on, Ctrl-C does not."""

import dagster as dg
import pytest
from dagster._core.errors import DagsterExecutionInterruptedError

from dagster_project.runs import RunRequest, execute_run


def run_job_that_raises(error):
    @dg.op
    def fail():
        raise error

    @dg.job(name="work")
    def work():
        fail()

    with dg.DagsterInstance.ephemeral() as instance:
        return execute_run(dg.Definitions(jobs=[work]), instance, RunRequest("work"))


def test_a_failure_is_returned():
    (failure,) = run_job_that_raises(ValueError("broken")).failures
    assert failure.startswith("fail: ")
    assert "broken" in failure


@pytest.mark.parametrize("error", [KeyboardInterrupt(), DagsterExecutionInterruptedError()])
def test_an_interruption_ends_all_runs(error):
    with pytest.raises(KeyboardInterrupt):
        run_job_that_raises(error)
