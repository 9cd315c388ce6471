"""The picture of a chart: positions of bars, lines and words, for `catalog/pages/chart.html.j2`. No script, no colours.

Pure functions from figures to a view. The drawing is 360 units wide, as a phone is, so that its words can be read there; a wider
screen shows two beside each other. Bars and lines begin at zero, marks have their words beside them, and every value is in the
table below. Colours, fonts and dash patterns are those of the style sheet, so that dark mode and print change them.
Not here: the figures (`chart_figures.py`), the texts (`catalog/pages/texts.yaml`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import floor, log10

from catalog.pages.formats import Lang, format_amount
from catalog.pictures.chart_figures import ChartFigures, ChartPoint, ChartSeries
from schemas.text import Text

WIDTH = 360
LETTER = 14
"""Height of the letters, in drawing units; the style sheet has the same."""
_NARROW = 0.58
"""Width of a Latin letter, as a share of a Chinese one."""
_ROW, _BAR, _TALL_ROW = 24, 16, 40
_LONGEST_BESIDE = 118
"""Longest label in drawing units that stands to the left of its bar; if one is longer all stand above."""
_GAP, _INSET = 6, 4
_PLOT_TOP, _PLOT_HEIGHT = 20, 170
_AXIS_HEIGHT = 20
_MOST_SAID = 12
"""Columns that all have their value on top; more would be a row of figures and no picture."""
_CHINESE = "\u2e80"
OTHERS = Text(zh="其他", en="Others")


@dataclass(frozen=True)
class ChartBar:
    """A bar or column; `tip` is shown on hover. `rest`: whether it stands for all categories without a bar of their own."""

    x: float
    y: float
    width: float
    height: float
    tip: str
    rest: bool = False


@dataclass(frozen=True)
class ChartWord:
    """A text; `anchor` is start, middle or end, `kind` the class of the style sheet: label, value or tick."""

    x: float
    y: float
    text: str
    kind: str
    anchor: str = "start"


@dataclass(frozen=True)
class ChartRule:
    """A straight line: `zero` or `grid`."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str


@dataclass(frozen=True)
class ChartCurve:
    """One line of a chart over time, as the points of its unbroken parts; `number` chooses colour and dashes."""

    number: int
    parts: tuple[str, ...]
    spots: tuple[tuple[float, float, str], ...]


@dataclass
class ChartDrawing:
    """All marks of one chart, in drawing units from the upper left corner."""

    width: int = WIDTH
    height: float = 0
    bars: list[ChartBar] = field(default_factory=list)
    words: list[ChartWord] = field(default_factory=list)
    rules: list[ChartRule] = field(default_factory=list)
    curves: list[ChartCurve] = field(default_factory=list)


def can_draw(figures: ChartFigures) -> bool:
    """Whether the figures can be drawn: there is a value, and in a chart over time more than one period."""
    over_time = figures.chart.kind != "bars"
    return not figures.is_empty and not (over_time and len(figures.series[0].points) < 2)  # noqa: PLR2004 - one point shows no course


def draw_chart(figures: ChartFigures, lang: Lang) -> ChartDrawing:
    """The picture of the figures, of which `can_draw` is true, with its words in that language."""
    if figures.chart.kind == "bars":
        return _draw_bars(figures, lang)
    return _draw_over_time(figures, lang)


def bar_points(figures: ChartFigures) -> list[ChartPoint]:
    """The bars of a chart in their order; the last may be that of all others."""
    rest = [ChartPoint(OTHERS, figures.others[1])] if figures.others else []
    return [*figures.series[0].points, *rest]


def measure_text(text: str) -> float:
    """About how wide a text is, in drawing units."""
    return LETTER * sum(1.0 if letter >= _CHINESE else _NARROW for letter in text)


