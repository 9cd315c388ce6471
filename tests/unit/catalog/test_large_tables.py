import pytest

from catalog.dataset_page import PagePreview, dataset_view
from catalog.large_tables import MOST_ROWS, is_large
from catalog.pages import site_templates
from catalog.pages.formats import format_figure
from catalog.site_address import NOWHERE
from catalog.standards.exports import ExportSource, offered_exports
from catalog.static_site.site_pages import draw_page
from catalog.table.table_page import find_table
from support.exports import find_export, real_entry

EVENT = {"event_id": "EV-2026-210100-0001", "event_name": "示例徒步大会", "start_date": "2026-09-12", "place": "示例公园", "status": "scheduled"}  # fmt: skip
LIMIT = format_figure(MOST_ROWS)


def sized(entry, rows):
    return entry.model_copy(update={"facts": entry.facts.model_copy(update={"rows": rows})})


@pytest.mark.parametrize(("rows", "large"), [(0, False), (MOST_ROWS, False), (MOST_ROWS + 1, True)])
def test_the_limit_itself_is_not_large(tmp_path, rows, large):
    assert is_large(sized(real_entry(tmp_path, "event", [EVENT]), rows)) is large


def test_a_large_table_has_no_export_and_no_page_with_the_whole_table(tmp_path):
    entry = real_entry(tmp_path, "event", [EVENT])
    assert [one.dataset for one in offered_exports([entry], tmp_path)] == ["event"]
    assert find_table(entry) is not None
    large = sized(entry, MOST_ROWS + 1)
    assert (offered_exports([large], tmp_path), find_table(large)) == ([], None)


def test_a_large_table_that_an_export_looks_up_counts_as_not_published(tmp_path):
    facility, opening = real_entry(tmp_path, "facility", [{}]), real_entry(tmp_path, "facility_opening", [{}])
    source = ExportSource({"facility": facility, "facility_opening": sized(opening, MOST_ROWS + 1)}, tmp_path)
    assert source.used_entries(find_export("facility")) == [facility]


@pytest.mark.parametrize(("lang", "said"), [("zh", [f"不超过 {LIMIT} 行", f"超过可在浏览器中整表浏览的 {LIMIT} 行"]), ("en", [f"up to {LIMIT} rows only", f"more than the {LIMIT}"])])  # fmt: skip
def test_its_page_says_what_there_is_not_and_what_to_do(tmp_path, lang, said):
    entry = real_entry(tmp_path, "event", [EVENT])
    assert LIMIT not in drawn(entry, lang)
    page = drawn(sized(entry, MOST_ROWS + 1), lang)
    assert [one for one in said if one not in page] == []


def drawn(entry, lang):
    paths = {"zh": "dataset/event/index.html", "en": "dataset/event/en/index.html"}
    view = dataset_view(entry, PagePreview(rows=[[""] * len(entry.dictionary)]), lang)
    return draw_page(site_templates(), "dataset.html.j2", lang, NOWHERE, paths, view)
