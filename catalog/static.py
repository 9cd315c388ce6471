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
from catalog.dataset_page import FirstLook, dataset_view, tombstone_view
from catalog.dcat import dcat_catalogue
from catalog.dotmap import dot_map
from catalog.entry import Entry
from catalog.index_page import index_view
from catalog.pages import FOLDER, LANGUAGES, environment, in_one_language, stylesheet
from catalog.plan import Difference, Orphan, Outcome, Plan, Withdrawal, entry_for, outcome_of
from catalog.preview import codes, first_rows, places
from catalog.release_facts import DOCUMENTS, ReleaseFacts
from catalog.release_index import index_of
from catalog.site_folder import LookedAt, Shelf, hash_of
from catalog.site_state import Retired, Shown, State, read_state

STATE = "state.json"
_NOTHING = "—"
_LOG = logging.getLogger(__name__)


class StaticCatalogue:
    """The catalogue in `folder`, made from the releases under `releases`. One writer at a time."""

    def __init__(self, folder: Path, releases: Path, name: str = "static") -> None:
        self.folder = folder
        self.releases = releases
        self.name = name

    def published(self) -> dict[str, str]:
        """Fingerprint of every dataset shown. One with a missing or changed file, or drawn with an older look, has another one.

        Files that nobody touched since the state was written are taken at their word; `drift` reads them all.
        """
        state = read_state(self.folder / STATE)
        sound = self._sound(state)
        return {
            name: shown.fingerprint if sound and self._whole(shown.files) else f"damaged {shown.fingerprint}"
            for name, shown in state.shown.items()
        }

    def carry_out(self, plan: Plan, entries: Sequence[Entry], withdrawn: Sequence[Withdrawal] = ()) -> Outcome:
        """Write what the plan says; a plan that changes nothing writes nothing, unless site or tombstones are not there yet.

        What is withdrawn gets its tombstone even if it was never on show here. CatalogueError if the plan was not made from
        these entries, or a release's files are missing or damaged. Killed anywhere, the next plan finds the work undone and
        does it again.
        """
        state, shelf = read_state(self.folder / STATE), Shelf(self.folder)
        told = {one.dataset: _retired_by(one) for one in withdrawn}
        if plan.writes == 0 and self._sound(state) and told.items() <= state.retired.items():
            return outcome_of(plan, writes=0)
        wanted = {entry.dataset: entry for entry in entries}
        shown, retired = dict(state.shown), dict(state.retired)
        for step in plan.steps:
            if step.action != "keep":
                _LOG.info("%s %s %s", self.name, step.action, step.dataset)
            if step.action in ("create", "update"):
                shown[step.dataset] = self._show(shelf, entry_for(step, wanted))
            elif step.action == "retire" and (gone := shown.pop(step.dataset, None)):
                retired[step.dataset] = Retired(title=gone.title, release=gone.release, synthetic=gone.synthetic)
        retired = {name: page for name, page in (retired | told).items() if name not in shown}
        site = self._tombstones(shelf, shown, retired)
        site |= self._site(shelf, [wanted[step.dataset] for step in plan.steps if step.action != "retire"])
        self._prune(shelf, shown, site)
        shelf.put(STATE, State(look=self._look, site=site, shown=shown, retired=retired).written())
        return outcome_of(plan, writes=shelf.writes)

    def drift(self, entries: Sequence[Entry]) -> list[Difference]:
        """Every page drawn again and every file hashed, against what lies there; a site or dataset not published yet is said once."""
        state, wanted = read_state(self.folder / STATE), {entry.dataset: entry for entry in entries}
        found = [
            _unlike(name, "dataset", None, state.shown[name].release) for name in state.shown.keys() - wanted.keys()
        ]
        for name, entry in wanted.items():
            shown = state.shown.get(name)
            if shown is None:
                found.append(_unlike(name, "dataset", entry.release, None))
            elif shown.fingerprint != entry.fingerprint:
                found.append(_unlike(name, "entry", _short(entry), _short(shown)))
            else:
                found += self._otherwise(name, partial(self._show, entry=entry))
        found += self._otherwise(_NOTHING, lambda shelf: self._tombstones(shelf, state.shown, state.retired))
        return found + self._otherwise(_NOTHING, lambda shelf: self._site(shelf, entries))

    def orphans(self) -> list[Orphan]:
        """Every file in the folder that neither a dataset on show nor the site itself needs."""
        state = read_state(self.folder / STATE)
        known = {STATE, *state.site}.union(*(one.files for one in state.shown.values()))
        there = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if not path.is_dir())
        return [Orphan(kind="file", name=name) for name in sorted(there) if name not in known]

    def _otherwise(self, dataset: str, draw: Callable[[Shelf], object]) -> list[Difference]:
        shelf = LookedAt(self.folder)
        draw(shelf)
        return [
            _unlike(dataset, f"file {name}", wanted[:12], found and found[:12])
            for name, wanted, found in shelf.otherwise
        ]

    @cached_property
    def _pages(self) -> Environment:
        return environment()

    @cached_property
    def _look(self) -> str:
        """Hash of templates, sheet, words and script: when they change, every page is drawn again."""
        digest = hashlib.sha256()
        for file in sorted(path for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".pyc"):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()

    def _sound(self, state: State) -> bool:
        """Whether what belongs to no dataset on show is there as it was drawn, with the look of today."""
        return state.look == self._look and self._whole(state.site)

    def _whole(self, files: Mapping[str, str]) -> bool:
        since = (self.folder / STATE).stat().st_ctime_ns
        return all(_unchanged(self.folder / name, digest, since) for name, digest in files.items())

    def _show(self, shelf: Shelf, entry: Entry) -> Shown:
        """The files of every release first, the pages that link to them after."""
        files = [name for facts in (entry.facts, *entry.history) for name in self._release(shelf, facts)]
        files.append(shelf.put(f"releases/{entry.dataset}/index.json", _json(index_of(entry))))
        look = self._first_look(entry)
        for lang in LANGUAGES:
            page = in_one_language(self._pages, "dataset.html.j2", lang, **dataset_view(entry, look, lang))
            files.append(shelf.put(_page_of(entry.dataset, lang), page))
        return Shown(
            fingerprint=entry.fingerprint,
            release=entry.release,
            title=entry.title,
            synthetic=entry.synthetic,
            files={name: shelf.digests[name] for name in sorted(files)},
        )

    def _release(self, shelf: Shelf, facts: ReleaseFacts) -> list[str]:
        placed = [shelf.place(f"releases/{f.path}", self.releases / f.path, f.sha256) for f in facts.files]
        at = f"{facts.dataset}/{facts.number}"
        return placed + [shelf.place(f"releases/{at}/{name}", self.releases / at / name) for name in DOCUMENTS]

    def _first_look(self, entry: Entry) -> FirstLook:
        lists = {file.codelist: codes(self.releases / file.path) for file in entry.facts.codelists}
        csv = next((file for file in entry.distributions if file.format == "csv"), None)
        if csv is None:
            return FirstLook(codes=lists)
        file, at = self.releases / csv.path, entry.coordinates
        return FirstLook(rows=first_rows(file), dots=dot_map(places(file, at)) if at else None, codes=lists)

    def _tombstones(self, shelf: Shelf, shown: Mapping[str, Shown], retired: Mapping[str, Retired]) -> dict[str, str]:
        titles = {name: one.title for name, one in shown.items()} | {name: one.title for name, one in retired.items()}
        files = [
            shelf.put(
                _page_of(name, lang),
                in_one_language(self._pages, "retired.html.j2", lang, **tombstone_view(gone, titles, lang)),
            )
            for name, gone in retired.items()
            for lang in LANGUAGES
        ]
        return {name: shelf.digests[name] for name in sorted(files)}

    def _site(self, shelf: Shelf, entries: Sequence[Entry]) -> dict[str, str]:
        """What speaks of all datasets: the sheet and the machines' catalogues, then the front pages."""
        files = [
            shelf.put("style.css", stylesheet()),
            shelf.put("catalog.jsonld", _json(dcat_catalogue(entries))),
            shelf.put("data.json", _json(data_json(entries))),
        ]
        for lang in reversed(LANGUAGES):
            view = index_view(entries, lang)
            files.append(shelf.put(str(view["page"]), in_one_language(self._pages, "index.html.j2", lang, **view)))
        return {name: shelf.digests[name] for name in sorted(files)}

    def _prune(self, shelf: Shelf, shown: Mapping[str, Shown], site: Mapping[str, str]) -> None:
        """Take away what no dataset shown needs: files of retired ones, and what a lost state left behind."""
        kept = {*site}.union(*(one.files for one in shown.values()))
        for file in sorted(p for top in ("dataset", "releases") for p in (self.folder / top).rglob("*") if p.is_file()):
            if (name := file.relative_to(self.folder).as_posix()) not in kept:
                shelf.remove(name)
        for folder in sorted((self.folder / "releases").rglob("*"), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _page_of(dataset: str, lang: str) -> str:
    return f"dataset/{dataset}/{'en/' if lang == 'en' else ''}index.html"


def _unchanged(file: Path, digest: str, since: int) -> bool:
    """Whether a file holds what it should: it is read if anything about it changed at or after that moment."""
    return file.is_file() and (file.stat().st_ctime_ns < since or hash_of(file) == digest)


def _unlike(dataset: str, what: str, wanted: str | None, found: str | None) -> Difference:
    return Difference(dataset=dataset, what=what, wanted=wanted or _NOTHING, found=found or _NOTHING)


def _short(one: Entry | Shown) -> str:
    return f"{one.release} ({one.fingerprint[:8]})"


def _retired_by(one: Withdrawal) -> Retired:
    return Retired(
        title=one.title,
        release=one.release,
        synthetic=one.synthetic,
        reason=one.reason,
        on=one.on,
        successor=one.successor,
    )


def _json(said: Mapping[str, object]) -> str:
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"
