"""The view of a chart on a dataset's page, in one language: its picture, what is said of it, and the table of its figures. Pure.

Not here: the picture's marks (`chart_drawing.py`), the figures (`chart_figures.py`), texts (`catalog/pages/texts.yaml`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.pages.formats import Lang, format_amount, format_figure, format_unit
from catalog.pictures.chart_drawing import ChartDrawing, bar_points, can_draw, draw_chart
from catalog.pictures.chart_figures import ChartFigures, ChartPoint
from schemas.text import Text

Sentence = tuple[str, Mapping[str, object]]
"""A key of `texts.yaml` and the values of its placeholders."""


@dataclass(frozen=True)
class ChartView:
    """One chart. `drawing` is None where there is nothing to see; `notes` say why, and what else is to be known.

    `heads` name the columns of the table behind the first one, `lines` are its rows: a label and its cells.
    """

    id: str
    title: Text
    drawing: ChartDrawing | None
    about: Sentence
    notes: tuple[Sentence, ...]
    first_head: Sentence
    heads: tuple[Sentence | Text, ...]
    lines: tuple[tuple[Text, tuple[str, ...]], ...]


def chart_views(figures: Sequence[ChartFigures], lang: Lang) -> tuple[ChartView, ...]:
    """The views of a dataset's charts in their order."""
    return tuple(_make_view(one, lang) for one in figures)


def _make_view(figures: ChartFigures, lang: Lang) -> ChartView:
    return ChartView(
        id=figures.chart.id,
        title=figures.chart.title,
        drawing=draw_chart(figures, lang) if can_draw(figures) else None,
        about=_describe_picture(figures, lang),
        notes=tuple(_list_notes(figures, lang)),
        first_head=("chart.category" if figures.chart.kind == "bars" else "chart.time", {}),
        heads=tuple(_list_heads(figures, lang)),
        lines=_list_lines(figures),
    )


def _describe_picture(figures: ChartFigures, lang: Lang) -> Sentence:
    """The description of the picture for readers who cannot see it."""
    if figures.is_empty:
        return _explain_emptiness(figures)
    first = figures.series[0]
    if first.label is not None:
        values = {"lines": len(figures.series), "count": len(first.points), "label": _in_language(first.label, lang)}
        return "chart.desc.lines", values
    stated = [(point.value, point) for point in figures.series[0].points if point.value is not None]
    value, largest = max(stated, key=_first_of)
    label = _in_language(largest.label, lang)
    amount = format_amount(value, figures.unit, lang)
    return "chart.desc", {"count": len(first.points), "label": label, "value": amount}


def _list_notes(figures: ChartFigures, lang: Lang) -> Iterator[Sentence]:
    """Yields what is said under the picture: what it shows, which rows count, and what it leaves out."""
    if figures.is_empty:
        yield _explain_emptiness(figures)
    elif not can_draw(figures):
        yield "chart.one_period", {}
    yield _describe_measure(figures, lang)
    if figures.newest:
        yield "chart.newest", {"value": figures.newest}
    if figures.others:
        yield "chart.others", {"count": figures.others[0]}
    if figures.earlier:
        before, value = figures.earlier
        yield "chart.earlier", {"before": before, "value": format_amount(value, figures.unit, lang)}
    if figures.not_stated:
        rows, lost = figures.not_stated
        if figures.measure is None or lost is None:
            yield "chart.not_stated", {"rows": format_figure(rows)}
        else:
            yield "chart.not_stated.sum", {"rows": format_figure(rows), "value": format_amount(lost, figures.unit, lang)}  # fmt: skip
    if figures.without_number:
        yield "chart.without_number", {"rows": format_figure(figures.without_number)}


def _explain_emptiness(figures: ChartFigures) -> Sentence:
    return ("chart.empty", {"rows": format_figure(figures.rows)}) if figures.rows else ("chart.no_rows", {})


def _describe_measure(figures: ChartFigures, lang: Lang) -> Sentence:
    unit = format_unit(figures.unit, lang)
    if not figures.chart.measures:
        return "chart.counts", {}
    if figures.measure is None:
        return ("chart.several.unit", {"unit": unit}) if unit else ("chart.several", {})
    name = _in_language(figures.measure, lang)
    return ("chart.sums.unit", {"name": name, "unit": unit}) if unit else ("chart.sums", {"name": name})


def _list_heads(figures: ChartFigures, lang: Lang) -> Iterator[Sentence | Text]:
    unit = format_unit(figures.unit, lang)
    for one in figures.series:
        if one.label is not None:
            yield one.label
        else:
            yield ("chart.value.unit", {"unit": unit}) if unit else ("chart.value", {})


def _list_lines(figures: ChartFigures) -> tuple[tuple[Text, tuple[str, ...]], ...]:
    if figures.chart.kind == "bars":
        return tuple((point.label, (_write_figure(point),)) for point in bar_points(figures))
    across = zip(*(one.points for one in figures.series), strict=True) if figures.series else ()
    return tuple((points[0].label, tuple(map(_write_figure, points))) for points in across)


def _write_figure(point: ChartPoint) -> str:
    """The full figure, to a hundredth; `—` where there is none."""
    if point.value is None:
        return "—"
    value = round(point.value, 2) + 0.0
    return format_figure(int(value) if value.is_integer() else value)


def _first_of(one: tuple[float, ChartPoint]) -> float:
    return one[0]


def _in_language(text: Text, lang: Lang) -> str:
    return {"zh": text.zh, "en": text.en}[lang]
