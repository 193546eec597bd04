"""The folders that a run for another database leaves out hold no test that touches one."""

import re

import pytest

from tests.conftest import WITHOUT_A_DATABASE

TOUCHES = re.compile(r"django_db\b|transactional_db|\blive_server\b|TransactionTestCase|django\.test import")


@pytest.mark.parametrize("folder", sorted(WITHOUT_A_DATABASE))
def test_none_of_its_tests_touches_a_database(root, folder):
    modules = list((root / "tests" / folder).rglob("*.py"))
    assert modules
    here = "test_without_a_database.py"
    assert [module.name for module in modules if module.name != here and TOUCHES.search(module.read_text())] == []
