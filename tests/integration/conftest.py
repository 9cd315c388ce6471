"""What several test modules of this folder start from. Not here: builders (`tests/support`)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from playwright.sync_api import Browser

from catalog.static_site.static import StaticCatalogue
from dagster_project import instance as home_instance
from dagster_project.databases import HISTORY, SCHEDULES
from dagster_project.settings import Settings
from pipelines.workspace import Workspace
from support.analysts_home import fill_home
from support.browser import chromium
from support.installed import installed
from support.judged_sample import JudgedSample
from support.kept_structures import kept_structures
from support.released_datasets import build_released
from support.s3_server import S3Server, serve_s3
from support.sample_rows import EmptyTemplate, empty_templates
from support.workspaces import copied_workspace


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A small installation; a module that needs another one has a fixture of its own with this name."""
    return installed(tmp_path)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """Dagster's databases for the time of one test."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture(scope="session", autouse=True)
def _databases_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Dagster's databases without a run, made once in a process and copied into each home: making them takes 0.2 s of processor time."""
    make, made = home_instance._make_databases, tmp_path_factory.mktemp("databases")

    def copy(folder: Path) -> None:
        if not (made / HISTORY).exists():
            make(made)
        for name in (HISTORY, SCHEDULES):
            shutil.copytree(made / name, folder / name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(home_instance, "_make_databases", copy)
        yield


@pytest.fixture(scope="session", autouse=True)
def _structures_written_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The first analysts' file of a home gets its structure from one that the process has built before."""
    with kept_structures(tmp_path_factory.mktemp("structures")):
        yield


@pytest.fixture(scope="session")
def analysts_home(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small sample with its analysts' file; no test may change it."""
    return fill_home(tmp_path_factory.mktemp("analysts"))


@pytest.fixture(scope="session")
def judged_sample(tmp_path_factory: pytest.TempPathFactory) -> JudgedSample:
    """A hundredth of the sample; a test may have files of it judged, and changes nothing else."""
    return JudgedSample(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Releases of two datasets; no test may change them."""
    return build_released(tmp_path_factory.mktemp("released"))


@pytest.fixture
def workspace(released: Workspace, tmp_path: Path) -> Workspace:
    """A copy of these releases, which a test may change; a module that needs another workspace has a fixture of its own with this name."""
    return copied_workspace(released, tmp_path / "home")


@pytest.fixture
def site(workspace: Workspace) -> StaticCatalogue:
    """The static catalogue of the workspace; as of the workspace, a module may have its own."""
    return StaticCatalogue(workspace.layout.catalogue, workspace.layout.releases)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> list[EmptyTemplate]:
    """The template of each dataset that somebody hands in, with rows to fill it with."""
    return empty_templates(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A server of buckets; each test makes its own. Starting one takes a second of processor time."""
    with serve_s3(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for the tests of a module."""
    with chromium() as started:
        yield started
