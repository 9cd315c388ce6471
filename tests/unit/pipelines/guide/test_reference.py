"""The generated reference of datasets and kinds of rules. Not here: the site made of it (`tests/integration/test_documentation.py`)."""

import re
from typing import get_args

import pytest

from pipelines.guide.reference import escape_markdown, render_datasets, render_rules
from pipelines.workspace import open_workspace
from schemas.rules.rules import RowRule


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return open_workspace(tmp_path_factory.mktemp("home"), "tester")


def rows(page):
    """The cells of all lines of tables."""
    return [re.split(r"(?<!\\)\|", line)[1:-1] for line in page.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_dataset_has_a_page_and_the_list_links_to_it(workspace, lang):
    pages = render_datasets(workspace, lang)
    assert set(pages) == {"datasets", *workspace.contracts}
    assert set(re.findall(r"\]\(datasets/(\w+)\.md\)", pages["datasets"])) == set(workspace.contracts)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_names_every_field_and_its_tables_are_rectangular(workspace, lang):
    for name, page in render_datasets(workspace, lang).items():
        if name != "datasets":
            told = set(re.findall(r"<br>`(\w+)`", page))
            assert {field.name for field in workspace.contracts[name].fields} <= told
        assert {len(cells) for cells in rows(page)} <= {2, 4}, name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_rules_has_every_kind_and_an_example_of_each_that_is_used(workspace, lang):
    page = render_rules(list(workspace.contracts.values()), lang)
    kinds = {get_args(model.model_fields["kind"].annotation)[0] for model in get_args(get_args(RowRule)[0])}
    assert kinds <= set(re.findall(r"^### `(\w+)`$", page, re.MULTILINE))
    parts = page.split("### ")[1:]
    assert all("](datasets/" in part for part in parts if not re.search(r": 0$", part, re.MULTILINE))


def test_the_english_page_explains_a_kind_with_its_docstring_and_code_stays_code(workspace):
    page = render_rules(list(workspace.contracts.values()), "en")
    assert "The text of `field` begins with that of `beginning`, another field of the row" in page


@pytest.mark.parametrize("text", ["a|b", "<script>", "[x](y)", "`code`", "*bold*\nline", "# head", "a & b"])
def test_an_escaped_text_has_no_markup_left(text):
    escaped = escape_markdown(text)
    assert not re.search(r"[|<>`*\[\]\n]|#(?!\d)|&(?!#\d+;|amp;)", escaped)
