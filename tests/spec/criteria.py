"""The questionnaire that published criteria are written over in this book, and conditions that they often use."""

from typing import Any

from tests.spec.book import Json, asked_when, question, questionnaire_in


def asked(link_id: str, kind: str, text: str, **more: Any) -> Json:
    """Return a question in its own words."""
    return question(link_id, kind, **{**more, "text": text})


def choice(link_id: str, text: str, options: dict[str, str], **more: Any) -> Json:
    """Return a choice in its own words; ``options`` are the words of each code."""
    listed = [{"code": code, "text": words} for code, words in options.items()]
    return asked(link_id, "choice", text, answer_options=listed, **more)


def group(link_id: str, text: str, row_name: str, *items: Json) -> Json:
    """Return a group with a row for each ``row_name``."""
    return {**asked(link_id, "group", text, row_name=row_name), "items": list(items)}


HEALTH = [
    asked("age", "integer", "How old are you?", minimum=0, maximum=120),
    asked("pregnant", "boolean", "Are you pregnant?"),
    asked("high-blood-pressure", "boolean", "Has anybody told you that your blood pressure is too high?"),
    choice(
        "blood-pressure-status",
        "How is your blood pressure now?",
        {"controlled": "Under control", "uncontrolled": "Treated, not under control", "untreated": "Not treated"},
        enable_when=asked_when("high-blood-pressure"),
    ),
    asked("systolic", "integer", "Blood pressure, the upper value", unit="mmHg", usual_source="test"),
    asked("diastolic", "integer", "Blood pressure, the lower value", unit="mmHg", usual_source="test"),
    asked("bmi", "decimal", "Body mass index", minimum=0),
    choice(
        "had",
        "Which of these have you had?",
        {"seizure": "A seizure", "stroke": "A stroke", "none-of-these": "None of these"},
        repeats=True,
    ),
    asked("aneurysm", "boolean", "Has an aneurysm been found?"),
    choice(
        "liver",
        "How is your liver?",
        {"well": "Nothing known", "mild": "Mild disease", "moderate": "Moderate disease", "severe": "Severe disease"},
    ),
    asked("alt", "decimal", "ALT", minimum=0, unit="U/l", usual_source="test"),
    asked("alt-limit", "decimal", "The laboratory's upper limit for ALT", minimum=0, unit="U/l", usual_source="test"),
    asked("morphine-equivalent", "decimal", "Opioids a day, as morphine", minimum=0, unit="mg"),
    asked("ecg", "boolean", "Is there an ECG?"),
    asked("ecg-on", "date", "When was the ECG taken?", enable_when=asked_when("ecg")),
    asked("hospital-on", "date", "When did you last leave a hospital?"),
    asked("dose-since", "date", "Since when has the dose of your medicine been the same?"),
    asked("anything-else", "boolean", "Is there anything about your health that nobody asked about?"),
    asked("anything-else-words", "text", "What is it?", enable_when=asked_when("anything-else")),
]
DIAGNOSES = [
    asked("bipolar", "boolean", "Has anybody spoken of bipolar disorder?"),
    choice(
        "bipolar-said-by",
        "Who said so?",
        {"earlier-clinic": "An earlier clinic", "this-clinic": "This clinic", "own-view": "It is my own view"},
        enable_when=asked_when("bipolar"),
    ),
    choice(
        "bipolar-when",
        "Is it so now, or was it earlier?",
        {"now": "Now", "earlier": "Earlier"},
        enable_when=asked_when("bipolar"),
    ),
    asked("bipolar-primary", "boolean", "Is it the main diagnosis?", enable_when=asked_when("bipolar")),
    asked("bipolar-doubted", "boolean", "Does anybody doubt it?", enable_when=asked_when("bipolar")),
    asked("stabilised", "boolean", "Has your mood been stable for some time?"),
    asked("mania", "boolean", "Are you in a manic episode now?"),
    group(
        "relatives",
        "Which relatives have had a psychotic illness?",
        "relative",
        choice(
            "relative",
            "Who is it?",
            {"parent": "A parent", "sibling": "A sibling", "child": "A child", "grandparent": "A grandparent"}
            | {"cousin": "A cousin"},
        ),
        asked("relative-psychosis", "boolean", "Was it a psychotic illness?"),
    ),
    asked("low-mood", "integer", "Low mood, from 0 to 3", minimum=0, maximum=3),
    asked("poor-sleep", "integer", "Poor sleep, from 0 to 3", minimum=0, maximum=3),
    asked("thoughts-of-death", "integer", "Thoughts of death, from 0 to 3", minimum=0, maximum=3),
    asked("instrument-total", "integer", "The instrument's total", minimum=0, maximum=9),
]
TREATMENTS = [
    asked("episode-began", "date", "When did the present episode begin?"),
    group(
        "trials",
        "Which treatments have you tried?",
        "trial",
        choice(
            "trial-class",
            "Of which class was the medicine?",
            {"ssri": "SSRI", "snri": "SNRI", "tricyclic": "Tricyclic"},
        ),
        asked("trial-began", "date", "When did it begin?"),
        asked("trial-ended", "date", "When did it end?"),
        asked("trial-helped", "boolean", "Did it help?"),
    ),
    group(
        "medicines",
        "Which medicines do you take, or took lately?",
        "medicine",
        choice(
            "medicine",
            "Of which class is it?",
            {"maoi": "MAO inhibitor", "opioid": "Opioid", "benzodiazepine": "Benzodiazepine", "other": "Another"},
        ),
        asked("taking-now", "boolean", "Do you take it now?"),
        asked("stopped", "date", "When did you stop?", enable_when=asked_when("taking-now", answer=False)),
        asked("half-life", "decimal", "Its half-life", minimum=0, unit="hours", usual_source="record"),
    ),
    group(
        "substances",
        "Which substances do you use, or used?",
        "substance",
        choice(
            "substance",
            "Which substance?",
            {"alcohol": "Alcohol", "opioids": "Opioids", "tobacco": "Tobacco", "other": "Another"},
        ),
        asked("used-last", "date", "When did you last use it?"),
    ),
    asked("use-disorder", "boolean", "Is there a use disorder now?"),
    asked("abstinent-since", "date", "Since when have you not used?"),
    asked("residential", "boolean", "Are you in residential treatment now?"),
    asked("positive-test", "boolean", "Was a test positive in the last three months?", usual_source="test"),
    asked("new-antidepressant", "boolean", "Was an antidepressant begun lately?"),
]
CARE = [
    choice("region", "Where do you live?", {"north": "In the north", "south": "In the south", "abroad": "Abroad"}),
    choice(
        "prescriber",
        "Who prescribes?",
        {"physician": "A physician", "nurse": "A nurse practitioner", "nobody": "Nobody yet"},
    ),
    choice("first-visit", "How was the first visit?", {"in-person": "In person", "video": "By video"}),
    choice(
        "route",
        "How is the medicine to be taken?",
        {"injection": "By injection", "nasal": "As a spray", "lozenge": "As a lozenge"},
    ),
    asked("companion", "boolean", "Is there somebody to take you home?"),
    asked("therapist", "boolean", "Do you have a therapist for this treatment?"),
    asked("under-a-team", "boolean", "Are you under a treatment team?"),
]
CRITERIA = questionnaire_in(health=HEALTH, diagnoses=DIAGNOSES, treatments=TREATMENTS, care=CARE)