def shorten_text(text: str, width: float) -> str:
    """The text, cut to that width with an ellipsis if it is longer."""
    if measure_text(text) <= width:
        return text
    kept = text
    while kept and measure_text(kept) + LETTER > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _draw_bars(figures: ChartFigures, lang: Lang) -> ChartDrawing:
    points = bar_points(figures)
    labels = [_in_language(point.label, lang) for point in points]
    values = [_say_value(point.value, figures.unit, lang) for point in points]
    longest, widest_value = max(map(measure_text, labels)), max(map(measure_text, values))
    above = longest > _LONGEST_BESIDE
    left = 0.0 if above else longest + _GAP
    row = _TALL_ROW if above else _ROW
    scale, low = _fit_scale([point.value for point in points], WIDTH - left - widest_value - 2 * _GAP)
    zero = left - low * scale
    drawing = ChartDrawing(height=row * len(points))
    for at, (point, label, value) in enumerate(zip(points, labels, values, strict=True)):
        top = at * row + (row - _BAR - 2 if above else (row - _BAR) / 2)
        amount = point.value or 0
        rest = figures.others is not None and at == len(points) - 1
        words = top - 5 if above else top + _BAR - 3
        drawing.words.append(
            ChartWord(_INSET, _trim(words), shorten_text(label, WIDTH - _INSET), "label")
            if above
            else ChartWord(_trim(left - _GAP), _trim(words), label, "label", "end")
        )
        drawing.words.append(ChartWord(_trim(zero + max(amount, 0) * scale + _GAP), _trim(top + _BAR - 3), value, "value"))  # fmt: skip
        if point.value is not None:
            x, width = zero + min(amount, 0) * scale, abs(amount) * scale
            drawing.bars.append(ChartBar(_trim(x), _trim(top), _trim(width), _BAR, f"{label} {value}", rest))
    drawing.rules.append(ChartRule(_trim(zero), 0, _trim(zero), drawing.height, "zero"))
    return drawing


def _draw_over_time(figures: ChartFigures, lang: Lang) -> ChartDrawing:
    """Columns or lines above one axis of time, with a grid of two to four amounts."""
    values = [point.value for one in figures.series for point in one.points]
    scale, low = _fit_scale(values, _PLOT_HEIGHT)
    zero = _PLOT_TOP + _PLOT_HEIGHT + low * scale
    drawing = ChartDrawing(height=_PLOT_TOP + _PLOT_HEIGHT + _AXIS_HEIGHT)
    for tick in _choose_ticks(low, max([0.0, *(value for value in values if value is not None)])):
        y = zero - tick * scale
        drawing.rules.append(ChartRule(0, _trim(y), WIDTH, _trim(y), "grid" if tick else "zero"))
        if tick:
            drawing.words.append(ChartWord(0, _trim(y - 4), format_amount(tick, figures.unit, lang), "tick"))
    if figures.chart.kind == "columns":
        _draw_columns(drawing, figures, lang, zero, scale)
    else:
        _draw_lines(drawing, figures, lang, zero, scale)
    return drawing


def _draw_columns(drawing: ChartDrawing, figures: ChartFigures, lang: Lang, zero: float, scale: float) -> None:
    """Columns with their values on top, if there is room for all; else with a grid, and the value of the tallest one."""
    points = figures.series[0].points
    value_texts = [_say_value(point.value, figures.unit, lang) for point in points]
    all_said = len(points) <= _MOST_SAID and max(map(measure_text, value_texts)) + 2 <= WIDTH / len(points)
    if all_said:
        drawing.words.clear()
        drawing.rules[:] = [rule for rule in drawing.rules if rule.kind == "zero"]
    left = max((measure_text(word.text) + _GAP for word in drawing.words), default=0.0)
    step = (WIDTH - left) / len(points)
    middles = [left + step * (at + 0.5) for at in range(len(points))]
    tallest = max(range(len(points)), key=lambda at: points[at].value or 0)
    for at, (point, middle) in enumerate(zip(points, middles, strict=True)):
        value, label = point.value or 0, _in_language(point.label, lang)
        top, height = zero - max(value, 0) * scale, abs(value) * scale
        if point.value is not None:
            drawing.bars.append(ChartBar(_trim(middle - step * 0.4), _trim(top), _trim(step * 0.8), _trim(height), f"{label} {value_texts[at]}"))  # fmt: skip
        if all_said or at == tallest:
            half = measure_text(value_texts[at]) / 2
            x = min(max(middle, half), WIDTH - half)
            drawing.words.append(ChartWord(_trim(x), _trim(top - 4), value_texts[at], "value", "middle"))
    _draw_axis(drawing, [_in_language(point.label, lang) for point in points], middles)


