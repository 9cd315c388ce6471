"""`sportlake contracts`: which datasets there are, and what one of them asks for."""

from typing import Annotated

import typer

from dagster_project.cli.say import plain, say, table

app = typer.Typer(
    name="contracts", help="数据集契约：总表；show 看一份。The contracts: all, or one.", invoke_without_command=True
)


@app.callback()
@plain
def contracts(context: typer.Context) -> None:
    """列出全部数据集契约。 List every contract."""
    if context.invoked_subcommand:
        return
    from dagster_project.settings import read_settings
    from schemas.contract import read_contracts

    rows = [
        (
            c.name,
            c.title.zh,
            c.title.en,
            c.policy.family,
            c.policy.cadence,
            c.policy.slice.period,
            len(c.fields),
            c.version,
        )
        for c in read_contracts(read_settings().contracts).values()
    ]
    table(
        ("数据集 dataset", "名称", "title", "类 family", "周期 cadence", "期间 period", "字段 fields", "版本 version"),
        rows,
    )


@app.command()
@plain
def show(dataset: Annotated[str, typer.Argument(help="数据集名称 name of the dataset")]) -> None:
    """查看一个数据集的字段与规则。 Show the fields and rules of one dataset."""
    from dagster_project.settings import read_settings
    from schemas.contract import contract, read_contracts

    found = contract(read_contracts(read_settings().contracts), dataset)
    say(
        f"{found.title.zh}（{found.name} {found.version}）：{found.description.zh}",
        f"{found.title.en}: {found.description.en}",
    )
    say(
        f"报送单位：{'、'.join(found.policy.submitters)}；周期 {found.policy.cadence}；主键 {'、'.join(found.primary_key)}",
        f"handed in by {', '.join(found.policy.submitters)}; cadence {found.policy.cadence}; key {', '.join(found.primary_key)}",
    )
    fields = [
        (
            f.name,
            f.label.zh,
            f.label.en,
            f.type,
            "必填 yes" if f.required else "",
            f.policy.unit or "",
            f.policy.codelist or "",
        )
        for f in found.fields
    ]
    table(("字段 field", "标题", "title", "类型 type", "必填 required", "单位 unit", "代码表 code list"), fields)
    rules = [(rule.id, rule.severity, rule.message.zh, rule.message.en) for rule in found.rules]
    table(("规则 rule", "级别 severity", "说明", "message"), rules)
