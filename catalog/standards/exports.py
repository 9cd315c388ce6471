"""Exports: released tables as one document of a standard that others made, such as OC4IDS or the 360Giving Data Standard.

Each YAML file in `catalog/standards` is one export: for which dataset, under which name, for which of its rows, and what becomes
what (`row_mapping.py` says how). An export belongs to no release, because it may join the current releases of several tables; it is
written again when one of these or the mapping changes. Not here: the kinds of values, writing files, the page that links to it.
"""

import csv
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from catalog.core_metadata import catalogue_texts
from catalog.entry import CatalogueEntry
from catalog.large_tables import is_large
from catalog.release_facts import Distribution
from catalog.standards import row_mapping
from catalog.standards.row_mapping import Row, RowMapping, Tables, select_rows
from schemas.frozen_model import FrozenModel
from schemas.text import Text

FOLDER = Path(__file__).parent
SYNTHETIC = "示例数据（虚构） synthetic sample data"
_CODELIST = "codelist_"


class Export(FrozenModel):
    """One export. Key: `dataset`, whose rows become the items, and `file`, its name beside the page of that dataset.

    `where` and `distinct` choose the rows. `package` is the document around the list `items`; both see the columns of the row and
    the facts of `_describe_package`. An item that lacks one of `required` is left out; these must be made of the row alone.
    `source` is the text of the YAML file.
    """

    dataset: str
    file: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*\.(json|jsonld)$")
    title: Text
    version: str
    where: Mapping[str, Sequence[str]] = {}
    distinct: str = ""
    package: Mapping[str, Any]
    items: str
    required: tuple[str, ...]
    item: Mapping[str, Any]
    source: str = Field(repr=False)

    @property
    def path(self) -> str:
        """Where the document is in a catalogue."""
        return f"dataset/{self.dataset}/{self.file}"

    @property
    def tables(self) -> frozenset[str]:
        """The names of the tables and code lists whose rows are looked up."""
        return frozenset(_looked_up_tables(self.item))


