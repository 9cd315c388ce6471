"""The documentation site: it builds without a warning, asks nothing of the network, and what its pages make a reader run is run."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from support.browser import chromium, violations
from support.documented import DOCS, Session, acts, fences, unsaid
from support.forked_commands import forked_program
from warehouse.analyst_file.file_state import note_state, read_state

ROOT = DOCS.parent
TUTORIALS = ("clerk", "steward", "public", "analyst")
PAGES = sorted(path.relative_to(DOCS).as_posix().removesuffix(".zh.md") for path in DOCS.rglob("*.zh.md"))
THEME_IS_DONE = """[...document.querySelectorAll("article table:not([class])")].every((one) => one.closest(".md-typeset__scrollwrap"))
  && [...document.querySelectorAll("article pre > code")].every((one) => one.closest("pre").querySelector(".md-code__nav"))"""
"""The theme wraps tables and adds buttons to code after the page is loaded."""

HOW_TOS = [page for page in PAGES if page.startswith("howto/")]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site as `make docs` builds it, with warnings as errors."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A folder in which the first commands of the tutorials were run: they are the same in all four, and really started."""
    first = {page: next(one for one in fences(f"tutorials/{page}.zh.md") if one.runs).body for page in TUTORIALS}
    assert len(set(first.values())) == 1, f"the preparations differ: {first}"
    session = Session(tmp_path_factory.mktemp("prepared"))
    session.run(first["clerk"])
    return session


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """A folder with a `sportlake` that has its modules loaded, and the descriptor that it needs: pages have sixty commands."""
    folder = tmp_path_factory.mktemp("programs")
    with forked_program(folder) as descriptor:
        yield folder, descriptor


@pytest.fixture
def reader(prepared, program, tmp_path):
    """A copy of that folder for one reader, whose analysts' file counts as placed by the platform: the next one takes its structure over."""
    folder = shutil.copytree(prepared.folder, tmp_path / "reader")
    built = read_state(prepared.folder / "var" / "warehouse.duckdb")
    assert built is not None
    note_state(folder / "var" / "warehouse.duckdb", built)
    programs, descriptor = program
    return Session(folder, [*prepared.told], {**prepared.numbers}, programs, (descriptor,))


def test_no_page_of_the_site_loads_anything_from_outside(site):
    loads = re.compile(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"https?:[^\"]*|<link\b[^>]*\bhref=\"https?:[^\"]*")
    found = {str(page): loads.findall(page.read_text(encoding="utf-8")) for page in site.rglob("*.html")}
    assert len(found) > 100
    assert {page: links for page, links in found.items() if links} == {}
    styles = [sheet.read_text(encoding="utf-8") for sheet in site.rglob("*.css")]
    assert not any(re.search(r"url\(\"?https?:|@import", style) for style in styles)


@pytest.mark.browser
def test_a_search_from_the_disk_finds_chinese_and_english_and_asks_nobody(site):
    asked = []
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        for start, words, found in (
            ("index.html", "灾后恢复", "/howto/restore.html"),
            ("index.html", "回执", "/tutorials/clerk.html"),
            ("en/index.html", "credit code", "/en/reference/datasets/"),
        ):
            page.goto((site / start).as_uri())
            field, answers = page.locator("input.md-search__input"), page.locator(".md-search-result__link")
            field.click()
            page.wait_for_function(
                "/键入以开始搜索|Type to start/.test(document.querySelector('.md-search-result__meta').innerText)"
            )
            field.fill(words)
            field.press("End")  # the theme listens to keys, not to changes of the field
            expect(answers.first).to_have_attribute("href", re.compile(re.escape(found)))
    assert [address for address in asked if not address.startswith(("file:", "data:", "about:"))] == []


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(1024, False), (360, True)])
def test_pages_of_the_documentation_can_be_read_by_everybody(site, width, dark):
    kinds = ("index", "en/tutorials/analyst", "decisions/index", "en/reference/datasets/facility")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
        for kind in kinds:
            page.goto((site / f"{kind}.html").as_uri())
            page.wait_for_function(THEME_IS_DONE)
            assert (kind, violations(page)) == (kind, [])
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_reference_has_a_page_for_every_dataset_in_both_languages(site):
    datasets = {path.stem for path in (ROOT / "schemas" / "datasets").glob("*.yaml")}
    for folder in (site, site / "en"):
        assert {page.stem for page in (folder / "reference" / "datasets").glob("*.html")} == datasets


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_of_a_page_make_the_reader_do_the_same(page):
    assert acts(f"{page}.zh.md") == acts(f"{page}.en.md")


@pytest.mark.parametrize("page", TUTORIALS)
def test_a_tutorial_can_be_followed_from_its_first_command_to_its_last(page, reader):
    first, *steps = [
        one for one in fences(f"tutorials/{page}.zh.md") if one.language == "sh" or "title" in one.attributes
    ]
    assert first.runs
    for step in steps:
        reader.follow(step)
    assert {lang: unsaid(f"tutorials/{page}.{lang}.md", reader.told) for lang in ("zh", "en")} == {"zh": [], "en": []}


@pytest.mark.parametrize("page", HOW_TOS)
def test_the_commands_of_a_how_to_do_what_it_says(page, prepared, reader):
    for step in fences(f"{page}.zh.md"):
        reader.follow(step)
    told = reader.told[len(prepared.told) :]
    assert {lang: unsaid(f"{page}.{lang}.md", told) for lang in ("zh", "en")} == {"zh": [], "en": []}


def test_what_is_not_run_says_why(record_property):
    unrun = [
        (page, one.body.strip(), one.attributes["data-unrun"])
        for page in (f"{name}.{lang}.md" for name in PAGES for lang in ("zh", "en"))
        for one in fences(page)
        if "data-unrun" in one.attributes
    ]
    assert all(reason for *_, reason in unrun)
    assert {page.rsplit("/", 1)[-1].split(".")[0] for page, *_ in unrun} <= {
        "add-a-dataset",
        "add-a-department",
        "cost-curve",
        "run-ckan",
        "object-storage",
        "restore",
        "rotate-a-token",
        "several-hosts",
        "try-a-contract",
    }
    english = [f"{page}: {command.splitlines()[0]} ({reason})" for page, command, reason in unrun if ".en." in page]
    record_property("figure", f"{len(english)} fences of the documentation are not run: {'; '.join(english)}")
