"""The platform in containers and on Kubernetes: the same lock and settings, only nginx in front, every word in the example."""

import re

import pytest
import yaml

from catalog.ckan.native.paths import PORTAL
from dagster_project.instance import instance_yaml
from dagster_project.settings import Settings
from support.commands import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
TOLD = yaml.safe_load(COMPOSE)
SERVICES = TOLD["services"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
HELM = yaml.safe_load((DEPLOY / "helm-values.yaml").read_text(encoding="utf-8"))
PLATFORM = ("webserver", "daemon", "code", "worker")
SPARK = ("spark-master", "spark-worker", "spark-connect")
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def test_every_service_is_started_again_and_looked_at():
    assert set(SERVICES) == {"nginx", *PLATFORM, "database", "broker", *SPARK}
    for name, service in SERVICES.items():
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert service["restart"] == "unless-stopped", name


def test_nothing_is_open_to_all_unless_somebody_says_so():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(ports) == {"nginx", "database", "broker"}
    assert ports["nginx"] == ["127.0.0.1:${PORT:-8088}:80"]
    assert all(port.startswith("${PRIVATE:-127.0.0.1}:") for name in ("database", "broker") for port in ports[name])


@pytest.mark.parametrize("name", SPARK)
def test_spark_is_started_only_if_somebody_asks_and_reached_only_from_inside(name):
    assert (SERVICES[name]["profiles"], SERVICES[name]["networks"]) == (["spark"], ["back"])
    assert SERVICES[name]["image"] == "sportlake/spark:0.2"


def test_no_service_has_the_name_of_one_of_the_portal():
    portal = yaml.safe_load((PORTAL.parent / "compose.yaml").read_text(encoding="utf-8"))
    assert portal["name"] != TOLD["name"], "both run beside each other, each with its own nginx and networks"


def test_every_variable_is_in_the_example_and_no_key_has_a_value():
    example = (DEPLOY / "deploy.env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{([A-Z_]+)", COMPOSE)) == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    assert not re.search(r"^[A-Z_]*KEY=.+", example, re.MULTILINE)


@pytest.mark.parametrize("name", PLATFORM)
def test_the_platform_is_told_settings_that_it_knows(name):
    known = {*(f"SPORTLAKE_{field.upper()}" for field in Settings.model_fields), "SPARK_REMOTE"}
    assert set(SERVICES[name]["environment"]) <= known
    assert SERVICES[name]["image"] == "sportlake/platform:0.2"


def test_the_instance_file_is_the_one_that_the_platform_writes():
    assert (DEPLOY / "dagster.yaml").read_text(encoding="utf-8") == instance_yaml("/srv/dagster", shared=True)


def test_the_image_has_the_packages_of_the_tests():
    assert "--no-deps --require-hashes -r requirements.lock" in DOCKERFILE
    image = dict(PINNED.findall((DEPLOY / "requirements.lock").read_text(encoding="utf-8")))
    tested = dict(PINNED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    assert {name: tested.get(name) for name in image} == image, "run make lock"
    assert {"dagster", "dagster-celery", "dagster-k8s", "dagster-postgres", "duckdb"} <= set(image)
    assert "pytest" not in image


def test_every_folder_that_the_image_copies_is_a_package_of_the_project():
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    assert copied == {"schemas", "quality", "warehouse", "catalog", "pipelines", "dagster_project"}


def test_pods_get_their_secrets_from_a_secret():
    text = (DEPLOY / "helm-values.yaml").read_text(encoding="utf-8")
    assert "postgresql://" not in text
    (deployment,) = HELM["dagster-user-deployments"]["deployments"]
    assert {"name": "SPORTLAKE_EXECUTOR", "value": "kubernetes"} in deployment["env"]
    assert HELM["runLauncher"]["type"] == "K8sRunLauncher"
