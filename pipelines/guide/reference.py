"""The reference of datasets and of kinds of rules as Markdown, from the contracts; pages of the documentation site.

Here: the pages, with the view and the sentences of the guide. Not here: the guide's own pages (`guide_files`), the command line
(`dagster_project/cli/reference.py`), the site (`docs/build_hook.py`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment
from markupsafe import Markup
from pydantic.fields import FieldInfo

from catalog.core_metadata import catalogue_texts
from catalog.pages import Lang, make_environment, read_texts
from pipelines.field_help import describe_submitters
from pipelines.guide.page import build_view
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.rules.expectations import TableExpectation
from schemas.rules.rule_base import ContractCheck
from schemas.rules.rules import RowRule
from schemas.text import Text

FOLDER = Path(__file__).parents[1] / "pages"
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~$])")


def render_datasets(workspace: Workspace, lang: Lang) -> dict[str, str]:
    """Returns the pages by name: one for each dataset, and `datasets`, which lists them by family."""
    pages = {name: _render_dataset(workspace, contract, lang) for name, contract in workspace.contracts.items()}
    return {"datasets": _render_index(workspace, lang), **pages}


def render_rules(contracts: Sequence[Contract], lang: Lang) -> str:
    """Returns the page of all kinds of rules and expectations: parameters, and the first use of each as its example."""
    texts = _read_sentences()
    parts = [f"# {_pick(texts['reference.rules'], lang)}", _pick(texts["reference.rules.about"], lang)]
    for title, kinds in (("reference.rules.rows", RowRule), ("reference.rules.tables", TableExpectation)):
        parts.append(f"## {_pick(texts[title], lang)}")
        for model in _list_models(kinds):
            parts += _describe_kind(model, contracts, lang)
    return "\n\n".join(parts) + "\n"


def escape_markdown(text: object) -> str:
    """Returns a text as Markdown that reads as the text itself, on one line, also in a table."""
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[1])};", " ".join(str(text).replace("&", "&amp;").split()))


def _render_dataset(workspace: Workspace, contract: Contract, lang: Lang) -> str:
    view = build_view(contract, workspace.codelists, workspace.departments)
    return _load_templates().get_template("reference_dataset.md.j2").render(lang=lang, **view)


def _render_index(workspace: Workspace, lang: Lang) -> str:
    texts = _read_sentences()
    families: dict[str, list[Contract]] = {}
    for contract in workspace.contracts.values():
        families.setdefault(contract.policy.family, []).append(contract)
    parts = [f"# {_pick(texts['reference.datasets'], lang)}", _pick(texts["reference.datasets.about"], lang)]
    heads = [texts["guide.dataset"], texts["reference.name"], texts["guide.who"], texts["reference.fields"]]
    for family, contracts in sorted(families.items()):
        parts.append(f"## {_pick(catalogue_texts()[f'family.{family}'], lang)}")
        rows = [
            (
                f"[{escape_markdown(_pick(one.title, lang))}](datasets/{one.name}.md)",
                f"`{one.name}`",
                escape_markdown(_pick(describe_submitters(one, workspace.departments), lang)),
                len(one.fields),
            )
            for one in contracts
        ]
        parts.append(_format_table([_pick(head, lang) for head in heads], rows))
    return "\n\n".join(parts) + "\n"


def _list_models(union: Any) -> Iterator[type[ContractCheck]]:  # noqa: ANN401 - an annotated union has no type of its own
    """Yields the models of an annotated union, in its order."""
    yield from get_args(get_args(union)[0])


def _describe_kind(model: type[ContractCheck], contracts: Sequence[Contract], lang: Lang) -> list[str]:
    texts = _read_sentences()
    kind = get_args(model.model_fields["kind"].annotation)[0]
    own = {
        name: about for name, about in model.model_fields.items() if name not in {*ContractCheck.model_fields, "kind"}
    }
    heads = [_pick(texts[f"reference.{name}"], lang) for name in ("parameter", "type", "default")]
    rows = [(f"`{name}`", f"`{_name_type(about)}`", _name_default(about)) for name, about in own.items()]
    used = [(contract, rule) for contract in contracts for rule in _checks_of(contract) if isinstance(rule, model)]
    parts = [f"### `{kind}`", *([_format_table(heads, rows)] if rows else [])]
    if lang == "en":
        parts.insert(1, _read_docstring(model))
    if used:
        contract, rule = used[0]
        example = f"[{escape_markdown(_pick(contract.title, lang))}](datasets/{contract.name}.md)"
        parts.append(
            f"{_pick(texts['reference.example'], lang)}: {example} · `{rule.id}` · {escape_markdown(_pick(rule.message, lang))}"
        )
    parts.append(f"{_pick(texts['reference.used'], lang)}: {len(used)}")
    return parts


def _checks_of(contract: Contract) -> Sequence[ContractCheck]:
    return [*contract.rules, *contract.policy.expectations]


def _read_docstring(model: type[ContractCheck]) -> str:
    """Returns the model's docstring, whose names in backticks stay code."""
    parts = re.split(r"(`[^`]+`)", " ".join((model.__doc__ or "").split()))
    return "".join(part if part.startswith("`") else escape_markdown(part) or " " for part in _keep_spaces(parts))


def _keep_spaces(parts: Sequence[str]) -> Iterator[str]:
    """Yields the parts of a split text; the blanks at the ends of the parts are parts of their own."""
    for part in parts:
        if part.startswith("`"):
            yield part
            continue
        if part.startswith(" "):
            yield " "
        if part.strip():
            yield part.strip()
            if part.endswith(" "):
                yield " "


def _name_type(about: FieldInfo) -> str:
    named = str(about.annotation) if not isinstance(about.annotation, type) else about.annotation.__name__
    return re.sub(r"\b(?:typing|schemas\.\w+)\.", "", named).replace("|", "or")


def _name_default(about: FieldInfo) -> str:
    return "—" if about.is_required() or about.default in (None, ()) else f"`{about.default}`"


def _format_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _pick(text: Text, lang: Lang) -> str:
    return text.zh if lang == "zh" else text.en


@cache
def _read_sentences() -> Mapping[str, Text]:
    return {**read_texts(FOLDER / "guide.yaml"), **read_texts(FOLDER / "reference.yaml")}


@cache
def _load_templates() -> Environment:
    env = make_environment(FOLDER, texts=_read_sentences())
    env.filters["cell"] = lambda text: Markup(escape_markdown(text))  # noqa: S704 - escaped for Markdown, which HTML reads alike
    return env
