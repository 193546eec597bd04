"""Rooms stay rooms: no module, template or name grows into a hall."""

import ast

import pytest

from tests.architecture.source import files_under, modules, project_files, shown, tree

LONGEST_MODULE, LONGEST_TEMPLATE, LONGEST_FUNCTION = 400, 150, 60
# One file on purpose: it goes with every bundle, and whoever gets one reads and runs it without the rest.
STANDS_ALONE = {"screening/evidence/verify_bundle.py": 800}
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc"}


def lines_in(path):
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("path", modules("core", "screening", "tests", "benchmarks"), ids=shown)
def test_a_module_is_no_longer_than_400_lines(path):
    assert lines_in(path) <= STANDS_ALONE.get(shown(path), LONGEST_MODULE)


@pytest.mark.parametrize("path", files_under("templates", suffix=".html"), ids=shown)
def test_a_template_is_no_longer_than_150_lines(path):
    assert lines_in(path) <= LONGEST_TEMPLATE


@pytest.mark.parametrize("path", [path for path in modules("core", "screening") if lines_in(path)], ids=shown)
def test_a_module_opens_by_saying_what_lives_in_it(path):
    if path.name in {"__init__.py", "apps.py"}:
        return
    assert ast.get_docstring(tree(path)), "begin with a sentence or two: what lives here, and what does not"


@pytest.mark.parametrize("path", modules("core", "screening"), ids=shown)
def test_a_function_fits_on_a_screen(path):
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION]
    assert long == []


def test_no_file_or_folder_has_a_name_that_says_nothing():
    named = [shown(path) for path in project_files() for part in (*path.parts[:-1], path.stem) if says_nothing(part)]
    assert named == []


def says_nothing(name):
    return name.lower() in NAMES_THAT_SAY_NOTHING
