"""The command line `sportlake`, one module for each group of commands.

Slow packages (Dagster 1.6 s, Great Expectations 2.4 s) are imported inside the function that needs them, so `--help`
answers in 0.3 s. Not here: the pipeline steps; commands unwrap, call, print.
"""

import atexit
import gc

import typer

from dagster_project.cli import (
    alerts,
    audit,
    candidates,
    check,
    contracts,
    decisions,
    documents,
    erasure,
    evidence,
    hand_ins,
    hosts,
    intake,
    ledger,
    mcp,
    people,
    portal,
    publishing,
    status,
    storage,
    venues,
    work,
)

# Imports and contracts make up to 400,000 objects that all stay: with Python's default (700) they are scanned again and again, 5-8 % of a
# check, and once more when the process ends, another 5 %. One scan of them all takes 0.1 s, so the first comes after them.
gc.set_threshold(500_000, 50, 100)
atexit.register(gc.freeze)

app = typer.Typer(
    name="sportlake",
    help="体育数据开放平台：部门报送 → 校验 → 数据湖 → 发布 → 开放目录。\n\n"
    "Open data of a sports bureau: files in, checked, kept, released, published.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # drawing boxes around the help costs 0.4 s
    pretty_exceptions_show_locals=False,
)
app.add_typer(contracts.app)
app.command("check")(check.check_command)
app.command("demo")(intake.fill_sample_inbox)
app.command("submit")(intake.submit_command)
app.command("run")(intake.run_command)
app.command("retract")(hand_ins.retract_command)
app.command("accept")(hand_ins.accept_command)
app.command("rejudge")(hand_ins.rejudge_command)
app.command("template")(documents.write_template)
app.command("guide")(documents.write_guide_pages)
app.command("candidate")(candidates.show_candidate)
app.command("approve")(candidates.approve_command)
app.command("refuse")(candidates.refuse_command)
app.command("waive")(evidence.waive_command)
app.command("assess")(evidence.assess_command)
app.command("release")(publishing.release_command)
app.command("publish")(publishing.publish_command)
app.command("withdraw")(decisions.withdraw_command)
app.command("rollback")(decisions.rollback_command)
app.command("rescan")(decisions.rescan_command)
app.command("drift")(publishing.report_drift)
app.command("orphans")(publishing.report_orphans)
app.add_typer(erasure.app)
app.add_typer(people.app)
app.add_typer(alerts.app)
app.add_typer(publishing.warehouse)
app.add_typer(ledger.app)
app.add_typer(storage.app)
app.add_typer(venues.app)
app.add_typer(portal.app)
app.command("trace")(audit.trace_command)
app.command("verify")(audit.verify_command)
app.command("reproduce")(audit.reproduce_command)
app.command("worker")(hosts.worker_command)
app.command("mcp")(mcp.serve_command)
app.command("status")(status.print_status)
app.command("work")(work.work_command)
app.command("dagster")(status.open_dagster)
