"""The negative list (负面清单): what is not disclosed, in which circumstance, on which basis, and from when until when.

`negative_list.csv`, one entry a line, key `id`. An entry touches a dataset as a whole, fields by name or title, or rows that hold one
of its words; several names or words are parted by `|`. Not here: whether a table is touched (`quality/disclosure/negative_list.py`).

Source: 关于全面推进体育政务公开工作的实施意见 (十一); 政府信息公开条例 art. 14-16.
"""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from schemas.errors import ContractError
from schemas.frozen_model import FrozenModel
from schemas.text import FilledText, Text

FILE = Path(__file__).with_name("negative_list.csv")
COLUMNS = ("id", "zh", "en", "circumstance_zh", "circumstance_en", "basis", "dataset", "fields", "match", "words", "valid_from", "valid_to")  # fmt: skip


class NegativeEntry(FrozenModel):
    """One entry: `dataset` None means any; without `fields` and `words` the whole dataset is not disclosed.

    With `fields` and no `words`, no column of such a name or title is disclosed; with `words`, no row in which one of the fields
    (without `fields`: any text) contains or is one of them. `valid_to` is the last day, None without end.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    name: FilledText
    circumstance: FilledText
    basis: str = Field(min_length=1)
    dataset: str | None = None
    fields: tuple[str, ...] = ()
    match: Literal["contains", "is"] | None = None
    words: tuple[str, ...] = ()
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _require_sense(self) -> "NegativeEntry":
        if self.dataset is None and not self.fields and not self.words:
            raise ValueError("name a dataset, fields or words: the entry would touch everything")
        if bool(self.words) != (self.match is not None):
            raise ValueError("`words` need a `match`, contains or is, and a `match` needs words")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} lies before valid_from {self.valid_from}")
        return self

    def is_in_force(self, on: date | None) -> bool:
        """Whether the entry holds on that day; without a day, whatever its dates are."""
        return on is None or (self.valid_from <= on and (self.valid_to is None or on <= self.valid_to))


def read_negative_list(file: Path = FILE) -> tuple[NegativeEntry, ...]:
    """Reads every entry in the order of the file; ContractError names the invalid line or the id that occurs twice."""
    found: dict[str, NegativeEntry] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise _list_error(file.name, "表头应为 " + ",".join(COLUMNS), "the header must be " + ",".join(COLUMNS))
        for row in reader:
            place = f"{file.name}:{reader.line_num}"
            one = _parse_entry(row, place)
            if one.id in found:
                raise _list_error(place, f"{one.id} 出现两次", f"{one.id} is there twice")
            found[one.id] = one
    return tuple(found.values())


def select_entries(entries: Iterable[NegativeEntry], dataset: str, on: date | None) -> tuple[NegativeEntry, ...]:
    """Returns the entries in force on that day that speak of the dataset, or of any."""
    return tuple(one for one in entries if one.dataset in {None, dataset} and one.is_in_force(on))


def _parse_entry(row: dict[str, str], place: str) -> NegativeEntry:
    try:
        return NegativeEntry.model_validate(_entry_parts(row))
    except (ValueError, KeyError, AttributeError, TypeError) as wrong:
        raise _list_error(place, f"有误：{wrong}", f"is wrong: {wrong}") from wrong


def _entry_parts(row: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": {"zh": row["zh"], "en": row["en"]},
        "circumstance": {"zh": row["circumstance_zh"], "en": row["circumstance_en"]},
        "basis": row["basis"],
        "dataset": row["dataset"] or None,
        "fields": tuple(name.strip() for name in row["fields"].split("|") if name.strip()),
        "match": row["match"] or None,
        "words": tuple(word.strip() for word in row["words"].split("|") if word.strip()),
        "valid_from": row["valid_from"],
        "valid_to": row["valid_to"] or None,
    }


def _list_error(place: str, zh: str, en: str) -> ContractError:
    return ContractError(Text(zh=f"负面清单 {place}：{zh}", en=f"negative list {place}: {en}"))
