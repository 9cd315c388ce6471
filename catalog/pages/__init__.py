"""Shared layout of all HTML pages: base template, stylesheet, texts, and the formats of dates and numbers.

A page type is one template and one pure function that builds its view; templates contain only loops and conditions. In
a template `lang` is `zh` or `en`; `t("key", name=value)` gives a sentence of `texts.yaml` in that language, and
`text | said` does so for a `Text`. The filters `day`, `moment`, `number` (1.2 万), `figure` (all digits), `share` and
`size` format values, `machine_time` those of attributes; `whole_words` keeps the options of a command on one line each. All output is escaped, and characters that turn the direction of text are written as their numbers
(`[U+202E]`), so that a value reads in the order in which it is stored. Not here: the content of a particular page.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import yaml
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup, escape

from catalog.pages import formats
from catalog.pages.formats import LANGUAGES, Lang
from schemas.text import Text

FOLDER = Path(__file__).parent
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LONGEST_WORD = 28
"""Characters of a command's word that still fit on a line of a phone."""
TAGS: Mapping[str, str] = {"zh": "zh-CN", "en": "en"}

__all__ = [
    "FOLDER",
    "LANGUAGES",
    "Lang",
    "make_environment",
    "read_shared_texts",
    "read_site_stylesheet",
    "read_stylesheet",
    "read_texts",
    "render_bilingual_page",
    "render_site_page",
    "show_turning",
    "site_templates",
]


@cache
def read_stylesheet() -> str:
    """The shared stylesheet `style.css`: inlined into single-file pages, written as a separate file for sites."""
    return (FOLDER / "style.css").read_text(encoding="utf-8")


@cache
def read_site_stylesheet() -> str:
    """The stylesheet of the static site: the shared one, then what only its pages have."""
    return read_stylesheet() + "\n" + (FOLDER / "site.css").read_text(encoding="utf-8")


def read_texts(path: Path) -> dict[str, Text]:
    """The texts of one YAML file (`key: {zh: …, en: …}`) by key; ValidationError if a text lacks a language."""
    return {
        key: Text.model_validate(text)
        for key, text in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).items()
    }


@cache
def read_shared_texts() -> Mapping[str, Text]:
    """The texts of `texts.yaml`, by key, read once in a process."""
    return read_texts(FOLDER / "texts.yaml")


class _CompiledTemplates(BytecodeCache):
    """Templates compiled in this process, by file and content: those of the layout are parts of every environment."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _CompiledTemplates()


def make_environment(*folders: Path, texts: Mapping[str, Text] | None = None) -> Environment:
    """A Jinja environment with the templates of this folder and of `folders`, and with `texts` added to our own texts.

    Autoescape is on; an undefined name in a template is an error. ValueError if a key of `texts` is already in use.
    """
    ours, theirs = read_shared_texts(), texts or {}
    if both := ours.keys() & theirs.keys():
        raise ValueError(f"texts.yaml of catalog/pages already says {sorted(both)}")
    env = Environment(
        loader=FileSystemLoader([FOLDER, *folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=show_turning,
        bytecode_cache=_COMPILED,
    )
    env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
    env.globals |= {"t": _make_translator({**ours, **theirs}), "tags": TAGS, "stylesheet": Markup(read_stylesheet())}  # noqa: S704 - our own sheet
    env.filters |= {
        "day": _bind_language(formats.format_day),
        "moment": _bind_language(formats.format_moment),
        "number": _bind_language(formats.format_number),
        "figure": formats.format_figure,
        "machine_time": formats.format_machine_time,
        "share": formats.format_share,
        "size": formats.format_size,
        "said": _select_language,
        "whole_words": _keep_words_whole,
    }
    return env


@cache
def site_templates() -> Environment:
    """The templates of a site's pages, compiled once in a process: compiling takes longer than drawing the pages of a dataset."""
    return make_environment()


def render_site_page(env: Environment, template: str, lang: Lang, **view: object) -> str:
    """One page of a site in one language; `template` extends `base.html.j2`. The other language is a separate file.

    `view` must give what the base template uses: `title`, `root` (relative path to the site's root, such as `../`),
    `other` (href of the same page in the other language), `synthetic`, `data_time` (the day up to which the data
    extend, or None), `release` (or None).
    """
    return env.get_template(template).render(lang=lang, **view)


def render_bilingual_page(env: Environment, template: str, *, title: Text, synthetic: bool, **view: object) -> str:
    """A single-file page in both languages; `template` is only the body (from its h1 on), drawn once per language.

    The reader switches language without a script; Chinese is displayed first. Ids in the body must begin with
    `{{ lang }}-`.
    """
    bodies = {
        lang: Markup(env.get_template(template).render(lang=lang, synthetic=synthetic, **view))  # noqa: S704 - autoescaped
        for lang in LANGUAGES
    }
    return env.get_template("both.html.j2").render(lang="zh", bodies=bodies, title=title, synthetic=synthetic, **view)


def show_turning(value: object) -> object:
    """Returns a text with direction-changing characters replaced by their numbers; any other value unchanged."""
    if not isinstance(value, str) or not _TURNING.search(value):
        return value
    return value.translate({ord(one): f"[U+{ord(one):04X}]" for one in _TURNING.findall(value)})


def _keep_words_whole(command: str) -> Markup:
    """Returns a command whose words with hyphens, such as options, are not broken at the end of a line unless they are long."""
    words = [
        Markup('<span class="word">{}</span>').format(word)
        if "-" in word and len(word) <= LONGEST_WORD
        else escape(word)
        for word in command.split(" ")
    ]
    return Markup(" ").join(words)


def _make_translator(texts: Mapping[str, Text]) -> Callable[..., str]:
    @pass_context
    def say(context: Context, key: str, **values: object) -> str:
        return _select_language(context, texts[key]).format(**values)

    return say


@pass_context
def _select_language(context: Context, text: Text) -> str:
    return {"zh": text.zh, "en": text.en}[context["lang"]]


def _bind_language(write: Callable[[Any, Lang], str]) -> Callable[..., str]:
    """Returns the filter that calls `write` with the language of the page."""

    @pass_context
    def written(context: Context, value: object) -> str:
        return write(value, context["lang"])

    return written
