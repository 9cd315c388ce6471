"""Imported by the process that others are forked from (`forked_hosts.py`): what a worker and a run of several hosts need, and no thread."""

import os
from importlib import import_module

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "GX_ANALYTICS_ENABLED": "false"}

from dagster_project.pandas_import import avoid_pandas_import

avoid_pandas_import()
for _name in (
    "celery.bin.worker",
    "dagster._cli",
    "dagster_project.assets",
    "dagster_project.celery_steps",
    "dagster_project.celery_worker",
    "dagster_project.cli.hosts",
    "dagster_project.shared_storage",
    "great_expectations",
):
    import_module(_name)
