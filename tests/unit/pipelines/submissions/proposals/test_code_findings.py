"""A cell that is no code gets the code that was probably meant, or all codes of that name."""

import pytest

from pipelines.submissions.proposals.code_findings import CodeProposals
from quality.findings import Finding
from schemas.codelists import open_codelists
from schemas.contract import read_contracts
from schemas.text import Text

CODELISTS, CONTRACTS = open_codelists(), read_contracts()


def explained(dataset, name, cell, area=""):
    field = CONTRACTS[dataset].get_field(name)
    finding = Finding(
        judge="cell",
        type="constraint-error",
        severity="error",
        row=2,
        field=name,
        value=cell,
        message=Text(zh="x", en="x"),
    )
    return CodeProposals(field, CODELISTS[field.policy.codelist], area).explain_finding(finding)


@pytest.mark.parametrize(
    ("dataset", "field", "cell", "code"),
    [
        ("event", "sport_code", "健步走活动", "walking"),
        ("facility", "open_status", "未对外开放", "closed"),
        ("facility", "free_policy", "部分免费", "partly_free"),
        ("event", "sport_code", "乒乓", "table_tennis"),
        ("event", "sport_code", "footbal", "football"),
        ("event", "level", "县区级", "county"),
        ("event", "level", "市级赛事", "city"),
        ("event", "level", "甯傜骇", "city"),
        ("event", "admin_code", "沈阳", "210100"),
        ("facility", "admin_code", "辽中县", "210115"),
        ("facility", "admin_code", "210122", "210115"),
        ("facility_opening", "day_of_week", "周一", "1"),
        ("facility_opening", "day_of_week", "礼拜天", "7"),
        ("event", "status", "完成", "completed"),
    ],
)
def test_a_near_name_is_proposed_with_its_code(dataset, field, cell, code):
    found = explained(dataset, field, cell)
    assert found.fix == code
    assert code in found.message.zh
    assert code in found.message.en
    assert code not in found.mend.zh, "one sentence for all findings of a column"


@pytest.mark.parametrize(
    ("dataset", "field", "cell"),
    [
        ("facility", "open_status", "全部开放"),
        ("facility", "free_policy", "不免费"),
        ("facility", "placement", "室内外"),
        ("association", "status", "不正常"),
        ("association", "status", "拟注销"),
        ("event", "status", "未取消"),
        ("event", "status", "未按期举办"),
        ("association", "status", "注销中"),
        ("association", "status", "待注销"),
        ("association", "status", "基本正常"),
        ("facility", "open_status", "停止对外开放"),
        ("facility", "open_status", "暂停对外开放"),
        ("facility", "status", "停用"),
        ("audit_rectification", "state", "整改"),
        ("facility_opening", "day_of_week", "星期一至五"),
        ("facility_opening", "day_of_week", "星期一至星期五"),
        ("facility_opening", "day_of_week", "周一、周三"),
        ("facility_opening", "day_of_week", "周末"),
    ],
)
def test_the_opposite_of_a_name_is_not_taken_for_a_slip_of_the_pen(dataset, field, cell):
    assert explained(dataset, field, cell).fix is None


def test_a_name_that_is_as_near_to_several_codes_is_none_of_them():
    assert explained("facility_opening", "day_of_week", "星期").fix is None


@pytest.mark.parametrize(
    ("before", "after"), [("拟", ""), ("未", ""), ("待", ""), ("部分", ""), ("暂停", ""), ("", "中")]
)
def test_no_state_is_proposed_for_a_cell_that_says_more_than_its_name(before, after):
    fields = {field.policy.codelist: (name, field.name) for name, one in CONTRACTS.items() for field in one.fields}
    states = {name: place for name, place in fields.items() if (name or "").endswith(("_status", "_state"))}
    wrong = []
    for name, place in states.items():
        for code in CODELISTS[name].codes:
            cell = f"{before}{code.zh}{after}"
            wrong += [cell] if not cell.endswith("中中") and explained(*place, cell).fix == code.code else []
    assert wrong == []


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("admin_code", "210119", None),
        ("admin_code", "210101", None),
        ("admin_code", "210102000000", "210102"),
        ("type_code", "FT1", "FT01"),
        ("type_code", "ft-01", "FT01"),
        ("type_code", "FT91", None),
    ],
)
def test_a_code_with_another_digit_is_no_slip_and_one_without_its_zeros_is(field, cell, code):
    assert explained("facility", field, cell).fix == code


@pytest.mark.parametrize(
    ("dataset", "field", "cell"),
    [("event", "sport_code", "广场活动大联欢"), ("event", "level", "甲"), ("event", "level", "球类"[:1])],
)
def test_where_nothing_is_near_the_list_is_named(dataset, field, cell):
    found = explained(dataset, field, cell)
    assert found.fix is None
    assert CODELISTS[CONTRACTS[dataset].get_field(field).policy.codelist].title.zh in found.mend.zh


@pytest.mark.parametrize(
    "cell",
    [
        *("周一至周五", "星期一到星期日", "周六、周日", "一至五", "1-5", "1,2,3", "每天", "工作日"),
        *(
            "周一/周二",
            "1/2",
            "星期六日",
            "周六日",
            "周一三五",
            "周1至周5",
            "周一至周五、周日",
            "周末及节假日",
            "工作日（周一至周五）",
        ),
    ],
)
def test_several_days_are_to_be_a_row_each(cell):
    """The list of days was named, in which there is nothing to choose for them."""
    found = explained("facility_opening", "day_of_week", cell)
    assert (found.fix, found.message.zh) == (None, f"星期“{cell}”不止一天")
    assert "每天一行" in found.mend.zh
    assert "每天一行" not in explained("event", "sport_code", cell).mend.zh


@pytest.mark.parametrize("cell", ["周八", "星期一星期一", "一天", "12", "第一", "法定节假日", "周一上午"])
def test_what_is_not_several_days_is_not_called_so(cell):
    assert "不止一天" not in explained("facility_opening", "day_of_week", cell).message.zh


def test_two_meanings_are_both_named():
    found = explained("event", "admin_code", "铁西区", "210200")
    assert found.fix is None
    assert "210106（沈阳市铁西区）、210303（鞍山市铁西区）" in found.message.zh
    assert "2 meanings" in found.message.en


def test_a_name_that_the_field_may_not_hold_is_not_called_unknown():
    found = explained("facility", "admin_code", "沈阳市")
    assert (found.fix, found.message.zh) == (None, "行政区划代码不能填“沈阳市”（210100）")
    assert "县" in found.mend.zh
