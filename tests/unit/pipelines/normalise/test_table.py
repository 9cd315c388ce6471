"""Normalising: each spelling with its reason, what stays as it is, and that doing it twice changes nothing."""

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise import REASONS, normalise_table
from pipelines.normalise import table as normalise_module
from pipelines.normalise.fields import field_spellings
from pipelines.normalise.labels import CodeLabels
from pipelines.units.spellings import shift_decimal_point
from support.contracts import contract_with

FIELDS = [
    "text",
    {"name": "code", "constraints": {"pattern": r"LN-\d+"}},
    {"name": "choice", "constraints": {"enum": ["free", "无"]}},
    {"name": "letters", "constraints": {"pattern": "[A-Z]{2}"}},
    {"name": "region", "constraints": {"enum": ["NA", "EU"]}},
    {"name": "listed", "sportlake": {"codelist": "surface"}},
    {"name": "answer", "sportlake": {"codelist": "tri_state"}},
    "truth:boolean",
    "whole:integer",
    {"name": "money", "type": "number", "sportlake": {"unit": "元"}},
    "plain:number",
    "year:year",
    "day:date",
    {"name": "odd_day", "type": "date", "format": "%d.%m.%Y"},
    "moment:datetime",
    "clock:time",
    {"name": "minute", "type": "time", "format": "%H:%M"},
    {"name": "closes", "type": "time", "format": "%H:%M"},
]
HOURS = {"kind": "no_overlap", "key": ["text"], "start": "minute", "end": "closes"}
CONTRACT = contract_with(FIELDS, [HOURS])
NAMES = [field.name for field in CONTRACT.fields]


def table(**columns):
    length = len(next(iter(columns.values())))
    return pa.table([pa.array(columns.get(name, [None] * length), pa.string()) for name in NAMES], names=NAMES)


def rows(length, first=2):
    return pa.array(range(first, first + length), pa.int64())


def one(field, cell, units=None):
    done = normalise_table(table(**{field: [cell]}), rows(1), CONTRACT, units)
    return done.table.column(field)[0].as_py(), [rewrite.why for rewrite in done.rewrites]


