"""Views of one dataset's page: the current dataset (`dataset.html.j2`) and its tombstone (`retired.html.j2`).

Pure functions. The dataset view is built from an entry, a sample of its rows and its map. It includes the data dictionary,
whose constraints are given as sentences instead of Table Schema keys. A tombstone gives reason, day, last release and
successor. No view depends on today's date: a page stored on a disk must stay true. Not here: reading files (`preview`),
the texts (`texts.yaml`), checking data against constraints, the decision to retire
(`pipelines/publication/withdrawal.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from catalog.core_metadata import core_lines, find_meaning
from catalog.entry import CatalogueEntry, DictionaryField
from catalog.finder.finder_page import finder_path
from catalog.finder.venue_file import has_finder
from catalog.large_tables import MOST_ROWS, is_large
from catalog.pages.formats import Lang
from catalog.pictures.chart_figures import ChartFigures
from catalog.pictures.chart_view import chart_views
from catalog.pictures.dotmap import DotMap
from catalog.preview import CodeLine
from catalog.release_facts import DOCUMENTS, Distribution
from catalog.site_address import NOWHERE, SiteAddress, page_path
from catalog.site_state import RetiredDataset
from catalog.standards.croissant import croissant_path
from catalog.standards.exports import Export, find_exports
from catalog.standards.schema_org import schema_org_dataset
from schemas.limits import describe_limits
from schemas.metadata import UpdateCycle
from schemas.text import Text

_FORMAT_ORDER = ("csv", "xlsx", "parquet", "geojson")
"""Order in which files are offered: formats that open everywhere before formats that need a special tool."""
_MONTHS: Mapping[UpdateCycle, int] = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}
_DAYS: Mapping[UpdateCycle, int] = {"daily": 1, "weekly": 7}


@dataclass(frozen=True)
class PagePreview:
    """Data read from the released files: a sample of rows, the map (None without coordinates), codes by code list name, figures of charts."""

    rows: Sequence[Sequence[str]] = ()
    dots: DotMap | None = None
    codes: Mapping[str, Sequence[CodeLine]] = field(default_factory=dict)
    charts: Sequence[ChartFigures] = ()


class PreviewColumn(NamedTuple):
    """One column of the sample: its field, the place of its cells in a row, and that of the codes that they name, if any."""

    field: DictionaryField
    place: int
    code: int | None

    @property
    def heading(self) -> Text:
        """The heading of the column: for a code its title without the word "code", because names are shown; for a group its title without the language."""
        label = self.field.label
        if self.code is None:
            return Text(zh=label.zh.removesuffix("（英文）"), en=label.en.removesuffix(" (English)"))
        return Text(zh=label.zh.removesuffix("代码") or label.zh, en=label.en.removesuffix(" code") or label.en)


def preview_columns(dictionary: Sequence[DictionaryField], lang: Lang) -> tuple[PreviewColumn, ...]:
    """The columns of the sample in that language: a code is shown by its name, with the code beside it; a group by its name alone."""
    places = {one.name: place for place, one in enumerate(dictionary)}
    columns = []
    for own in (one for one in dictionary if one.labels_of is None):
        named = [one for one in dictionary if (one.labels_of, one.language) == (own.name, lang)]
        label, groups = named[0] if named else None, named[1:]
        code = places[own.name] if label else None
        columns.append(PreviewColumn(own, places[label.name if label else own.name], code))
        columns += [PreviewColumn(group, places[group.name], None) for group in groups]
    return tuple(columns)


def dataset_view(
    entry: CatalogueEntry,
    preview: PagePreview,
    lang: Lang,
    exports: Sequence[Export] = (),
    site: SiteAddress = NOWHERE,
    table: Mapping[str, int] | None = None,
) -> dict[str, object]:
    """The view of the dataset's page in that language; links are relative to the page's folder in the site.

    `table` is what the page with the whole table loads, in bytes (`table_page.table_sizes`); None if there is no such page.
    """
    root = root_path(lang)
    return {
        "title": {"zh": entry.title.zh, "en": entry.title.en}[lang],
        "summary": {"zh": entry.description.zh, "en": entry.description.en}[lang],
        "root": root,
        "other": "en/index.html" if lang == "zh" else "../index.html",
        "synthetic": entry.synthetic,
        "data_time": entry.data_updated,
        "release": entry.release,
        "entry": entry,
        "look": preview,
        "charts": chart_views(preview.charts, lang),
        "table": table,
        "large": is_large(entry),
        "large_exports": is_large(entry) and bool(find_exports(entry.dataset)),
        "limit": MOST_ROWS,
        "columns": preview_columns(entry.dictionary, lang),
        "own_fields": [described for described in entry.dictionary if described.is_own],
        "files": sort_offered(entry.distributions),
        "explaining": [(kind, file) for kind, file in _explanatory_files(entry) if file],
        "documents": DOCUMENTS,
        "exports": exports,
        "next_due": next_due(entry),
        "limits": {described.name: limits_text(described) for described in entry.dictionary},
        "codelists": {file.codelist: file for file in entry.facts.codelists},
        "numeric": ("integer", "number"),
        "meanings": {finding.type: find_meaning(finding) for finding in entry.findings},
        "erased": [(facts.number, part) for facts in (entry.facts, *entry.history) for part in facts.erased],
        "core": core_lines(entry),
        "email": email if isinstance(email := entry.core.provider.email, str) else None,
        "schema_org": schema_org_dataset(entry, root, site),
        "croissant": croissant_path(entry.dataset),
        "finder": f"{root}{finder_path(entry.dataset, lang)}" if has_finder(entry) else None,
    }


def _explanatory_files(entry: CatalogueEntry) -> tuple[tuple[str, Distribution | None], ...]:
    """The data dictionary, the file of changes and the types of the CSV files, each with its text key; None where the release has no such file."""
    facts = entry.facts
    return (("dictionary", facts.dictionary), ("changes", facts.changes_file), ("csv_metadata", facts.csv_metadata))


def root_path(lang: Lang) -> str:
    """Relative path from a dataset's page to the root of the site, with a trailing slash."""
    return {"zh": "../../", "en": "../../../"}[lang]


