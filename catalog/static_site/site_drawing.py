"""What the static site shows, drawn in memory: pages, pictures and documents by path, from entries and the files of their releases.

Nothing is written here, so that the same drawing serves publication and the search for differences. Not here: the views of pages
(`dataset_page`, `site_pages`, `finder`, `table`), exports (`exports`), the folder and its state (`static`).
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import duckdb

from catalog.dataset_page import PagePreview, dataset_view, tombstone_view
from catalog.entry import CatalogueEntry
from catalog.finder import outlines
from catalog.finder.counts_page import counts_view
from catalog.finder.finder_page import finder_assets, finder_path, finder_view
from catalog.finder.map_library import read_map_library
from catalog.finder.outlines import list_rings
from catalog.finder.venue_counts import count_venues
from catalog.finder.venue_file import list_finders
from catalog.large_tables import is_large
from catalog.pages import FOLDER, LANGUAGES, read_site_stylesheet, site_templates
from catalog.pictures.chart_figures import read_figures
from catalog.pictures.chart_files import draw_picture_files, find_picture_title
from catalog.pictures.dotmap import DotMap, dot_map
from catalog.preview import ReleasedTable, open_database, read_codes
from catalog.release_facts import Distribution
from catalog.release_index import release_index
from catalog.site_address import SiteAddress, page_path
from catalog.site_state import RetiredDataset, ShownDataset
from catalog.standards.croissant import croissant_dataset, croissant_path
from catalog.standards.exports import Export, offered_exports, read_exports
from catalog.static_site.browser_programs import read_programs
from catalog.static_site.index_page import INDEX, index_script
from catalog.static_site.machine_files import dump_json, machine_files
from catalog.static_site.site_pages import draw_page, draw_site_pages
from catalog.table.table_page import find_table, table_files, table_path, table_sizes, table_view
from schemas.text import Text


class DrawnDataset(NamedTuple):
    """The files of one dataset by path, documents before the pages that link to them, and what its first chart shows, if it has one."""

    files: dict[str, str]
    picture: Text | None


class SiteDrawing:
    """Draws from the releases under `releases`; `site` and `packages` as in `StaticCatalogue`."""

    def __init__(self, releases: Path, site: SiteAddress, packages: Path | None) -> None:
        self.releases = releases
        self.site = site
        self.packages = packages
        self._dots: dict[str, DotMap | None] = {}
        self._exports: dict[str, list[Export]] = {}

    @cached_property
    def look_hash(self) -> str:
        """Hex SHA-256 of everything besides entries and releases that is drawn from; if it changes, every page is drawn again.

        Every file in `catalog/pages` (templates, stylesheet, texts, script, code), the exports, the outlines, the programs of
        others, and the site's address.
        """
        digest = hashlib.sha256((self.site.site_url or "").encode() + b"\0")
        for file in sorted(path for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".pyc"):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        for export in read_exports():
            digest.update(export.source.encode())
        drawn = (file.read_bytes() for file in sorted(outlines.FOLDER.iterdir()))
        for content in (*drawn, *read_map_library().values()):
            digest.update(content)
        for name, content in self._table_files.items():
            digest.update(name.encode() + b"\0" + content)
        return digest.hexdigest()

    def draw_dataset(self, entry: CatalogueEntry) -> DrawnDataset:
        """Documents, pages and pictures of one dataset; its released files are copied, not drawn."""
        look, paths = self._read_preview(entry), _page_paths(entry.dataset)
        table = find_table(entry) if self._table_files else None
        sizes = table_sizes(table, self._table_files) if table else None
        exports = self.list_exports([entry])
        files = {
            f"releases/{entry.dataset}/index.json": dump_json(release_index(entry)),
            croissant_path(entry.dataset): dump_json(croissant_dataset(entry, self.site)),
        }
        for lang in LANGUAGES:
            view = dataset_view(entry, look, lang, exports, self.site, sizes)
            files[paths[lang]] = draw_page(site_templates(), "dataset.html.j2", lang, self.site, paths, view)
        files |= draw_picture_files(site_templates(), entry, look.charts, look.dots)
        files |= self._draw_table_pages(entry, table) if table else {}
        return DrawnDataset(files, find_picture_title(look.charts))

    def draw_tombstones(
        self, shown: Mapping[str, ShownDataset], retired: Mapping[str, RetiredDataset]
    ) -> dict[str, str]:
        """The pages of retired datasets; `shown` has the titles of those that succeed them."""
        titles = {name: one.title for name, one in shown.items()} | {name: one.title for name, one in retired.items()}
        files = {}
        for name, dataset in retired.items():
            paths = _page_paths(name)
            for lang in LANGUAGES:
                view = tombstone_view(dataset, titles, lang)
                files[paths[lang]] = draw_page(site_templates(), "retired.html.j2", lang, self.site, paths, view)
        return files

    def draw_site(
        self,
        entries: Sequence[CatalogueEntry],
        shown: Mapping[str, ShownDataset],
        retired: Mapping[str, RetiredDataset],
    ) -> dict[str, str | bytes]:
        """The files that cover all datasets: style, icon, what pages share, documents for machines, finders, then the front pages."""
        return {
            "style.css": read_site_stylesheet(),
            **{name: (FOLDER / name).read_bytes() for name in ("favicon.svg", "share.png")},
            **self._table_files,
            INDEX: index_script(entries),
            **machine_files(entries, self.site, self._list_tables(entries), retired),
            **self._draw_finders(entries),
            **draw_site_pages(site_templates(), entries, self.list_exports(entries), self.site, shown),
        }

    def _list_tables(self, entries: Sequence[CatalogueEntry]) -> frozenset[str]:
        """The datasets that have a page with their whole table."""
        return frozenset(entry.dataset for entry in entries if self._table_files and find_table(entry))

    def list_exports(self, entries: Sequence[CatalogueEntry]) -> list[Export]:
        """The exports of these entries that have an item, in the order of the entries; each entry is asked once."""
        for entry in entries:
            if entry.fingerprint not in self._exports:
                self._exports[entry.fingerprint] = offered_exports([entry], self.releases)
        return [export for entry in entries for export in self._exports[entry.fingerprint]]

    @cached_property
    def _table_files(self) -> dict[str, bytes]:
        """What the pages with whole tables share, by path; nothing if this installation lacks the programs."""
        return table_files(read_programs(self.packages))

    @cached_property
    def _database(self) -> duckdb.DuckDBPyConnection:
        """A database in memory that reads released Parquet files, opened once."""
        return open_database()

    def _draw_table_pages(self, entry: CatalogueEntry, table: Distribution) -> dict[str, str]:
        """The page with the whole table in both languages."""
        paths: dict[str, str] = {lang: table_path(entry.dataset, lang) for lang in LANGUAGES}
        views = {lang: table_view(entry, table, self._table_files, lang) for lang in LANGUAGES}
        return {
            paths[lang]: draw_page(site_templates(), "table.html.j2", lang, self.site, paths, views[lang])
            for lang in LANGUAGES
        }

    def _draw_finders(self, entries: Sequence[CatalogueEntry]) -> dict[str, str | bytes]:
        """The pages of the finders and what they share; their data files are written with the exports.

        A finder of a large table has counts in place of the list.
        """
        finders = list_finders(entries)
        files: dict[str, str | bytes] = {**finder_assets([one for one in finders if not is_large(one)])}
        for entry in finders:
            dots = self._draw_dots(entry)
            if dots is None:
                continue
            paths: dict[str, str] = {lang: finder_path(entry.dataset, lang) for lang in LANGUAGES}
            counts = count_venues(self._database, self.releases, entry) if is_large(entry) else None
            for lang in LANGUAGES:
                if counts is None:
                    template, view = "finder.html.j2", finder_view(entry, finders, dots, lang)
                else:
                    template, view = "finder_counts.html.j2", counts_view(entry, finders, dots, counts, lang)
                files[paths[lang]] = draw_page(site_templates(), template, lang, self.site, paths, view)
        return files

    def _read_preview(self, entry: CatalogueEntry) -> PagePreview:
        lists = {file.codelist: read_codes(self.releases / file.path) for file in entry.facts.codelists}
        files = self._table_paths(entry)
        if not files:
            return PagePreview(codes=lists)
        charts = read_figures(self._database, files, entry, lists) if entry.charts else ()
        rows = ReleasedTable(self._database, files).sample_rows(entry.dictionary, entry.facts.rows)
        return PagePreview(rows=rows, dots=self._draw_dots(entry), codes=lists, charts=charts)

    def _table_paths(self, entry: CatalogueEntry) -> list[Path]:
        """The Parquet files with the rows of the visible release."""
        return [self.releases / file.path for file in entry.facts.table_files]

    def _draw_dots(self, entry: CatalogueEntry) -> DotMap | None:
        """The drawn map of the dataset, made once for all its pages; None without coordinates or without Parquet files."""
        if entry.fingerprint not in self._dots:
            self._dots[entry.fingerprint] = self._count_dots(entry)
        return self._dots[entry.fingerprint]

    def _count_dots(self, entry: CatalogueEntry) -> DotMap | None:
        files, at = self._table_paths(entry), entry.coordinates
        if not files or at is None:
            return None
        places = ReleasedTable(self._database, files).count_places(at)
        return dot_map(places.rows, entry.province, list_rings(entry.province), places.side)


def _page_paths(dataset: str) -> dict[str, str]:
    return {lang: page_path(dataset, lang) for lang in LANGUAGES}
