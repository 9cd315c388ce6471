"""Dagster's own home below ours: run history, event log, and its `dagster.yaml` with telemetry off.

Here: writing that file and opening the instance that `sportlake run` and the UI share; one process at a time prepares it. The `dagster.yaml` in the
repository states the same for `dagster dev` without any set-up (`DAGSTER_HOME` unset, home `./var`). On several hosts
PostgreSQL takes the place of the three SQLite storages; its address stays in the environment. Not here: the databases (`databases.py`), the runs
(`runs.py`).
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from dagster_project.databases import HISTORY, SCHEDULES, describe_new_databases, ensure_databases, set_aside
from schemas.text import Text
from warehouse.atomic_files import hold_lock, write_atomically
from warehouse.layout import Layout

_HEADING = "# Where Dagster keeps its history. Telemetry is off: nothing is sent anywhere. Written by dagster_project/instance.py\n"
# Two runs at once: under the daemon each run is a process, and the small machines we know have two cores.
_RUNS_AT_ONCE = 2
_LOCK = ".instance.lock"
# The process of a run may be on a host that is gone, and the next intake of the dataset would wait for it. The launcher detects lost runs
# whose steps are on Celery's workers, by two checks in a row; any other run is failed after the longest time.
_LOOK_SECONDS = 30
_LONGEST_RUN_SECONDS = 24 * 3600
_SHARED_STORAGE: dict[str, Any] = {
    "storage": {
        "custom": {
            "module": "dagster_project.shared_storage",
            "class": "SharedStorage",
            "config": {"postgres_url": {"env": "SPORTLAKE_DAGSTER_URL"}},
        }
    },
    "run_launcher": {"module": "dagster_project.run_presence", "class": "WatchingRunLauncher"},
    "run_monitoring": {
        "enabled": True,
        "poll_interval_seconds": _LOOK_SECONDS,
        "max_runtime_seconds": _LONGEST_RUN_SECONDS,
    },
}
# The tag of an intake run: its dataset.
DATASET_TAG = "sportlake/dataset"
# The tag with the process of a run that a command executes itself: `<host>/<pid>`. The command brings the pages up to date, once.
PROCESS_TAG = "sportlake/process"
# The tag of a release run before which the sample's people decide.
SAMPLE_REVIEW_TAG = "sportlake/sample-review"


def instance_yaml(folder: str, *, shared: bool = False) -> str:
    """Returns the text of the instance file for a Dagster home in that folder; `shared`: its memory is in the PostgreSQL of several hosts."""
    config: dict[str, Any] = {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        **(_SHARED_STORAGE if shared else _own_storages(folder)),
        "local_artifact_storage": _storage_config("dagster._core.storage.root", "LocalArtifactStorage", folder),
        "compute_logs": {
            "module": "dagster._core.storage.noop_compute_log_manager",
            "class": "NoOpComputeLogManager",
        },
        "python_logs": {"managed_python_loggers": ["catalog"], "python_log_level": "INFO"},
        # The intakes of a dataset one after another: the newest run is then the one whose checks are the newest.
        "concurrency": {
            "runs": {
                "max_concurrent_runs": _RUNS_AT_ONCE,
                "tag_concurrency_limits": [
                    {"key": DATASET_TAG, "value": {"applyLimitPerUniqueValue": True}, "limit": 1}
                ],
            }
        },
    }
    return _HEADING + yaml.safe_dump(config, sort_keys=False, allow_unicode=True)


def _log_text(text: Text) -> None:
    logging.getLogger(__name__).warning("%s %s", text.zh, text.en)


def prepare_instance(layout: Layout, tell: Callable[[Text], None] = _log_text, *, shared: bool = False) -> Path:
    """Creates Dagster's home with `dagster.yaml` and databases; returns the folder, for `DAGSTER_HOME`.

    Damaged databases are set aside and replaced; `tell` is given the sentence about them. `shared`: as in `instance_yaml`; the
    databases are PostgreSQL's then.
    """
    folder = layout.dagster
    folder.mkdir(parents=True, exist_ok=True)
    with hold_lock(folder / _LOCK):
        file, text = folder / "dagster.yaml", instance_yaml(str(folder), shared=shared)
        if not file.is_file() or file.read_bytes() != text.encode():
            write_atomically(file, text)
        if not shared and (aside := ensure_databases(folder, _make_databases)):
            tell(describe_new_databases(aside))
    return folder


def open_instance(
    layout: Layout, tell: Callable[[Text], None] = _log_text, *, shared: bool = False
) -> dg.DagsterInstance:
    """Returns the instance of that home, as a context manager; the home is prepared first. `shared`: as in `instance_yaml`."""
    return dg.DagsterInstance.from_config(str(prepare_instance(layout, tell, shared=shared)))


def renew_instance(layout: Layout, tell: Callable[[Text], None] = _log_text) -> None:
    """Sets the databases aside although no damage was found, because a run has just failed on them."""
    with hold_lock(layout.dagster / _LOCK):
        tell(describe_new_databases(set_aside(layout.dagster)))


def _make_databases(folder: Path) -> None:
    (folder / "dagster.yaml").write_text(instance_yaml(str(folder)), encoding="utf-8")
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        # Each storage makes its database when it is first opened.
        _ = instance.run_storage, instance.event_log_storage, instance.schedule_storage


def _own_storages(folder: str) -> dict[str, Any]:
    return {
        "run_storage": _storage_config("dagster_project.run_storage", "OpenRunStorage", f"{folder}/{HISTORY}"),
        "event_log_storage": _storage_config("dagster_project.event_log", "OpenEventLog", f"{folder}/{HISTORY}"),
        "schedule_storage": _storage_config(
            "dagster._core.storage.schedules", "SqliteScheduleStorage", f"{folder}/{SCHEDULES}"
        ),
    }


def _storage_config(module: str, name: str, folder: str) -> dict[str, Any]:
    return {"module": module, "class": name, "config": {"base_dir": folder}}
