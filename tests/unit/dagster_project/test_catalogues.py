"""Which catalogues an installation has, and which of them a caller means."""

import json

import pytest

from catalog.static_site.static import StaticCatalogue
from dagster_project.catalogues import (
    catalogue_address,
    catalogue_names,
    open_catalogue,
    select_catalogue_names,
)
from dagster_project.installation import load_workspace
from schemas.errors import UsageError
from support.installed import installed


@pytest.fixture
def settings(tmp_path, monkeypatch):
    for name in ("CKAN", "CKAN_TOKEN"):
        monkeypatch.delenv(f"SPORTLAKE_{name}", raising=False)
    return installed(tmp_path)


def connect(file, url="http://127.0.0.1:9"):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"url": url, "token_file": "token"}), encoding="utf-8")
    (file.parent / "token").write_text("t", encoding="ascii")
    return file


def test_the_static_catalogue_is_always_there(settings):
    assert catalogue_names(settings) == ("static",)
    catalogue = open_catalogue(load_workspace(settings), settings, "static")
    assert isinstance(catalogue, StaticCatalogue)
    assert catalogue.folder == settings.home / "catalogue"


def test_a_ckan_is_there_when_its_file_lies_in_the_house_or_is_named(settings, tmp_path):
    named = settings.model_copy(update={"ckan": connect(tmp_path / "else" / "c.json")})
    assert catalogue_names(named) == ("static", "ckan")
    connect(settings.home / "ckan" / "connection.json")
    assert catalogue_names(settings) == ("static", "ckan")
    assert open_catalogue(load_workspace(settings), settings, "ckan").name == "ckan"


def test_a_caller_means_all_that_are_there_or_one_of_them(settings):
    connect(settings.home / "ckan" / "connection.json")
    assert select_catalogue_names(settings, None) == select_catalogue_names(settings, "all") == ("static", "ckan")
    assert select_catalogue_names(settings, "ckan") == ("ckan",)
    assert select_catalogue_names(settings, "static") == ("static",)


@pytest.mark.parametrize(("to", "said"), [("ckan", "make ckan"), ("moon", "no catalogue moon"), ("", "no catalogue")])
def test_what_is_not_there_is_refused_with_the_next_move(settings, to, said):
    with pytest.raises(UsageError, match=said):
        select_catalogue_names(settings, to)
    with pytest.raises(UsageError, match=said):
        open_catalogue(load_workspace(settings), settings, to)


def test_a_file_that_is_named_and_missing_is_refused(settings, tmp_path):
    named = settings.model_copy(update={"ckan": tmp_path / "missing.json"})
    with pytest.raises(UsageError, match=r"missing\.json"):
        open_catalogue(load_workspace(named), named, "ckan")


def test_a_password_in_an_address_is_not_shown(settings):
    connect(settings.home / "ckan" / "connection.json", "https://me:secret@data.example.org/x")
    assert catalogue_address(load_workspace(settings), settings, "ckan") == "https://data.example.org/x"
    assert catalogue_address(load_workspace(settings), settings, "static").endswith("/catalogue/index.html")
