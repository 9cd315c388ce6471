import html5lib

from catalog.finder.finder_page import SCRIPTS, finder_assets, finder_path, finder_view
from catalog.pages import LANGUAGES, site_templates
from catalog.pictures.dotmap import dot_map
from catalog.site_address import NOWHERE
from catalog.static_site.site_pages import draw_page
from support.finders import PITCH, finder_source

SMALL = 200_000


def drawn(tmp_path, lang):
    entry = finder_source(tmp_path, [PITCH]).entries["facility"]
    view = finder_view(entry, [entry], dot_map({(123.4, 41.8): 1}, entry.province), lang)
    paths = {each: finder_path("facility", each) for each in LANGUAGES}
    return draw_page(site_templates(), "finder.html.j2", lang, NOWHERE, paths, view)


def test_page_sheet_and_own_scripts_are_small(tmp_path):
    assets = finder_assets([finder_source(tmp_path / "a", [PITCH]).entries["facility"]])
    own = [len(content) for path, content in assets.items() if "maplibre" not in path]
    assert len(drawn(tmp_path / "b", "en").encode()) + sum(own) < SMALL


def test_the_page_loads_files_of_the_site_alone_and_evaluates_nothing(tmp_path):
    page = drawn(tmp_path, "zh")
    assert "script-src 'self' file:; base-uri 'none'; form-action 'none'; worker-src blob:" in page
    assert "unsafe-eval" not in page
    assert 'src="http' not in page


def test_the_page_says_whose_the_outlines_are_and_what_they_are_not(tmp_path):
    page = drawn(tmp_path, "zh")
    assert "Apache ECharts (incubating), Copyright 2017-2020 The Apache Software Foundation（Apache-2.0）" in page
    assert "没有审图号" in page


def test_every_file_that_the_page_loads_is_written(tmp_path):
    entry = finder_source(tmp_path, [PITCH]).entries["facility"]
    view = finder_view(entry, [entry], dot_map({}, entry.province), "en")
    written = {path.removeprefix("map/") for path in finder_assets([entry])} | {"facility.js"}
    assert set(SCRIPTS) < set(view["scripts"]) <= written
    assert finder_assets([]) == {}


def test_the_page_is_valid_html_in_both_languages(tmp_path):
    for lang in LANGUAGES:
        html5lib.HTMLParser(strict=True).parse(drawn(tmp_path / lang, lang))
