"""The static catalogue: a folder of pages, machine-readable catalogues and released files; a copy works offline.

    index.html, en/index.html           front page
    catalogue.html, en/catalogue.html   list of all datasets
    about.html, en/about.html, 404.html about the catalogue; what a server answers for unknown addresses
    dataset/<name>/[en/]index.html      page of one dataset, or its tombstone if it is retired
    dataset/<name>/[en/]chart.svg       its first chart; small.svg and map.svg beside it
    dataset/<name>/[en/]table.html      its whole table, to filter, sort and query in the browser (`table`)
    dataset/<name>/croissant.json       the dataset for loaders of machine learning
    search-index.js                     what the search box of the list compares, for both languages
    releases/<dataset>/<number>/…       files of the current release and of those before it
    releases/<dataset>/index.json       all releases of the dataset, newest first, with the changes of each
    catalog.jsonld, data.json, feed.xml …       what machines read of all datasets (`machine_files`)
    table/…                             scripts of the whole tables, and the programs of others that they use (`browser_programs`)
    dataset/<name>/360giving.json …     exports: released tables as a document of another standard (`exports`)
    map/<dataset>.html, map/en/…        finder of the places of a dataset, with its data file, scripts and outlines (`finder`)
    state.json                          what is published; written last, so that a killed run is repeated

Everything is keyed by dataset name; addresses never change. Not here: the content of a page (`dataset_page`, `index_page`,
`site_pages`), which pages are drawn from what (`site_drawing`), writing a file to the folder (`site_folder`), deciding what to publish (`plan`).
"""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from stat import S_ISREG

from catalog.entry import CatalogueEntry
from catalog.finder.venue_file import FinderSource, data_path, list_finders
from catalog.large_tables import is_large
from catalog.plan import (
    DAMAGED,
    OUTDATED,
    Difference,
    OrphanItem,
    PlanOutcome,
    PublicationPlan,
    Withdrawal,
    complete_outcome,
    find_entry,
)
from catalog.release_facts import CHECKSUMS, DOCUMENTS, ReleaseFacts
from catalog.site_address import NOWHERE, SiteAddress
from catalog.site_folder import SiteFolder, SiteFolderDryRun, file_sha256
from catalog.site_state import RetiredDataset, ShownDataset, SiteState, read_state
from catalog.standards.exports import ExportSource
from catalog.static_site.site_drawing import SiteDrawing

STATE = "state.json"
_NOTHING = "—"
_LOG = logging.getLogger(__name__)


