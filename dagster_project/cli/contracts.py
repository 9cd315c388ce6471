"""`sportlake contracts`: lists the datasets, shows the contract of one, compares two versions of one.

Not here: comparing contracts (`schemas/evolution.py`), inheritance (`schemas/inheritance.py`).
"""

import json
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import WIDTH, handle_errors, print_message, print_table

if TYPE_CHECKING:
    from schemas.contract import Contract

app = typer.Typer(
    name="contracts",
    help="数据规范：总表；show 看一份；diff 比两版。The contracts: all, one, or two versions compared.",
    invoke_without_command=True,
)

EXIT_VERSION_TOO_LOW = 1


class ContractFormat(StrEnum):
    """How a contract is shown: its resolved descriptor as YAML or JSON, or tables of its fields and rules."""

    yaml = "yaml"
    json = "json"
    table = "table"


@app.callback()
@handle_errors
def list_contracts(context: typer.Context) -> None:
    """列出全部数据规范。 List every contract."""
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
    print_table(
        ("数据集 dataset", "名称", "title", "类 family", "周期 cadence", "期间 period", "字段 fields", "版本 version"),
        rows,
    )


@app.command("show")
@handle_errors
def show_contract(
    dataset: Annotated[str, typer.Argument(help="数据集名称 name of the dataset")],
    format_: Annotated[
        ContractFormat, typer.Option("--format", help="完整描述文件，或字段与规则表 the whole descriptor, or tables")
    ] = ContractFormat.yaml,
) -> None:
    """输出一个数据集的完整 Data Package 描述，含继承的内容。 Print the whole Data Package descriptor of one dataset."""
    import yaml

    from dagster_project.settings import read_settings
    from schemas.contract import find_contract, read_contracts

    found = find_contract(read_contracts(read_settings().contracts), dataset)
    # Through JSON, which has neither YAML's dates nor its anchors, so that both formats have the same content.
    plain = json.dumps(found.descriptor, ensure_ascii=False, indent=1, default=date.isoformat)
    if format_ is ContractFormat.table:
        _print_tables(found)
    elif format_ is ContractFormat.json:
        typer.echo(plain)
    else:
        typer.echo(yaml.safe_dump(json.loads(plain), allow_unicode=True, sort_keys=False, width=WIDTH), nl=False)


@app.command("diff")
@handle_errors
def print_contract_diff(
    old: Annotated[Path, typer.Argument(help="旧数据规范文件 the old contract, a file")],
    new: Annotated[Path, typer.Argument(help="新数据规范文件 the new contract, a file")],
) -> None:
    """比较一份数据规范的两个版本；版本号升级幅度不足时退出码为 1。 Compare two versions; exit 1 if the version did not rise enough."""
    from schemas.contract import read_contract
    from schemas.errors import UsageError
    from schemas.evolution import compare_contracts, is_version_sufficient, required_version
    from schemas.text import Text

    for path in (old, new):
        if not path.is_file():
            raise UsageError(Text(zh=f"找不到数据规范文件 {path}", en=f"there is no contract {path}; check the path"))
    before, after = read_contract(old), read_contract(new)
    found = compare_contracts(before, after)
    classes = {"breaking": "不兼容 breaking", "addition": "兼容 addition", "wording": "文字 wording"}
    rows = [(classes[one.kind], one.field or "—", one.text.zh, one.text.en) for one in found]
    if rows:
        print_table(("级别 class", "字段 field", "改动", "change"), rows)
    else:
        print_message("没有改动", "nothing changed")
    least = required_version(before.version, found)
    print_message(
        f"{before.name}：{before.version} → {after.version}，至少应为 {least}",
        f"{before.name}: {before.version} to {after.version}; the changes ask for {least} at least",
    )
    if not is_version_sufficient(before, after, found):
        raise typer.Exit(EXIT_VERSION_TOO_LOW)


def _print_tables(found: "Contract") -> None:
    print_message(
        f"{found.title.zh}（{found.name} {found.version}）：{found.description.zh}",
        f"{found.title.en}: {found.description.en}",
    )
    print_message(
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
    print_table(("字段 field", "标题", "title", "类型 type", "必填 required", "单位 unit", "代码表 code list"), fields)
    rules = [(rule.id, rule.severity, rule.message.zh, rule.message.en) for rule in found.rules]
    print_table(("规则 rule", "级别 severity", "说明", "message"), rules)
