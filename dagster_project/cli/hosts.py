"""`sportlake worker`: executes steps of runs that other hosts start.

Not here: what a worker is (`dagster_project/celery_worker.py`), the settings of several hosts (`dagster_project/settings.py`).
"""

import socket
from typing import Annotated

import typer

from dagster_project.cli.console import handle_errors, print_message


@handle_errors
def worker_command(
    name: Annotated[
        str, typer.Option(help="名称，同一主机上各不相同 name, another for each worker of a host")
    ] = "sportlake",
    at_once: Annotated[int, typer.Option(min=1, max=64, help="同时执行的步骤数 steps at once")] = 1,
) -> None:
    """启动工作进程，执行其他主机上的运行的步骤（SPORTLAKE_EXECUTOR=celery）。 Start a worker that executes steps of runs of any host."""
    from dagster_project.executors import missing_extra_error
    from dagster_project.settings import read_settings
    from schemas.errors import UsageError
    from schemas.text import Text

    settings = read_settings()
    if settings.broker_url is None:
        raise UsageError(
            Text(
                zh="没有设置 SPORTLAKE_BROKER_URL；请设为 redis://主机:端口/0",
                en="SPORTLAKE_BROKER_URL is not set; set it to redis://host:port/0",
            )
        )
    try:
        from dagster_project.celery_worker import run_worker
    except ModuleNotFoundError as missing:
        raise missing_extra_error(missing) from missing
    print_message(f"工作进程 {name}@{socket.gethostname()}，Ctrl+C 结束", "takes steps of runs; stop with Ctrl+C")
    raise typer.Exit(run_worker(settings.broker_url.get_secret_value(), name, at_once))
