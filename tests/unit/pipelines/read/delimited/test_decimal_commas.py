"""What a comma means in the numbers of a file with semicolons: the column decides, or it is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise import normalise_table
from pipelines.normalise.numbers import replace_decimal_comma
from pipelines.read import read_file
from support.contracts import contract_with
from support.files import text


def numbers():
    return contract_with(
        ["id", {"name": "length", "title": "长度", "type": "number", "sportlake": {"unit": "m"}}, "seats:integer"]
    )


def read(tmp_path, *cells, delimiter=";", seats="1"):
    quote = '"' if delimiter == "," else ""
    rows = [delimiter.join((str(at), f"{quote}{cell}{quote}", seats)) for at, cell in enumerate(cells)]
    content = "\n".join((delimiter.join(("id", "length", "seats")), *rows)) + "\n"
    return read_file(text(tmp_path, content), numbers())


def values(reading):
    done = normalise_table(reading.table, reading.rows, numbers(), None, reading.decimal_commas)
    return done.table.column("length").to_pylist(), [rewrite.why for rewrite in done.rewrites]


def asked(reading):
    return [(f.type, f.row, f.field, f.value) for f in reading.findings]


@pytest.mark.parametrize("others", [(), ("19.8",), ("5", "")])
def test_a_comma_before_three_digits_is_asked_where_no_other_number_decides(tmp_path, others):
    reading = read(tmp_path, "21,400", *others)
    assert asked(reading) == [("doubtful-comma", 2, "length", "21,400")]
    assert "21.4 或 21400" in reading.findings[0].message.zh
    assert "21.4 or 21400" in reading.findings[0].mend.en


def test_numbers_with_two_readings_are_in_doubt_however_many_there_are(tmp_path):
    many = 10_100
    reading = read(tmp_path, *(f"{1 + at % 900},{at % 1_000:03}" for at in range(many)))
    assert len(reading.findings) == 1_000
    assert reading.list_found().list_error_rows().tolist() == [*range(2, many + 2)]
    in_full = reading.list_found(in_full=True).findings
    assert {one.type for one in in_full} == {"doubtful-comma"}
    assert (len(in_full), in_full[-1].row, in_full[-1].value) == (many, many + 1, "200,099")


@pytest.mark.parametrize("decider", ["21,4", "0,250", "123,692546", "1.234,5", "21,4 m"])
def test_a_number_that_has_decimals_whatever_one_does_decides_for_its_column(tmp_path, decider):
    reading = read(tmp_path, decider, "21,400")
    assert (asked(reading), reading.decimal_commas) == ([], {"length"})
    got, why = values(reading)
    assert got[1] == "21.400"
    assert float(got[0]) == float(decider.removesuffix(" m").replace(".", "").replace(",", "."))
    assert "decimal-comma" in why
    assert "“长度”中的逗号是小数点" in " ".join(decision.zh for decision in reading.decisions)


@pytest.mark.parametrize("decider", ["1,234,567", "1,234.5"])
def test_a_number_with_thousands_decides_as_well(tmp_path, decider):
    reading = read(tmp_path, decider, "21,400")
    assert (asked(reading), reading.decimal_commas) == ([], frozenset())
    assert values(reading)[0][1] == "21400"


def test_two_that_contradict_each_other_decide_nothing(tmp_path):
    assert asked(read(tmp_path, "21,4", "1,234,567", "21,400")) == [("doubtful-comma", 4, "length", "21,400")]


def test_among_decimal_commas_a_lone_point_before_three_digits_is_asked(tmp_path):
    assert asked(read(tmp_path, "21,4", "1.234")) == [("doubtful-comma", 3, "length", "1.234")]
    assert asked(read(tmp_path, "21,4", "1.234", "19.8")) == []


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_in_other_files_a_comma_before_three_digits_separates_thousands(tmp_path, delimiter):
    reading = read(tmp_path, "21,400", "21,4", delimiter=delimiter)
    assert (asked(reading), reading.decimal_commas) == ([], frozenset())
    assert values(reading)[0] == ["21400", "21,4"]


def test_whole_numbers_have_no_decimals_and_text_no_commas_that_mean_anything(tmp_path):
    assert asked(read(tmp_path, "5", seats="21,400")) == []
    assert read(tmp_path, "5", "约5,5").findings == ()


@given(st.decimals(0, 10**9, places=3).map(str))
def test_a_number_written_in_the_european_way_is_read_back(number):
    whole, _, decimals = number.partition(".")
    assert replace_decimal_comma(f"{int(whole):,}".replace(",", ".") + "," + decimals) == f"{int(whole)}.{decimals}"
    assert replace_decimal_comma(number) == number
