"""The static catalogue: a folder of pages, machine-readable catalogues and released files that works offline when copied.

    index.html, en/index.html           everything in one list
    dataset/<name>/[en/]index.html      one dataset; of a retired one, a tombstone
    releases/<dataset>/<number>/…       the files of the current release and of those before it
    releases/<dataset>/index.json       all its releases, newest first, and what each changed
    catalog.jsonld, data.json           for harvesters
    state.json                          what is shown: written last, so that a killed run is done again

Key of everything: the dataset's name; addresses never change. Not here: what a page says (`dataset_page`, `index_page`,
`tombstone`), how a file comes to lie in the folder (`shelf`), the deciding (`plan`).
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path

from jinja2 import Environment

from catalog.data_json import data_json
from catalog.dataset_page import PagePreview, dataset_view, tombstone_view
from catalog.dcat import dcat_catalogue
from catalog.dotmap import dot_map
from catalog.entry import CatalogueEntry
from catalog.index_page import index_view
from catalog.pages import FOLDER, LANGUAGES, make_environment, read_stylesheet, render_site_page
from catalog.plan import (
    Difference,
    OrphanItem,
    PlanOutcome,
    PublicationPlan,
    Withdrawal,
    complete_outcome,
    find_entry,
)
from catalog.preview import count_places, first_rows, read_codes
from catalog.release_facts import DOCUMENTS, ReleaseFacts
from catalog.release_index import release_index
from catalog.site_folder import SiteFolder, SiteFolderDryRun, file_sha256
from catalog.site_state import RetiredDataset, ShownDataset, SiteState, read_state

STATE = "state.json"
_NOTHING = "—"
_LOG = logging.getLogger(__name__)


class StaticCatalogue:
    """The catalogue in `folder`, made from the releases under `releases`. One writer at a time."""

    def __init__(self, folder: Path, releases: Path, name: str = "static") -> None:
        self.folder = folder
        self.releases = releases
        self.name = name

    def read_published(self) -> dict[str, str]:
        """Fingerprint of every dataset shown. One with a missing or changed file, or drawn with an older look, has another one.

        Files that nobody touched since the state was written are taken at their word; `drift` reads them all.
        """
        state = read_state(self.folder / STATE)
        sound = self._is_site_intact(state)
        return {
            name: shown.fingerprint if sound and self._are_files_intact(shown.files) else f"damaged {shown.fingerprint}"
            for name, shown in state.shown.items()
        }

    def apply(
        self, plan: PublicationPlan, entries: Sequence[CatalogueEntry], withdrawn: Sequence[Withdrawal] = ()
    ) -> PlanOutcome:
        """Write what the plan says; a plan that changes nothing writes nothing, unless site or tombstones are not there yet.

        What is withdrawn gets its tombstone even if it was never on show here. CatalogueError if the plan was not made from
        these entries, or a release's files are missing or damaged. Killed anywhere, the next plan finds the work undone and
        does it again.
        """
        state, shelf = read_state(self.folder / STATE), SiteFolder(self.folder)
        told = {one.dataset: _build_retired_dataset(one) for one in withdrawn}
        if plan.writes == 0 and self._is_site_intact(state) and told.items() <= state.retired.items():
            return complete_outcome(plan, writes=0)
        wanted = {entry.dataset: entry for entry in entries}
        shown, retired = dict(state.shown), dict(state.retired)
        for step in plan.steps:
            if step.action != "keep":
                _LOG.info("%s %s %s", self.name, step.action, step.dataset)
            if step.action in ("create", "update"):
                shown[step.dataset] = self._publish_dataset(shelf, find_entry(step, wanted))
            elif step.action == "retire" and (gone := shown.pop(step.dataset, None)):
                retired[step.dataset] = RetiredDataset(title=gone.title, release=gone.release, synthetic=gone.synthetic)
        retired = {name: page for name, page in (retired | told).items() if name not in shown}
        site = self._write_tombstones(shelf, shown, retired)
        site |= self._write_site(shelf, [wanted[step.dataset] for step in plan.steps if step.action != "retire"])
        self._prune(shelf, shown, site)
        shelf.write_text(STATE, SiteState(look=self._template_hash, site=site, shown=shown, retired=retired).to_json())
        return complete_outcome(plan, writes=shelf.writes)

    def find_drift(self, entries: Sequence[CatalogueEntry]) -> list[Difference]:
        """Every page drawn again and every file hashed, against what lies there; a site or dataset not published yet is said once."""
        state, wanted = read_state(self.folder / STATE), {entry.dataset: entry for entry in entries}
        found = [
            _make_difference(name, "dataset", None, state.shown[name].release)
            for name in state.shown.keys() - wanted.keys()
        ]
        for name, entry in wanted.items():
            shown = state.shown.get(name)
            if shown is None:
                found.append(_make_difference(name, "dataset", entry.release, None))
            elif shown.fingerprint != entry.fingerprint:
                found.append(_make_difference(name, "entry", _shorten_hash(entry), _shorten_hash(shown)))
            else:
                found += self._find_dataset_drift(name, partial(self._publish_dataset, entry=entry))
        found += self._find_dataset_drift(
            _NOTHING, lambda shelf: self._write_tombstones(shelf, state.shown, state.retired)
        )
        return found + self._find_dataset_drift(_NOTHING, lambda shelf: self._write_site(shelf, entries))

    def find_orphans(self) -> list[OrphanItem]:
        """Every file in the folder that neither a dataset on show nor the site itself needs."""
        state = read_state(self.folder / STATE)
        known = {STATE, *state.site}.union(*(one.files for one in state.shown.values()))
        there = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if not path.is_dir())
        return [OrphanItem(kind="file", name=name) for name in sorted(there) if name not in known]

    def _find_dataset_drift(self, dataset: str, draw: Callable[[SiteFolder], object]) -> list[Difference]:
        shelf = SiteFolderDryRun(self.folder)
        draw(shelf)
        return [
            _make_difference(dataset, f"file {name}", wanted[:12], found and found[:12])
            for name, wanted, found in shelf.otherwise
        ]

    @cached_property
    def _environment(self) -> Environment:
        return make_environment()

    @cached_property
    def _template_hash(self) -> str:
        """Hash of templates, sheet, words and script: when they change, every page is drawn again."""
        digest = hashlib.sha256()
        for file in sorted(path for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".pyc"):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()

    def _is_site_intact(self, state: SiteState) -> bool:
        """Whether what belongs to no dataset on show is there as it was drawn, with the look of today."""
        return state.look == self._template_hash and self._are_files_intact(state.site)

    def _are_files_intact(self, files: Mapping[str, str]) -> bool:
        since = (self.folder / STATE).stat().st_ctime_ns
        return all(_is_unchanged(self.folder / name, digest, since) for name, digest in files.items())

    def _publish_dataset(self, shelf: SiteFolder, entry: CatalogueEntry) -> ShownDataset:
        """The files of every release first, the pages that link to them after."""
        files = [name for facts in (entry.facts, *entry.history) for name in self._copy_release(shelf, facts)]
        files.append(shelf.write_text(f"releases/{entry.dataset}/index.json", _dump_json(release_index(entry))))
        look = self._read_preview(entry)
        for lang in LANGUAGES:
            page = render_site_page(self._environment, "dataset.html.j2", lang, **dataset_view(entry, look, lang))
            files.append(shelf.write_text(_page_path(entry.dataset, lang), page))
        return ShownDataset(
            fingerprint=entry.fingerprint,
            release=entry.release,
            title=entry.title,
            synthetic=entry.synthetic,
            files={name: shelf.digests[name] for name in sorted(files)},
        )

    def _copy_release(self, shelf: SiteFolder, facts: ReleaseFacts) -> list[str]:
        placed = [shelf.copy_file(f"releases/{f.path}", self.releases / f.path, f.sha256) for f in facts.files]
        at = f"{facts.dataset}/{facts.number}"
        return placed + [shelf.copy_file(f"releases/{at}/{name}", self.releases / at / name) for name in DOCUMENTS]

    def _read_preview(self, entry: CatalogueEntry) -> PagePreview:
        lists = {file.codelist: read_codes(self.releases / file.path) for file in entry.facts.codelists}
        csv = next((file for file in entry.distributions if file.format == "csv"), None)
        if csv is None:
            return PagePreview(codes=lists)
        file, at = self.releases / csv.path, entry.coordinates
        return PagePreview(rows=first_rows(file), dots=dot_map(count_places(file, at)) if at else None, codes=lists)

    def _write_tombstones(
        self, shelf: SiteFolder, shown: Mapping[str, ShownDataset], retired: Mapping[str, RetiredDataset]
    ) -> dict[str, str]:
        titles = {name: one.title for name, one in shown.items()} | {name: one.title for name, one in retired.items()}
        files = [
            shelf.write_text(
                _page_path(name, lang),
                render_site_page(self._environment, "retired.html.j2", lang, **tombstone_view(gone, titles, lang)),
            )
            for name, gone in retired.items()
            for lang in LANGUAGES
        ]
        return {name: shelf.digests[name] for name in sorted(files)}

    def _write_site(self, shelf: SiteFolder, entries: Sequence[CatalogueEntry]) -> dict[str, str]:
        """What speaks of all datasets: the sheet and the machines' catalogues, then the front pages."""
        files = [
            shelf.write_text("style.css", read_stylesheet()),
            shelf.write_text("catalog.jsonld", _dump_json(dcat_catalogue(entries))),
            shelf.write_text("data.json", _dump_json(data_json(entries))),
        ]
        for lang in reversed(LANGUAGES):
            view = index_view(entries, lang)
            files.append(
                shelf.write_text(str(view["page"]), render_site_page(self._environment, "index.html.j2", lang, **view))
            )
        return {name: shelf.digests[name] for name in sorted(files)}

    def _prune(self, shelf: SiteFolder, shown: Mapping[str, ShownDataset], site: Mapping[str, str]) -> None:
        """Take away what no dataset shown needs: files of retired ones, and what a lost state left behind."""
        kept = {*site}.union(*(one.files for one in shown.values()))
        for file in sorted(p for top in ("dataset", "releases") for p in (self.folder / top).rglob("*") if p.is_file()):
            if (name := file.relative_to(self.folder).as_posix()) not in kept:
                shelf.remove_file(name)
        for folder in sorted((self.folder / "releases").rglob("*"), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _page_path(dataset: str, lang: str) -> str:
    return f"dataset/{dataset}/{'en/' if lang == 'en' else ''}index.html"


def _is_unchanged(file: Path, digest: str, since: int) -> bool:
    """Whether a file holds what it should: it is read if anything about it changed at or after that moment."""
    return file.is_file() and (file.stat().st_ctime_ns < since or file_sha256(file) == digest)


def _make_difference(dataset: str, what: str, wanted: str | None, found: str | None) -> Difference:
    return Difference(dataset=dataset, what=what, wanted=wanted or _NOTHING, found=found or _NOTHING)


def _shorten_hash(one: CatalogueEntry | ShownDataset) -> str:
    return f"{one.release} ({one.fingerprint[:8]})"


def _build_retired_dataset(one: Withdrawal) -> RetiredDataset:
    return RetiredDataset(
        title=one.title,
        release=one.release,
        synthetic=one.synthetic,
        reason=one.reason,
        on=one.on,
        successor=one.successor,
    )


def _dump_json(said: Mapping[str, object]) -> str:
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"
