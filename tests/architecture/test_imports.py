"""Imports point down, the engine is pure, only services write."""

import ast
import logging
import os
import subprocess
import sys

import grimp
import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.source import ROOT, imported_names, modules, shown, tree

ENGINE_MAY_IMPORT = sys.stdlib_module_names | {"pydantic", "pydantic_core", "screening", "."}
WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete", "adelete"}
READERS = ("selectors", "views", "forms", "templatetags", "engine")


@pytest.fixture
def _loggers_as_they_are():
    """Let other tests read what is logged: ``lint_imports`` switches every logger off that it does not know."""
    loggers = [found for found in logging.root.manager.loggerDict.values() if isinstance(found, logging.Logger)]
    before = [(logger, logger.disabled) for logger in loggers]
    yield
    for logger, disabled in before:
        logger.disabled = disabled


@pytest.mark.usefixtures("_loggers_as_they_are")
def test_the_import_contracts_hold(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.mark.parametrize("path", [path for path in modules("screening") if path.parts[-2] == "engine"], ids=shown)
def test_the_engine_imports_pydantic_and_the_standard_library_alone(path):
    assert imported_names(tree(path)) <= ENGINE_MAY_IMPORT


def test_the_engine_loads_where_django_is_not_installed():
    program = (
        "import sys; sys.modules.update(dict.fromkeys(('django', 'core')))\n"
        "import importlib, pathlib\n"
        "for path in sorted(pathlib.Path('screening/engine').glob('*.py')):\n"
        "    importlib.import_module('screening.engine.' + path.stem)\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_auditors_views_cannot_reach_a_service():
    graph = grimp.build_graph("screening", "core", cache_dir=None)
    auditors = [module for module in graph.modules if module.startswith("screening.views.audit")]
    services = [module for module in graph.modules if module.startswith("screening.services")]
    assert auditors, "the auditors' views live in screening.views.audit…"
    chains = [graph.find_shortest_chain(view, service) for view in auditors for service in services]
    assert [chain for chain in chains if chain] == []


READING = [path for path in modules("screening") if set(path.relative_to(ROOT).parts) & set(READERS)]


@pytest.mark.parametrize("path", READING, ids=shown)
def test_only_services_write(path):
    assert writes_in(tree(path)) == []


def test_a_write_outside_a_service_is_found():
    source = "Case.objects.create(code=1)\ncase.save()\nCase.objects.filter(pk=1).update(code=2)\nseen.update(a=1)"
    assert writes_in(ast.parse(source)) == ["line 1: create", "line 2: save", "line 3: update"]


def test_a_verb_of_a_service_is_no_write_outside_one():
    verb = "from screening.services import drafts\ndrafts.save(by=1)"
    assert writes_in(ast.parse(verb)) == []
    assert writes_in(ast.parse(verb.replace("screening.services", "screening"))) == ["line 2: save"]


def writes_in(module: ast.Module) -> list[str]:
    """Return the calls that write to the database; ``update`` counts only where the chain starts at a manager.

    A verb of a service, called by the service's name (``drafts.save(...)``), is what a view is for.
    """
    services = services_imported(module)
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    writing = [(call, call.func) for call in calls if isinstance(call.func, ast.Attribute) and _writes(call.func)]
    return [f"line {call.lineno}: {func.attr}" for call, func in writing if ast.unparse(func.value) not in services]


def services_imported(module: ast.Module) -> set[str]:
    """Return the names under which a module has imported the modules of services."""
    imports = [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
    found = [alias for node in imports if node.module == "screening.services" for alias in node.names]
    return {alias.asname or alias.name for alias in found}


def _writes(called: ast.Attribute) -> bool:
    chain = ast.unparse(called.value)
    from_a_manager = ".objects" in chain or "_manager" in chain
    return (called.attr in WRITES and "session" not in chain) or (called.attr == "update" and from_a_manager)
