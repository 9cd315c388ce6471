"""`sportlake status`, `dagster`: the state of the workspace, in text and in the browser.

Not here: anything that changes the workspace.
"""

from typing import Annotated

import typer

from dagster_project.cli.console import handle_errors, print_message, print_text

PORT = 3000


@handle_errors
def print_status() -> None:
    """今天收到的报送和各数据集的现状：有效数据、退回修改、未发布原因、豁免和到期材料、逾期未报。 What came today, how every dataset stands, what waits to be mended, what is not released and why, what runs out, who is late."""
    from dagster_project.cli import standing_report
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings

    settings = read_settings()
    workspace = load_workspace(settings)
    standing_report.print_today(workspace, settings.current_time())
    standing_report.print_datasets(workspace)
    standing_report.print_sent_back(workspace, settings.current_time())
    standing_report.print_unreleased(workspace, settings.current_time())
    standing_report.print_relations(workspace, settings.current_time().date())
    standing_report.print_venues(workspace, settings.current_time())
    standing_report.print_waivers(workspace, settings.current_time().date())
    standing_report.print_expiring(workspace, settings.current_time().date())
    standing_report.print_late(workspace, settings.current_time().date())
    print_message(
        f"工作台：{workspace.layout.desk / 'index.html'}；待办事项：sportlake work",
        "the desk; sportlake work lists who must do what",
    )


@handle_errors
def open_dagster(
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口 port")] = PORT,
) -> None:
    """打开 Dagster（仅本机 127.0.0.1）。 Open Dagster's web interface, on this machine only."""
    from dagster_project.installation import load_contracts
    from dagster_project.receipt_server import HOST, desk_address
    from dagster_project.settings import read_settings
    from dagster_project.window import run_window

    settings = read_settings()
    load_contracts(settings.contracts)
    print_message(f"http://{HOST}:{port}，Ctrl+C 结束", "stop with Ctrl+C")
    print_message(f"工作台：{desk_address(settings.receipts_port)}", "the desk, linked from there")
    print_message(f"回执：http://{HOST}:{settings.receipts_port}", "the receipts, linked from there")
    raise typer.Exit(run_window(settings, port, print_text))