SPELLINGS = [
    ("text", " 和平\u3000", "和平", "blanks"),
    ("text", "\u00a0和平\t\n", "和平", "blanks"),
    ("text", "和\u200b平\ufeff", "和平", "invisible"),
    ("text", "\u202e和平", "和平", "invisible"),
    ("text", "   ", "", "blanks"),
    ("text", "无", None, "null-word"),
    ("text", " -- ", None, "null-word"),
    ("text", "#N/A", None, "null-word"),
    ("text", "Ｎｕｌｌ", None, "null-word"),
    ("code", "NA", None, "null-word"),
    ("listed", "NA", None, "null-word"),
    ("letters", "ＮＡ", "NA", "width"),
    ("region", "ＮＡ", "NA", "width"),
    ("answer", "NA", None, "null-word"),
    ("code", "ＬＮ-１２", "LN-12", "width"),
    ("code", "/", None, "null-word"),
    ("listed", "Ｇ０１", "G01", "width"),
    ("answer", "是", "1", "answer"),
    ("answer", "有", "1", "answer"),
    ("answer", "否", "0", "answer"),
    ("answer", "无", "0", "answer"),
    ("answer", "不详", "2", "answer"),
    ("answer", "TRUE", "1", "answer"),
    ("answer", "１", "1", "width"),
    ("answer", "1.0", "1", "decimal-zero"),
    ("answer", "--", None, "null-word"),
    ("truth", "是", "true", "answer"),
    ("truth", "否", "false", "answer"),
    ("whole", "１２", "12", "width"),
    ("whole", "1,234,567", "1234567", "thousands"),
    ("whole", "１，２３４", "1234", "thousands"),
    ("whole", "12.00", "12", "decimal-zero"),
    ("whole", "不详", None, "null-word"),
    ("whole", "NaN", None, "null-word"),
    ("money", "1,234.50", "1234.50", "thousands"),
    ("money", "￥1,200", "1200", "thousands"),
    ("money", "¥12", "12", "currency"),
    ("money", "3.5万元", "35000", "unit"),
    ("money", "1,200元", "1200", "unit"),
    ("money", "--(基数为0,不可比)", None, "null-word"),
    ("plain", "−5", "-5", "width"),
    ("plain", "—", None, "null-word"),
    ("year", "2024年", "2024", "year"),
    ("year", "2024年度", "2024", "year"),
    ("year", "2024.0", "2024", "decimal-zero"),
    ("day", "2024/5/1", "2024-05-01", "date"),
    ("day", "2024.5.1", "2024-05-01", "date"),
    ("day", "2024年5月1日", "2024-05-01", "date"),
    ("day", "２０２４／５／１", "2024-05-01", "date"),
    ("day", "20240501", "2024-05-01", "date"),
    ("day", "2024-5-1", "2024-05-01", "date"),
    ("day", "2024-05-01 00:00:00", "2024-05-01", "date"),
    ("day", "2024-05-01T00:00:00", "2024-05-01", "date"),
    ("day", "45413", "2024-05-01", "serial-date"),
    ("day", "暂无", None, "null-word"),
    ("day", "0000-00-00", None, "null-word"),
    ("day", "1900/1/0", None, "null-word"),
    ("text", "&amp;#27784;", "沈", "escape"),
    ("moment", "2024/5/1 8:30", "2024-05-01T08:30:00", "date"),
    ("moment", "2024年5月1日8时30分", "2024-05-01T08:30:00", "date"),
    ("moment", "2024-05-01", "2024-05-01T00:00:00", "date"),
    ("moment", "45413.5", "2024-05-01T12:00:00", "serial-date"),
    ("clock", "8:30", "08:30:00", "time"),
    ("clock", "8时30分", "08:30:00", "time"),
    ("clock", "9:00PM", "21:00:00", "time"),
    ("clock", "下午9:00", "21:00:00", "time"),
    ("clock", "晚上9点半", "21:30:00", "time"),
    ("clock", "凌晨0:30", "00:30:00", "time"),
    ("clock", "0.25", "06:00:00", "time"),
    ("clock", "1899-12-30T06:00:00", "06:00:00", "time"),
    ("minute", "06:00:00", "06:00", "minute"),
    ("minute", "6:00", "06:00", "minute"),
    ("minute", "21：30", "21:30", "width"),
    ("minute", "9:00 pm", "21:00", "minute"),
    ("minute", "21点", "21:00", "minute"),
    ("closes", "24:00", "23:59", "midnight"),
    ("closes", "24:00:00", "23:59", "midnight"),
    ("closes", "24时", "23:59", "midnight"),
    ("closes", "次日0:00", "23:59", "midnight"),
    ("closes", "1899-12-31T00:00:00", "23:59", "midnight"),
    ("closes", "21:00:00", "21:00", "minute"),
    ("text", '="沈阳市示例单位"', "沈阳市示例单位", "guard"),
    ("text", "'沈阳市示例单位二", "沈阳市示例单位二", "guard"),
    ("text", "沈阳市示例单位\t", "沈阳市示例单位", "blanks"),
    ("code", '="LN-12"', "LN-12", "guard"),
    ("code", "'LN-12", "LN-12", "guard"),
    ("whole", '="12"', "12", "guard"),
    ("day", "'2024-05-01", "2024-05-01", "guard"),
    ("text", "&#27784;&#38451;体育馆", "沈阳体育馆", "escape"),
    ("text", "\\u6c88\\u9633", "沈阳", "escape"),
    ("text", "一_x000D_\n二", "一\n二", "line-ends"),
    ("text", "一\r\n二", "一\n二", "line-ends"),
    ("text", "⼤连⼈⺠", "大连人民", "radicals"),
    ("text", " ='x'", "='x'", "blanks"),
]


@pytest.mark.parametrize(("field", "cell", "value", "why"), SPELLINGS)
def test_a_known_spelling_becomes_the_contracts_and_says_why(field, cell, value, why):
    assert one(field, cell) == (value, [why])
    assert why in REASONS


STAYS = [
    ("text", "和平 公园"), ("text", "无名公园"), ("text", "None"), ("text", "１２路"), ("text", "=1+1"), ("text", ""), ("text", None),
    ("text", "第一行\n第二行"), ("code", "LN-1"), ("code", "辽体〔２０２４〕"[:3]), ("choice", "无"), ("choice", "free"), ("answer", "2"),
    ("answer", "大概"), ("truth", "true"), ("truth", "0"), ("whole", "约5"), ("whole", "12.5"), ("whole", "1,23"), ("whole", "007"),
    ("money", "3.5亩"), ("money", "1.2.3"), ("money", "#REF!"), ("plain", "5元"), ("plain", "1e3"), ("year", "24"),
    ("day", "2024-02-30"), ("day", "24/5/1"), ("day", "5/1/2024"), ("day", "2024/5"), ("day", "2024-05-01T08:30:00"), ("day", "123"),
    ("day", "99999"), ("odd_day", "1.5.2024"), ("odd_day", "2024/5/1"), ("moment", "2024-05-01 08:30:00"), ("moment", "2024-05-01T25:00"),
    ("clock", "25:00"), ("clock", "08:30:00"), ("clock", "24:00"), ("clock", "晚上12:00"), ("clock", "上午21:00"), ("clock", "2400"),
    ("clock", "21.5"), ("minute", "06:00:30"), ("minute", "24:00"), ("minute", "06:00"), ("closes", "00:00"), ("closes", "次日1:00"),
    ("text", "'甲'乙"), ("text", "it's"), ("text", "①㎡"), ("text", "A&B"), ("text", "a_x_b"), ("text", "C:\\dir"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "cell"), STAYS)
