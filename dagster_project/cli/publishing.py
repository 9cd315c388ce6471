"""`sportlake release`, `publish`, `drift`, `orphans`, `warehouse rebuild`: publishing from the lake, and checks of it.

Here too: querying several catalogues, where an unreachable one must not hide the answers of the others. Not here: the pipeline's own
steps (`pipelines`), schedules (`dagster_project/jobs.py`), decisions about what is public (`decisions.py`), which catalogues there are
(`dagster_project/catalogues.py`).
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Generic, NamedTuple, TypeVar

import typer

from dagster_project.cli.console import (
    ActorOption,
    handle_errors,
    print_error,
    print_message,
    print_table,
    say_interrupted,
)

if TYPE_CHECKING:
    from catalog.plan import Catalogue
    from dagster_project.settings import Settings
    from pipelines.workspace import Workspace

warehouse = typer.Typer(name="warehouse", help="分析库。 The DuckDB file for analysts.", no_args_is_help=True)
EXIT_FAILED = 1
CatalogueOption = Annotated[
    str | None,
    typer.Option(
        "--to", help="目录：static、ckan 或 all（默认已配置的全部） the catalogue; all that are set up by default"
    ),
]


@handle_errors
@say_interrupted()
def release_command(
    datasets: Annotated[
        list[str] | None, typer.Argument(help="数据集，默认所有有变化的 all that changed by default")
    ] = None,
    actor: ActorOption = None,
) -> None:
    """通过发布审核并生成版本。 Take datasets through the gate and freeze what has changed."""
    from dagster_project.cli.progress import release_due
    from dagster_project.cli.report import print_failures, print_releases, print_waiting
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.publication.due import newest_releases
    from pipelines.review.approvals import list_waiting
    from schemas.contract import find_contract

    settings = read_settings(actor)
    workspace = load_workspace(settings)
    named = [find_contract(workspace.contracts, name).name for name in datasets or ()]
    before = newest_releases(workspace)
    ran = release_due(settings, workspace, named)
    waits = list_waiting(workspace, settings.current_time())
    print_releases(workspace, {k: v for k, v in newest_releases(workspace).items() if before.get(k) != v}, ran, waits)
    print_waiting(workspace, waits)
    if print_failures(workspace, ran):
        raise typer.Exit(EXIT_FAILED)


@handle_errors
@say_interrupted()
def publish_command(
    plan: Annotated[bool, typer.Option("--plan", help="只看计划，不改动 show the plan, change nothing")] = False,
    to: CatalogueOption = None,
    actor: ActorOption = None,
) -> None:
    """使各开放目录与应公开的内容一致；未用 --to 指定目录时，并更新分析库。 Bring every catalogue to what should be public, and the warehouse if no catalogue is named."""
    from dagster_project.catalogues import ALL, select_catalogue_names
    from dagster_project.cli.progress import publish_due
    from dagster_project.cli.report import print_failures, print_lacking_programs, print_published
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.publication.publish import plan_publication

    settings = read_settings(actor)
    workspace = load_workspace(settings)
    asked = query_catalogues(
        settings, workspace, select_catalogue_names(settings, to), partial(plan_publication, workspace)
    )
    for name, planned in asked.answers.items():
        print_table(
            ("动作 action", "数据集 dataset", "版本 release", "指纹 fingerprint"), planned.plan_rows(), title=name
        )
    if not plan and asked.answers:
        ran = publish_due(settings, workspace, asked.answers, with_warehouse=to in (None, ALL))
        refresh_pages(workspace, settings.current_time())
        print_published(asked.answers, ran)
        print_lacking_programs(settings)
        if print_failures(workspace, ran):
            raise typer.Exit(EXIT_FAILED)
    if asked.failed:
        raise typer.Exit(EXIT_FAILED)


@handle_errors
def report_drift(
    datasets: Annotated[list[str] | None, typer.Argument(help="数据集，默认全部 all by default")] = None,
    mend: Annotated[
        bool, typer.Option("--mend", help="把不一致的重新发布 publish anew whatever is not as it was released")
    ] = False,
    to: CatalogueOption = None,
    actor: ActorOption = None,
) -> None:
    """逐字节核对各目录提供的内容与已发布的版本是否一致。 Whether catalogues serve what was released, byte by byte."""
    from dagster_project.catalogues import select_catalogue_names
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.publication.comparisons import record_comparison
    from pipelines.publication.publish import find_drift as drift_of
    from pipelines.publication.publish import mend_catalogue as mend_drift
    from schemas.contract import find_contract

    settings = read_settings(actor)
    workspace = load_workspace(settings)
    named = [find_contract(workspace.contracts, name).name for name in datasets or ()]
    chosen = select_catalogue_names(settings, to)
    if mend:
        mended = query_catalogues(
            settings, workspace, chosen, partial(mend_drift, workspace, now=settings.current_time())
        )
        for name, done in mended.answers.items():
            print_table(
                ("动作 action", "数据集 dataset", "版本 release", "指纹 fingerprint"),
                done.plan.plan_rows(),
                title=name,
            )
    asked = query_catalogues(settings, workspace, chosen, partial(drift_of, workspace, datasets=named))
    if not named:
        for name, found in asked.answers.items():
            record_comparison(workspace, name, found, settings.current_time())
        refresh_pages(workspace, settings.current_time())
    for name, found in asked.answers.items():
        rows = [(one.dataset, one.what, one.wanted, one.found) for one in found]
        if rows:
            print_table(("数据集 dataset", "项目 what", "应为 wanted", "实为 found"), rows, title=name)
            print_message(
                f"{name}：{len(rows)} 处不一致；运行 sportlake drift --mend 修复",
                f"{len(rows)} differences; sportlake drift --mend mends them",
            )
        else:
            print_message(f"{name}：与发布内容完全一致", "serves what was released")
    if asked.failed or any(asked.answers.values()):
        raise typer.Exit(EXIT_FAILED)


@handle_errors
def report_orphans(to: CatalogueOption = None) -> None:
    """列出目录中未登记的文件和数据表。 What lies in the catalogues and belongs to nothing they show."""
    from dagster_project.catalogues import select_catalogue_names
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings

    settings = read_settings()
    workspace = load_workspace(settings)
    asked = query_catalogues(
        settings, workspace, select_catalogue_names(settings, to), lambda catalogue: catalogue.find_orphans()
    )
    for name, found in asked.answers.items():
        if found:
            print_table(("种类 kind", "名称 name"), [(one.kind, one.name) for one in found], title=name)
            print_message(
                f"{name}：{len(found)} 项未登记文件；确认后请手工删除",
                f"{len(found)} belong to nothing; look at them, then delete them",
            )
        else:
            print_message(f"{name}：未发现未登记文件", "nothing lies there that belongs to nothing")
    if asked.failed or any(asked.answers.values()):
        raise typer.Exit(EXIT_FAILED)


@warehouse.command("rebuild")
@handle_errors
def rebuild_command() -> None:
    """从数据湖和各版本重建分析库。 Make the warehouse anew from the lake and the releases."""
    from dagster_project import batches
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages

    settings = read_settings()
    workspace = load_workspace(settings)
    made = batches.rebuild_warehouse(workspace, settings.current_time())
    refresh_pages(workspace, settings.current_time())
    zh, en = ("已重建", "made anew") if made.written else ("无变化", "nothing had changed")
    print_message(f"{zh}：{made.path}（{sum(made.rows.values())} 行）", f"the warehouse: {en}")


@warehouse.callback()
def _describe_group() -> None:
    """分析库。 The DuckDB file for analysts."""


T = TypeVar("T")


class Responses(NamedTuple, Generic[T]):
    """The answers by catalogue, and the catalogues that gave none."""

    answers: dict[str, T]
    failed: list[str]


def query_catalogues(
    settings: "Settings", workspace: "Workspace", names: Sequence[str], question: "Callable[[Catalogue], T]"
) -> Responses[T]:
    """Queries every catalogue; prints at once why one cannot be reached.

    An unusable connection is raised as an error if that catalogue is the only one queried.
    """
    from dagster_project.catalogues import open_catalogue
    from schemas.errors import CatalogueError, UsageError

    answers: dict[str, T] = {}
    for name in names:
        try:
            answers[name] = question(open_catalogue(workspace, settings, name))
        except (CatalogueError, UsageError) as wrong:
            if isinstance(wrong, UsageError) and len(names) == 1:
                raise
            print_message(f"{name}：没有应答", "this catalogue did not answer:")
            print_error(wrong.text)
    return Responses(answers, [name for name in names if name not in answers])
