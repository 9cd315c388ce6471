"""Views and macros that the analysts' file offers about particular datasets: one YAML file each under `analyst_views/`.

A file gives the query, the titles, the fields that it reads, and descriptions of the columns that are not such fields. Adding a view is
adding a file. Not here: running the queries (`warehouse/analyst_file/declared_views.py`), views that every dataset has
(`warehouse/analyst_file/labelled_views.py`).
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from schemas.errors import ContractError
from schemas.execution.kept_yaml import read_yaml
from schemas.frozen_model import FrozenModel
from schemas.text import Text

FOLDER = Path(__file__).parent / "analyst_views"


class AnalystView(FrozenModel):
    """A view, or with `parameters` a macro whose `sql` is an expression.

    `needs`: the datasets and fields that it reads; the view is left out if one of them is absent or protected. `columns`: a description
    of each column; one named like a field of these datasets may be omitted, and then has the description of the field.
    """

    name: str
    title: Text
    needs: Mapping[str, tuple[str, ...]] = {}
    parameters: tuple[str, ...] = ()
    columns: Mapping[str, Text] = {}
    sql: str

    @property
    def comment(self) -> str:
        """The title in both languages, Chinese first."""
        return f"{self.title.zh} / {self.title.en}"


def read_analyst_views(folder: Path = FOLDER) -> dict[str, AnalystView]:
    """Reads every view in `folder`, by name; empty without files. ContractError names a file that does not parse or has another name."""
    return {path.stem: _read_view(path) for path in sorted(folder.glob("*.yaml"))}


def digest_definitions(folder: Path = FOLDER) -> str:
    """Returns one SHA-256 (hex) of the files in `folder` with their names; it does not parse them."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _read_view(path: Path) -> AnalystView:
    try:
        view = AnalystView.model_validate(read_yaml(path))
    except (ValueError, TypeError) as wrong:
        raise ContractError(
            Text(zh=f"分析视图 {path.name} 有误：{wrong}", en=f"the view {path.name} is wrong: {wrong}")
        ) from wrong
    if view.name != path.stem:
        raise ContractError(
            Text(zh=f"{path.name} 中的 name 应为 {path.stem}", en=f"name in {path.name} must be {path.stem}")
        )
    return view