def sort_offered(files: Sequence[Distribution]) -> tuple[Distribution, ...]:
    """The files in the order of `_FORMAT_ORDER` (CSV first), then by name; unknown formats come last."""
    order = {name: place for place, name in enumerate(_FORMAT_ORDER)}
    return tuple(sorted(files, key=lambda file: (order.get(file.format, len(order)), file.name)))


def list_formats(files: Sequence[Distribution]) -> list[str]:
    """The formats of the files in the order in which they are offered, each once."""
    return list(dict.fromkeys(file.format for file in sort_offered(files)))


def next_due(entry: CatalogueEntry) -> date | None:
    """The day by which newer data are due under the update cycle; None for irregular and never updated datasets."""
    if entry.cycle in _DAYS:
        return entry.data_updated + timedelta(days=_DAYS[entry.cycle])
    if entry.cycle in _MONTHS:
        due: date = entry.data_updated + relativedelta(months=_MONTHS[entry.cycle])
        return due
    return None


_NO_LIMITS = Text(zh="—", en="—")


def limits_text(field: DictionaryField) -> Text:
    """All constraints of the field in one sentence; `—` if it has none."""
    return describe_limits(field.constraints) or _NO_LIMITS


def tombstone_view(retired: RetiredDataset, titles: Mapping[str, Text], lang: Lang) -> dict[str, object]:
    """The view of a retired dataset's page in that language.

    `titles` holds the title of every dataset with a page on this site; a successor without one is named but not linked.
    """
    root, successor = root_path(lang), titles.get(retired.successor) if retired.successor else None
    page = f"{root}{page_path(retired.successor, lang)}" if successor and retired.successor else None
    return {
        "title": {"zh": retired.title.zh, "en": retired.title.en}[lang],
        "summary": {"zh": retired.title.zh, "en": retired.title.en}[lang],
        "root": root,
        "other": {"zh": "en/index.html", "en": "../index.html"}[lang],
        "synthetic": retired.synthetic,
        "data_time": None,
        "release": None,
        "last": retired.release,
        "reason": retired.reason,
        "day_of": retired.on,
        "successor": retired.successor,
        "successor_title": successor,
        "successor_page": page,
    }
