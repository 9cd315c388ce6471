"""The page of a finder: its view, its path, and the files beside it that are the same for all finders.

The page is small: filters, an empty list, and a drawn map for readers without scripts. Scripts fill it from the data file. All texts are
in `pages/texts.yaml`, those of the scripts handed over as one JSON block. Not here: the data file (`venue_file.py`), writing
(`catalog/static_site/static.py`).
"""

from collections.abc import Mapping, Sequence

from catalog.entry import CatalogueEntry
from catalog.finder.map_library import FILES, LICENCE, read_map_library
from catalog.finder.outlines import outline_script, read_outlines
from catalog.pages import FOLDER, read_shared_texts
from catalog.pages.formats import Lang
from catalog.pictures.dotmap import DotMap, map_frame
from schemas.policy import Coordinates
from schemas.province import Province

SCRIPTS = ("finder-data.js", "finder-hours.js", "finder-map.js", "finder.js")
SHEET = "finder.css"
_SEARCH, _LIBRARY = SCRIPTS[-1], FILES[0]


def finder_path(dataset: str, lang: str) -> str:
    """The path of a finder's page in the site."""
    return f"map/{'en/' if lang == 'en' else ''}{dataset}.html"


def outlines_path(province: Province) -> str:
    """The path of the script with a province's outlines."""
    return f"map/outlines-{province.code}.js"


def finder_assets(entries: Sequence[CatalogueEntry]) -> dict[str, bytes]:
    """The files that the pages of these finders load besides their data, by path; none if there is no finder."""
    if not entries:
        return {}
    own = {name: (FOLDER / name).read_bytes() for name in (*SCRIPTS, SHEET)}
    drawn = {outlines_path(one.province): outline_script(one.province).encode() for one in entries}
    return {**{f"map/{name}": content for name, content in {**own, **read_map_library()}.items()}, **drawn}


def finder_view(
    entry: CatalogueEntry, finders: Sequence[CatalogueEntry], dots: DotMap, lang: Lang
) -> dict[str, object]:
    """The view of the finder of `entry`; `finders` are all that there are, `dots` is the drawn map."""
    frame = finder_frame(entry, finders, dots, lang)
    facts = script_facts(entry.province, entry.coordinates, lang)
    return {
        **frame,
        "licence": LICENCE,
        "scripts": [f"{entry.dataset}.js", *list_scripts(entry.province)],
        "said": {"title": frame["title"], "other": frame["other"], **facts},
    }


def finder_frame(
    entry: CatalogueEntry, finders: Sequence[CatalogueEntry], dots: DotMap, lang: Lang
) -> dict[str, object]:
    """What the page has in any case, with or without a list: its heading, its addresses in the site, the drawn map."""
    words = _finder_words(lang)
    name = {"zh": entry.title.zh, "en": entry.title.en}[lang]
    title = words["title"].format(name=name)
    other = f"{'en/' if lang == 'zh' else '../'}{entry.dataset}.html"
    return {
        "title": title,
        "summary": words["summary"].format(name=name),
        "root": {"zh": "../", "en": "../../"}[lang],
        "other": other,
        "synthetic": entry.synthetic,
        "data_time": entry.data_updated,
        "release": entry.release,
        "entry": entry,
        "finders": finders,
        "dots": dots,
        "outlines": read_outlines(entry.province.code) if "source" in read_outlines(entry.province.code) else None,
    }


def list_scripts(province: Province) -> tuple[str, ...]:
    """The scripts besides the data, in their order: the map's library comes last, so that the list does not wait for it."""
    return *SCRIPTS[:-1], outlines_path(province).removeprefix("map/"), _SEARCH, _LIBRARY


def script_facts(province: Province, at: Coordinates | None, lang: Lang) -> dict[str, object]:
    """The facts passed to the scripts besides title and other language: their texts, the box of the map, the datum."""
    words, frame = _finder_words(lang), map_frame(province)
    return {
        "lang": lang,
        "box": [frame.west, frame.east, frame.south, frame.north],
        "datum": f"{words['coordinates']} {at.datum if at else ''}",
        "words": _script_words(words),
    }


def _finder_words(lang: Lang) -> dict[str, str]:
    """The texts of the finder in that language, by their keys without `finder.`."""
    texts, beginning = read_shared_texts(), "finder."
    found = {key.removeprefix(beginning): text for key, text in texts.items() if key.startswith(beginning)}
    return {key: {"zh": text.zh, "en": text.en}[lang] for key, text in found.items()}


def _script_words(words: Mapping[str, str]) -> dict[str, object]:
    """The texts of the scripts, under the keys that the scripts use: those of `finder.script.` in `texts.yaml`."""
    beginning = "script."
    controls = {"zoom_in": "NavigationControl.ZoomIn", "zoom_out": "NavigationControl.ZoomOut", "label": "Map.Title"}
    return {
        **{key.removeprefix(beginning): text for key, text in words.items() if key.startswith(beginning)},
        "days": [words[f"day.{day}"] for day in range(1, 9)],
        "kinds": {kind: words[f"kind.{kind}"] for kind in ("r", "a", "c")},
        "map": {theirs: words[f"control.{ours}"] for ours, theirs in controls.items()},
    }
