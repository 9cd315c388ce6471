import re

import html5lib

from catalog.ckan.native.build import copy_portal
from catalog.ckan.native.paths import PORTAL, PortalPaths
from catalog.finder.portal_page import ASSETS, portal_finder_files, write_portal_finder
from schemas.province import read_bureau_province

FILES = portal_finder_files(read_bureau_province())


def test_every_file_that_the_page_loads_is_among_them():
    for lang in ("zh", "en"):
        page = FILES[f"finder/{lang}.html"].decode()
        loaded = re.findall(r'(?:src|href)="/portal/finder/([^"]+)"', page)
        assert len(loaded) == 10
        assert {f"{ASSETS}/{name}" for name in loaded} <= FILES.keys()


def test_the_page_is_valid_html_and_evaluates_nothing():
    for lang in ("zh", "en"):
        page = FILES[f"finder/{lang}.html"].decode()
        html5lib.HTMLParser(strict=True).parse(page)
        assert "script-src 'self'; base-uri" in page
        assert "unsafe-eval" not in page


def test_the_portal_s_folder_gets_them(tmp_path):
    place = PortalPaths(tmp_path)
    copy_portal(place)
    assert {name for name in FILES if (place.portal / name).read_bytes() != FILES[name]} == set()
    assert (place.portal / "templates" / "zhportal" / "finder_view.html").is_file()


def test_the_context_of_the_image_gets_them_where_the_settings_look_for_them(tmp_path):
    write_portal_finder(tmp_path)
    assert {name for name in FILES if (tmp_path / name).read_bytes() != FILES[name]} == set()
    assert "zhportal.finder_pages = $here/finder" in (PORTAL / "ckan.ini.in").read_text(encoding="utf-8")
    assert "COPY . /srv/portal/source" in (PORTAL / "container/Dockerfile").read_text(encoding="utf-8")
