"""Words that label, judge or decide are named, each with another; neutral words pass."""

from pathlib import Path

import pytest

import screening.protocols
from screening.engine.protocol import load_protocol
from screening.engine.questionnaire import Question
from screening.engine.wording import RULE_TERMS, WHO_SOMEONE_IS, practice_problems, wording_findings, wording_problems


@pytest.mark.parametrize(
    ("text", "word", "instead"),
    [
        ("A ketamine abuser", "abuser", "person who misuses"),
        ("Once an addict", "addict", "person with an addiction"),
        ("Is the client a schizophrenic?", "schizophrenic", "person with"),
        ("A parent committed suicide", "committed suicide", "died by suicide"),
        ("A failed attempt", "failed attempt", "suicide attempt"),
        ("Has a history of substance abuse", "substance abuse", "use disorder"),
        ("Is clean for a year", "Is clean", "abstinent"),
        ("Two clean tests", "clean tests", "negative"),
        ("A dirty urine", "dirty urine", "positive test"),
        ("The client denies use", "denies", "says"),
        ("Suffers from depression", "Suffers from", "has"),
        ("Non-compliant with medicines", "Non-compliant", "has not taken"),
        ("Eligible for treatment", "Eligible", "guidance raises"),
        ("This client is ineligible", "ineligible", "guidance raises"),
        ("Not suitable", "suitable", "clinician weigh"),
        ("Cleared by the physician", "Cleared", "was done"),
        ("Approved", "Approved", "agreed"),
        ("The case is rejected", "rejected", "advises against"),
        ("Safe to proceed", "Safe to proceed", "what was found"),
        ("A poor candidate", "poor candidate", "guidance raises"),
        ("Qualifies for KAP", "Qualifies for", "guidance raises"),
        ("Contraindicated", "Contraindicated", "advises against"),
        ("Do not proceed", "Do not proceed", "what comes first"),
        ("Deny the patient ketamine", "Deny the patient ketamine", "guidance raises"),
        ("Refuse him", "Refuse", "declined"),
        ("Unfit", "Unfit", "what was found"),
        ("Fit for treatment", "Fit for treatment", "what was found"),
        ("Bad risk", "Bad risk", "what was found"),
        ("A high-risk client", "high-risk client", "what was found"),
        ("Pass or fail", "Pass or fail", "what was found"),
        ("Fails the criteria", "Fails the criteria", "screening done"),
        ("Turn him away", "Turn him away", "not taken further"),
        ("Excluded from treatment", "Excluded from treatment", "guidance raises"),
        ("Must not receive ketamine", "Must not receive ketamine", "guidance raises"),
        ("Withhold treatment", "Withhold treatment", "guidance raises"),
    ],
)
def test_the_word_is_named_with_another(text: str, word: str, instead: str) -> None:
    problems = wording_problems(text)
    assert [problem.split('"')[1] for problem, _ in problems] == [word]
    assert instead.lower() in problems[0][1].lower()


@pytest.mark.parametrize(
    "text",
    [
        "Alcohol use disorder that is active now",
        "Pre-approved medication aside, no mind-altering substances",
        "Under the care of a qualified treatment team",
        "Who may be a candidate is where the sources differ",
        "Was there abuse or neglect in childhood?",
        "Cannot be ruled out",
        "A person with schizophrenia",
        "Died by suicide",
        "Is the pacing fitted to this person?",
        "An addiction physician confirms",
        "Raises the risk of misuse",
        "What was the score of the last questionnaire?",
        "Whether the session goes ahead is for the people who treat the client",
        "A medical screening, for safety and for fit with this person, has been done",
    ],
)
def test_neutral_words_pass(text: str) -> None:
    assert wording_problems(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "A risk score",
        "Score of 7 or more",
        "Scored above the line",
        "Total score",
        "Probability of harm",
        "80 % of them relapse",
        "40 per cent",
        "A small chance of relapse",
    ],
)
def test_no_rule_speaks_of_a_score_or_a_probability_and_a_question_may(text: str) -> None:
    assert len(wording_problems(text, RULE_TERMS)) == 1
    assert wording_problems(text) == []


