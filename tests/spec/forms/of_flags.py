"""Forms that stand beside a flag: exceptions, roles, grades, documents, re-checks, what is left to a person."""

from tests.spec.book import rule, yes
from tests.spec.criteria import every, is_option, lasted, one_of, within
from tests.spec.forms.form import Form, met, not_met, unknown

UNLESS = Form(
    10,
    "Unless",
    "An exception, and an exception to the exception. Each is claimed and shown; a named role has to confirm it.",
    ("unless",),
    ("raising/test_unless.py",),
    (
        rule(
            "use-disorder",
            yes("use-disorder"),
            concern="treat-first",
            unless=[
                {
                    "id": "abstinent",
                    "title": "A year of abstinence",
                    "when": lasted("abstinent-since", 1, "years"),
                    "confirmed_by": "addiction-physician",
                },
                {
                    "id": "positive-test",
                    "title": "A positive test in the last three months",
                    "when": yes("positive-test"),
                    "confirmed_by": "prescriber",
                    "to": "abstinent",
                },
            ],
        ),
    ),
    (
        met(
            "exception claimed: A year of abstinence. Not confirmed: the addiction physician has to confirm it.",
            "which is lifted, if confirmed, by: A positive test in the last three months",
            use_disorder="yes",
            abstinent_since="2024",
            positive_test="yes",
        ),
        met("exception possible: A year of abstinence", use_disorder="yes", abstinent_since="2025"),
        not_met(use_disorder="no", abstinent_since="2024"),
        unknown("exception claimed: A year of abstinence", use_disorder="declined", abstinent_since="2024"),
    ),
    beside=True,
)
WEIGHED = Form(
    11,
    "Case by case",
    "A named role is consulted, or weighs it for this person.",
    ("weighed_by",),
    ("raising/test_weighed_by.py",),
    (rule("bipolar", yes("bipolar"), weighed_by=["medical-director", "prescriber"]),),
    (
        met("to be weighed by: the medical director and the prescriber", bipolar="yes"),
        not_met(bipolar="no"),
        unknown("to be weighed by: the medical director and the prescriber", bipolar="declined"),
    ),
    beside=True,
)
GRADE = Form(
    12,
    "A grade of concern",
    "The same thing is advised against when it is severe, and calls for caution when it is mild.",
    ("concern",),
    ("raising/test_grades.py", "raising/test_reading_order.py"),
    (
        rule("liver-severe", is_option("liver", "severe"), concern="advises-against"),
        rule("liver-milder", one_of("liver", "mild", "moderate"), concern="caution"),
    ),
    (
        met("Guidance advises against · Topic: liver-severe", liver="severe", others={"liver-milder": "not met"}),
        not_met("Caution · Topic: liver-milder", liver="mild", others={"liver-milder": "met"}),
        unknown(
            "Cannot be ruled out (guidance advises against)",
            "Cannot be ruled out (caution)",
            liver="declined",
            others={"liver-milder": "unknown"},
        ),
    ),
    beside=True,
)
DOCUMENT = Form(
    15,
    "A document or clearance first",
    "It cannot be settled before a document is there; the document is good for so long.",
    ("needs",),
    ("raising/test_needs.py",),
    (
        rule(
            "heart",
            yes("high-blood-pressure"),
            concern="prepare",
            needs=[
                {
                    "id": "ecg",
                    "title": "an ECG",
                    "from": "prescriber",
                    "good_for": {"value": 6, "unit": "months"},
                    "in_hand": every(yes("ecg"), within("ecg-on", 6, "months")),
                },
                {"id": "letter", "title": "a letter", "from": "the family doctor"},
            ],
        ),
    ),
    (
        met(
            "an ECG, from the prescriber, good for 6 months: in hand",
            "a letter, from the family doctor: not known whether it is in hand",
            high_blood_pressure="yes",
            ecg="yes",
            ecg_on="2026-03",
        ),
        met("an ECG, from the prescriber, good for 6 months: not in hand", high_blood_pressure="yes", ecg="no"),
        not_met(high_blood_pressure="no"),
        unknown(
            "an ECG, from the prescriber, good for 6 months: not known whether it is in hand",
            high_blood_pressure="declined",
            ecg="yes",
            ecg_on="2025-winter",
        ),
    ),
    beside=True,
)
EXPIRY = Form(
    17,
    "Expires, or is checked again",
    "An answer is good for so long, or is asked again before each session.",
    ("recheck",),
    ("raising/test_recheck.py",),
    (
        rule("pregnancy", yes("pregnant"), recheck={"before": "each-session"}),
        rule("steady-dose", lasted("dose-since", 6, "weeks"), recheck={"every": {"value": 30, "unit": "days"}}),
    ),
    (
        met("to be asked again: before each session", pregnant="yes", others={"steady-dose": "unknown"}),
        not_met("to be asked again: every 30 days", pregnant="no", dose_since="2026-01", others={"steady-dose": "met"}),
        unknown("to be asked again: before each session", pregnant="declined", others={"steady-dose": "unknown"}),
    ),
    beside=True,
)
FOR_A_PERSON = Form(
    26,
    "The list calls itself incomplete",
    "No rule can say it: a person checks it, and what was said in their own words reaches a person.",
    ("for_a_person", "alongside"),
    ("raising/test_for_a_person.py",),
    (
        rule(
            "something-else",
            yes("anything-else"),
            alongside=["anything-else-words"],
        ),
    ),
    (
        met("The whole history: The list is not complete. (the prescriber checks it)", anything_else="yes"),
        not_met("The whole history: The list is not complete. (the prescriber checks it)", anything_else="no"),
        unknown("The whole history: The list is not complete. (the prescriber checks it)", anything_else="declined"),
    ),
    for_a_person=(
        {"id": "history", "title": "The whole history", "text": "The list is not complete.", "by": "prescriber"},
    ),
    beside=True,
)
UNDERTAKING = Form(
    27,
    "An undertaking",
    "Somebody is to agree to something: not to drive, not to take something, to use contraception.",
    ("undertakings",),
    ("raising/test_undertakings.py",),
    (
        rule(
            "session-at-home",
            is_option("route", "lozenge"),
            undertakings=[
                {"id": "no-driving", "text": "no driving until the next day"},
                {"id": "stays", "text": "stays until the next morning", "by": "the companion"},
            ],
        ),
    ),
    (
        met(
            "to be agreed by the client: “no driving until the next day”",
            "to be agreed by the companion: “stays until the next morning”",
            route="lozenge",
        ),
        not_met(route="injection"),
        unknown("to be agreed by the client: “no driving until the next day”", route="unknown"),
    ),
    beside=True,
)
