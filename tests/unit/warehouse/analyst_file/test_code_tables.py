"""Tables of codes: a row a code and period of validity, a row a department."""

from datetime import date

from schemas.codelists import Code, CodeList
from schemas.departments import read_departments
from schemas.text import Text
from warehouse.analyst_file.code_tables import build_codelist_table, build_department_table


def test_a_code_with_two_periods_has_two_rows_in_the_order_of_its_list():
    kinds = CodeList(
        name="kind",
        title=Text(zh="类型", en="Kind"),
        source="s",
        codes=(
            Code(code="2", zh="旧", en="Old", valid_to=date(2019, 12, 31), superseded_by="1"),
            Code(code="2", zh="新", en="New", valid_from=date(2020, 1, 1)),
            Code(code="1", zh="甲", en="First"),
        ),
    )
    rows = build_codelist_table(kinds).table.to_pylist()
    assert [(row["code"], row["zh"], row["valid_from"], row["valid_to"], row["superseded_by"]) for row in rows] == [
        ("2", "旧", None, date(2019, 12, 31), "1"),
        ("2", "新", date(2020, 1, 1), None, None),
        ("1", "甲", None, None, None),
    ]


def test_every_department_has_one_row():
    departments = read_departments()
    rows = build_department_table(departments).table.to_pylist()
    assert [row["code"] for row in rows] == list(departments)
    one = departments["210100"]
    assert {"code": "210100", "zh": one.zh, "en": one.en, "kind": one.kind, "admin_code": one.admin_code} in rows
