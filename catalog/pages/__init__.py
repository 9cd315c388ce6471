"""The one look of every page that we draw: base template, stylesheet, words, and how dates and numbers are written.

A page type is one template and one pure function that makes its view; templates hold loops and ifs only. In a template
`lang` is `zh` or `en`; `t("key", name=value)` says a sentence of `texts.yaml` in it, `text | said` a `Text`; `day`,
`moment`, `number` (1.2 万), `figure` (in full), `share`, `size` write values. Everything is escaped.
Not here: what any one page says about its data.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from catalog.pages import formats
from catalog.pages.formats import LANGUAGES, Lang
from schemas.text import Text

FOLDER = Path(__file__).parent
TAGS: Mapping[str, str] = {"zh": "zh-CN", "en": "en"}

__all__ = [
    "FOLDER",
    "LANGUAGES",
    "Lang",
    "make_environment",
    "read_stylesheet",
    "read_texts",
    "render_bilingual_page",
    "render_site_page",
]


@cache
def read_stylesheet() -> str:
    """The one sheet of the house, to be inlined into pages that must be one file or written beside those of a site."""
    return (FOLDER / "style.css").read_text(encoding="utf-8")


def read_texts(path: Path) -> dict[str, Text]:
    """The sentences of one file (`key: {zh: …, en: …}`) by key; ValidationError if one of them lacks a language."""
    return {key: Text.model_validate(said) for key, said in yaml.safe_load(path.read_text(encoding="utf-8")).items()}


def make_environment(*folders: Path, texts: Mapping[str, Text] | None = None) -> Environment:
    """The templates of this folder and of `folders`, with `texts` beside our own sentences.

    Autoescape is on, an undefined name is an error, and so is a key that two files of sentences claim (ValueError).
    """
    ours, theirs = read_texts(FOLDER / "texts.yaml"), texts or {}
    if both := ours.keys() & theirs.keys():
        raise ValueError(f"texts.yaml of catalog/pages already says {sorted(both)}")
    made = Environment(
        loader=FileSystemLoader([FOLDER, *folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
    made.globals |= {"t": _make_translator({**ours, **theirs}), "tags": TAGS, "stylesheet": Markup(read_stylesheet())}  # noqa: S704 - our own sheet
    made.filters |= {name: _bind_language(name) for name in ("day", "moment", "number")}
    made.filters |= {
        "figure": formats.format_figure,
        "share": formats.format_share,
        "size": formats.format_size,
        "said": _select_language,
    }
    return made


def render_site_page(env: Environment, template: str, lang: Lang, **view: object) -> str:
    """A page of a site: `template` extends `base.html.j2`; its other half is another file.

    `view` gives what the base asks for: `title`, `root` (relative path to the site's root, such as `../`), `other`
    (href of the same page in the other language), `synthetic`, `data_time` (the day up to which the data are, or None), `release` (or None).
    """
    return env.get_template(template).render(lang=lang, **view)


def render_bilingual_page(env: Environment, template: str, *, title: Text, synthetic: bool, **view: object) -> str:
    """A page that is one file: `template` is the body alone (from its h1 on), drawn once in each language.

    The reader switches without a script; Chinese shows first. Ids in the body must begin with `{{ lang }}-`.
    """
    bodies = {
        lang: Markup(env.get_template(template).render(lang=lang, synthetic=synthetic, **view))  # noqa: S704 - autoescaped
        for lang in LANGUAGES
    }
    return env.get_template("both.html.j2").render(lang="zh", bodies=bodies, title=title, synthetic=synthetic, **view)


def _make_translator(texts: Mapping[str, Text]) -> Callable[..., str]:
    @pass_context
    def say(context: Context, key: str, **values: object) -> str:
        return _select_language(context, texts[key]).format(**values)

    return say


@pass_context
def _select_language(context: Context, text: Text) -> str:
    return {"zh": text.zh, "en": text.en}[context["lang"]]


def _bind_language(name: str) -> Callable[..., str]:
    write = getattr(formats, f"format_{name}")

    @pass_context
    def written(context: Context, value: object) -> str:
        result: str = write(value, context["lang"])
        return result

    return written
