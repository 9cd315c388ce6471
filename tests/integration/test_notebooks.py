"""The notebook of docs/notebooks runs on the sample, answers every question with a chart, and writes nothing."""

import json
import runpy
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pandas as pd
import pytest

from support.commands import ROOT

NOTEBOOK = ROOT / "docs" / "notebooks" / "eight_questions.py"
CHARTS = ["per_capita_chart", "growth_chart", "as_of_chart", "permits_chart", "money_chart", "overdue_chart", "changes_chart", "map_chart"]  # fmt: skip


@pytest.fixture(scope="module")
def definitions(analysts_home):
    """What the notebook defines once all its cells ran."""
    before = analysts_home.layout.warehouse.stat()
    app = runpy.run_path(str(NOTEBOOK))["app"]
    _, defined = app.run(defs={"file": str(analysts_home.layout.warehouse)})
    assert analysts_home.layout.warehouse.stat().st_mtime_ns == before.st_mtime_ns
    return defined


@pytest.mark.parametrize("name", CHARTS)
def test_every_question_has_a_chart_with_rows(definitions, name):
    chart = definitions[name].to_dict()
    assert chart["title"]
    (rows,) = chart["datasets"].values()
    assert rows


def test_the_map_and_the_table_of_the_nearest_pools_have_places(definitions):
    assert isinstance(definitions["pools"], pd.DataFrame)
    chart = definitions["map_chart"].to_dict()
    (rows,) = chart["datasets"].values()
    assert {"longitude", "latitude"} <= chart["encoding"].keys()
    assert all(118 < row["lon"] < 126 and 38 < row["lat"] < 44 for row in rows)


def test_the_notebook_becomes_a_page_with_its_eight_charts(analysts_home, tmp_path):
    docs = tmp_path / "docs"
    copytree(ROOT / "docs", docs, ignore=ignore_patterns("__marimo__", "decisions"))  # marimo writes beside a notebook
    words = ["--output", tmp_path / "page.html", "--", "--file", analysts_home.layout.warehouse]
    command = [Path(sys.executable).with_name("marimo"), "export", "html", docs / "notebooks" / NOTEBOOK.name, *words]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("vnd.vegalite") == len(CHARTS)
    assert json.dumps("沈阳市").strip('"') in page
