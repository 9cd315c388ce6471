"""A worker of Celery that executes steps of Dagster's runs: `sportlake worker`.

`celery_steps.py` relies on its settings: workers report when a task is started, and reserve no more tasks than they can run at once. Not
here: which steps there are (`definitions.py`), their watch.
"""

from celery import Celery
from dagster_celery.config import DEFAULT_CONFIG, dict_wrapper
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task

_SETTINGS = {
    **DEFAULT_CONFIG,
    "task_track_started": True,
    "worker_prefetch_multiplier": 1,
    "broker_connection_retry_on_startup": True,
}


def build_worker(broker: str) -> Celery:
    """Returns the application of a worker of that broker, which keeps the results too."""
    app = make_app({"broker": broker, "backend": broker, "config_source": dict_wrapper(dict(_SETTINGS))})
    create_task(app)
    return app


def run_worker(broker: str, name: str, steps_at_once: int) -> int:
    """Executes steps until a signal arrives and the current ones are finished; returns the exit code."""
    words = ["worker", "--queues", "dagster", "--hostname", f"{name}@%h", "--concurrency", str(steps_at_once)]
    return int(build_worker(broker).worker_main([*words, "--loglevel", "WARNING", "--without-gossip"]) or 0)
