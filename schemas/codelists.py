"""Code lists: the valid codes, their labels, and their dates of validity.

Each is a CSV under `codelists/` with the columns of `COLUMNS`, described by `codelists/<name>.yaml` (a Data Package v2
descriptor with title, sources and `sportlake: {title_en}`). Key of a list: (code, valid_from). Not here: checking values.
"""

import csv
import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property, lru_cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field

from schemas.errors import ContractError
from schemas.execution.kept_yaml import parse_file_text
from schemas.execution.read_on_demand import ReadOnDemand
from schemas.frozen_model import FrozenModel
from schemas.text import Text

if TYPE_CHECKING:
    from schemas import contract

FOLDER = Path(__file__).parent / "codelists"
COLUMNS = ("code", "zh", "en", "parent", "valid_from", "valid_to", "superseded_by", "note")


class Code(FrozenModel):
    """One code in one period of validity; `valid_to` is its last day, None means no limit."""

    code: str
    zh: str
    en: str
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    superseded_by: str | None = None
    note: str | None = None


class CodeGroup(FrozenModel):
    """How codes of a list are grouped: a code's group is its ancestor (by `parent`) at `level`; a code without a parent has level 1.

    Divisions are grouped by city, at level 2: `name: city`. The names of the columns that show the group begin with this name.
    """

    name: str
    level: int = Field(ge=1)
    title: Text


class CodeList(FrozenModel):
    """A named list of codes, in the order of its file."""

    model_config = ConfigDict(ignored_types=(cached_property,))

    name: str
    title: Text
    source: str
    codes: tuple[Code, ...]
    group: CodeGroup | None = None

    def __hash__(self) -> int:
        """A cheap hash, so that lists can be keys of caches (`functools.lru_cache`): hashing all codes each time would be slow."""
        return hash((self.name, self.source, len(self.codes)))

    @cached_property
    def labels(self) -> Mapping[str, Text]:
        """The newest label of every code, including expired codes."""
        return {code.code: Text(zh=code.zh, en=code.en) for code in self.codes}

    @cached_property
    def group_codes(self) -> Mapping[str, str]:
        """The code of the group of every code; a code above the level of the groups, and a list without groups, has none."""
        if self.group is None:
            return {}
        parents = {code.code: code.parent for code in self.codes}
        lines = {code: _list_ancestors(code, parents) for code in parents}
        at = self.group.level - 1
        return {code: line[at] for code, line in lines.items() if len(line) > at}

    @property
    def group_labels(self) -> Mapping[str, Text]:
        """The label of the group of every code; none where `group_codes` has none."""
        return {code: self.labels[group] for code, group in self.group_codes.items()}


def _list_ancestors(code: str, parents: Mapping[str, str | None]) -> list[str]:
    """Returns a code and everything above it, the topmost first. A parent that is no code of the list, or a loop, ends the line."""
    line = [code]
    while (above := parents[line[0]]) is not None and above in parents and above not in line:
        line.insert(0, above)
    return line


def read_codelist(name: str, folder: Path = FOLDER) -> CodeList:
    """Reads the list `name`; ContractError if it, its descriptor or a column is missing, or a line does not parse."""
    path, about = folder / f"{name}.csv", folder / f"{name}.yaml"
    if not path.is_file() or not about.is_file():
        there = ", ".join(sorted(p.stem for p in folder.glob("*.csv")))
        raise ContractError(
            Text(zh=f"没有名为 {name} 的代码表；现有：{there}", en=f"no code list {name}; there are: {there}")
        )
    return _parse_codelist(path.read_bytes(), about.read_bytes(), about)


@lru_cache(maxsize=512)
def _parse_codelist(table: bytes, about: bytes, file: Path) -> CodeList:
    """Parses the bytes of a list's two files, of which `file` is the second. Cached: equal bytes give the same object, which nobody may change."""
    name = file.stem
    codes = _parse_codes(name, table)
    try:
        descriptor = parse_file_text(about.decode("utf-8"), file)
        return CodeList(
            name=name,
            title=Text(zh=descriptor["title"], en=descriptor["sportlake"]["title_en"]),
            source=descriptor["sources"][0]["path"],
            codes=codes,
            group=CodeGroup.model_validate(group) if (group := descriptor["sportlake"].get("group")) else None,
        )
    except (ValueError, KeyError, IndexError, TypeError) as wrong:
        raise ContractError(
            Text(zh=f"代码表说明 {name}.yaml 有误：{wrong}", en=f"the descriptor {name}.yaml is wrong: {wrong}")
        ) from wrong


def _parse_codes(name: str, table: bytes) -> tuple[Code, ...]:
    reader = csv.DictReader(StringIO(table.decode("utf-8"), newline=""))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ContractError(
            Text(zh=f"{name}.csv 的列应为 {COLUMNS}", en=f"the columns of {name}.csv must be {COLUMNS}")
        )
    return tuple(_parse_code(row, f"{name}.csv:{reader.line_num}") for row in reader)


def _parse_code(row: Mapping[str, str], place: str) -> Code:
    try:
        return Code.model_validate({k: v or None for k, v in row.items()})
    except ValueError as wrong:
        raise ContractError(Text(zh=f"{place} 有误：{wrong}", en=f"{place} is wrong: {wrong}")) from wrong


def open_codelists(folder: Path = FOLDER) -> Mapping[str, CodeList]:
    """Returns the code lists in `folder`, by name; each is read when it is looked up, with the errors of `read_codelist`."""
    names = sorted(path.stem for path in folder.glob("*.csv"))
    return ReadOnDemand(names, lambda name: read_codelist(name, folder))


_WORD = re.compile(r"[a-z][a-z_]*|.")
"""Codes that are words of programs, or a single character: a person chooses their label and never types them."""


def name_code(codelist: CodeList | None, value: str) -> Text:
    """Returns a cell as people read it: the name of its code, with the code in brackets if people type it too.

    A value that is not a code of the list, and any value without a list, is returned unchanged.
    """
    label = codelist.labels.get(value) if codelist is not None else None
    if label is None:
        return Text(zh=value, en=value)
    if _WORD.fullmatch(value):
        return label
    return Text(zh=f"{label.zh}（{value}）", en=f"{label.en} ({value})")


def codes_for(field: "contract.Field", codelist: CodeList) -> tuple[Code, ...]:
    """Returns the codes that the field may hold, each once, limited by the field's pattern.

    Codes that are no longer valid (`valid_to`) are included only if another field gives the date (`as_of`).
    """
    pattern = field.constraints.get("pattern", ".*")
    codes = {
        code.code: code
        for code in codelist.codes
        if (field.policy.as_of or code.valid_to is None) and re.fullmatch(pattern, code.code)
    }
    return tuple(codes.values())
