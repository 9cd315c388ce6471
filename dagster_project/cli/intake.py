"""`sportlake demo`, `submit`, `run`: files into the inbox, and the inbox through the walk.

Here: the arguments and the order of the runs. Not here: the runs (`progress.py`), what is said at the end (`report.py`).
"""

from pathlib import Path
from typing import Annotated

import typer

from dagster_project.cli.console import plain, say

BROKE = 1


@plain
def demo(
    seed: Annotated[int, typer.Option(help="随机种子 the same seed gives the same rows")] = 20261125,
    share: Annotated[float, typer.Option(min=0.001, max=1.0, help="场地数量的比例 share of the facilities")] = 1.0,
) -> None:
    """在收件箱放入示例报送（全部为虚构数据）。 Put sample files, all invented, into the inbox."""
    from dagster_project.installation import house_of
    from dagster_project.settings import read_settings
    from pipelines.sample.fill import fill

    house = house_of(read_settings())
    house.layout.inbox.mkdir(parents=True, exist_ok=True)
    house.layout.synthetic.write_text("示例数据（虚构）\nsynthetic sample data\n", encoding="utf-8")
    count = fill(house.layout.inbox, house.contracts, house.codelists, house.departments, seed=seed, share=share)
    say(f"已放入 {count} 份示例文件：{house.layout.inbox}", f"{count} sample files put into the inbox")
    say("接下来：sportlake run", "next: sportlake run")


@plain
def submit(
    file: Annotated[Path, typer.Argument(help="要报送的文件 the file to hand in")],
    dataset: Annotated[str, typer.Option(help="数据集 dataset")],
    department: Annotated[str, typer.Option(help="部门代码 code of the department")],
    period: Annotated[str | None, typer.Option(help="期间，默认当前期间 period; the current one by default")] = None,
) -> None:
    """报送一份文件：放入收件箱并立即判定入湖。 Hand in one file: into the inbox, judged, into the lake."""
    from dagster_project.cli.progress import take_in
    from dagster_project.cli.report import print_failures, print_receipts
    from dagster_project.installation import house_of
    from dagster_project.settings import read_settings
    from pipelines.intake import unfinished
    from pipelines.submissions.deposit import deposit, period_of, slice_named
    from schemas.contract import contract

    settings = read_settings()
    house = house_of(settings)
    asked = contract(house.contracts, dataset)
    key = slice_named(house, dataset, department, period or period_of(asked, settings.now().date()))
    arrival = deposit(house, file, key)
    ran = take_in(settings, house, unfinished(house, [arrival]))
    print_receipts(house, [arrival])
    if print_failures(ran):
        raise typer.Exit(BROKE)


@plain
def run() -> None:
    """收件箱全部走一遍：判定、入湖、发布、上架、重建分析库。 The whole inbox through the walk; then release, publish, rebuild."""
    from dagster_project.batches import waiting_in
    from dagster_project.cli import report
    from dagster_project.cli.progress import publish_due, release_due, take_in
    from dagster_project.installation import house_of
    from dagster_project.settings import read_settings
    from pipelines.publication.due import newest_releases

    settings = read_settings()
    house = house_of(settings)
    waiting = waiting_in(house)
    before = newest_releases(house)
    ran = take_in(settings, house, waiting.arrivals)
    report.print_receipts(house, waiting.arrivals)
    report.print_unkeepable(waiting.unkeepable)
    ran += release_due(settings, house)
    ran += publish_due(settings, house)
    report.print_releases(house, {k: v for k, v in newest_releases(house).items() if before.get(k) != v})
    broke = report.print_failures(ran)
    report.print_doors(house)
    if broke:
        raise typer.Exit(BROKE)
