"""The page of commands: every command, argument and option, each language by itself."""

import re

import pytest
import typer

from dagster_project.cli import app
from dagster_project.cli.reference import list_commands, render_commands, split_languages

CHINESE = re.compile("[一-鿿]")
COMMANDS = dict(list_commands(typer.main.get_command(app)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_has_every_command_and_every_option(lang):
    page = render_commands(app, lang)
    assert {"sportlake submit", "sportlake ledger verify", "sportlake ckan up"} <= COMMANDS.keys()
    assert re.findall(r"^## `(.+)`$", page, re.MULTILINE) == list(COMMANDS)
    for words, command in COMMANDS.items():
        part = page.partition(f"## `{words}`\n")[2].partition("\n## ")[0]
        for parameter in command.params:
            assert parameter.name == "help" or not parameter.opts[0].startswith("-") or f"`{parameter.opts[0]}`" in part


@pytest.mark.parametrize("words", COMMANDS)
def test_the_two_languages_of_every_help_text_can_be_told_apart(words):
    command = COMMANDS[words]
    for text in [command.help, *(one.help for one in command.params if one.name != "help")]:
        said = split_languages(text)
        assert CHINESE.search(said.zh), f"{words}: {text!r} has no Chinese"
        assert said.en, f"{words}: {text!r}"
        assert not CHINESE.search(said.en), f"{words}: {text!r} has no English after the Chinese"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("数据集 dataset", "数据集", "dataset"),
        ("生成采集模板（XLSX）：表头。 Make the template.", "生成采集模板（XLSX）：表头。", "Make the template."),
        ("CKAN 门户。 A portal", "CKAN 门户。", "A portal"),
        ("only English", "only English", "only English"),
    ],
)
def test_a_help_text_is_split_after_its_last_chinese_word(text, zh, en):
    said = split_languages(text)
    assert (said.zh, said.en) == (zh, en)
