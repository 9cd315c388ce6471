"""Where the steps of a run are executed: in its own process, in several of this host, by Celery's workers, or in pods of Kubernetes.

`sportlake run` and the other commands execute their runs themselves, whatever is chosen; this is for the runs that Dagster's window, its
sensors and its schedules start. Libraries of the extra `hosts` are imported only when they are chosen. Not here: the watch over Celery's
workers (`celery_steps.py`), the workers (`celery_worker.py`).
"""

import dagster as dg

from dagster_project.settings import ExecutorName
from schemas.errors import UsageError
from schemas.text import Text


def choose_executor(name: ExecutorName) -> dg.ExecutorDefinition:
    """Returns the executor of that name; UsageError if its library is not installed."""
    if name == "in_process":
        return dg.in_process_executor
    if name == "multiprocess":
        return dg.multiprocess_executor
    try:
        return _find_celery() if name == "celery" else _find_kubernetes()
    except ModuleNotFoundError as missing:
        raise missing_extra_error(missing) from missing


def missing_extra_error(missing: ModuleNotFoundError) -> UsageError:
    """Returns the error that names the extra which brings a module."""
    return UsageError(
        Text(
            zh=f"没有安装 {missing.name}；请运行 pip install 'sportlake[hosts]'，或取消 SPORTLAKE_EXECUTOR 等多机设置",
            en=f"{missing.name} is not installed; run pip install 'sportlake[hosts]', or take back SPORTLAKE_EXECUTOR and the other settings of several hosts",
        )
    )


def _find_celery() -> dg.ExecutorDefinition:
    from dagster_project.celery_steps import watched_celery_executor  # noqa: PLC0415 -- of the extra `hosts`

    return watched_celery_executor


def _find_kubernetes() -> dg.ExecutorDefinition:
    from dagster_k8s import k8s_job_executor  # noqa: PLC0415 -- of the extra `hosts`

    found: dg.ExecutorDefinition = k8s_job_executor
    return found
