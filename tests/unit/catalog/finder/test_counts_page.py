import html5lib

from catalog.finder.counts_page import counts_view
from catalog.finder.finder_page import finder_path
from catalog.finder.venue_counts import count_venues
from catalog.large_tables import MOST_ROWS
from catalog.pages import LANGUAGES, site_templates
from catalog.pages.formats import format_figure
from catalog.pictures.dotmap import dot_map
from catalog.preview import open_database
from catalog.site_address import NOWHERE
from catalog.static_site.site_pages import draw_page
from support.exports import real_entry
from support.finders import PITCH, POOL

LIMIT = format_figure(MOST_ROWS)


def drawn(tmp_path, lang, rows=(PITCH, POOL)):
    entry = real_entry(tmp_path / lang, "facility", rows, synthetic=True)
    counts = count_venues(open_database(), tmp_path / lang, entry)
    view = counts_view(entry, [entry], dot_map({(123.4, 41.8): 1}, entry.province), counts, lang)
    paths = {each: finder_path("facility", each) for each in LANGUAGES}
    return draw_page(site_templates(), "finder_counts.html.j2", lang, NOWHERE, paths, view)


def test_the_page_is_valid_html_in_both_languages(tmp_path):
    for lang in LANGUAGES:
        html5lib.HTMLParser(strict=True).parse(drawn(tmp_path, lang))


def test_the_page_says_why_there_is_no_list_and_leads_to_the_data(tmp_path):
    page = drawn(tmp_path, "zh")
    assert f"超过浏览器能一并列出的 {LIMIT} 行" in page
    assert 'href="../releases/facility/2026.11.1/facility.csv"' in page
    assert 'href="../releases/facility/2026.11.1/facility.parquet"' in page
    assert f"more than the {LIMIT} that a browser can list" in drawn(tmp_path, "en")


def test_the_page_has_the_numbers_and_no_script(tmp_path):
    page = drawn(tmp_path, "en")
    assert page.index("Shenyang City") < page.index("Heping District") < page.index("Dalian City")
    assert "<script" not in page


def test_hostile_codes_stay_text(tmp_path):
    page = drawn(tmp_path, "zh", [{**PITCH, "admin_code": "</table><script>alert(1)</script>"}])
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