def test_what_is_right_or_not_understood_stays(field, cell):
    assert one(field, cell) == (cell, [])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("3.5", "35000"),
        ("1,200", "12000000"),
        ("0.000001", "0.01"),
        ("0", "0"),
        ("-2", "-20000"),
        ("5元", "5"),
        ("2亿元", "200000000"),
    ],
)
def test_the_unit_of_the_label_is_converted_and_the_cells_own_unit_goes_first(cell, value):
    assert one("money", cell, {"money": "万元"})[0] == value


def test_what_is_no_number_is_not_converted():
    assert one("money", "约3", {"money": "万元"}) == ("约3", [])


def test_a_field_may_have_words_of_its_own_for_nothing():
    contract = contract_with(
        ["id", {"name": "n", "type": "integer", "sportlake": {"empty_words": ["略", "99"]}}, "name"]
    )
    given = pa.table({"id": ["a", "b", "略"], "n": ["略", " 99", "9"], "name": ["略", "99", "x"]})
    done = normalise_table(given, rows(3), contract)
    assert done.table.column("n").to_pylist() == [None, None, "9"]
    assert [tuple(rewrite) for rewrite in done.rewrites] == [
        (2, "n", "略", None, "null-word"),
        (3, "n", " 99", None, "null-word"),
    ]
    assert done.table.select(["id", "name"]).equals(given.select(["id", "name"]))


def test_a_missing_value_of_the_contract_is_left_to_the_contract():
    contract = contract_with(["id", "n:integer"], missing_values=["", "--"])
    given = pa.table({"id": ["a"], "n": ["--"]})
    assert normalise_table(given, rows(1), contract).table.equals(given)


def test_rewrites_name_the_row_that_people_see_and_keep_the_raw_cell():
    done = normalise_table(table(whole=["1", "1,000", None, "２"]), pa.array([2, 5, 6, 9], pa.int64()), CONTRACT)
    assert [tuple(rewrite) for rewrite in done.rewrites] == [
        (5, "whole", "1,000", "1000", "thousands"),
        (9, "whole", "２", "2", "width"),
    ]
    assert done.table.column("whole").to_pylist() == ["1", "1000", None, "2"]


def test_a_clean_table_comes_back_as_the_same_columns_without_rewrites():
    given = table(text=["和平"], day=["2024-05-01"], money=["1.5"], answer=["1"], code=["LN-1"])
    done = normalise_table(given, rows(1), CONTRACT)
    assert (done.rewrites, done.table.equals(given)) == ([], True)


def test_a_table_without_rows_stays_without_rows():
    assert normalise_table(table(text=[]), rows(0), CONTRACT).table.num_rows == 0


def test_tables_in_several_chunks_keep_their_order():
    parts = pa.concat_tables([table(whole=["1", "2,000"]), table(whole=["３"])])
    assert normalise_table(parts, rows(3), CONTRACT).table.column("whole").to_pylist() == ["1", "2000", "3"]


DIALECTS = st.sampled_from([cell for _, cell, _, _ in SPELLINGS] + [cell for _, cell in STAYS if cell])
NEAR = st.text(st.sampled_from("0123456789０５，,.-/:年月日时分 \u3000\u200b万元¥無无是%eE+T"), max_size=14)
CELLS = st.one_of(st.none(), DIALECTS, NEAR, st.text(max_size=6))


@given(st.sampled_from(NAMES), st.lists(CELLS, min_size=1, max_size=5), st.booleans())
def test_normalising_what_is_normalised_changes_nothing(field, cells, in_ten_thousands):
    once = normalise_table(
        table(**{field: cells}), rows(len(cells)), CONTRACT, {"money": "万元"} if in_ten_thousands else {}
    )
    again = normalise_table(once.table, rows(len(cells)), CONTRACT)
    assert again.rewrites == []
    assert again.table.equals(once.table)


@given(st.sampled_from(NAMES), st.lists(CELLS, min_size=1, max_size=5))
def test_every_changed_cell_is_recorded_and_every_record_is_a_changed_cell(field, cells):
    done = normalise_table(table(**{field: cells}), rows(len(cells)), CONTRACT)
    changed = {
        at: (raw, now)
        for at, (raw, now) in enumerate(zip(cells, done.table.column(field).to_pylist(), strict=True), start=2)
        if raw != now
    }
    assert {rewrite.row: (rewrite.raw, rewrite.value) for rewrite in done.rewrites} == changed


