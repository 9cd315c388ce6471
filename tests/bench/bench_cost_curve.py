"""What intake, release, diff and publication cost by the number of rows, as a table and as a drawing.

    PYTHONPATH=tests python tests/bench/bench_cost_curve.py [wide=1000000,10000000] [narrow=1000000,10000000] [base=FOLDER] [folder=FOLDER]
                                                             [results=FILE] [least=GB] [through=WORDS]

Each size has a home of its own, a copy of `base` (a home with released facilities, made if it is not named), in `folder`, which needs room
for the releases, in text and Parquet, and for a slice three times: what was handed in is deleted as it goes. Every step is the command that people run, a process each; `diff` compares the release
with a state of which one row in a hundred is otherwise and one in a thousand is missing. Steps with several commands are summed up, memory is
that of the largest. `through` stands before each command (`nice -n 5`). A size ends early, and says so, if the disk would have less than
`least` GB (10). What was measured is appended to `results`, one JSON a line; `draw FILE` in place of all prints table and drawing of that
file; a drawing shows what each further million rows costs, so that a straight curve is a level line. Prints figures, fails on nothing.
Not here: the rows (`curve_workloads.py`), costs of a long history (`bench_growth.py`).
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bench_growth import ROOT, Cost, make_base, measure, run_apart
from curve_workloads import NARROW, WIDE, Workload, change_rows, write_slice

from catalog.pages import LANGUAGES, site_templates
from catalog.pictures.chart_drawing import can_draw, draw_chart
from catalog.pictures.chart_figures import ChartFigures, ChartPoint, ChartSeries
from catalog.pictures.chart_files import read_colours
from schemas.charts import Chart
from schemas.text import Text
from warehouse.layout import Layout
from warehouse.releases.release_table import list_release_files
from warehouse.releases.releases import list_numbers

STEPS = {
    "intake": Text(zh="报送", en="intake"),
    "candidate": Text(zh="待发布内容", en="candidate"),
    "release": Text(zh="发布", en="release"),
    "diff": Text(zh="差异", en="diff"),
    "publish": Text(zh="开放", en="publish"),
}
ASSESSMENTS = {"classification_review": "示例管理员", "head_approval": "示例负责人"}
"""What must be on record of a dataset that was never released, and whose record of the sample's people it is."""
TITLES = {
    "seconds": Text(zh="每增加一百万行的处理器秒数", en="Processor seconds of each further million rows"),
    "memory": Text(zh="内存峰值（MB）", en="Peak memory in MB"),
}
DECIDERS = ("示例管理员", "示例审查员")
_MILLION = 1_000_000
_LARGE = 1 << 20
"""Bytes above which a file is one of the slices that are handed in, and not of the sample."""
_COMPARE = """
import sys; from pathlib import Path; from schemas.contract import read_contracts; from warehouse.releases.contents import compare_release
import json; before, after, dataset = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
compare_release(before, after, dataset, json.loads((before / 'datapackage.json').read_text())['resources'][0]['schema'])
"""


class Step(NamedTuple):
    """One step at one size: seconds on the clock, processor seconds, peak memory in MB; `commands` of which it consists."""

    dataset: str
    fields: int
    rows: int
    step: str
    wall: float
    cpu: float
    memory: float
    commands: int


