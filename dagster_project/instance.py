"""Dagster's own home below ours: run history, event log, and its `dagster.yaml` with telemetry off.

Here: writing that file and opening the instance that `sportlake run` and the UI share. The `dagster.yaml` in the
repository states the same for `dagster dev` without any set-up (`DAGSTER_HOME` unset, home `./var`). On more than one
machine: Postgres in place of the three SQLite storages, same file. Not here: the runs (`runs.py`).
"""

from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from warehouse.layout import Layout

_HEADING = "# Where Dagster keeps its history. Telemetry is off: nothing is sent anywhere. Written by dagster_project/instance.py\n"
# Two runs at once: under the daemon each run is a process, and the small machines we know have two cores.
_RUNS_AT_ONCE = 2


def instance_yaml(folder: str) -> str:
    """Returns the text of the instance file for a Dagster home in that folder."""
    config: dict[str, Any] = {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        "run_storage": _storage_config("dagster._core.storage.runs", "SqliteRunStorage", f"{folder}/history"),
        "event_log_storage": _storage_config("dagster_project.event_log", "OpenEventLog", f"{folder}/history"),
        "schedule_storage": _storage_config(
            "dagster._core.storage.schedules", "SqliteScheduleStorage", f"{folder}/schedules"
        ),
        "local_artifact_storage": _storage_config("dagster._core.storage.root", "LocalArtifactStorage", folder),
        "compute_logs": {
            "module": "dagster._core.storage.noop_compute_log_manager",
            "class": "NoOpComputeLogManager",
        },
        "python_logs": {"managed_python_loggers": ["catalog"], "python_log_level": "INFO"},
        "concurrency": {"runs": {"max_concurrent_runs": _RUNS_AT_ONCE}},
    }
    return _HEADING + yaml.safe_dump(config, sort_keys=False, allow_unicode=True)


def prepare_instance(layout: Layout) -> Path:
    """Creates Dagster's home with its `dagster.yaml`; returns the folder, for `DAGSTER_HOME`."""
    folder = layout.dagster
    folder.mkdir(parents=True, exist_ok=True)
    file, text = folder / "dagster.yaml", instance_yaml(str(folder))
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")
    return folder


def open_instance(layout: Layout) -> dg.DagsterInstance:
    """Returns the instance of that home, as a context manager; the home is created if missing."""
    return dg.DagsterInstance.from_config(str(prepare_instance(layout)))


def _storage_config(module: str, name: str, folder: str) -> dict[str, Any]:
    return {"module": module, "class": name, "config": {"base_dir": folder}}
