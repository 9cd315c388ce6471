"""Runs in this process: a failure lets the next run go on, Ctrl-C does not."""

import signal

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


@pytest.mark.parametrize("interrupted", [signal.SIG_IGN, signal.default_int_handler])
def test_a_run_in_the_background_of_a_shell_can_still_be_ended(interrupted):
    before = signal.signal(signal.SIGINT, interrupted), signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        run_job_that_raises(ValueError("broken"))
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])
