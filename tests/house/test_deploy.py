"""The platform in containers and on Kubernetes: the same lock and settings, only nginx in front, every word in the example."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from catalog.ckan.native.paths import PORTAL
from dagster_project.instance import instance_yaml
from dagster_project.settings import _AWS, Settings
from support.commands import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
TOLD = yaml.safe_load(COMPOSE)
SERVICES = TOLD["services"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
HELM = yaml.safe_load((DEPLOY / "helm-values.yaml").read_text(encoding="utf-8"))
PLATFORM = ("webserver", "daemon", "code", "worker")
SHARED = ("database", "broker", "storage")
SPARK = ("spark-master", "spark-worker", "spark-connect")
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def test_every_service_is_started_again_and_looked_at():
    assert set(SERVICES) == {"nginx", *PLATFORM, "database", "broker", "storage", *SPARK}
    for name, service in SERVICES.items():
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert service["restart"] == "unless-stopped", name


def test_nothing_is_open_to_all_unless_somebody_says_so():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(ports) == {"nginx", *SHARED}
    assert ports["nginx"] == ["127.0.0.1:${PORT:-8088}:80"]
    assert all(port.startswith("${PRIVATE:-127.0.0.1}:") for name in SHARED for port in ports[name])


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
    assert not re.search(r"^#?[A-Z_]*KEY=.+", example, re.MULTILINE)


def test_what_is_passed_on_where_it_is_set_is_in_the_example_as_a_comment():
    """Composes passes a name without a value from deploy.env if it is there; an empty one would be refused as an address."""
    passed = {name for name, value in SERVICES["code"]["environment"].items() if value is None}
    example = (DEPLOY / "deploy.env.example").read_text(encoding="utf-8")
    assert passed == set(re.findall(r"^#([A-Z_]+)=", example, re.MULTILINE))
    assert {name for name, value in SERVICES["storage"]["environment"].items() if value is None} <= passed


def test_the_object_store_is_started_only_if_somebody_asks_and_lets_nobody_in_without_a_key():
    storage = SERVICES["storage"]
    assert (storage["profiles"], storage["networks"]) == (["bucket"], ["back"])
    assert "-master.telemetry=false" in storage["command"]
    assert 'test -n "$$AWS_SECRET_ACCESS_KEY"' in storage["healthcheck"]["test"][-1]
    for name in PLATFORM:
        assert SERVICES[name]["depends_on"]["storage"] == {"condition": "service_healthy", "required": False}


@pytest.mark.parametrize("name", PLATFORM)
def test_the_platform_is_told_settings_that_it_knows(name):
    known = {*(f"SPORTLAKE_{field.upper()}" for field in Settings.model_fields), "SPARK_REMOTE", *_AWS}
    assert set(SERVICES[name]["environment"]) <= known
    assert SERVICES[name]["image"] == "sportlake/platform:0.2"


def test_the_instance_file_is_the_one_that_the_platform_writes():
    assert (DEPLOY / "dagster.yaml").read_text(encoding="utf-8") == instance_yaml("/srv/dagster", shared=True)


def test_the_image_has_the_packages_of_the_tests():
    assert "--no-deps --require-hashes -r requirements.lock" in DOCKERFILE
    image = dict(PINNED.findall((DEPLOY / "requirements.lock").read_text(encoding="utf-8")))
    tested = dict(PINNED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    assert {name: tested.get(name) for name in image} == image, "run make lock"
    assert {
        "dagster",
        "dagster-celery",
        "dagster-k8s",
        "dagster-postgres",
        "duckdb",
        "obstore",
        "pyspark-client",
    } <= set(image)
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
    assert HELM["generatePostgresqlPasswordSecret"] is False, (
        "the chart would make one with the password of its example"
    )
    assert HELM["telemetry"] == {"enabled": False}


CHART = {
    "": "dagsterWebserver dagster-user-deployments postgresql generatePostgresqlPasswordSecret generateCeleryConfigSecret rabbitmq redis flower ingress"
    " imagePullSecrets computeLogManager scheduler runLauncher pythonLogs dagsterDaemon busybox migrate telemetry serviceAccount global retention"
    " additionalInstanceConfig",
    "dagsterDaemon": "enabled image runCoordinator heartbeatTolerance env envConfigMaps envSecrets deploymentLabels labels nodeSelector affinity tolerations"
    " podSecurityContext securityContext resources livenessProbe readinessProbe startupProbe annotations runMonitoring runRetries sensors schedules"
    " schedulerName volumeMounts volumes",
    "dagsterDaemon.runCoordinator": "enabled type config",
    "dagsterDaemon.runCoordinator.config": "queuedRunCoordinator customRunCoordinator",
    "dagsterDaemon.runCoordinator.config.queuedRunCoordinator": "maxConcurrentRuns tagConcurrencyLimits dequeueIntervalSeconds dequeueNumWorkers dequeueUseThreads",
    "dagsterDaemon.runCoordinator.config.queuedRunCoordinator.tagConcurrencyLimits": "key value limit",
    "dagster-user-deployments": "enabled enableSubchart imagePullSecrets deployments",
    "dagster-user-deployments.deployments": "name image dagsterApiGrpcArgs codeServerArgs includeConfigInLaunchedRuns deploymentNamespace port replicaCount env"
    " envConfigMaps envSecrets annotations nodeSelector affinity tolerations podSecurityContext securityContext resources livenessProbe readinessProbe"
    " startupProbe labels volumeMounts volumes schedulerName initContainers sidecarContainers deploymentStrategy",
    "runLauncher": "type config",
    "runLauncher.config": "celeryK8sRunLauncher k8sRunLauncher customRunLauncher",
    "runLauncher.config.k8sRunLauncher": "image imagePullPolicy jobNamespace loadInclusterConfig kubeconfigFile envConfigMaps envSecrets envVars volumeMounts"
    " volumes labels failPodOnRunFailure resources schedulerName securityContext runK8sConfig",
    "runLauncher.config.k8sRunLauncher.runK8sConfig": "containerConfig podSpecConfig podTemplateSpecMetadata jobSpecConfig jobMetadata",
    "postgresql": "postgresqlScheme image enabled postgresqlHost postgresqlUsername postgresqlPassword postgresqlDatabase postgresqlParams service",
    "global": "postgresqlSecretName dagsterHome serviceAccountName celeryConfigSecretName dagsterInstanceConfigMap",
}
"""The keys that the chart's templates read, by the objects that our values have; another key would be refused, or do nothing."""


