"""`sportlake template`, `guide`: what a department gets from us on paper, made from the contracts alone.

Not here: what stands in them (`pipelines/template`, `pipelines/guide`).
"""

from pathlib import Path
from typing import Annotated

import typer

from dagster_project.cli.console import plain, say


@plain
def template(
    dataset: Annotated[str, typer.Argument(help="数据集 dataset")],
    department: Annotated[str | None, typer.Option(help="部门代码，只列本地区的区划 code of the department")] = None,
    out: Annotated[Path | None, typer.Option(help="写到哪个文件 the file to write")] = None,
) -> None:
    """生成采集模板（XLSX）：表头、下拉、填报说明。 Make the Excel template of a dataset: headers, drop-downs, instructions."""
    from dagster_project.installation import house_of
    from dagster_project.settings import read_settings
    from pipelines.template.template_workbook import filename_of, known_department
    from pipelines.template.template_workbook import template as template_of
    from schemas.contract import contract

    house = house_of(read_settings())
    asked = contract(house.contracts, dataset)
    who = known_department(house, department) if department else None
    target = out or Path(filename_of(asked))
    made = template_of(house, asked, who)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(made)
    say(f"已生成采集模板：{target}", f"the template is {target}")
    say("填好后把文件名中的期间改为实际期间", "when filled in, put the real period into the file name")


@plain
def guide(
    dataset: Annotated[str | None, typer.Argument(help="数据集，默认全部 dataset; all by default")] = None,
    out: Annotated[Path, typer.Option(help="写到哪个文件夹 the folder to write to")] = Path("guide"),
) -> None:
    """生成开放和采集指引（HTML，一个数据集一页）。 Make the collection and publication guide, one page a dataset."""
    from dagster_project.installation import house_of
    from dagster_project.settings import read_settings
    from pipelines.guide.guide_files import write_guide
    from schemas.contract import contract

    house = house_of(read_settings())
    asked = [contract(house.contracts, dataset)] if dataset else list(house.contracts.values())
    count = len(write_guide(house, asked, out))
    say(f"已生成 {count} 个文件：{out}", f"{count} files written to {out}")