class StaticCatalogue:
    """The catalogue in `folder`, built from the releases under `releases`. Only one process may write at a time.

    `site` is the address at which the folder is served, if it is known; another one draws every page and document again.
    `packages` is the folder of the npm packages that pages with whole tables use; without them there are no such pages.
    """

    def __init__(
        self,
        folder: Path,
        releases: Path,
        name: str = "static",
        site: SiteAddress = NOWHERE,
        packages: Path | None = None,
    ) -> None:
        self.folder = folder
        self.releases = releases
        self.name = name
        self.drawing = SiteDrawing(releases, site, packages)

    def read_published(self) -> dict[str, str]:
        """Fingerprint of every visible dataset; empty if nothing was published.

        A dataset with a missing or changed file gets the prefix `damaged `; so does every dataset if a file of the site
        is missing or changed. If the templates have changed, every dataset gets `outdated `. Files not changed since the state was written (by ctime)
        are not read; `find_drift` reads all of them. CatalogueError if the state file is invalid.
        """
        state = read_state(self.folder / STATE)
        if state.look != self.drawing.look_hash:
            return {name: f"{OUTDATED} {shown.fingerprint}" for name, shown in state.shown.items()}
        intact = self._are_files_intact(state.site)
        return {
            name: shown.fingerprint
            if intact and self._are_files_intact(shown.files)
            else f"{DAMAGED} {shown.fingerprint}"
            for name, shown in state.shown.items()
        }

    def apply(
        self, plan: PublicationPlan, entries: Sequence[CatalogueEntry], withdrawn: Sequence[Withdrawal] = ()
    ) -> PlanOutcome:
        """Applies the plan. Without changes it writes nothing, unless site files or tombstones are missing or outdated.

        A withdrawn dataset gets a tombstone even if it was never published here. After a kill at any point, the next
        plan finds the work unfinished and repeats it. CatalogueError if the plan was not made from these entries, if
        files of a release are missing or damaged, or if the state file is invalid.
        """
        state, target = read_state(self.folder / STATE), SiteFolder(self.folder)
        tombstones = {item.dataset: _build_retired_dataset(item) for item in withdrawn}
        if plan.writes == 0 and self._is_site_intact(state) and tombstones.items() <= state.retired.items():
            return complete_outcome(plan, writes=0)
        wanted = {entry.dataset: entry for entry in entries}
        shown, retired = dict(state.shown), dict(state.retired)
        for step in plan.steps:
            if step.action != "keep":
                _LOG.info("%s %s %s", self.name, step.action, step.dataset)
            if step.action in ("create", "update"):
                shown[step.dataset] = self._publish_dataset(target, find_entry(step, wanted))
            elif step.action == "retire" and (shown_before := shown.pop(step.dataset, None)):
                retired[step.dataset] = RetiredDataset(
                    title=shown_before.title, release=shown_before.release, synthetic=shown_before.synthetic
                )
        retired = {name: page for name, page in (retired | tombstones).items() if name not in shown}
        site = self._write_tombstones(target, shown, retired)
        visible = [wanted[step.dataset] for step in plan.steps if step.action != "retire"]
        keys = self._write_exports(target, visible, state)
        site |= {name: target.digests[name] for name in keys} | self._write_site(target, visible, shown, retired)
        self._prune(target, shown, site, state)
        target.sync_folders()
        state = SiteState(look=self.drawing.look_hash, site=site, exports=keys, shown=shown, retired=retired)
        target.write_text(STATE, state.to_json())
        target.sync_folders()
        return complete_outcome(plan, writes=target.writes)

    def find_drift(self, entries: Sequence[CatalogueEntry]) -> list[Difference]:
        """Differences between the folder and these entries: every page is drawn again in memory, every file is hashed.

        A dataset that is missing, superfluous or has another fingerprint gives one difference, not one per file. Site
        files and tombstones are listed one by one under the dataset `—`. Writes nothing.
        """
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
        found += self._find_dataset_drift(_NOTHING, lambda shelf: self._write_exports(shelf, entries, SiteState()))
        return found + self._find_dataset_drift(
            _NOTHING, lambda shelf: self._write_site(shelf, entries, state.shown, state.retired)
        )

    def find_orphans(self) -> list[OrphanItem]:
        """Every file in the folder, sorted by name, that neither a visible dataset nor the site itself needs."""
        state = read_state(self.folder / STATE)
        known = {STATE, *state.site}.union(*(dataset.files for dataset in state.shown.values()))
        present = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if not path.is_dir())
        return [OrphanItem(kind="file", name=name) for name in sorted(present) if name not in known]

    def _find_dataset_drift(self, dataset: str, draw: Callable[[SiteFolder], object]) -> list[Difference]:
        dry_run = SiteFolderDryRun(self.folder)
        draw(dry_run)
        return [
            _make_difference(dataset, f"file {name}", wanted[:12], found and found[:12])
            for name, wanted, found in dry_run.otherwise
        ]

    def _is_site_intact(self, state: SiteState) -> bool:
        """Whether the files of no visible dataset are unchanged and were drawn with the current templates."""
        return state.look == self.drawing.look_hash and self._are_files_intact(state.site)

    def _are_files_intact(self, files: Mapping[str, str]) -> bool:
        since, folder = (self.folder / STATE).stat().st_ctime_ns, str(self.folder)
        return all(_is_unchanged(f"{folder}/{name}", digest, since) for name, digest in files.items())

    def _publish_dataset(self, shelf: SiteFolder, entry: CatalogueEntry) -> ShownDataset:
        """Writes one dataset: the files of every release first, then the pages that link to them."""
        files = [name for facts in (entry.facts, *entry.history) for name in self._copy_release(shelf, facts)]
        drawn = self.drawing.draw_dataset(entry)
        files += _write_drawn(shelf, drawn.files)
        return ShownDataset(
            fingerprint=entry.fingerprint,
            release=entry.release,
            title=entry.title,
            synthetic=entry.synthetic,
            files={name: shelf.digests[name] for name in sorted(files)},
            picture=drawn.picture,
        )

    def _copy_release(self, shelf: SiteFolder, facts: ReleaseFacts) -> list[str]:
        """Copies or links the files of one release into the site. Files unchanged since the release's checksums were written are not read again."""
        at = f"{facts.dataset}/{facts.number}"
        written = _written_at(self.releases / at / CHECKSUMS)
        copied = [
            shelf.copy_file(f"releases/{f.path}", file, f.sha256, hashed=_is_older(file, f.bytes, written))
            for f in facts.files
            for file in [self.releases / f.path]
        ]
        return copied + [shelf.copy_file(f"releases/{at}/{name}", self.releases / at / name) for name in DOCUMENTS]

    def _write_tombstones(
        self, shelf: SiteFolder, shown: Mapping[str, ShownDataset], retired: Mapping[str, RetiredDataset]
    ) -> dict[str, str]:
        return {name: shelf.digests[name] for name in _write_drawn(shelf, self.drawing.draw_tombstones(shown, retired))}

    def _write_site(
        self,
        shelf: SiteFolder,
        entries: Sequence[CatalogueEntry],
        shown: Mapping[str, ShownDataset],
        retired: Mapping[str, RetiredDataset],
    ) -> dict[str, str]:
        """Writes the files that cover all datasets, the front pages last; returns their SHA-256 by name."""
        drawn = self.drawing.draw_site(entries, shown, retired)
        return {name: shelf.digests[name] for name in sorted(_write_drawn(shelf, drawn))}

    def _write_exports(self, shelf: SiteFolder, entries: Sequence[CatalogueEntry], state: SiteState) -> dict[str, str]:
        """Writes the exports and the data files of finders that changed since `state`.

        Returns the keys of what each is made from, by file name.
        """
        by_name, keys = {entry.dataset: entry for entry in entries}, {}
        exports, finders = ExportSource(by_name, self.releases), FinderSource(by_name, self.releases)
        made = [
            *((one.path, exports.content_key(one), partial(exports.write_document, one)) for one in self.drawing.list_exports(entries)),
            *((data_path(one.dataset), finders.content_key(one), partial(finders.write_script, one)) for one in list_finders(entries) if not is_large(one)),
        ]  # fmt: skip
        for name, key, write in made:
            keys[name] = key
            if state.exports.get(name) == key and self._are_files_intact({name: state.site[name]}):
                shelf.digests[name] = state.site[name]
            else:
                shelf.write_parts(name, write())
        return keys

    def _prune(
        self, shelf: SiteFolder, shown: Mapping[str, ShownDataset], site: Mapping[str, str], before: SiteState
    ) -> None:
        """Deletes files under `dataset` and `releases` that are not needed, and files of the site that it no longer has.

        This includes files left behind when the state file was lost. Empty folders under `releases` are deleted too.
        """
        kept = {*site}.union(*(dataset.files for dataset in shown.values()))
        for name in sorted(before.site.keys() - kept):
            shelf.remove_file(name)
        for file in sorted(p for top in ("dataset", "releases") for p in (self.folder / top).rglob("*") if p.is_file()):
            if (name := file.relative_to(self.folder).as_posix()) not in kept:
                shelf.remove_file(name)
        for folder in sorted((self.folder / "releases").rglob("*"), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _write_drawn(shelf: SiteFolder, files: Mapping[str, str | bytes]) -> list[str]:
    return [
        shelf.write_text(name, content) if isinstance(content, str) else shelf.write_content(name, content)
        for name, content in files.items()
    ]


def _is_unchanged(file: str, digest: str, since: int) -> bool:
    """Whether `file` exists and has the SHA-256 `digest`.

    It is read only if its ctime is at or after `since` (ns since the epoch); an older file counts as unchanged. A catalogue has thousands
    of files after years: a path is not made of each, and each is asked for once.
    """
    try:
        state = os.stat(file)  # noqa: PTH116 -- see above
    except OSError:
        return False
    return S_ISREG(state.st_mode) and (state.st_ctime_ns < since or file_sha256(Path(file)) == digest)


def _written_at(file: Path) -> int:
    """When a file was written, in ns since the epoch; 0 if there is none."""
    return file.stat().st_mtime_ns if file.is_file() else 0


def _is_older(file: Path, size: int, written: int) -> bool:
    """Whether a file has that size and was last written before `written`, when the files of its release were hashed.

    A file of the same moment counts as newer, because file systems have clocks of some milliseconds.
    """
    return file.is_file() and file.stat().st_size == size and file.stat().st_mtime_ns < written


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
        at=one.at,
        successor=one.successor,
    )
