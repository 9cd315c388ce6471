import xml.etree.ElementTree as ET

import pytest

from catalog.entry import build_entry
from catalog.pages import site_templates
from catalog.pictures.chart_drawing import ChartBar, ChartDrawing
from catalog.pictures.chart_figures import ChartFigures, ChartPoint, ChartSeries
from catalog.pictures.chart_files import draw_picture_files, find_marks, find_picture_title, read_colours
from catalog.pictures.dotmap import dot_map
from schemas.charts import Chart
from schemas.province import read_bureau_province
from schemas.text import Text
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release

HOSTILE = "</title></svg><script>alert(1)</script>&\x0b\u202e"
TITLE = Text(zh=f"图{HOSTILE}", en=f"Chart{HOSTILE}")


def figures(values):
    points = tuple(ChartPoint(Text(zh=f"{at}{HOSTILE}", en=f"{at}{HOSTILE}"), value) for at, value in enumerate(values))
    chart = Chart(id="c", kind="bars", by="b", title=TITLE)
    return ChartFigures(chart=chart, measure=None, unit=None, series=(ChartSeries(None, points),), rows=len(points))


@pytest.fixture
def draw(tmp_path):
    contract = facility_contract()
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    places = dot_map({(123.4, 41.8): 3}, read_bureau_province())
    return lambda found, dots=places: draw_picture_files(site_templates(), entry, found, dots)


def test_a_dataset_has_its_chart_in_both_languages_a_small_one_and_its_map(draw):
    files = draw([figures([3.0, 1.0])])
    assert sorted(files) == [
        "dataset/facility/chart.svg",
        "dataset/facility/en/chart.svg",
        "dataset/facility/map.svg",
        "dataset/facility/small.svg",
    ]
    for content in files.values():
        assert ET.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - our own
        assert "<script" not in content
        assert "\u202e" not in content
    assert "<text" not in files["dataset/facility/small.svg"]


def test_a_map_with_outlines_names_their_source(draw):
    province = read_bureau_province()
    content = draw([], dot_map({(123.4, 41.8): 3}, province, [[(122.0, 41.0), (123.0, 41.0), (123.0, 42.0)]]))
    assert "Apache ECharts" in content["dataset/facility/map.svg"]
    assert content["dataset/facility/map.svg"].count("<path") == 1
    assert "<desc" not in draw([])["dataset/facility/map.svg"]


def test_a_chart_with_nothing_to_see_or_one_mark_has_no_file(draw):
    assert draw([figures([]), figures([None]), figures([5.0])], dots=None) == {}
    assert find_picture_title([figures([5.0]), figures([5.0, 2.0])]) == TITLE
    assert find_picture_title([]) is None


def test_colours_are_those_of_the_style_sheet_for_light_and_dark():
    colours = read_colours("funding")
    assert colours["family"] == colours["funding"]
    assert colours["paper"] == ("#ffffff", "#0e161d")


def test_the_small_picture_holds_all_marks_and_few_bars_do_not_fill_it():
    few = find_marks(ChartDrawing(bars=[ChartBar(50, 4, 100, 16, "")]))
    assert (few.x, few.y, few.width) == (50, 4, 100)
    assert few.height > 4 * 16
    assert find_marks(ChartDrawing(bars=[ChartBar(0, 0, 0, 16, "")])).width > 0