@cache
def read_exports() -> tuple[Export, ...]:
    """Every export, sorted by file name; ValidationError if a file is no export."""
    texts = {file.stem: file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.yaml"))}
    return tuple(
        Export.model_validate({**yaml.load(text, Loader=yaml.CSafeLoader), "source": text}) for text in texts.values()
    )


@dataclass(frozen=True)
class ExportSource:
    """The published entries, and the folder of all releases from which their files are read.

    Tables that are looked up are held in memory; one of more than `large_tables.MOST_ROWS` rows counts as not published.
    """

    entries: Mapping[str, CatalogueEntry]
    releases: Path

    def used_entries(self, export: Export) -> list[CatalogueEntry]:
        """The entries of the export's dataset and of the tables that it looks up, as far as they are published."""
        named = {export.dataset, *export.tables}
        return [
            one for name, one in self.entries.items() if name == export.dataset or (name in named and not is_large(one))
        ]

    def content_key(self, export: Export) -> str:
        """Hex SHA-256 of everything that the document is made from; the document changes only if this changes."""
        made_from = [export.source, Path(row_mapping.__file__).read_text(encoding="utf-8")]
        entries = [one.model_dump_json(include={"title", "description", "licence", "publisher", "core", "facts"}) for one in self.used_entries(export)]  # fmt: skip
        return hashlib.sha256("\0".join([*made_from, *entries]).encode()).hexdigest()

    def has_items(self, export: Export) -> bool:
        """Whether there is a document: it has an item, and its rows are not too many. Depends on the release of the export's dataset alone."""
        entry = self.entries.get(export.dataset)
        return (
            entry is not None
            and not is_large(entry)
            and next(self._make_items(export, RowMapping({})), None) is not None
        )

    def _make_items(self, export: Export, mapping: RowMapping) -> Iterator[dict[str, Any]]:
        """The items one by one, in the order of the rows; none if the dataset is not published or lacks the columns."""
        entry = self.entries.get(export.dataset)
        file = _find_csv(entry) if entry else None
        if file is None:
            return
        facts = _describe_package(export, self)
        with _open_rows(self.releases, file, export.source) as rows:
            for row in select_rows(rows, {"where": export.where, "distinct": export.distinct}):
                item = mapping.make_value(export.item, {**facts, **row})
                if item is not None and all(name in item for name in export.required):
                    yield item

    def write_document(self, export: Export) -> Iterator[str]:
        """The document in parts, one item on each line, so that no more than the tables looked up is held in memory."""
        facts = _describe_package(export, self)
        package = RowMapping({}).make_value(export.package, facts)
        head = _dump(package).removesuffix("}")
        yield f'{head}, "{export.items}": ['
        for place, item in enumerate(self._make_items(export, RowMapping(self._read_tables(export)))):
            yield f"{',' if place else ''}\n{_dump(item)}"
        yield "\n]}\n"

    def _read_tables(self, export: Export) -> Tables:
        tables: dict[str, Sequence[Row]] = {}
        for entry in self.used_entries(export):
            files = {f"{_CODELIST}{one.codelist}": one for one in entry.facts.codelists}
            for name, file in {entry.dataset: _find_csv(entry), **files}.items():
                if file is not None and name in export.tables and name not in tables:
                    with _open_rows(self.releases, file, export.source) as rows:
                        tables[name] = list(rows)
        return tables


def find_exports(dataset: str) -> tuple[Export, ...]:
    """The exports of that dataset."""
    return tuple(one for one in read_exports() if one.dataset == dataset)


def offered_exports(entries: Sequence[CatalogueEntry], releases: Path) -> list[Export]:
    """The exports of these entries that have an item, in the order of the entries."""
    source = ExportSource({entry.dataset: entry for entry in entries}, releases)
    return [one for entry in entries for one in find_exports(entry.dataset) if source.has_items(one)]


def _looked_up_tables(stated: Any) -> Iterator[str]:  # noqa: ANN401 - a value of a mapping
    if isinstance(stated, Mapping):
        if "rows" in stated:
            yield stated["rows"]
        stated = list(stated.values())
    if isinstance(stated, list):
        for part in stated:
            yield from _looked_up_tables(part)


def _describe_package(export: Export, source: ExportSource) -> Row:
    """The facts that a mapping may name besides the columns of a row; `entry_created` is that of the newest release used."""
    entry = source.entries[export.dataset]
    uscc = entry.core.provider.uscc
    return {
        "entry_dataset": entry.dataset,
        "entry_title": entry.title.zh,
        "entry_description": entry.description.zh,
        "entry_publisher": catalogue_texts()["site.publisher"].zh,
        "entry_department": entry.publisher.code,
        "entry_provider": entry.core.provider.name.zh,
        "entry_provider_uscc": uscc if isinstance(uscc, str) else "",
        "entry_licence": entry.licence.path,
        "entry_data_updated": entry.data_updated.isoformat(),
        "entry_created": max(one.facts.created for one in source.used_entries(export)).isoformat(),
        "entry_release": entry.release,
        "entry_synthetic": SYNTHETIC if entry.synthetic else "",
    }


def _find_csv(entry: CatalogueEntry) -> Distribution | None:
    return next((one for one in entry.distributions if one.format == "csv"), None)


@contextmanager
def _open_rows(releases: Path, file: Distribution, source: str) -> Iterator[Iterator[Row]]:
    """The rows of a released CSV file, cells as text, without the columns that the mapping never names."""
    named = set(re.findall(r"\w+", source))
    with (releases / file.path).open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        header = [(place, name) for place, name in enumerate(next(reader, [])) if name in named]
        yield ({name: cells[place] for place, name in header} for cells in reader if cells)


def _dump(value: Mapping[str, Any]) -> str:
    """JSON on one line; `<` is escaped, so that the document can stand inside an HTML page."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
