"""The benchmarks of lists and of saving run, small, and no page makes more queries for more cases."""

from typing import Any

import pytest

from benchmarks import finding, saving

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "FEW", 40)
    monkeypatch.setattr(finding, "TIMES", 1)
    monkeypatch.setattr(finding, "PAGES", 3)
    monkeypatch.setattr(saving, "ROUNDS", 1)


def test_no_list_makes_more_queries_for_more_cases(capsys: pytest.CaptureFixture[str]) -> None:
    measured = finding.measure(160)
    assert {page: cost[-1] for page, (cost, _) in measured.items()} == {
        page: cost[-1] for page, (_, cost) in measured.items()
    }
    assert "queue, hundredth page" in capsys.readouterr().out


def test_a_save_makes_as_many_queries_among_many_cases(capsys: pytest.CaptureFixture[str]) -> None:
    few, many = saving.measure(60)
    assert queries(few) == queries(many)
    assert "ratio of the medians" in capsys.readouterr().out


def queries(saves: Any) -> list[int]:
    return [number for *_, number in saves]
