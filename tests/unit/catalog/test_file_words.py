from catalog.entry import build_entry
from catalog.file_words import describe_file, name_data_file, name_file
from support.releases import DEPARTMENTS, PLACES, facility_contract, in_parts, write_release


def test_a_file_has_the_name_of_its_kind_and_an_unknown_kind_its_own():
    assert (name_file("csv").zh, name_file("changes").en) == ("CSV 数据", "Changes since the release before")
    assert name_file("ods").en == "ODS"


def test_a_file_is_described_by_dataset_release_and_rows(tmp_path):
    contract = facility_contract()
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    assert describe_file(entry, entry.facts).zh == "体育场地，第 2026.11.1 版，3 行"


def test_a_part_says_which_it_is_and_that_all_of_them_are_the_table(tmp_path):
    contract = facility_contract()
    entry = in_parts(build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS), 3)
    assert name_data_file(entry.distributions[1]).zh == "Parquet 数据（第 2 卷，共 3 卷）"
    assert describe_file(entry, entry.facts).zh == "体育场地，第 2026.11.1 版，3 行，分 3 卷，按文件名顺序合为全表"
