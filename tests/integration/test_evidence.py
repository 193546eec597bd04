"""A case leaves the house as one bundle, and the verifier that goes with it agrees. On both databases."""

from pathlib import Path
from typing import Any

import pytest

from screening.evidence import bundle
from screening.evidence.verify_bundle import verify
from screening.models import Screening
from tests import playing
from tests.evidence_cases import Files, eventful, exported
from tests.playing import House

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, Screening, Files]:
    house = playing.house()
    case = eventful(house, playing.published(house))
    return house, case, exported(house, case)


@pytest.fixture
def files(once: Any) -> Files:
    return dict(once[2])


def written(files: Files, folder: Path) -> Path:
    path = folder / "bundle.zip"
    path.write_bytes(bundle.zipped(files))
    return path


class TestACleanBundle:
    def test_is_intact(self, files: Files, tmp_path: Path) -> None:
        findings, counts = verify(written(files, tmp_path))
        assert findings.found == []
        assert counts["entries"] > 20
        print(counts, {n: len(r) for n, r in files.items()}, findings.notes)