class Runner:
    """Runs steps in a home, and notes what they cost."""

    def __init__(self, home: Path, workload: Workload, rows: int, through: Sequence[str]) -> None:
        self.layout, self.workload, self.rows, self.through = Layout(home), workload, rows, through

    def run_step(self, step: str, commands: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> Step:
        """Runs the commands of a step one after the other, `sportlake` before each but for those that begin with `-c`."""
        costs, wall = list[Cost](), 0.0
        for words in commands:
            begun = time.perf_counter()
            costs.append(measure(ROOT, self.layout.home, *words, through=self.through))
            wall += time.perf_counter() - begun
        cpu, memory = sum(one.seconds for one in costs), max(one.memory for one in costs)
        return Step(self.workload.dataset, self.workload.fields, self.rows, step, wall, cpu, memory, len(costs))

    def run_all(self, aside: Path) -> Iterator[Step]:
        """Yields the steps in their order."""
        dataset, released = self.workload.dataset, self._find_release("facility") / "facility.parquet"
        yield self.run_step("intake", self._hand_in(aside, released))
        yield self.run_step("candidate", [["release", dataset]])
        yield self.run_step("approve", self._decide())
        yield self.run_step("release", [["release", dataset]])
        before, after = self._find_release(dataset), aside / dataset
        after.mkdir()
        run_apart(change_rows, list_release_files(before), after / f"{dataset}.parquet", *self.workload.changed)
        yield self.run_step("diff", [["-c", _COMPARE, str(before), str(after), dataset]])
        shutil.rmtree(after)
        yield self.run_step("publish", [["publish", "--to", "static"]])

    def _hand_in(self, aside: Path, released: Path) -> Iterator[Sequence[str]]:
        dataset = self.workload.dataset
        for one in self.workload.list_slices(self.rows, aside, released):
            run_apart(write_slice, dataset, one, released)
            yield "submit", str(one.file), "--dataset", dataset, "--department", one.department, "--period", one.period
            one.file.unlink()
            self._delete_originals()

    def _delete_originals(self) -> None:
        """Deletes the bytes that were handed in, in the inbox and beside the submission: no later step reads them, and they need room."""
        for folder in (self.layout.inbox, self.layout.home / "submissions"):
            for path in folder.rglob("*.csv"):
                if path.stat().st_size > _LARGE:
                    path.unlink()

    def _decide(self) -> Iterator[Sequence[str]]:
        dataset = self.workload.dataset
        if not list_numbers(self.layout.releases / dataset):
            for kind, name in ASSESSMENTS.items():
                yield "assess", dataset, kind, "--document", "示例文号", "--result", "示例", "--as", name
        for name in DECIDERS:
            yield "approve", dataset, "--as", name

    def _find_release(self, dataset: str) -> Path:
        shelf = self.layout.releases / dataset
        return shelf / list_numbers(shelf)[-1]


def measure_size(
    workload: Workload, rows: int, base: Path, folder: Path, through: Sequence[str], least: float
) -> Iterator[Step]:
    """Yields the steps of one size, in a home that is deleted afterwards."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="curve-") as aside:
        home, files = Path(aside) / "home", Path(aside) / "files"
        shutil.copytree(base, home, symlinks=True)
        files.mkdir()
        for step in Runner(home, workload, rows, through).run_all(files):
            yield step
            free = shutil.disk_usage(folder).free / 1e9
            if free < least:
                sys.stdout.write(f"{workload.dataset} {rows:,}: ended after {step.step}, the disk has {free:.0f} GB\n")
                return


def print_steps(steps: Sequence[Step]) -> None:
    """Prints the table, each step of all sizes together."""
    sys.stdout.write(
        f"{'dataset':12}{'fields':>7}{'rows':>14} {'step':10}{'wall s':>9}{'cpu s':>9}{'peak MB':>9}{'cpu s/M':>9}\n"
    )
    for one in sorted(steps, key=lambda one: (one.dataset, [*STEPS, one.step].index(one.step), one.rows)):
        each = one.cpu / one.rows * _MILLION
        sys.stdout.write(
            f"{one.dataset:12}{one.fields:7}{one.rows:14,} {one.step:10}{one.wall:9.1f}{one.cpu:9.1f}{one.memory:9.0f}{each:9.2f}\n"
        )


def draw_steps(steps: Sequence[Step], dataset: str, value: str) -> Iterator[str]:
    """Yields the drawing in Chinese, then in English: a line for each step.

    `seconds`: a point for each pair of neighbouring sizes, the processor seconds of each further million rows between them. `memory`: a
    point for each size. Nothing where there would be a single point.
    """
    found = {(one.step, one.rows): one for one in steps if one.dataset == dataset and one.step in STEPS}
    sizes = sorted({rows for _, rows in found})
    pairs = list(pairwise(sizes)) if value == "seconds" else [(rows, rows) for rows in sizes]

    def read_point(step: str, less: int, more: int) -> ChartPoint:
        first, last = found.get((step, less)), found.get((step, more))
        label = (
            _name_size(more)
            if less == more
            else Text.model_validate(
                {lang: f"{getattr(_name_size(less), lang)}–{getattr(_name_size(more), lang)}" for lang in LANGUAGES}
            )
        )
        if first is None or last is None:
            return ChartPoint(label, None)
        return ChartPoint(label, last.memory if less == more else (last.cpu - first.cpu) / (more - less) * _MILLION)

    series = tuple(
        ChartSeries(label, tuple(read_point(step, *pair) for pair in pairs))
        for step, label in STEPS.items()
        if any((step, rows) in found for rows in sizes)
    )
    chart = Chart(id="curve", kind="lines", title=TITLES[value], by="rows", period="year")
    figures, template = ChartFigures(chart, None, None, series, 0), site_templates().get_template("chart.svg.j2")
    for lang in LANGUAGES if can_draw(figures) else ():
        about = {"drawing": draw_chart(figures, lang), "title": TITLES[value]}
        yield template.render(lang=lang, colours=read_colours("facility"), **about)


def _name_size(rows: int) -> Text:
    return Text(zh=f"{rows / 10_000:g} 万行", en=f"{rows / _MILLION:g} M")


def read_steps(file: Path) -> list[Step]:
    """Returns what was measured, of each step and size the newest."""
    found = [Step(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
    return list({(one.dataset, one.rows, one.step): one for one in found}.values())


def draw_results(file: Path, target: Path) -> None:
    """Prints the table, and writes the drawings `cost_curve_<dataset>_<seconds or memory>_<language>.svg` into a folder."""
    steps = read_steps(file)
    print_steps(steps)
    for dataset in sorted({one.dataset for one in steps}):
        for value in TITLES:
            for lang, drawing in zip(LANGUAGES, draw_steps(steps, dataset, value), strict=False):
                (target / f"cost_curve_{dataset}_{value}_{lang}.svg").write_text(drawing, encoding="utf-8")


def main(words: Sequence[str]) -> None:
    """Measures what is asked for."""
    asked = dict(word.split("=", 1) for word in words)
    through, least = asked.get("through", "").split(), float(asked.get("least", 10))
    with tempfile.TemporaryDirectory(dir=asked.get("folder")) as scratch:
        folder = Path(scratch)
        base = Path(asked["base"]) if "base" in asked else make_base(ROOT, folder / "base")
        results = Path(asked.get("results", folder / "results.jsonl"))
        for name, workload, sizes in (("wide", WIDE, "1000000,10000000"), ("narrow", NARROW, "1000000,10000000")):
            for rows in [int(size) for size in asked.get(name, sizes).split(",") if size]:
                for step in measure_size(workload, rows, base, folder, through, least):
                    with results.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(step._asdict()) + "\n")
        print_steps(read_steps(results))


if __name__ == "__main__":
    if sys.argv[1:2] == ["draw"]:
        draw_results(Path(sys.argv[2]), Path(sys.argv[3]) if sys.argv[3:] else Path())
    else:
        main(sys.argv[1:])
