"""Steps of a run on Celery's workers, with a watch: a run without workers fails within a minute, and a step whose worker was killed is queued again.

Dagster's own executor would wait for ever in both cases. Steps may run twice: their effects are recorded once (the ledger's
`append_once`), and files are placed atomically. Not here: the workers (`celery_worker.py`), the choice of an executor (`executors.py`).
"""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, cast

import dagster as dg
from celery import Celery
from celery.result import AsyncResult
from dagster._core.execution.context.system import PlanOrchestrationContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster_celery import celery_executor
from dagster_celery.core_execution_loop import core_celery_execution_loop
from dagster_celery.executor import CELERY_CONFIG, CeleryExecutor, _submit_task
from dagster_celery.make_app import make_app
from kombu import Connection
from kombu.exceptions import OperationalError

from dagster_project.run_presence import hold_presence
from schemas.errors import SportlakeError
from schemas.text import Text

BROKER = "SPORTLAKE_BROKER_URL"
PATIENCE_SECONDS = 30.0
"""Without an answer of any worker a run fails after this time, and with the last look within a minute."""
_LOOK_SECONDS, _ANSWER_SECONDS = 5.0, 3.0
_GIVEN_AT_MOST = 4
_QUEUE = "dagster"
_LOOKS_WITHOUT = 2
"""At which nobody had a task before it is given again: between queue and worker it is seen nowhere for a moment."""


class NoWorkerError(SportlakeError):
    """No worker takes steps, or a step lost its worker again and again; the message says what to start."""


class WorkerWatch:
    """Which tasks the workers of a broker have; they are asked every few seconds at most. `clock`: monotonic seconds."""

    def __init__(self, app: Celery, clock: Callable[[], float]) -> None:
        self._app, self._clock = app, clock
        self._looked, self._answered = -_LOOK_SECONDS, clock()
        self._known: frozenset[str] = frozenset()
        self._waiting = 0
        self.looks = 0

    def ask_workers(self, wanted: frozenset[str]) -> None:
        """Asks all workers which of those tasks they have; NoWorkerError after `PATIENCE_SECONDS` without an answer."""
        now = self._clock()
        if now - self._looked < _LOOK_SECONDS:
            return
        answers = self._send_question(wanted)
        self._looked = self._clock()
        if answers:
            self._answered, self.looks = self._looked, self.looks + 1
            self._known = frozenset(task for tasks in answers.values() for task in tasks)
        elif self._looked - self._answered > PATIENCE_SECONDS:
            raise _no_worker_error(self._looked - self._answered)

    def is_lost(self, task: str, *, started: bool) -> bool:
        """Whether, at the last query, no worker had the task and it did not wait in the queue either."""
        return task not in self._known and (started or not self._waiting)

    def _send_question(self, wanted: frozenset[str]) -> Mapping[str, Mapping[str, Any]]:
        try:
            found = self._app.control.inspect(timeout=_ANSWER_SECONDS).query_task(*sorted(wanted))
            with self._app.connection_for_read() as connection:
                self._waiting = _count_waiting(connection)
        except OperationalError:
            return {}  # a broker that is away for a moment; for longer than the patience it is as if there were no worker
        return cast("Mapping[str, Mapping[str, Any]]", found or {})


def _count_waiting(connection: Connection) -> int:
    """Returns how many tasks wait in the queue; 0 if the queue does not exist."""
    try:
        return int(connection.default_channel.queue_declare(_QUEUE, passive=True).message_count)
    except connection.channel_errors:
        return 0


class WatchedStep:
    """A step on the workers, in the form in which Dagster's loop asks for its result; `give` puts it into the queue."""

    def __init__(self, watch: WorkerWatch, steps: dict[str, "WatchedStep"], give: Callable[[], AsyncResult]) -> None:
        self._watch, self._steps, self._give = watch, steps, give
        self._result, self._given = give(), 1
        self._missed = (0, 0)
        self._problem: NoWorkerError | None = None
        self._steps[self._result.id] = self

    def ready(self) -> bool:
        """Whether there is a result, or none can be expected any more."""
        if self._problem is None and not self._result.ready():
            try:
                self._watch.ask_workers(frozenset(self._steps))
                self._give_if_lost()
            except NoWorkerError as problem:
                self._problem = problem
        done = self._problem is not None or self._result.ready()
        if done:
            self._steps.pop(self._result.id, None)
        return bool(done)

    def get(self) -> list[str]:
        """Returns the events of the step; NoWorkerError if none can be expected any more."""
        if self._problem is not None:
            self._result.revoke()
            raise self._problem
        return cast("list[str]", self._result.get())

    def revoke(self) -> None:
        """Revokes the step's task."""
        self._result.revoke()

    def _give_if_lost(self) -> None:
        """Queues the step again if no worker has it."""
        looks, missed = self._missed
        if looks == self._watch.looks:
            return
        lost = self._watch.is_lost(self._result.id, started=self._result.state == "STARTED")
        self._missed = (self._watch.looks, missed + 1 if lost and not self._result.ready() else 0)
        if self._missed[1] < _LOOKS_WITHOUT:
            return
        if self._given == _GIVEN_AT_MOST:
            raise _lost_again_error(self._given)
        del self._steps[self._result.id]
        self._result.revoke()
        self._result, self._given, self._missed = self._give(), self._given + 1, (self._watch.looks, 0)
        self._steps[self._result.id] = self


class WatchedCeleryExecutor(CeleryExecutor):  # type: ignore[misc] # the library has no types
    """Dagster's executor on Celery, with a watch over the workers."""

    def execute(
        self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan
    ) -> Iterator[dg.DagsterEvent]:
        """Yields the events of the steps as their workers return them; meanwhile the process holds the lock that shows its presence (`run_presence.py`)."""
        watch = WorkerWatch(make_app(self.app_args()), time.monotonic)
        steps: dict[str, WatchedStep] = {}

        def submit(*given: object) -> WatchedStep:
            return WatchedStep(watch, steps, partial(_submit_task, *given))

        with hold_presence(plan_context.instance, plan_context.run_id):
            yield from core_celery_execution_loop(plan_context, execution_plan, step_execution_fn=submit)


@dg.executor(name="celery", config_schema=CELERY_CONFIG, requirements=dg.multiple_process_executor_requirements())
def _celery(context: dg.InitExecutorContext) -> WatchedCeleryExecutor:
    made = celery_executor.executor_creation_fn(context)  # of its configuration, as Dagster reads it
    return WatchedCeleryExecutor(made.retries, made.broker, made.backend, made.include, vars(made.config_source))


watched_celery_executor = _celery.configured({"broker": {"env": BROKER}, "backend": {"env": BROKER}}, name="celery")
"""With the broker that `SPORTLAKE_BROKER_URL` names, which no run configuration contains."""


def _no_worker_error(seconds: float) -> NoWorkerError:
    return NoWorkerError(
        Text(
            zh=f"{seconds:.0f} 秒内没有任何工作进程应答；请在各主机上用 sportlake worker 启动，核对 {BROKER}，然后重新执行",
            en=f"no worker has answered for {seconds:.0f} seconds; start some by sportlake worker on the hosts, check {BROKER}, then run this again",
        )
    )


def _lost_again_error(times: int) -> NoWorkerError:
    return NoWorkerError(
        Text(
            zh=f"这一步 {times} 次失去工作进程（可能内存不足）；请查看工作进程的日志，然后重新执行",
            en=f"this step lost its worker {times} times, perhaps for want of memory; look at the workers' logs, then run this again",
        )
    )
