"""Pictures of a dataset as files of their own, for pages that show many datasets: its first chart, that chart small, its map.

They have their own colours, for light and dark, since no style sheet reaches a picture that a page shows as an image. The small one
and the map have no words and are the same in both languages. Not here: the marks (`chart_drawing.py`, `dotmap.py`), writing files.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment

from catalog.entry import CatalogueEntry
from catalog.pages import LANGUAGES, Lang, read_stylesheet
from catalog.pictures.chart_drawing import ChartDrawing, can_draw, draw_chart
from catalog.pictures.chart_figures import ChartFigures
from catalog.pictures.dotmap import DotMap
from schemas.text import Text

_COLOURS = (
    "ink",
    "quiet",
    "paper",
    "line",
    "event",
    "association",
    "funding",
    "supervision",
    "construction",
    "facility",
)
_LEAST_HEIGHT = 112
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that an XML file may not have, however they are written."""


@dataclass(frozen=True)
class PictureBox:
    """The part of a drawing that has marks, in drawing units."""

    x: float
    y: float
    width: float
    height: float


def first_picture(figures: Sequence[ChartFigures]) -> ChartFigures | None:
    """The first chart that has two marks or more: a single bar tells nothing without its words."""
    return next((one for one in figures if can_draw(one) and len(one.series[0].points) > 1), None)


def chart_path(dataset: str, lang: Lang) -> str:
    """The path in the site of the picture of a dataset's first chart."""
    return f"dataset/{dataset}/{'en/' if lang == 'en' else ''}chart.svg"


def small_path(dataset: str) -> str:
    """The path in the site of the small picture."""
    return f"dataset/{dataset}/small.svg"


def map_path(dataset: str) -> str:
    """The path in the site of the map."""
    return f"dataset/{dataset}/map.svg"


def draw_picture_files(
    env: Environment, entry: CatalogueEntry, figures: Sequence[ChartFigures], dots: DotMap | None
) -> dict[str, str]:
    """The pictures by path: of the first chart that has something to see, and of the map if there are places."""
    files = {}
    colours = read_colours(entry.family)
    if (first := first_picture(figures)) is not None:
        title = first.chart.title
        for lang in LANGUAGES:
            about = {"drawing": draw_chart(first, lang), "title": title, "colours": colours}
            files[chart_path(entry.dataset, lang)] = env.get_template("chart.svg.j2").render(lang=lang, **about)
        drawing = draw_chart(first, "zh")
        small = {"drawing": drawing, "box": find_marks(drawing), "colours": colours}
        files[small_path(entry.dataset)] = env.get_template("small.svg.j2").render(lang="zh", **small)
    if dots is not None and dots.rows:
        files[map_path(entry.dataset)] = env.get_template("map.svg.j2").render(lang="zh", map=dots, colours=colours)
    return {path: _FORBIDDEN.sub("", content) for path, content in files.items()}


def find_picture_title(figures: Sequence[ChartFigures]) -> Text | None:
    """The title of the chart that has a file of its own; None if none has."""
    first = first_picture(figures)
    return first.chart.title if first else None


def find_marks(drawing: ChartDrawing) -> PictureBox:
    """The box around all bars and points; never without an extent, and with room for some bars, lest few be thick."""
    points = [(bar.x, bar.y) for bar in drawing.bars]
    points += [(bar.x + bar.width, bar.y + bar.height) for bar in drawing.bars]
    points += [(x, y) for curve in drawing.curves for x, y, _ in curve.spots]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    right, bottom = max(x for x, _ in points), max(y for _, y in points)
    return PictureBox(left, top, round(max(right - left, 1), 1), round(max(bottom - top, _LEAST_HEIGHT), 1))


def read_colours(family: str) -> Mapping[str, tuple[str, str]]:
    """The style sheet's colours for light and dark by name; `family` is that of the dataset's family."""
    wanted = {**{name: name for name in _COLOURS}, "family": family}
    return {name: _read_colour(variable) for name, variable in wanted.items()}


def _read_colour(name: str) -> tuple[str, str]:
    light, dark, *_ = re.findall(rf"--{re.escape(name)}: (#[0-9a-f]+);", read_stylesheet())
    return light, dark
