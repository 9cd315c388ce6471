from datetime import date

import pytest

from catalog.dataset_page import PagePreview, dataset_view, next_due, preview_columns, sort_offered
from catalog.entry import build_entry
from support.frozen_facility import CONTRACT, SLICES, folder_of, frozen
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release
from warehouse.layout import Layout


def entry_with(tmp_path, cadence="yearly", **facts):
    contract = facility_contract(policy={"cadence": cadence})
    return build_entry(contract, write_release(tmp_path, contract, PLACES, **facts), DEPARTMENTS)


def labelled_entry(tmp_path):
    """A release as the platform freezes it, whose field `kind` has a code list."""
    layout = Layout(tmp_path)
    slices = [{**slice_, "department": "shenyang"} for slice_ in SLICES]
    return build_entry(CONTRACT, folder_of(layout, frozen(layout, slices=slices)), DEPARTMENTS)


@pytest.mark.parametrize(
    ("cadence", "updated", "due"),
    [
        ("daily", "2026-12-31", date(2027, 1, 1)),
        ("weekly", "2026-02-26", date(2026, 3, 5)),
        ("monthly", "2026-01-31", date(2026, 2, 28)),
        ("monthly", "2026-12-31", date(2027, 1, 31)),
        ("quarterly", "2026-11-30", date(2027, 2, 28)),
        ("half_yearly", "2026-08-31", date(2027, 2, 28)),
        ("yearly", "2024-02-29", date(2025, 2, 28)),
        ("irregular", "2026-11-23", None),
        ("never", "2026-11-23", None),
    ],
)
def test_the_next_update_is_due_one_cycle_after_the_last(tmp_path, cadence, updated, due):
    assert next_due(entry_with(tmp_path, cadence, data_updated=updated)) == due


def test_csv_is_offered_first_and_what_we_do_not_know_last(tmp_path):
    csv, xlsx, parquet, geojson = entry_with(tmp_path).distributions
    strange = csv.model_copy(update={"name": "a.kmz", "format": "kmz"})
    assert sort_offered([strange, geojson, parquet, xlsx, csv]) == (csv, xlsx, parquet, geojson, strange)


def test_links_lead_back_to_the_root_from_either_language(tmp_path):
    entry, look = entry_with(tmp_path), PagePreview(rows=(), dots=None)
    zh, en = dataset_view(entry, look, "zh"), dataset_view(entry, look, "en")
    assert (zh["root"], zh["other"], zh["title"]) == ("../../", "en/index.html", "体育场地")
    assert (en["root"], en["other"], en["title"]) == ("../../../", "../index.html", "Sports facilities")


def test_an_address_that_does_not_apply_is_no_address(tmp_path):
    assert dataset_view(entry_with(tmp_path), PagePreview(rows=(), dots=None), "zh")["email"] is None


def test_the_tables_that_explain_the_data_are_offered_where_the_release_has_them(tmp_path):
    first = entry_with(tmp_path)
    later = entry_with(tmp_path, number="2026.11.2", previous="2026.11.1")
    shown = [dataset_view(entry, PagePreview(), "zh")["explaining"] for entry in (first, later)]
    assert [[kind for kind, _ in each] for each in shown] == [["dictionary"], ["dictionary", "changes"]]


def test_a_code_is_shown_by_its_name_in_the_readers_language_with_the_code_beside_it(tmp_path):
    entry = labelled_entry(tmp_path)
    names = [field.name for field in entry.dictionary]
    for lang, shown in (("zh", "kind_name"), ("en", "kind_name_en")):
        columns = preview_columns(entry.dictionary, lang)
        assert [column.field.name for column in columns] == [
            name for name in names if not name.startswith(("kind_", "department_"))
        ]
        kind = columns[1]
        assert (names[kind.place], names[kind.code]) == (shown, "kind")
        assert [column.field.name for column in columns if column.code is not None] == ["kind", "department"]


def test_the_size_of_a_dataset_counts_no_columns_that_the_platform_adds(tmp_path):
    entry = labelled_entry(tmp_path)
    view = dataset_view(entry, PagePreview(), "zh")
    assert (len(view["own_fields"]), len(entry.dictionary), len(entry.facts.fields)) == (9, 15, 15)


def test_types_of_the_csv_files_are_offered_among_what_explains_and_not_as_data(tmp_path):
    entry = labelled_entry(tmp_path)
    assert [kind for kind, file in dataset_view(entry, PagePreview(), "zh")["explaining"] if file] == ["dictionary", "csv_metadata"]  # fmt: skip
    assert entry.facts.csv_metadata in entry.facts.files
    assert entry.facts.csv_metadata not in entry.distributions
    assert [field.name for field in entry.dictionary if field.of_slice] == ["department", "period"]