def _draw_lines(drawing: ChartDrawing, figures: ChartFigures, lang: Lang, zero: float, scale: float) -> None:
    ends = [_end_words(one, figures.unit, lang) for one in figures.series]
    left = max((measure_text(word.text) + _GAP for word in drawing.words), default=0.0) + _GAP
    right = WIDTH - min(max(measure_text(text) for text in ends), WIDTH / 2.5) - 2 * _GAP
    count = len(figures.series[0].points)
    places = [left + (right - left) * at / (count - 1) for at in range(count)]
    heights = []
    for number, one in enumerate(figures.series):
        spots = [
            None if point.value is None else (_trim(x), _trim(zero - point.value * scale), _tip(point, one, figures, lang))
            for point, x in zip(one.points, places, strict=True)
        ]  # fmt: skip
        drawing.curves.append(ChartCurve(number, _join_spots(spots), tuple(spot for spot in spots if spot)))
        heights.append(next((spot[1] for spot in reversed(spots) if spot), zero))
    for y, text in zip(_spread(heights), ends, strict=True):
        drawing.words.append(ChartWord(_trim(right + _GAP), _trim(y + 5), shorten_text(text, WIDTH - right - _GAP), "label"))  # fmt: skip
    _draw_axis(drawing, [_in_language(point.label, lang) for point in figures.series[0].points], places)


def _end_words(series: ChartSeries, unit: str | None, lang: Lang) -> str:
    """The text at the end of each line: its name, or its last value if it is the only line."""
    last = next((point.value for point in reversed(series.points) if point.value is not None), None)
    return _in_language(series.label, lang) if series.label else _say_value(last, unit, lang)


def _tip(point: ChartPoint, series: ChartSeries, figures: ChartFigures, lang: Lang) -> str:
    name = f"{_in_language(series.label, lang)} " if series.label else ""
    return f"{name}{_in_language(point.label, lang)} {_say_value(point.value, figures.unit, lang)}"


def _join_spots(spots: Sequence[tuple[float, float, str] | None]) -> tuple[str, ...]:
    """The points of each run of spots without a gap."""
    parts: list[list[str]] = [[]]
    for spot in spots:
        if spot is None:
            parts.append([])
        else:
            parts[-1].append(f"{spot[0]},{spot[1]}")
    return tuple(" ".join(part) for part in parts if part)


def _spread(heights: Sequence[float]) -> list[float]:
    """The heights with at least a line of text between them: moved down where they are too close, and up again where text would cover the axis."""
    order = sorted(range(len(heights)), key=lambda at: heights[at])
    placed = list(heights)
    for above, at in pairwise(order):
        placed[at] = max(placed[at], placed[above] + LETTER)
    lowest = _PLOT_TOP + _PLOT_HEIGHT - LETTER / 2 - 1
    for at in reversed(order):
        placed[at] = min(placed[at], lowest)
        lowest = placed[at] - LETTER
    return placed


def _draw_axis(drawing: ChartDrawing, labels: Sequence[str], middles: Sequence[float]) -> None:
    """The names of periods below the axis: all of them if they fit, else the first and every further one that leaves room."""
    y, end = drawing.height - 5, -1.0
    for label, middle in zip(labels, middles, strict=True):
        half = measure_text(label) / 2
        x = min(max(middle, half), WIDTH - half)
        if x - half > end:
            drawing.words.append(ChartWord(_trim(x), y, label, "tick", "middle"))
            end = x + half + LETTER


def _fit_scale(values: Sequence[float | None], room: float) -> tuple[float, float]:
    """Drawing units of one unit of the values, from zero on, and the lowest end of the axis (0 or below)."""
    stated = [value for value in values if value is not None]
    low, high = min([0.0, *stated]), max([0.0, *stated])
    return (room / (high - low) if high > low else 0.0), low


def _choose_ticks(low: float, high: float) -> list[float]:
    """Round amounts from `low` to `high`, zero among them, about three steps apart."""
    span = max(high, -low)
    if span == 0:
        return [0.0]
    power = 10.0 ** floor(log10(span / 3))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= span / 3 * 0.8)
    return [step * number for number in range(-floor(-low / step), floor(high / step) + 1)]


def _say_value(value: float | None, unit: str | None, lang: Lang) -> str:
    return "—" if value is None else format_amount(value, unit, lang)


def _in_language(text: Text, lang: Lang) -> str:
    return {"zh": text.zh, "en": text.en}[lang]


def _trim(position: float) -> float:
    return round(position, 1)
