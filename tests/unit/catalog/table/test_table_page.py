import pytest

from catalog.entry import build_entry
from catalog.table.table_page import find_table, table_files, table_path, table_sizes, table_view
from support.frozen_facility import CONTRACT, SLICES, folder_of, frozen
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release
from warehouse.layout import Layout

PROGRAMS = {"hyparquet/read.js": b"12345", "sqlite/sql-wasm.wasm": b"1234567", "sqlite/LICENSE.txt": b"free"}


@pytest.fixture
def entry(tmp_path):
    layout = Layout(tmp_path)
    folder = folder_of(layout, frozen(layout, slices=[{**one, "department": "shenyang"} for one in SLICES]))
    return build_entry(CONTRACT, folder, DEPARTMENTS)


def test_the_page_reads_the_released_parquet_file_from_either_depth(entry):
    file, files = find_table(entry), table_files(PROGRAMS)
    for lang, root in (("zh", "../../"), ("en", "../../../")):
        told = table_view(entry, file, files, lang)["told"]
        assert told["file"] == f"{root}releases/facility/{entry.release}/facility.parquet"
        assert told["script"] == f"{root}table/table.js"
        assert (told["bytes"], told["rows"]) == (file.bytes, 4)
    assert [table_path("facility", lang) for lang in ("zh", "en")] == ["dataset/facility/table.html", "dataset/facility/en/table.html"]  # fmt: skip


def test_a_column_of_codes_is_one_of_names_that_knows_its_codes(entry):
    columns = table_view(entry, find_table(entry), table_files(PROGRAMS), "en")["told"]["columns"]
    by_name = {column["name"]: column for column in columns}
    assert "kind" not in by_name
    assert (by_name["kind_name_en"]["code"], by_name["kind_name_en"]["choices"]) == ("kind", True)
    assert (by_name["seats"]["code"], by_name["seats"]["choices"], by_name["seats"]["type"]) == (None, False, "integer")
    assert by_name["open"]["choices"] is True


def test_a_release_without_rows_or_without_the_file_has_no_such_page(tmp_path):
    contract = facility_contract()
    empty = build_entry(contract, write_release(tmp_path / "a", contract, []), DEPARTMENTS)
    full = build_entry(contract, write_release(tmp_path / "b", contract, PLACES), DEPARTMENTS)
    files = tuple(file for file in full.distributions if file.format != "parquet")
    lacking = full.model_copy(update={"facts": full.facts.model_copy(update={"distributions": files})})
    assert (find_table(empty), find_table(lacking)) == (None, None)
    assert find_table(full).format == "parquet"


def test_sizes_count_sql_apart_and_no_licences(entry):
    files = table_files(PROGRAMS)
    own = sum(len(content) for name, content in files.items() if "/table" in name and name.count("/") == 1)
    assert table_sizes(find_table(entry), files) == {"data": find_table(entry).bytes, "program": own + 5, "sql": 7}


def test_without_the_programs_nothing_is_shared():
    assert table_files({}) == {}
