"""`sportlake release`, `publish`, `warehouse rebuild`: from the lake to what others see.

Not here: the walk's own steps (`pipelines`), or when they are due by themselves (`schedules.py`).
"""

from typing import Annotated

import typer

from dagster_project.cli.say import plain, say, table

warehouse = typer.Typer(name="warehouse", help="分析库。 The DuckDB file for analysts.", no_args_is_help=True)
BROKE = 1


@plain
def release(
    datasets: Annotated[
        list[str] | None, typer.Argument(help="数据集，默认所有有变化的 all that changed by default")
    ] = None,
) -> None:
    """过发布关并生成发布版。 Take datasets through the gate and freeze what has changed."""
    from dagster_project.cli.report import print_failures, print_releases
    from dagster_project.cli.walking import release_due
    from dagster_project.installation import house_of
    from dagster_project.settings import read_settings
    from pipelines.standing import newest_releases
    from schemas.contract import contract

    settings = read_settings()
    house = house_of(settings)
    named = [contract(house.contracts, name).name for name in datasets or ()]
    before = newest_releases(house)
    ran = release_due(settings, house, named)
    print_releases(house, {k: v for k, v in newest_releases(house).items() if before.get(k) != v})
    if print_failures(ran):
        raise typer.Exit(BROKE)


@plain
def publish(
    plan: Annotated[bool, typer.Option("--plan", help="只看计划，不改动 show the plan, change nothing")] = False,
) -> None:
    """让开放目录与最新发布版一致。 Bring the catalogue to the newest releases."""
    from dagster_project.installation import house_of
    from dagster_project.settings import read_settings
    from dagster_project.walk import catalogue_of
    from pipelines.publish import plan_for

    settings = read_settings()
    house = house_of(settings)
    planned = plan_for(house, catalogue_of(house))
    table(("动作 action", "数据集 dataset", "发布版 release", "指纹 fingerprint"), planned.rows())
    if plan:
        return
    from dagster_project.cli.report import print_failures
    from dagster_project.cli.walking import publish_due

    ran = publish_due(settings, house)
    say(f"改动 {planned.writes} 个条目", f"{planned.writes} entries changed")
    if print_failures(ran):
        raise typer.Exit(BROKE)


@warehouse.command()
@plain
def rebuild() -> None:
    """从数据湖和发布版重建分析库。 Make the warehouse anew from the lake and the releases."""
    from dagster_project import walk
    from dagster_project.installation import house_of
    from dagster_project.settings import read_settings

    settings = read_settings()
    house = house_of(settings)
    made = walk.rebuild(house, settings.now())
    zh, en = ("已重建", "made anew") if made.written else ("无变化", "nothing had changed")
    say(f"{zh}：{made.path}（{sum(made.rows.values())} 行）", f"the warehouse: {en}")


@warehouse.callback()
def _group() -> None:
    """分析库。 The DuckDB file for analysts."""
