from datetime import date

import pytest
from hypothesis import strategies as st

from schemas.codelists import COLUMNS, Code, open_codelists, read_codelist
from schemas.errors import ContractError

ABOUT = "title: 颜色\nsources: [{title: 标准, path: 'https://example.org'}]\nsportlake: {title_en: Colours}\n"
HEAD = ",".join(COLUMNS)
DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))


def write(folder, *lines, head=HEAD, about=ABOUT):
    (folder / "colour.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    (folder / "colour.yaml").write_text(about, encoding="utf-8")


def test_a_list_keeps_the_order_of_its_file_and_empty_cells_are_none(tmp_path):
    write(tmp_path, "r,红,Red,,2015-01-01,2019-12-31,v,旧", "v,朱,Vermilion,r,,,,")
    read = read_codelist("colour", tmp_path)
    assert (read.title.zh, read.title.en, read.source) == ("颜色", "Colours", "https://example.org")
    assert read.codes[0] == Code(
        code="r",
        zh="红",
        en="Red",
        valid_from=date(2015, 1, 1),
        valid_to=date(2019, 12, 31),
        superseded_by="v",
        note="旧",
    )
    assert read.codes[1].valid_from is None
    assert read.codes[1].parent == "r"


def test_the_newest_label_of_a_code_is_its_label(tmp_path):
    write(tmp_path, "r,旧,Old,,,2019-12-31,,", "r,新,New,,2020-01-01,,,")
    assert read_codelist("colour", tmp_path).labels["r"].en == "New"


def test_an_unknown_list_is_answered_with_those_that_exist(tmp_path):
    write(tmp_path)
    with pytest.raises(ContractError, match=r"no code list color; there are: colour"):
        read_codelist("color", tmp_path)


def test_a_list_without_its_descriptor_is_refused(tmp_path):
    write(tmp_path)
    (tmp_path / "colour.yaml").unlink()
    with pytest.raises(ContractError, match="colour"):
        dict(open_codelists(tmp_path))


@pytest.mark.parametrize("head", ["code,zh,en", HEAD.replace("zh,en", "en,zh"), HEAD + ",colour", ""])
def test_other_columns_are_refused(tmp_path, head):
    write(tmp_path, head=head)
    with pytest.raises(ContractError, match=r"colour\.csv"):
        read_codelist("colour", tmp_path)


@pytest.mark.parametrize("line", ["r,红,,,,,,", ",红,Red,,,,,", "r,红,Red,,2015/1/1,,,", "r,红,Red,,,,,,more"])
def test_a_line_that_does_not_parse_is_refused_with_its_number(tmp_path, line):
    write(tmp_path, "g,绿,Green,,,,,", line)
    with pytest.raises(ContractError, match=r"colour\.csv:3"):
        read_codelist("colour", tmp_path)


@pytest.mark.parametrize(
    "about", ["", "title: 颜色\n", ABOUT.replace("title_en", "titel_en"), ABOUT.replace("path", "url"), "a: [b"]
)
def test_a_descriptor_without_its_parts_is_refused_by_name(tmp_path, about):
    write(tmp_path, about=about)
    with pytest.raises(ContractError, match=r"colour\.yaml"):
        read_codelist("colour", tmp_path)


def test_an_english_title_that_yaml_reads_as_true_is_refused(tmp_path):
    write(tmp_path, about=ABOUT.replace("Colours", "Yes"))
    with pytest.raises(ContractError, match=r"colour\.yaml"):
        read_codelist("colour", tmp_path)


def test_all_lists_are_read_by_name(tmp_path):
    write(tmp_path)
    assert list(open_codelists(tmp_path)) == ["colour"]
