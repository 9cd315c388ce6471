"""The charts of one dataset for the portal's view: pictures as marks, sentences as plain text, figures as a table, in both languages.

It is one JSON text in the view's configuration, like the finder's, so that the plugin needs neither DuckDB nor our texts. It names its
release, because a page shows only the charts of its own release. Figures, marks and words are those of the static site. Not here:
creating the view (`views.py`), drawing (the plugin's template).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from catalog.entry import CatalogueEntry
from catalog.pages import FOLDER, LANGUAGES, Lang, read_texts, show_turning
from catalog.pages.formats import format_day
from catalog.pictures import chart_drawing, chart_figures, chart_view
from catalog.pictures.chart_figures import read_figures
from catalog.pictures.chart_view import ChartView, Sentence, chart_views
from catalog.preview import read_codes
from schemas.text import Text


def make_chart_config(entry: CatalogueEntry, releases: Path, database: duckdb.DuckDBPyConnection) -> str | None:
    """The configuration as JSON; None if the dataset has no charts, or its release no Parquet file.

    `database` is any connection; nothing is written to it. CatalogueError if one cannot be read.
    """
    files = [releases / one.path for one in entry.facts.table_files]
    if not files or not entry.charts:
        return None
    lists = {one.codelist: read_codes(releases / one.path) for one in entry.facts.codelists}
    figures = read_figures(database, files, entry, lists)
    config: dict[str, Any] = {"release": entry.release, "family": entry.family}
    for lang in LANGUAGES:
        config[lang] = [_describe_chart(one, entry, lang) for one in chart_views(figures, lang)]
    return json.dumps(_mark_turning(config), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@cache
def chart_code_digest() -> str:
    """A digest of the code and the texts that charts are made with: if it changes, every dataset is sent again."""
    sources = map(Path, (__file__, chart_drawing.__file__, chart_figures.__file__, chart_view.__file__))
    texts = [f"{key} {text.zh} {text.en}\n" for key, text in _read_site_texts().items() if key.startswith("chart.")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sources) + "".join(texts).encode()).hexdigest()


def _describe_chart(view: ChartView, entry: CatalogueEntry, lang: Lang) -> dict[str, Any]:
    """One chart as the template asks for it: `lines` are its table's rows, a label and its cells."""
    caption = "chart.caption", {"number": entry.release, "day": format_day(entry.data_updated, lang)}
    return {
        "id": view.id,
        "title": _in_language(view.title, lang),
        "about": _write_sentence(view.about, lang),
        "notes": " ".join(_write_sentence(one, lang) for one in (*view.notes, caption)),
        "drawing": asdict(view.drawing) if view.drawing else None,
        "heads": [_write_sentence(view.first_head, lang), *(_write_head(one, lang) for one in view.heads)],
        "lines": [[_in_language(label, lang), list(cells)] for label, cells in view.lines],
    }


def _write_head(head: Sentence | Text, lang: Lang) -> str:
    return _in_language(head, lang) if isinstance(head, Text) else _write_sentence(head, lang)


def _write_sentence(sentence: Sentence, lang: Lang) -> str:
    key, values = sentence
    return _in_language(_read_site_texts()[key], lang).format(**values)


@cache
def _read_site_texts() -> Mapping[str, Text]:
    return read_texts(FOLDER / "texts.yaml")


def _mark_turning(value: object) -> object:
    """The same value, with direction-changing characters in its texts written as their numbers, as on the static site."""
    if isinstance(value, dict):
        return {key: _mark_turning(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_mark_turning(one) for one in value]
    return show_turning(value)


def _in_language(text: Text, lang: Lang) -> str:
    return {"zh": text.zh, "en": text.en}[lang]
