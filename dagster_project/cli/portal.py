"""`sportlake ckan up`, `down`, `status`, `remove`: a CKAN of our own on this machine, below `<home>/ckan`.

Reads the environment (PATH, JAVA_HOME, SOLR_LIB) and the clock, and passes them down. Not here: the portal's parts
(`catalog/ckan/portal`), how it is started (`catalog/ckan/native`), publishing to it (`publishing.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import handle_errors, print_message, print_table

if TYPE_CHECKING:
    from catalog.ckan.native.state import PortalState
    from schemas.text import Text

app = typer.Typer(name="ckan", help="CKAN 门户。 A CKAN portal of our own, on this machine.", no_args_is_help=True)
NOT_READY = 1


@app.callback()
def _describe_group() -> None:
    """CKAN 门户。 A CKAN portal of our own, on this machine."""


@app.command("up")
@handle_errors
def start_portal_command(
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="网站端口，默认 5000 起第一个空闲的 the first free one from 5000 on"),
    ] = None,
    site_url: Annotated[
        str | None, typer.Option(help="对外网址，默认本机地址 what visitors call it; this machine by default")
    ] = None,
    bundled: Annotated[
        bool,
        typer.Option("--bundled", help="服务程序取自 PyPI，不需管理员 services from PyPI, without an administrator"),
    ] = False,
) -> None:
    """启动门户，首次运行时先建立。 Start the portal; the first time builds it."""
    import time

    from catalog.ckan.native.lifecycle import ADMIN
    from dagster_project.settings import read_settings

    begun = time.monotonic()
    home = read_settings().home
    state = start_home_portal(home, port=port, site_url=site_url, bundled=bundled)
    seconds, folder = time.monotonic() - begun, _portal_folder(home)
    print_message(f"门户已就绪：{state.site_url}（{seconds:.1f} 秒）", "the portal is ready")
    print_message(
        f"管理员 {ADMIN}，密码在 {folder / 'admin.password'}", f"administrator {ADMIN}; the password is in that file"
    )
    print_message(
        f"令牌在 {folder}/*.token，连接文件 {folder / 'connection.json'}", "tokens, and how the platform reaches it"
    )


def start_home_portal(
    home: Path, *, port: int | None = None, site_url: str | None = None, bundled: bool = False
) -> "PortalState":
    """Starts the portal of that home and waits until it is ready; prints each step as it ends."""
    import os
    import shutil
    import sys

    from catalog.ckan.native.lifecycle import PortalOptions
    from catalog.ckan.native.lifecycle import start_portal as start
    from schemas.departments import read_departments

    beside, jars = Path(sys.executable).with_name("uv"), os.environ.get("SOLR_LIB")
    uv = beside if beside.exists() else shutil.which("uv")
    wish = PortalOptions(port, site_url, bundled, Path(jars).resolve() if jars else None, Path(uv) if uv else None)
    return start(_portal_folder(home), wish, os.environ, read_departments(), _print_timing)


@app.command("down")
@handle_errors
def stop_portal_command() -> None:
    """停止门户，数据保留。 Stop the portal; its data stay."""
    import os
    import time

    from catalog.ckan.native.lifecycle import stop_portal as take_down
    from dagster_project.settings import read_settings

    begun = time.monotonic()
    stopped = take_down(_portal_folder(read_settings().home), os.environ)
    names = " ".join(stopped) or "—"
    print_message(f"已停止：{names}（{time.monotonic() - begun:.1f} 秒）", "stopped")


@app.command("status")
@handle_errors
def print_portal_status() -> None:
    """门户各服务的现状。 How the portal's services stand; exit 1 unless all are ready."""
    import os

    from catalog.ckan.native.lifecycle import read_status
    from dagster_project.settings import read_settings

    state, services = read_status(_portal_folder(read_settings().home), os.environ)
    words = {(False, False): "已停止 stopped", (True, False): "未就绪 not ready", (True, True): "就绪 ready"}
    rows = [(one.name, words[one.pid is not None, one.ready], one.pid or "—", one.port or "—") for one in services]
    print_table(("服务 service", "状态", "pid", "端口 port"), rows, title=state.site_url)
    if not all(one.ready for one in services):
        raise typer.Exit(NOT_READY)


@app.command("remove")
@handle_errors
def remove_portal_command(
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 do not ask")] = False,
) -> None:
    """停止并删除门户及其全部数据；入库数据和各版本不受影响。 Stop the portal and remove it with all its data; lake and releases stay."""
    import os

    from catalog.ckan.native.removal import remove_portal as take_away
    from dagster_project.settings import read_settings

    folder = _portal_folder(read_settings().home)
    if not yes:
        typer.confirm(f"删除 {folder} 及其数据库？ Remove it and its databases?", abort=True)
    for removed in take_away(folder, os.environ):
        print_message(f"已删除 {removed}", "removed")


def _portal_folder(home: Path) -> Path:
    return home / "ckan"


@contextmanager
def _print_timing(what: "Text") -> Iterator[None]:
    """Prints one line when the step has ended, with its seconds."""
    import time

    begun = time.monotonic()
    yield
    print_message(f"  {time.monotonic() - begun:5.1f} s  {what.zh}", what.en)