CANONICAL = {
    "whole": st.integers().map(str),
    "money": st.decimals(allow_nan=False, allow_infinity=False, places=2).map(lambda number: format(number, "f")),
    "day": st.dates(min_value=dt.date(1000, 1, 1)).map(str),
    "moment": st.datetimes(min_value=dt.datetime.fromisoformat("1000-01-01")).map(lambda at: at.isoformat(timespec="seconds")),
    "clock": st.times().map(lambda at: at.isoformat(timespec="seconds")),
    "year": st.integers(1000, 9999).map(str),
    "answer": st.sampled_from("012"),
    "code": st.integers(min_value=0).map("LN-{}".format),
    "text": st.text(st.characters(categories=["L", "N"]), min_size=2),
}  # fmt: skip


@given(st.sampled_from(sorted(CANONICAL)), st.data())
def test_a_cell_that_is_already_as_the_contract_wants_it_is_never_changed(field, data):
    cell = data.draw(CANONICAL[field])
    assert one(field, cell) == (cell, [])


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9),
    st.integers(-6, 8),
)
def test_moving_the_point_and_back_is_the_same_number(number, exponent):
    from decimal import Decimal

    text = format(number, "f")
    assert Decimal(shift_decimal_point(shift_decimal_point(text, exponent), -exponent)) == number


@pytest.mark.parametrize(("bound", "lower"), [("_FEW_ROWS", 0), ("SLICE_ROWS", 2)])
@given(st.lists(st.tuples(*[CELLS] * len(NAMES)), min_size=1, max_size=9))
def test_a_short_table_is_normalised_like_a_long_one_and_one_of_several_slices(bound, lower, cells):
    given = pa.table([pa.array(column, pa.string()) for column in zip(*cells, strict=True)], names=NAMES)
    short = normalise_table(given, rows(len(cells)), CONTRACT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(normalise_module, bound, lower)
        other = normalise_table(given, rows(len(cells)), CONTRACT)
    assert (short.rewrites, short.table.to_pylist()) == (other.rewrites, other.table.to_pylist())


def test_a_code_of_a_list_in_full_width_is_no_null_word():
    contract = contract_with([{"name": "country", "sportlake": {"codelist": "surface"}}])
    labels = CodeLabels(frozenset({"NA", "CN"}), {}, {})
    spellings = field_spellings(contract.fields[0], contract, {}, labels)
    assert spellings.rewrite_cell("ＮＡ") == ("NA", "width")
    assert spellings.rewrite_cell("ＮＵＬＬ") == (None, "null-word")


@pytest.mark.parametrize("field", ["text", "code", "letters"])
@given(
    cell=st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from("= '&\\_\r\n\u3000A-"), min_size=1, max_size=4
    )
)
def test_a_cell_without_an_unclean_sign_is_clean(field, cell):
    spellings = field_spellings(CONTRACT.get_field(field), CONTRACT, {})
    unclean, clean = (
        pc.match_substring_regex(pa.scalar(cell), pattern).as_py() for pattern in (spellings.unclean, spellings.clean)
    )
    assert unclean or clean


@pytest.mark.parametrize("odd", [None, "无", " 和平", "&amp;", "和平\r\n"])
@pytest.mark.parametrize("place", [0, 8_999])
def test_a_cell_of_a_large_column_is_rewritten_as_one_alone(odd, place):
    cells = [f"和平{at}" for at in range(9_000)]
    cells[place] = odd
    done = normalise_table(table(text=cells), rows(9_000), CONTRACT)
    cell, reasons = (None, []) if odd is None else one("text", odd)
    assert done.table.column("text").to_pylist() == [*cells[:place], cell, *cells[place + 1 :]]
    assert [rewrite.why for rewrite in done.rewrites] == reasons


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("day", "43951", "2024-05-01"),
        ("moment", "43951.5", "2024-05-01T12:00:00"),
        ("day", "8538", "8538"),
        ("day", "71600", "71600"),
    ],
)
def test_numbers_of_a_workbook_from_1904_are_the_days_that_it_shows(field, cell, value):
    done = normalise_table(table(**{field: [cell, "2024/5/1"]}), rows(2), CONTRACT, days_from_1904=True)
    assert done.table.column(field)[0].as_py() == value
    reasons = {rewrite.raw: rewrite.why for rewrite in done.rewrites}
    assert reasons == {"2024/5/1": "date", **({cell: "serial-date-1904"} if value != cell else {})}
