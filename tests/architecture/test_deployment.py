"""The files that set the project up agree with each other: locks, Makefile, containers, continuous integration."""

import ast
import os
import re
import subprocess
import sys

import pytest
import yaml

from core.paper import PACKAGES
from tests.architecture.source import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
SECRETS = {"POSTGRES_PASSWORD", "SECRET_KEY", "FIELD_KEYS", "CHECKPOINT_KEY", "ALLOWED_HOSTS"}


def pins(name):
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    return {line.rstrip(" \\") for line in lines if line[:1].isalnum()}


def commands_of_start():
    text = (ROOT / "start.py").read_text()
    table = next(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Assign) and named(node, "COMMANDS"))
    assert isinstance(table.value, ast.Dict)
    return {key.value for key in table.value.keys if isinstance(key, ast.Constant)}


def named(assignment, name):
    return any(isinstance(target, ast.Name) and target.id == name for target in assignment.targets)


def test_what_runs_is_what_was_tested():
    assert pins("base") <= pins("test")


@pytest.mark.parametrize("name", ["base", "test"])
def test_every_locked_package_has_a_hash_and_no_address(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    packages = re.split(r"\n(?=\w)", text.strip())
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []
    assert "://" not in text
    assert "@ " not in text


def test_every_target_of_the_makefile_is_a_command_of_the_script():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets
    assert set(targets[1].split()) - {"help"} <= commands_of_start()


def test_the_container_is_built_and_run_by_commands_of_the_script():
    dockerfile = (ROOT / "Dockerfile").read_text()
    used = re.findall(r'start\.py"?,? "?([a-z]+)', dockerfile)
    assert {"install", "static", "serve", "alive"} <= set(used) <= commands_of_start()
    assert "\nUSER soundings\n" in dockerfile


def test_the_container_takes_along_only_folders_that_exist():
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text()
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
        assert f"!{name}\n" in ignored


def test_the_container_makes_backups_with_programs_of_the_database_s_version():
    programs = re.findall(r"postgresql-client-(\d+)", (ROOT / "Dockerfile").read_text())
    assert [f"postgres:{version}" for version in programs] == [SERVICES["db"]["image"]]


def test_what_draws_pdfs_is_installed_wherever_this_project_is_set_up():
    for name in ("Dockerfile", ".ci/run"):
        text = (ROOT / name).read_text()
        assert [package for package in PACKAGES if package not in text] == [], name


def test_the_compose_file_follows_the_specification():
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*checker, "docker-compose.yml"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_every_volume_network_and_secret_a_service_names_is_defined(name):
    service = SERVICES[name]
    volumes = {volume.partition(":")[0] for volume in service.get("volumes", []) if not volume.startswith((".", "/"))}
    assert volumes <= set(COMPOSE.get("volumes", {}))
    assert set(service.get("networks", [])) <= set(COMPOSE.get("networks", {}))
    assert set(service.get("secrets", [])) <= set(COMPOSE.get("secrets", {}))
    assert set(service.get("depends_on", {})) <= set(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_for_one_that_says_when_it_is_ready(name):
    for other, wanted in SERVICES[name].get("depends_on", {}).items():
        assert wanted["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]


def test_the_compose_file_refuses_to_start_without_each_secret():
    text = (ROOT / "docker-compose.yml").read_text()
    required = set(re.findall(r"\$\{(\w+):\?", text))
    assert required == SECRETS
    assert not re.search(r"\$\{(?:POSTGRES_PASSWORD|SECRET_KEY|FIELD_KEYS|CHECKPOINT_KEY)(?::-|\})", text)


@pytest.mark.parametrize("name", ["web", "worker", "migrate", "checkpoints"])
def test_the_application_runs_as_production(name):
    assert SERVICES[name]["environment"]["PRODUCTION"] == "1"


def test_only_the_web_service_opens_a_port_and_only_on_this_machine():
    opened = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(opened) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in opened["web"])


def test_continuous_integration_is_a_script_that_can_be_run():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    assert script.read_text().rstrip().splitlines()[-1].startswith('"$python" start.py test')


def test_the_script_can_be_read_by_a_python_that_is_too_old():
    """It has to get as far as saying so: no annotations from the future, no types in their newer form."""
    text = (ROOT / "start.py").read_text()
    assert "__future__" not in text
    assert not re.search(r"\b(?:list|dict|tuple)\[\w+(?:, ?\w+)?\]", text)
    ast.parse(text, feature_version=(3, 6))


def test_the_hooks_name_no_repository():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert {repository["repo"] for repository in hooks["repos"]} == {"local"}
