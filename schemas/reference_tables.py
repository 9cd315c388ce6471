"""Reference tables: small tables of figures that others publish and analysts need beside the datasets, such as the population.

Each is a CSV under `reference/`, described by `reference/<name>.yaml` (a Data Package v2 descriptor with title, sources and the fields).
A figure that is not known is left out, never estimated. Not here: code lists (`codelists.py`).
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from schemas.errors import ContractError
from schemas.execution.kept_yaml import read_yaml
from schemas.text import Text

FOLDER = Path(__file__).parent / "reference"


class ReferenceColumn(BaseModel):
    """One column: its type and what it holds in both languages."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: Literal["string", "integer"]
    title: Text


class AnalystReference(BaseModel):
    """A table with its columns, primary key, and rows in the order of the file; an empty cell is None."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: Text
    source: str
    columns: tuple[ReferenceColumn, ...]
    primary_key: tuple[str, ...]
    rows: tuple[tuple[str | int | None, ...], ...]


def read_reference_tables(folder: Path = FOLDER) -> dict[str, AnalystReference]:
    """Reads every reference table in `folder`, by name; ContractError names a file that is missing, or a line that does not parse."""
    return {path.stem: _read_table(path) for path in sorted(folder.glob("*.yaml"))}


def _read_table(about: Path) -> AnalystReference:
    try:
        descriptor = read_yaml(about)
        schema = descriptor["resources"][0]["schema"]
        columns = tuple(
            ReferenceColumn(name=f["name"], type=f["type"], title=Text(zh=f["title"], en=f["sportlake"]["title_en"]))
            for f in schema["fields"]
        )
        return AnalystReference(
            name=descriptor["name"],
            title=Text(zh=descriptor["title"], en=descriptor["sportlake"]["title_en"]),
            source=descriptor["sources"][0]["title"],
            columns=columns,
            primary_key=tuple(schema["primaryKey"]),
            rows=tuple(_read_rows(about.with_suffix(".csv"), columns)),
        )
    except (OSError, ValueError, KeyError, IndexError, TypeError) as wrong:
        raise ContractError(
            Text(zh=f"参考表 {about.stem} 有误：{wrong}", en=f"the reference table {about.stem} is wrong: {wrong}")
        ) from wrong


def _read_rows(path: Path, columns: tuple[ReferenceColumn, ...]) -> list[tuple[str | int | None, ...]]:
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        names = [column.name for column in columns]
        if list(reader.fieldnames or ()) != names:
            raise ValueError(f"the columns of {path.name} must be {names}")
        return [tuple(_parse_cell(row, column) for column in columns) for row in reader]


def _parse_cell(row: Mapping[str, str | None], column: ReferenceColumn) -> str | int | None:
    text = row[column.name] or None
    return int(text) if text is not None and column.type == "integer" else text
