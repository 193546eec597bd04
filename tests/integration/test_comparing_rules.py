"""The command that compares two versions of rules: what is raised differently, and why it cannot be said."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from screening.engine.answers import Answers
from screening.engine.documents import load
from screening.engine.evaluation import evaluate
from screening.engine.searching import DAY
from screening.models import RuleSetVersion
from screening.selectors.shipped import FOLDER, shipped_protocol
from tests import playing

RULE = "bipolar-stable-by-own-account"


def compared(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("compare_rules", *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Callable[[dict[str, Any]], None]], str]:
    """Return what makes a copy of the intake with its rules changed."""

    def change(rule_of: Callable[[dict[str, Any]], None]) -> str:
        folder = tmp_path / "intake"
        shutil.copytree(FOLDER / "intake", folder)
        path = folder / "rules.json"
        document = json.loads(path.read_text())
        rule_of({rule["id"]: rule for rule in document["rules"]})
        path.write_text(json.dumps(document))
        return str(folder)

    return change


def without_source(rules: dict[str, Any]) -> None:
    """Raise it on a test's word as well: the last of the sources is taken out of "not known from"."""
    rules[RULE]["when"]["of"][2]["condition"]["sources"].pop()


def test_one_leaf_changed_on_the_intake_is_told_with_the_case_that_it_makes_a_difference_to(changed: Any) -> None:
    said = compared("intake", changed(without_source)).splitlines()
    assert said == [
        "Before: What the guidance raises at intake",
        "Now: What the guidance raises at intake",
        "Rules: raised alike 45; raises more 1.",
        "",
        "Bipolar disorder, stabilised by the client's account alone (bipolar-stable-by-own-account): raises more",
        (
            "  Newly raised for: “Has anyone ever diagnosed bipolar disorder?” Yes; “Is it stabilised at present?” Yes"
            " (from a test) (not met before, met now)."
        ),
        "",
        "The cases are made up; nothing more can be left out of them. Dates in the cases are read on 15 July 2026.",
    ]


def test_as_json_each_case_comes_with_its_answers_and_they_show_what_is_said(changed: Any) -> None:
    found = json.loads(compared("intake", changed(without_source), format="json"))
    (rule,) = [rule for rule in found["rules"] if rule["raises"] != "alike"]
    (example,) = rule["examples"]
    assert (rule["id"], rule["raises"], rule["decided"]) == (RULE, "more", True)
    assert (example["before"], example["now"]) == ("not-met", "met")
    intake = shipped_protocol("intake")
    answers = load(Answers, example["answers"], document="answers")
    guidance = evaluate(intake.rule_set, intake.questionnaire, answers, DAY)
    assert guidance.outcome(RULE).state == example["before"]


def test_a_protocol_beside_itself_raises_alike() -> None:
    assert compared("intake", "intake").splitlines()[2:] == ["Rules: raised alike 46."]


def test_other_words_are_listed_and_are_no_difference_in_what_is_raised(changed: Any) -> None:
    def reworded(rules: dict[str, Any]) -> None:
        rules[RULE]["would_change"] = "Another answer."
        rules[RULE]["title"] = "Said to be stable"

    said = compared("intake", changed(reworded)).splitlines()
    assert said[2:] == [
        "Rules: raised alike 46.", "", f"Said to be stable ({RULE}): raised alike; also changed: title, wording"
    ]  # fmt: skip


def test_rules_for_another_questionnaire_say_what_only_one_of_the_two_asks() -> None:
    said = compared("session-day", "after-session").splitlines()
    assert said[2] == "Rules: raises more in some cases and less in others 2; added 6; removed 7."
    assert "is only asked before." in said[3]


@pytest.mark.django_db
def test_a_published_version_is_compared_with_what_ships() -> None:
    protocol = playing.published(playing.house())
    name = f"version:{RuleSetVersion.objects.get(protocol=protocol).pk}"
    assert compared(name, "session-day").splitlines()[2:] == ["Rules: raised alike 9."]


def test_what_cannot_be_read_ends_with_2_and_the_reason(changed: Any) -> None:
    def spoilt(rules: dict[str, Any]) -> None:
        rules[RULE]["when"] = {"kind": "equals", "question": "bipolar-diagnosi", "value": True}

    for arguments in (("intake", changed(spoilt)), ("intake", "nowhere")):
        with pytest.raises(CommandError) as refused:
            compared(*arguments)
        assert refused.value.returncode == 2
    assert 'There is no protocol "nowhere".' in str(refused.value)
