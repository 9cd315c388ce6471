import pytest

from quality.venues.names import VenueNames, read_numeral
from quality.venues.venue_record import VenueRecord
from schemas.codelists import read_codelist
from schemas.venues import read_venue_rules

NAMES = VenueNames(read_venue_rules(), read_codelist("admin_division"))


def form(name, address=""):
    return NAMES.compare_form(VenueRecord("facility", "1", name, "210102", address))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("沈阳市和平区全民健身中心", "和平全民健身活动中心"),
        ("万柳塘体育中心一号馆", "沈河区万柳塘体育中心１号馆"),
        ("鞍山市219公园游泳场", "二一九公园游泳池"),
        ("东塔文体中心羽毛球训练基地", "大东区东塔文化体育中心"),
        ("重工体育館", "铁西区重工体育馆"),
        ("矿工体育馆（中华路56号）", "海州区矿工体育馆"),
    ],
)
def test_spellings_of_one_name_leave_the_same(one, other):
    first, second = form(one), form(other)
    assert (first.core, first.kind, first.numbers) == (second.core, second.kind, second.numbers)


@pytest.mark.parametrize(
    ("one", "other", "column"),
    [
        ("体育中心1号馆", "体育中心2号馆", "numbers"),
        ("文体中心A馆", "文体中心B馆", "numbers"),
        ("南湖公园游泳馆", "南湖公园露天游泳池", "variant"),
        ("雷锋体育馆", "雷锋体育场", "kind"),
        ("富民公园", "富国公园", "sound"),
        ("沈阳市全民健身中心", "沈河区全民健身中心", "region"),
    ],
)
def test_what_tells_two_places_apart_stays(one, other, column):
    assert getattr(form(one), column) != getattr(form(other), column)


def test_a_slip_of_the_keyboard_sounds_the_same():
    assert form("雷锋体育馆").sound == form("雷峰体育馆").sound


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("沈阳市和平区文体西路２２号", ("文体西路", "22")),
        ("和平区文体西路22号", ("文体西路", "22")),
        ("鞍山市铁西区人民路120-1号", ("人民路", "120-1")),
        ("浑南区棋盘山街道秀湖路1号", ("秀湖路", "1")),
        ("沈北新区石佛寺街道石佛一村", ("", "")),
        ("", ("", "")),
    ],
)
def test_an_address_is_its_last_road_and_number(address, found):
    assert NAMES.split_address(address) == found


@pytest.mark.parametrize(
    ("run", "digits"),
    [("一二零", "120"), ("十", "10"), ("十二", "12"), ("二十", "20"), ("一百二十", "120"), ("二一九", "219")],
)
def test_numerals_are_read_in_digits(run, digits):
    assert read_numeral(run) == digits


@pytest.mark.parametrize("name", ["", "（）", "沈阳市", "体育馆", "公司", "\u200b", "1", "第"])
def test_a_name_that_says_nothing_leaves_texts(name):
    assert isinstance(form(name).core, str)
