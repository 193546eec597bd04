"""Several protocols side by side: where they speak of a topic, where they differ, and where only one does."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import screening.protocols
from screening.engine.library import GuidanceLibrary
from screening.engine.protocol import Protocol, load_protocol, protocol_from
from screening.engine.rules import Concern
from screening.engine.side_by_side import TopicComparison, side_by_side

PROTOCOLS = Path(screening.protocols.__file__).parent
FOLDERS = {path.parent.name: path.parent for path in PROTOCOLS.rglob("rules.json")}


@cache
def protocol(name: str) -> Protocol:
    return load_protocol(FOLDERS[name])


def compared(*names: str) -> dict[str, TopicComparison]:
    return {found.topic: found for found in side_by_side({name: protocol(name) for name in names})}


def documents(name: str) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDERS[name].glob("*.json")}


def concerns(found: TopicComparison) -> dict[str, list[Concern]]:
    return {position.protocol: list(position.concerns) for position in found.positions}


def test_pregnancy_is_advised_against_at_two_and_weighed_at_one():
    found = compared("carolinas-center", "journey-clinical", "edit-health", "kriya")["pregnancy"]
    assert concerns(found) == {
        "carolinas-center": [Concern.ADVISES_AGAINST],
        "journey-clinical": [Concern.CAUTION],
        "edit-health": [Concern.ADVISES_AGAINST],
    }
    assert found.concerns_differ
    assert found.silent == ("kriya",)
    weighed = found.positions[1].raised[0]
    assert weighed.rule.weighed_by == ("prescriber",)
    assert str(weighed.sentence.when) == "“Are you pregnant?” is answered yes"


def test_the_same_concern_under_other_conditions_is_no_difference_of_concerns():
    found = compared("polaris-insight", "edit-health")["blood-pressure"]
    assert not found.concerns_differ
    treated, controlled = (position.raised[0].sentence.when for position in found.positions)
    assert str(treated) != str(controlled)


def test_one_alone_has_nothing_to_differ_from():
    found = compared("polaris-insight", "edit-health")["kidney"]
    assert found.only_one
    assert not found.concerns_differ
    assert found.silent == ("edit-health",)


def test_who_leaves_a_topic_to_a_person_raises_nothing_to_differ_by():
    changed = documents("kriya")
    changed["rules"]["rules"] = [rule for rule in changed["rules"]["rules"] if rule["topic"] != "medical"]
    changed["rules"]["for_a_person"][0]["cites"] = ["KRI-4"]
    found = side_by_side({"journey-clinical": protocol("journey-clinical"), "kriya": protocol_from(changed)})
    medical = next(topic for topic in found if topic.topic == "medical")
    assert concerns(medical) == {"journey-clinical": [Concern.ADVISES_AGAINST], "kriya": []}
    assert not medical.concerns_differ


def test_suicidality_stands_first_and_then_what_most_speak_of():
    found = list(compared("carolinas-center", "journey-clinical", "polaris-insight", "edit-health").values())
    assert found[0].topic == "suicidality"
    speaking = [len(topic.positions) for topic in found[1:]]
    assert speaking == sorted(speaking, reverse=True)
    assert speaking[0] == 4


def test_rules_of_a_topic_stand_in_the_order_in_which_flags_are_read():
    found = compared("intake", "kriya")["borderline"].positions[0].raised
    order = list(Concern)
    places = [order.index(raised.rule.concern) for raised in found]
    assert len(set(places)) > 1
    assert places == sorted(places)


def test_what_is_left_to_a_person_stands_on_the_topics_of_its_statements():
    found = compared("carolinas-center", "kriya")
    assert [check.by for check in found["history"].positions[0].for_a_person] == ["prescriber", "therapist"]
    assert [check.id for check in found["care"].positions[0].for_a_person] == [
        "the-clients-own-role",
        "both-roles-in-one-person",
    ]


def test_a_statement_that_no_rule_of_the_topic_rests_on_is_said_all_the_same():
    found = compared("intake", "kriya")
    assert [statement.id for statement in found["language"].positions[0].said] == ["LNG-1"]
    assert [statement.id for statement in found["suicidality"].positions[0].said] == ["SUI-1"]


def test_an_exception_holds_a_statement_too():
    found = compared("intake", "kriya")["psychosis"].positions[0]
    changed = documents("intake")
    rule = next(rule for rule in changed["rules"]["rules"] if rule["id"] == "psychosis-active-now")
    rule["cites"] = ["PSY-1"]
    without = side_by_side({"intake": protocol_from(changed), "kriya": protocol("kriya")})
    again = next(topic for topic in without if topic.topic == "psychosis").positions[0]
    assert found.said == again.said == ()


def test_a_topic_without_anything_on_it_is_left_out():
    # Both have "medical" as the topic of a section, and no rule, check or statement on it.
    assert "medical" not in compared("polaris-insight", "edit-health")


def test_a_topic_is_called_as_the_first_protocol_calls_it():
    kriya = protocol("kriya")
    topics = [topic.model_copy(update={"title": "Who treats"}) for topic in kriya.library.topics]
    fields = {name: getattr(kriya.library, name) for name in GuidanceLibrary.model_fields}
    renamed = replace(kriya, library=GuidanceLibrary(**{**fields, "topics": tuple(topics)}))
    care = [side_by_side(found)[0].title for found in ({"a": renamed, "b": kriya}, {"b": kriya, "a": renamed})]
    assert care == ["Who treats", "Care team"]


@pytest.mark.parametrize("name", sorted(set(FOLDERS) - {"intake"}))
def test_a_topic_that_two_protocols_share_has_one_title(name: str) -> None:
    named: dict[str, str] = {}
    for folder in sorted(FOLDERS):
        named.update({key: title for key, title in protocol(folder).library.topic_title.items() if key not in named})
    titles = protocol(name).library.topic_title
    assert titles == {key: named[key] for key in titles}
