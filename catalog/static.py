"""The static catalogue: a folder of pages, machine-readable catalogues and released files that works offline when copied.

    index.html, en/index.html           everything in one list
    dataset/<name>/[en/]index.html      one dataset; of a retired one, a page that says so
    releases/<dataset>/<number>/…       the files of the current release and of those before it
    catalog.jsonld, data.json           for harvesters
    state.json                          what is shown: written last, so that a killed run is done again

Key of everything: the dataset's name; addresses never change. Not here: what a page says (`dataset_page`, `index_page`), how a
file comes to lie in the folder (`shelf`), the deciding (`plan`).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from jinja2 import Environment

from catalog.data_json import data_json
from catalog.dataset_page import FirstLook, dataset_view, root_of
from catalog.dcat import dcat_catalogue
from catalog.dotmap import dot_map
from catalog.entry import Entry
from catalog.index_page import index_view
from catalog.pages import FOLDER, LANGUAGES, environment, in_one_language, stylesheet
from catalog.plan import Outcome, Plan, Step, outcome_of
from catalog.preview import codes, first_rows, places
from catalog.released import DOCUMENTS, ReleaseFacts
from catalog.shelf import Shelf
from catalog.site_state import Retired, Shown, State, read_state, sizes
from schemas.errors import CatalogueError
from schemas.text import Text

STATE = "state.json"


class StaticCatalogue:
    """The catalogue in `folder`, made from the releases under `releases`. One writer at a time."""

    name = "static"

    def __init__(self, folder: Path, releases: Path) -> None:
        self.folder = folder
        self.releases = releases

    def published(self) -> dict[str, str]:
        """Fingerprint of every dataset shown. One with a missing or cut file, or drawn with an older look, has another one."""
        state = read_state(self.folder / STATE)
        sound = state.look == self._look and self._whole(state.site)
        return {
            name: shown.fingerprint if sound and self._whole(shown.files) else f"damaged {shown.fingerprint}"
            for name, shown in state.shown.items()
        }

    def carry_out(self, plan: Plan, entries: Sequence[Entry]) -> Outcome:
        """Write what the plan says; a plan that changes nothing writes nothing, unless the site itself is not there yet.

        CatalogueError if the plan was not made from these entries, or a release's files are missing or damaged. Killed anywhere,
        the next plan finds the work undone and does it again.
        """
        state, shelf = read_state(self.folder / STATE), Shelf(self.folder)
        if plan.writes == 0 and state.look == self._look and self._whole(state.site):
            return outcome_of(plan, writes=0)
        wanted = {entry.dataset: entry for entry in entries}
        shown, retired = dict(state.shown), dict(state.retired)
        for step in plan.steps:
            if step.action in ("create", "update"):
                shown[step.dataset] = self._show(shelf, _entry_for(step, wanted))
                retired.pop(step.dataset, None)
            elif step.action == "retire" and (gone := shown.pop(step.dataset, None)):
                retired[step.dataset] = Retired(title=gone.title, release=gone.release, synthetic=gone.synthetic)
        for name, page in retired.items():
            self._tombstone(shelf, name, page)
        site = self._site(shelf, [wanted[step.dataset] for step in plan.steps if step.action != "retire"])
        self._prune(shelf, shown, retired)
        shelf.put(STATE, State(look=self._look, site=site, shown=shown, retired=retired).written())
        return outcome_of(plan, writes=shelf.writes)

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

    def _whole(self, files: Mapping[str, int]) -> bool:
        return all((f := self.folder / name).is_file() and f.stat().st_size == size for name, size in files.items())

    def _show(self, shelf: Shelf, entry: Entry) -> Shown:
        """The files of every release first, the pages that link to them after."""
        files = [name for facts in (entry.facts, *entry.history) for name in self._release(shelf, facts)]
        look = self._first_look(entry)
        for lang in LANGUAGES:
            page = in_one_language(self._pages, "dataset.html.j2", lang, **dataset_view(entry, look, lang))
            files.append(shelf.put(_page_of(entry.dataset, lang), page))
        return Shown(
            fingerprint=entry.fingerprint,
            release=entry.release,
            title=entry.title,
            synthetic=entry.synthetic,
            files=sizes(self.folder, files),
        )

    def _release(self, shelf: Shelf, facts: ReleaseFacts) -> list[str]:
        files = (*facts.distributions, *facts.codelists)
        placed = [shelf.place(f"releases/{f.path}", self.releases / f.path, f.sha256) for f in files]
        at = f"{facts.dataset}/{facts.number}"
        return placed + [shelf.place(f"releases/{at}/{name}", self.releases / at / name) for name in DOCUMENTS]

    def _first_look(self, entry: Entry) -> FirstLook:
        lists = {file.codelist: codes(self.releases / file.path) for file in entry.facts.codelists}
        csv = next((file for file in entry.distributions if file.format == "csv"), None)
        if csv is None:
            return FirstLook(codes=lists)
        file, at = self.releases / csv.path, entry.coordinates
        return FirstLook(rows=first_rows(file), dots=dot_map(places(file, at)) if at else None, codes=lists)

    def _tombstone(self, shelf: Shelf, name: str, gone: Retired) -> None:
        for lang in LANGUAGES:
            view = {
                "title": {"zh": gone.title.zh, "en": gone.title.en}[lang],
                "root": root_of(lang),
                "other": {"zh": "en/index.html", "en": "../index.html"}[lang],
                "synthetic": gone.synthetic,
                "data_time": None,
                "release": None,
                "last": gone.release,
            }
            shelf.put(_page_of(name, lang), in_one_language(self._pages, "retired.html.j2", lang, **view))

    def _site(self, shelf: Shelf, entries: Sequence[Entry]) -> dict[str, int]:
        """What speaks of all datasets: the sheet and the machines' catalogues, then the front pages."""
        files = [
            shelf.put("style.css", stylesheet()),
            shelf.put("catalog.jsonld", _json(dcat_catalogue(entries))),
            shelf.put("data.json", _json(data_json(entries))),
        ]
        for lang in reversed(LANGUAGES):
            view = index_view(entries, lang)
            files.append(shelf.put(str(view["page"]), in_one_language(self._pages, "index.html.j2", lang, **view)))
        return sizes(self.folder, files)

    def _prune(self, shelf: Shelf, shown: Mapping[str, Shown], retired: Mapping[str, Retired]) -> None:
        """Take away what no dataset shown needs: files of retired ones, and what a lost state left behind."""
        kept = {name for one in shown.values() for name in one.files}
        kept |= {_page_of(name, lang) for name in retired for lang in LANGUAGES}
        for file in sorted(p for top in ("dataset", "releases") for p in (self.folder / top).rglob("*") if p.is_file()):
            if (name := file.relative_to(self.folder).as_posix()) not in kept:
                shelf.remove(name)
        for folder in sorted((self.folder / "releases").rglob("*"), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _page_of(dataset: str, lang: str) -> str:
    return f"dataset/{dataset}/{'en/' if lang == 'en' else ''}index.html"


def _json(said: Mapping[str, object]) -> str:
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def _entry_for(step: Step, entries: Mapping[str, Entry]) -> Entry:
    entry = entries.get(step.dataset)
    if entry is None or entry.fingerprint != step.fingerprint:
        raise CatalogueError(
            Text(
                zh=f"计划与条目不符：{step.action} {step.dataset}。请重新制定计划后再发布",
                en=f"the plan was made from other entries: {step.action} {step.dataset}; plan again and publish then",
            )
        )
    return entry
