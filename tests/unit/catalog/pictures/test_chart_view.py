import html5lib
import pytest

from catalog.dataset_page import PagePreview, dataset_view
from catalog.entry import build_entry
from catalog.pages import render_site_page, site_templates
from catalog.pictures.chart_figures import ChartFigures, ChartPoint, ChartSeries
from catalog.pictures.chart_view import chart_views
from catalog.site_address import NOWHERE
from schemas.charts import Chart
from schemas.text import Text
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release

HOSTILE = """</title></svg><script>alert(1)</script>"'<img src=x>\u202e"""
SPACE = "{http://www.w3.org/1999/xhtml}"


def figures(points, kind="bars", **parts):
    """Figures of these (label, value) pairs."""
    by = {"by": "b"} if kind == "bars" else {"by": "b", "period": "year"}
    measured = {"measures": ["m"]} if "measure" in parts else {}
    said = {"unit": None, "measure": None, "rows": len(points), **parts}
    return ChartFigures(
        chart=Chart(id="by-kind", kind=kind, title=Text(zh="各类", en="By kind"), **by, **measured),
        series=(ChartSeries(None, tuple(ChartPoint(Text(zh=label, en=label), value) for label, value in points)),),
        **said,
    )


def notes(found, lang="zh"):
    return [key for key, _ in chart_views([found], lang)[0].notes]


@pytest.fixture
def draw(tmp_path):
    """The page of a dataset with this chart, in that language."""
    contract = facility_contract()
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)

    def drawn(found, lang="zh"):
        view = dataset_view(entry, PagePreview(charts=[found]), lang)
        paths = {"zh": "a.html", "en": "b.html"}
        return render_site_page(site_templates(), "dataset.html.j2", lang, site=NOWHERE, paths=paths, **view)

    return drawn


def test_the_table_has_the_full_figures():
    (view,) = chart_views([figures([("甲", 12345.678), ("乙", None), ("丙", -0.0)], measure=Text(zh="金额", en="Cost"), unit="元")], "zh")  # fmt: skip
    assert view.lines == (
        (Text(zh="甲", en="甲"), ("12\u202f345.68",)),
        (Text(zh="乙", en="乙"), ("—",)),
        (Text(zh="丙", en="丙"), ("0",)),
    )
    assert view.heads == (("chart.value.unit", {"unit": "元"}),)


def test_what_is_not_drawn_is_said():
    cost = Text(zh="金额", en="Cost")
    found = figures([("甲", 5.0)], measure=cost, unit="元", others=(3, 2.0), not_stated=(7, 9.0), without_number=2, newest="2025")  # fmt: skip
    assert notes(found) == [
        "chart.sums.unit",
        "chart.newest",
        "chart.others",
        "chart.not_stated.sum",
        "chart.without_number",
    ]
    assert notes(figures([("甲", 5.0)], not_stated=(7, 7.0))) == ["chart.counts", "chart.not_stated"]
    assert notes(figures([("2025", 5.0), ("2026", 1.0)], "columns", earlier=("1987", 3.0)))[-1] == "chart.earlier"


def test_a_unit_without_an_english_word_is_left_out_in_english():
    found = figures([("甲", 5.0)], measure=Text(zh="件数", en="Cases"), unit="件")
    assert (notes(found, "zh")[0], notes(found, "en")[0]) == ("chart.sums.unit", "chart.sums")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (figures([]), "本版本没有符合条件的行"),
        (figures([], rows=8), "符合条件的 8 行都没有填报"),
        (figures([("2026", 5.0)], "columns"), "目前只有一个期间的数据"),
    ],
)
def test_where_there_is_nothing_to_see_a_sentence_stands_for_the_picture(draw, found, said):
    page = draw(found)
    assert said in page
    assert "<svg" not in page


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["bars", "columns", "lines"])
def test_hostile_labels_stay_text(draw, kind, lang):
    page = draw(figures([(HOSTILE, 5.0), ("乙", 3.0)], kind), lang)
    tree = html5lib.parse(page)
    assert len(tree.findall(f".//{SPACE}script")) == 1, "the one of schema.org"
    assert not tree.findall(f".//{SPACE}img")
    assert "\u202e" not in page
    assert len(tree.findall(".//{http://www.w3.org/2000/svg}svg")) == 1


def test_a_chart_has_title_description_and_table(draw):
    page = draw(figures([("甲", 5.0), ("乙", 3.0)]))
    assert 'aria-labelledby="chart-by-kind-title chart-by-kind-desc"' in page
    assert "共 2 项，最大的是“甲”，为 5。" in page
    assert page.count("<caption>各类</caption>") == 1