def is_option(link_id: str, code: str) -> Json:
    """Return the leaf "this option is chosen"."""
    return {"kind": "equals", "question": link_id, "value": code}


def no(link_id: str) -> Json:
    """Return the leaf "this question is answered no"."""
    return {"kind": "equals", "question": link_id, "value": False}


def one_of(link_id: str, *codes: str) -> Json:
    """Return the leaf "one of these options is chosen"."""
    return {"kind": "one-of", "question": link_id, "values": list(codes)}


def compared(link_id: str, operator: str, value: float) -> Json:
    """Return the leaf that holds a number against a limit."""
    return {"kind": "compare", "question": link_id, "operator": operator, "value": value}


def within(link_id: str, value: int, unit: str) -> Json:
    """Return the leaf "the date lies in the last so long"."""
    return {"kind": "within", "question": link_id, "last": {"value": value, "unit": unit}}


def lasted(link_id: str, value: int, unit: str) -> Json:
    """Return the leaf "what began then has lasted so long"."""
    return {"kind": "lasted", "since": link_id, "at_least": {"value": value, "unit": unit}}


def every(*parts: Json) -> Json:
    """Return "all of these hold"."""
    return {"kind": "all", "of": list(parts)}


def either(*parts: Json) -> Json:
    """Return "one or more of these hold"."""
    return {"kind": "any", "of": list(parts)}


def negation(part: Json) -> Json:
    """Return "this does not hold"."""
    return {"kind": "not", "condition": part}


def contains(link_id: str, code: str) -> Json:
    """Return the leaf "this option is among those chosen"."""
    return {"kind": "contains", "question": link_id, "value": code}


def counted(group_id: str, where: Json, value: int = 1, operator: str = ">=", **more: Any) -> Json:
    """Return a count over the rows of a group."""
    return {"kind": "count", "group": group_id, "where": where, "operator": operator, "value": value, **more}
