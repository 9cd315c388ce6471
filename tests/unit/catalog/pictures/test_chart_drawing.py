from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.pictures.chart_drawing import LETTER, WIDTH, bar_points, can_draw, draw_chart, measure_text, shorten_text
from catalog.pictures.chart_figures import ChartFigures, ChartPoint, ChartSeries
from schemas.charts import Chart
from schemas.text import Text

TITLE = Text(zh="图", en="Chart")
AMOUNTS = st.one_of(st.none(), st.floats(-1e11, 1e11), st.integers(0, 9).map(float))


def figures(values, kind="bars", labels=None, names=(None,), **parts):
    """Figures of these values, the same in each of the series `names`."""
    labels = labels or [str(2000 + at) for at in range(len(values))]
    points = tuple(ChartPoint(Text(zh=label, en=label), value) for label, value in zip(labels, values, strict=True))
    measured = {"by": "b"} if kind == "bars" else {"by": "b", "period": "year"}
    return ChartFigures(
        chart=Chart(id="c", kind=kind, title=TITLE, **measured),
        measure=None,
        unit="元",
        series=tuple(ChartSeries(name and Text(zh=name, en=name), points) for name in names),
        rows=len(values),
        **parts,
    )


def test_bars_begin_at_zero_and_are_as_long_as_their_values():
    long, short = draw_chart(figures([400.0, 100.0]), "zh").bars
    assert long.x == short.x
    assert long.width == pytest.approx(4 * short.width, abs=0.3)


def test_a_negative_bar_goes_to_the_other_side_of_zero():
    gain, loss = draw_chart(figures([300.0, -100.0]), "zh").bars
    assert loss.x + loss.width == pytest.approx(gain.x, abs=0.2)
    assert gain.width == pytest.approx(3 * loss.width, abs=0.3)


def test_a_bar_without_a_value_has_its_label_and_no_mark():
    drawing = draw_chart(figures([5.0, None]), "zh")
    assert len(drawing.bars) == 1
    assert [word.text for word in drawing.words if word.kind == "value"] == ["5 元", "—"]


def test_the_bar_of_all_others_is_told_apart():
    drawing = draw_chart(figures([5.0, 4.0], others=(3, 2.0)), "en")
    assert [bar.rest for bar in drawing.bars] == [False, False, True]
    assert bar_points(figures([5.0], others=(3, 2.0)))[-1].label == Text(zh="其他", en="Others")


def test_long_labels_stand_above_their_bars():
    short, long = (
        draw_chart(figures([1.0], labels=[label]), "zh")
        for label in ("沈阳市", "体育用品及相关产品销售、出租与贸易代理")
    )
    assert short.bars[0].x > 0
    assert long.bars[0].x == 0
    assert long.height > short.height


def test_a_label_wider_than_the_drawing_is_cut():
    cut = shorten_text("场" * 100, WIDTH)
    assert cut.endswith("…")
    assert measure_text(cut) <= WIDTH
    assert shorten_text("沈阳市", WIDTH) == "沈阳市"


def test_columns_say_their_values_where_there_is_room_and_else_have_a_grid():
    few, many = draw_chart(figures([1.0, 2.0, 3.0], "columns"), "zh"), draw_chart(figures([5e8] * 30, "columns"), "zh")
    assert len([word for word in few.words if word.kind == "value"]) == 3
    assert not [rule for rule in few.rules if rule.kind == "grid"]
    assert len([word for word in many.words if word.kind == "value"]) == 1
    assert 2 <= len([rule for rule in many.rules if rule.kind == "grid"]) <= 5


def test_one_period_shows_no_course():
    assert not can_draw(figures([5.0], "columns"))
    assert can_draw(figures([5.0]))
    assert not can_draw(figures([None, None]))


def test_a_line_is_broken_where_nothing_is_known():
    (curve,) = draw_chart(figures([1.0, 2.0, None, 4.0], "lines"), "zh").curves
    assert [len(part.split()) for part in curve.parts] == [2, 1]
    assert len(curve.spots) == 3


def test_names_of_lines_that_end_together_do_not_overlap():
    drawing = draw_chart(figures([1.0, 9.0], "lines", names=["甲", "乙", "丙", "丁", "戊", "己"]), "zh")
    heights = sorted(word.y for word in drawing.words if word.kind == "label")
    assert all(below - above >= LETTER - 0.2 for above, below in pairwise(heights))


@given(
    values=st.lists(AMOUNTS, min_size=2, max_size=40).filter(lambda values: any(value is not None for value in values)),
    kind=st.sampled_from(["bars", "columns", "lines"]),
    lang=st.sampled_from(["zh", "en"]),
)
def test_every_mark_lies_in_the_drawing(values, kind, lang):
    drawing = draw_chart(figures(values, kind), lang)
    for bar in drawing.bars:
        assert -0.1 <= bar.x <= bar.x + bar.width <= WIDTH + 0.2
        assert -0.1 <= bar.y <= bar.y + bar.height <= drawing.height + 0.2
    for word in drawing.words:
        width = measure_text(word.text)
        start = {"start": word.x, "middle": word.x - width / 2, "end": word.x - width}[word.anchor]
        assert -0.2 <= start <= start + width <= WIDTH + 0.3
        assert 0 <= word.y <= drawing.height
