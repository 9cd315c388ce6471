"""The portal in containers equals the native one: same settings, plugins and lock file; only nginx can be reached."""

import configparser
import os
import re
import shutil
import subprocess

import pytest
import yaml

from catalog.ckan.native.paths import PORTAL

COMPOSE = PORTAL.parent / "compose.yaml"
CONTAINER = PORTAL / "container"
EXAMPLE = CONTAINER / "portal.env.example"
TOLD = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
SERVICES = TOLD["services"]
DOCKERFILE = (CONTAINER / "Dockerfile").read_text(encoding="utf-8")


def names_of_example():
    return re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_six_services_are_there_with_health_checks():
    assert set(SERVICES) == {"nginx", "ckan", "worker", "postgres", "redis", "solr"}
    for name, service in SERVICES.items():
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert service["restart"] == "unless-stopped", name


def test_only_nginx_can_be_reached_and_only_from_this_machine():
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"nginx"}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["nginx"]["ports"])
    assert TOLD["networks"]["back"] == {"internal": True}
    for name in ("postgres", "redis", "solr", "worker"):
        assert SERVICES[name]["networks"] == ["back"], name


def test_every_volume_is_declared_or_a_file_of_ours():
    for name, service in SERVICES.items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            there = (COMPOSE.parent / source).is_file() if source.startswith(".") else source in TOLD["volumes"]
            assert there, f"{name}: {volume}"


def test_every_variable_is_in_the_example_without_a_value_for_keys():
    asked = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE.read_text(encoding="utf-8")))
    assert asked == set(names_of_example())
    text = EXAMPLE.read_text(encoding="utf-8")
    assert not re.search(r"^[A-Z_]*(KEY|PASSWORD)=.+", text, re.MULTILINE)


def test_images_are_official_and_named_with_their_version():
    bases = re.findall(r"^FROM (\S+) AS", DOCKERFILE, re.MULTILINE)
    assert bases == ["ckan/ckan-base:2.12", "ckan/ckan-solr:2.12-solr9"]
    for name in ("nginx", "postgres", "redis"):
        image, _, version = SERVICES[name]["image"].partition(":")
        assert image == name
        assert re.fullmatch(r"\d+(\.\d+)?", version)


def test_the_same_lock_settings_and_first_start_are_used():
    start = (CONTAINER / "start.py").read_text(encoding="utf-8")
    assert "--no-deps --require-hashes -r /srv/portal/requirements.lock" in DOCKERFILE
    for file in ("requirements.lock", "ckan.ini.in", "first_start.py", "wsgi.py", "dataset.yaml"):
        assert (PORTAL / file).is_file()
    assert '"ckan.ini.in"' in start
    assert '"first_start.py"' in start
    assert "wsgi:application" in start


def test_settings_are_filled_in_completely_in_containers():
    asked = set(re.findall(r"(?<![$%])\$([a-z_]+)", settings_without_comments()))
    given = set(re.findall(r"^        ([a-z_]+)=", (CONTAINER / "start.py").read_text(encoding="utf-8"), re.MULTILINE))
    assert asked <= given


def settings_without_comments():
    lines = (PORTAL / "ckan.ini.in").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def test_every_plugin_is_in_the_lock_or_ours():
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string((PORTAL / "ckan.ini.in").read_text(encoding="utf-8"))
    plugins = parser["app:main"]["ckan.plugins"].split()
    assert plugins[0] == "zhportal"
    lock = (PORTAL / "requirements.lock").read_text(encoding="utf-8")
    for package in ("ckan==2.12", "ckanext-scheming==", "ckanext-dcat=="):
        assert package in lock
    assert 'zhportal = "' in (PORTAL / "ckanext-zhportal" / "pyproject.toml").read_text(encoding="utf-8")


def test_release_files_are_served_by_nginx_as_immutable():
    conf = (CONTAINER / "nginx.conf").read_text(encoding="utf-8")
    releases = conf.partition("location /releases/")[2].partition("location / ")[0]
    for said in ("immutable", "autoindex off", "nosniff", "sandbox", "alias /srv/releases/"):
        assert said in releases
    assert "proxy_pass http://ckan:5000" in conf


def test_no_key_passes_through_an_argument_or_stays_in_an_image():
    assert not re.search(r"\bARG\b|ENV .*(KEY|PASSWORD)", DOCKERFILE)
    assert "**/*.env" in (PORTAL / ".dockerignore").read_text(encoding="utf-8")
    assert "portal.env" in (CONTAINER / ".gitignore").read_text(encoding="utf-8")


def has_compose():
    docker = shutil.which("docker")
    asked = [docker or "docker", "compose", "version"]
    return docker is not None and subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not has_compose(), reason="docker compose is not installed; the structure is tested above")
def test_compose_accepts_the_file():
    words = dict.fromkeys(names_of_example(), "word") | {"PORT": "8080"}
    done = subprocess.run(
        ["docker", "compose", "-f", COMPOSE, "config", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **words},
    )
    assert done.returncode == 0, done.stderr
