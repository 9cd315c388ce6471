"""The reference of the command line as Markdown, from the commands' own help; a page of the documentation site.

Here: every command with its arguments and options, in one language. Not here: the help itself (in each command's module),
the site (`docs/build_hook.py`).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import typer

from schemas.text import Text

_CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
TITLE = Text(zh="命令", en="Commands")
ABOUT = Text(
    zh="本页由命令自带的帮助生成；在命令后加 `--help` 显示相同内容。",
    en="This page is made from the commands' own help; `--help` after a command prints the same.",
)
HEADS = (
    Text(zh="参数", en="Argument or option"),
    Text(zh="含义", en="Meaning"),
    Text(zh="默认值", en="Default"),
)
REQUIRED = Text(zh="必填", en="required")
REPEATED = Text(zh="可重复", en="may be repeated")


def split_languages(text: str) -> Text:
    """Returns the two halves of a help text, Chinese first; a text without Chinese or without English is the same in both.

    The Chinese ends with its last Chinese character, or with the bracket or full stop after it.
    """
    whole = " ".join(text.split())
    places = [found.end() for found in _CHINESE.finditer(whole)]
    if not places:
        return Text(zh=whole, en=whole)
    end = places[-1]
    while (
        end < len(whole) and whole[end] != " "
    ):  # a Latin term directly after Chinese text belongs to the Chinese half
        end += 1
    return Text(zh=whole[:end].strip(), en=whole[end:].strip() or whole)


def list_commands(group: Any, words: Sequence[str] = ("sportlake",)) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - typer's own
    """Yields (the words of a command, the command) for a group and all that is below it, in the order of `--help`."""
    for name, command in group.commands.items():
        yield " ".join([*words, name]), command
        if hasattr(command, "commands"):
            yield from list_commands(command, [*words, name])


def render_commands(app: typer.Typer, lang: str) -> str:
    """Returns the page of all commands of `app` in one language (`zh` or `en`)."""
    parts = [f"# {_pick(TITLE, lang)}", _pick(ABOUT, lang)]
    for words, command in list_commands(typer.main.get_command(app)):
        parts += [f"## `{words}`", _pick(split_languages(command.help or ""), lang), *_parameter_table(command, lang)]
    return "\n\n".join(parts) + "\n"


def _parameter_table(command: Any, lang: str) -> list[str]:  # noqa: ANN401 - typer's own
    rows = [_parameter_row(one, lang) for one in command.params if not one.hidden and one.name != "help"]
    if not rows:
        return []
    heads = " | ".join(_pick(head, lang) for head in HEADS)
    return ["\n".join([f"| {heads} |", "|---|---|---|", *rows])]


def _parameter_row(parameter: Any, lang: str) -> str:  # noqa: ANN401 - typer's own
    option = parameter.opts[0].startswith("-")
    name = parameter.opts[0] if option else (parameter.metavar or parameter.name.upper())
    texts = split_languages(parameter.help or "")
    meaning = _pick(texts, lang) + (f"（{REPEATED.zh}）" if lang == "zh" else f" ({REPEATED.en})") * parameter.multiple
    default = "—" if parameter.default in (None, False, (), []) else f"`{parameter.default}`"
    cells = (f"`{name}`", meaning, _pick(REQUIRED, lang) if parameter.required else default)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _pick(text: Text, lang: str) -> str:
    return text.zh if lang == "zh" else text.en
