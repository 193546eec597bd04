"""`compare_protocols`: several protocols side by side by topic, as text, as a page and as JSON."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = "screening/protocols/examples"
FOUR = [f"{EXAMPLES}/{name}" for name in ("carolinas-center", "journey-clinical", "polaris-insight", "edit-health")]
ALL = ["intake", *FOUR, f"{EXAMPLES}/kriya"]
CAROLINAS, JOURNEY = FOUR[:2]


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("compare_protocols", *arguments, stdout=out, **options)
    return out.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert refused.value.returncode == 2
    return str(refused.value)


def test_a_topic_reads_protocol_by_protocol_with_concern_condition_and_who_weighs() -> None:
    lines = run(CAROLINAS, JOURNEY, f"{EXAMPLES}/kriya").splitlines()
    place = lines.index("Pregnancy and breastfeeding (pregnancy) – 2 of 3; their concerns differ")
    assert lines[place + 1 : place + 9] == [
        "  carolinas-center",
        "    guidance advises against: Pregnancy",
        "      when “Are you pregnant?” is answered yes",
        "      rests on CAR-3",
        "  journey-clinical",
        "    caution: Pregnancy",
        "      when “Are you pregnant?” is answered yes",
        "      To be weighed by the prescriber",
    ]
    assert lines[place + 9].startswith("      To have first: a medical clearance, where the medical team asks for one")
    assert lines[place + 11] == "  nothing on it: kriya"


def test_an_exception_and_a_sub_group_are_told() -> None:
    text = run(CAROLINAS, JOURNEY)
    assert "      unless “For which of these has a doctor given clearance for this treatment?” includes" in text
    assert "      only for “sessions at a distance”" in text


def test_it_says_first_on_how_many_topics_they_differ_and_that_neither_is_right() -> None:
    first, second, *_ = run("intake", f"{EXAMPLES}/edit-health").splitlines()
    topics = json.loads(run("intake", f"{EXAMPLES}/edit-health", format="json"))["topics"]
    alone = sum(len(topic["positions"]) == 1 for topic in topics)
    assert first == f"{len(topics)} topics: on 0 the concerns differ, of {alone} only one protocol speaks."
    assert second.startswith("Where protocols differ, nothing here says which is right")


def test_as_json_it_holds_the_rules_whole() -> None:
    found = json.loads(run(CAROLINAS, JOURNEY, format="json"))
    assert list(found["protocols"]) == ["carolinas-center", "journey-clinical"]
    topics = {topic["topic"]: topic for topic in found["topics"]}
    assert topics["liver"]["concerns_differ"] is True
    liver = topics["liver"]["positions"]["carolinas-center"]["raised"][0]
    assert liver["rule"]["unless"][0]["confirmed_by"] == "prescriber"
    assert liver["in_words"].startswith("Raise “guidance advises against” when ")
    assert topics["eyes"]["silent"] == ["carolinas-center"]


def test_two_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    copied = tmp_path / "kriya"
    copied.mkdir()
    for path in (ROOT / EXAMPLES / "kriya").glob("*.json"):
        (copied / path.name).write_bytes(path.read_bytes())
    found = json.loads(run(f"{EXAMPLES}/kriya", str(copied), format="json"))
    assert list(found["protocols"]) == [f"{EXAMPLES}/kriya", str(copied)]


def test_one_protocol_has_nothing_beside_it() -> None:
    with pytest.raises(CommandError):
        run("intake")


def test_the_same_protocol_twice_ends_with_2() -> None:
    assert '"intake" is named twice' in refusal("intake", "intake")


def test_a_protocol_with_an_error_ends_with_2_and_the_place(tmp_path: Path) -> None:
    for path in (ROOT / EXAMPLES / "kriya").glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        if path.stem == "rules":
            document["rules"][0]["topic"] = "cares"
        (tmp_path / path.name).write_text(json.dumps(document))
    found = refusal("intake", str(tmp_path))
    assert "rules at /rules/0/topic" in found
    assert "care" in found


def test_a_folder_that_is_not_there_ends_with_2() -> None:
    assert "There is no protocol" in refusal("intake", "nowhere")


def test_the_table_of_the_page_shows_where_it_is_weighed_and_what_is_wanted_first() -> None:
    lines = run(CAROLINAS, JOURNEY, format="markdown").splitlines()
    assert (
        "| Liver (differ) | guidance advises against; something first; an exception | "
        "caution; weighed by the prescriber; something first |"
    ) in lines
    assert "| Eyes |  | guidance advises against |" in lines


def test_the_page_is_what_the_command_writes() -> None:
    page = ROOT / "docs" / "protocols" / "side-by-side.md"
    assert page.read_text(encoding="utf-8") == run(*ALL, format="markdown")