def test_the_values_have_only_keys_that_the_chart_knows():
    seen = set()

    def look(place, value):
        for one in value if isinstance(value, list) else [value]:
            if place in CHART and isinstance(one, dict):
                seen.add(place)
                assert set(one) <= set(CHART[place].split()), place
                for key, inner in one.items():
                    look(f"{place}.{key}".lstrip("."), inner)

    look("", HELM)
    assert seen == set(CHART)
    assert HELM["dagsterDaemon"]["runCoordinator"]["type"] == "QueuedRunCoordinator"


def test_the_chart_is_told_what_the_instance_file_says():
    told, daemon = yaml.safe_load((DEPLOY / "dagster.yaml").read_text(encoding="utf-8")), HELM["dagsterDaemon"]
    queue = daemon["runCoordinator"]["config"]["queuedRunCoordinator"]
    assert [queue["maxConcurrentRuns"], queue["tagConcurrencyLimits"]] == list(told["concurrency"]["runs"].values())
    assert list(daemon["runMonitoring"].values()) == list(told["run_monitoring"].values())
    assert list(HELM["pythonLogs"].values()) == list(told["python_logs"].values())
    assert HELM["additionalInstanceConfig"] == {"nux": told["nux"]}


def test_only_pods_that_run_the_platforms_code_get_its_secrets():
    holders = [HELM["runLauncher"]["config"]["k8sRunLauncher"], *HELM["dagster-user-deployments"]["deployments"]]
    assert all(one["envSecrets"] == [{"name": "sportlake"}] for one in holders)
    assert str(HELM).count("envSecrets") == len(holders)


@pytest.mark.parametrize("file", [DEPLOY / "compose.yaml", PORTAL.parent / "compose.yaml"], ids=["platform", "portal"])
def test_what_compose_would_refuse_is_not_in_the_files(file):
    """Rules of the Compose specification for what these files use."""
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert {key for key in told if not key.startswith("x-")} == {"name", "services", "networks", "volumes"}
    for name, service in told["services"].items():
        assert set(service) <= set(KEYS.split()), name
        assert ("image" in service) or ("build" in service), name
        assert set(service["networks"]) <= set(told["networks"]), name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source.startswith("./") or source in told["volumes"], volume
        for needed, how in service.get("depends_on", {}).items():
            assert needed in told["services"], needed
            assert set(how) <= {"condition", "required", "restart"}
            assert how["condition"] in {"service_started", "service_healthy", "service_completed_successfully"}
            assert how.get("required", True) is ("profiles" not in told["services"][needed] or "profiles" in service)
        check = service["healthcheck"]
        assert set(check) <= {"test", "interval", "timeout", "retries", "start_period"}
        times = [check[key] for key in ("interval", "timeout", "start_period") if key in check]
        assert all(re.fullmatch(r"\d+(s|m|h)", time) for time in times), name
        assert all(isinstance(word, str) for word in [*check["test"], *service.get("command", ())]), name


KEYS = (
    "build command depends_on deploy environment healthcheck image networks ports profiles restart stop_grace_period volumes"
    " cap_add cap_drop entrypoint env_file init read_only security_opt shm_size tmpfs ulimits user working_dir"
)


def test_the_image_has_compiled_modules_and_parsed_contracts(tmp_path):
    copied = re.findall(r"^COPY (\w+) (\w+)$", DOCKERFILE, re.MULTILINE)
    for source, target in copied:
        shutil.copytree(ROOT / source, tmp_path / target, ignore=shutil.ignore_patterns("__pycache__"))
    (step,) = re.findall(r"^RUN (python -m compileall .+)$", DOCKERFILE, re.MULTILINE)
    known = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "SPORTLAKE"))}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{known['PATH']}"
    subprocess.run(
        ["/bin/sh", "-c", step], cwd=tmp_path, env={**known, "PATH": programs, "PYTHONPATH": str(tmp_path)}, check=True
    )
    assert {path.name for path in tmp_path.iterdir()} == {target for _, target in copied}
    for kind, kept in (("*.py", ".cpython-{}{}.pyc".format(*sys.version_info)), ("datasets/*.yaml", ".yaml.json")):
        sources = [path for path in tmp_path.rglob(kind) if path.stat().st_size]
        lacking = [path for path in sources if not (path.parent / "__pycache__" / f"{path.stem}{kept}").is_file()]
        assert sources
        assert not lacking