@pytest.mark.parametrize(
    "asked",
    [
        "Are you gay, bisexual or transgender?",
        "Are you Black, Asian or white?",
        "Is he black?",
        "Are you Hispanic or Latina?",
        "Are you a man or a woman?",
        "Are you Christian, Muslim, Jewish, Hindu or Buddhist?",
        "Do you pray?",
        "What is your salary?",
        "What are your wages?",
        "Where were you in the immigration process?",
    ],
)
def test_a_question_about_who_somebody_is_is_known_by_its_words(asked: str) -> None:
    assert WHO_SOMEONE_IS.search(asked)


@pytest.mark.parametrize("asked", ["Did you black out?", "White pills", "Is this a transfer?", "Any prayerful mood"])
def test_a_question_that_only_looks_like_one_is_not(asked: str) -> None:
    assert not WHO_SOMEONE_IS.search(asked.replace("White", "white"))


def test_a_rule_that_reads_a_question_is_looked_at_down_to_the_options() -> None:
    protocol = load_protocol(Path(screening.protocols.__file__).parent / "session-day")
    section = protocol.questionnaire.sections[0]
    asked = section.items[0]
    assert isinstance(asked, Question)
    named = asked.answer_options[0].model_copy(update={"text": "Gay"})
    asked = asked.model_copy(update={"answer_options": (named, *asked.answer_options[1:])})
    section = section.model_copy(update={"items": (asked, *section.items[1:])})
    sections = (section, *protocol.questionnaire.sections[1:])
    changed = protocol.questionnaire.model_copy(update={"sections": sections})
    found = wording_findings(protocol.library, changed, protocol.rule_set)
    assert [("who somebody is" in finding.problem, finding.document) for finding in found] == [(True, "rules")]
    assert 'the questionnaire says "Gay" at /sections/0/items/0/answer_options/0/text' in found[0].problem


@pytest.mark.parametrize(
    ("title", "problem"),
    [
        ("A\x1b[31mred title", "(U+001B)"),
        ("A \u202etitle", "(U+202E)"),
        ("A\nFake: heading", "more than one line"),
        ("A\u2028Fake: heading", "more than one line"),
    ],
)
def test_a_title_that_would_be_read_otherwise_than_it_is_written_is_found(title: str, problem: str) -> None:
    protocol = load_protocol(Path(screening.protocols.__file__).parent / "session-day")
    first, *others = protocol.rule_set.rules
    changed = protocol.rule_set.model_copy(update={"rules": (first.model_copy(update={"title": title}), *others)})
    (found,) = wording_findings(protocol.library, protocol.questionnaire, changed)
    assert (found.document, found.pointer) == ("rules", "/rules/0/title")
    assert problem in found.problem


@pytest.mark.parametrize(
    "text",
    [
        "Ap\u200bproved",
        "Ap\u00adproved",
        "\u2060Approved\ufeff",
        "Appro\u034fved",
        "Appro\ufe0fved",
        "Ａｐｐｒｏｖｅｄ",
        "\U0001d400pproved",
        "\u0410pproved",
        "\u0391ppr\u03bfved",
        "Ap\u3164proved",
        "Not  a\n candidate",
        "Not\u00a0a candidate",
        "contra\u2011indicated",
        "don\u2019t proceed",
        "Ineligible",
        "Cleared",
        "Rejected",
        "Passed",
        "Failed.",
        "Green light",
        "green-lit",
        "OK to treat",
        "Okay for ketamine",
        "Go ahead with ketamine",
        "A clear no-go",
        "Turned down",
        "Addict, no ketamine",
        "Manipulative client",
        "Difficult patient",
        "A liar",
    ],
)
def test_a_practices_own_texts_neither_decide_nor_judge_however_they_are_written(text: str) -> None:
    assert practice_problems(text)


@pytest.mark.parametrize(
    "text",
    [
        "Discuss with the prescriber",
        "Do not continue here",
        "A parent passed away",
        "Earlier treatments have failed",
        "Besprechung mit der \u00c4rztin",
        "\u041e\u0431\u0441\u0443\u0434\u0438\u0442\u044c",
        "Nach R\u00fccksprache \u2013 sp\u00e4ter",
    ],
)
def test_what_a_practice_may_well_say_passes(text: str) -> None:
    assert practice_problems(text) == []
