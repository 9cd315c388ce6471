"""`sportlake status`, `ledger verify`, `dagster`: the state of the workspace, and whether its ledger is intact.

Not here: anything that changes the workspace.
"""

from typing import Annotated

import typer

from dagster_project.cli.console import handle_errors, print_error, print_message, print_table

ledger = typer.Typer(name="ledger", help="台账。 The ledger of every decision.", no_args_is_help=True)
EXIT_CHAIN_BROKEN = 1
PORT = 3000


@ledger.callback()
def _describe_group() -> None:
    """台账。 The ledger of every decision."""


@ledger.command("verify")
@handle_errors
def verify_ledger() -> None:
    """检查台账链条是否完整。 Check that nothing in the ledger was changed, removed or exchanged."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings

    workspace = load_workspace(read_settings())
    faults = workspace.ledger.verify_chain()
    for fault in faults:
        print_error(fault)
    if faults:
        raise typer.Exit(EXIT_CHAIN_BROKEN)
    head = workspace.ledger.read_head()
    said = f"{head.seq} · {head.hash[:16]}" if head else "0"
    print_message(f"台账完整，最新一条：{said}", f"the ledger is whole; its head: {said}")


@handle_errors
def print_status() -> None:
    """各数据集的现状：待收、入湖、发布。 How every dataset stands: waiting, in the lake, released."""
    from collections import Counter

    from dagster_project.batches import find_waiting
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.publication.due import releases_due
    from pipelines.publication.visible_release import visible_release
    from pipelines.publication.withdrawal import active_withdrawals

    workspace = load_workspace(read_settings())
    waiting = find_waiting(workspace).arrivals
    waits = Counter(arrival.slice.dataset for arrival in waiting if arrival.slice)
    withdrawn, due = active_withdrawals(workspace), set(releases_due(workspace))
    rows = []
    for name, contract in workspace.contracts.items():
        slices = workspace.lake.count_slice_rows(contract)
        made, shown, _ = visible_release(workspace, name)
        newest = made[-1] if made else None
        notes = ["待发布 due"] if name in due else []
        notes += ["已撤下 withdrawn"] if name in withdrawn else []
        notes += [f"已回退到 rolled back to {shown.number}"] if shown and shown != newest else []
        number = newest.number if newest else "—"
        rows.append((name, contract.title.zh, waits[name], len(slices), sum(slices.values()), number, "、".join(notes)))
    print_table(("数据集 dataset", "名称", "待收 waiting", "切片 slices", "行 rows", "发布版 release", ""), rows)
    verdicts = Counter(entry.facts["outcome"] for entry in workspace.ledger.read_entries("verdict"))
    print_table(("判定 verdict", "份数 files"), sorted(verdicts.items()))


@handle_errors
def open_dagster(
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口 port")] = PORT,
) -> None:
    """打开 Dagster（仅本机 127.0.0.1）。 Open Dagster's web interface, on this machine only."""
    from dagster_project.installation import load_contracts
    from dagster_project.receipt_server import HOST
    from dagster_project.settings import read_settings
    from dagster_project.window import run_window

    settings = read_settings()
    load_contracts(settings.contracts)
    print_message(f"http://{HOST}:{port}，Ctrl+C 结束", "stop with Ctrl+C")
    print_message(f"回执：http://{HOST}:{settings.receipts_port}", "the receipts, linked from there")
    raise typer.Exit(run_window(settings, port, lambda text: print_message(text.zh, text.en)))
