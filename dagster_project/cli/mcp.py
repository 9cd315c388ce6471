"""`sportlake mcp`: a server that reads, for assistants (Model Context Protocol over standard input and output).

Not here: its tools (`pipelines/analyst_service`).
"""

from importlib.util import find_spec
from typing import Annotated

import typer

from dagster_project.cli.console import handle_errors

SecondsOption = Annotated[
    float, typer.Option("--seconds", min=0.1, max=600, help="一条查询最多用时（秒） most seconds for one query")
]


@handle_errors
def serve_command(seconds: SecondsOption = 10) -> None:
    """供智能助手只读查询：目录、数据说明、SQL（MCP，标准输入输出）。 Serve catalogue and analysts' file to assistants, read only (MCP over stdio)."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from schemas.errors import UsageError
    from schemas.text import Text

    if find_spec("mcp") is None:
        raise UsageError(
            Text(
                zh="没有安装 MCP 的软件包；请运行 pip install 'sportlake[mcp]'",
                en="the packages for MCP are not installed: pip install 'sportlake[mcp]'",
            )
        )
    from pipelines.analyst_service.mcp_server import build_server
    from warehouse.analyst_file.confined_query import QueryLimits

    build_server(load_workspace(read_settings()), QueryLimits(seconds=seconds)).run("stdio")
