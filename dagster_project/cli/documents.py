"""`sportlake template`, `guide`: documents for departments, made from the contracts alone.

Not here: their content (`pipelines/template`, `pipelines/guide`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.cli.console import handle_errors, print_message


@handle_errors
def write_template(
    dataset: Annotated[str, typer.Argument(help="数据集 dataset")],
    department: Annotated[str | None, typer.Option(help="单位代码，只列本地区的区划 code of the department")] = None,
    out: Annotated[
        Path | None, typer.Option(help="写到哪个文件或文件夹 the file to write, or the folder to write it to")
    ] = None,
) -> None:
    """生成采集模板（XLSX）：表头、下拉、填报说明。 Make the Excel template of a dataset: headers, drop-downs, instructions."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.template.template_workbook import build_template as template_of
    from pipelines.template.template_workbook import require_department, template_filename
    from schemas.contract import find_contract

    workspace = load_workspace(read_settings())
    asked = find_contract(workspace.contracts, dataset)
    who = require_department(workspace, department) if department else None
    target = _choose_target(out, template_filename(asked))
    made = template_of(workspace, asked, who)
    with _name_unwritable(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(made)
    print_message(f"已生成采集模板：{target}", f"the template is {target}")
    print_message("填好后把文件名中的期间改为实际期间", "when filled in, put the real period into the file name")


@handle_errors
def write_guide_pages(
    dataset: Annotated[str | None, typer.Argument(help="数据集，默认全部 dataset; all by default")] = None,
    out: Annotated[Path, typer.Option(help="写到哪个文件夹 the folder to write to")] = Path("guide"),
) -> None:
    """生成开放和采集指引（HTML，一个数据集一页）。 Make the collection and publication guide, one page a dataset."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.guide.guide_files import write_guide
    from schemas.contract import find_contract

    workspace = load_workspace(read_settings())
    asked = [find_contract(workspace.contracts, dataset)] if dataset else list(workspace.contracts.values())
    with _name_unwritable(out):
        count = len(write_guide(workspace, asked, out))
    print_message(f"已生成 {count} 个文件：{out}", f"{count} files written to {out}")


def _choose_target(out: Path | None, usual: str) -> Path:
    """Returns the file to write: `out` itself, the usual name in it if it is a folder, the usual name here without it.

    A name without a suffix is a folder, there or not: templates of several datasets must not overwrite one another.
    """
    if out is None:
        return Path(usual)
    return out / usual if out.is_dir() or not out.suffix else out


@contextmanager
def _name_unwritable(place: Path) -> Iterator[None]:
    """Turns a place that cannot be written to (a file where a folder is needed, no permission, a full disk) into a UsageError."""
    from schemas.errors import UsageError
    from schemas.text import Text

    try:
        yield
    except OSError as wrong:
        raise UsageError(
            Text(
                zh=f"无法写入 {place}：{wrong.strerror}；请用 --out 另指定位置",
                en=f"{place} cannot be written: {wrong.strerror}; name another place with --out",
            )
        ) from wrong
