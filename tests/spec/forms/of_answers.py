"""Forms that read single answers: facts, status, limits, ranges, windows, lengths, scores, claims, sources, places."""

from tests.spec.book import rule, yes
from tests.spec.criteria import compared, contains, either, every, is_option, lasted, negation, no, one_of, within
from tests.spec.forms.form import Form, met, not_met, unknown

FACT = Form(
    1,
    "A single fact",
    "Something is there or it is not.",
    ("equals",),
    ("answers/test_choices.py",),
    (rule("pregnancy", yes("pregnant"), concern="advises-against"),),
    (met(pregnant="yes"), not_met(pregnant="no"), unknown(pregnant="declined")),
)
STATUS = Form(
    2,
    "A condition with a status",
    "A condition counts only while it is active, not under control, not treated, or only once it is past.",
    ("one-of",),
    ("answers/test_status.py", "asking/test_enable_when.py"),
    (rule("blood-pressure-not-controlled", one_of("blood-pressure-status", "uncontrolled", "untreated")),),
    (
        met(high_blood_pressure="yes", blood_pressure_status="untreated"),
        not_met(high_blood_pressure="yes", blood_pressure_status="controlled"),
        not_met(high_blood_pressure="no"),
        unknown(high_blood_pressure="yes", blood_pressure_status="unknown"),
    ),
)
THRESHOLD = Form(
    3,
    "A numeric threshold",
    "A number on one side of a limit.",
    ("compare",),
    ("answers/test_numbers.py",),
    (rule("under-18", compared("age", "<", 18), concern="advises-against"),),
    (met(age="17"), not_met(age="18"), unknown(age="declined")),
)
JOINED_LIMITS = Form(
    4,
    "Limits that belong together",
    "One of two numbers beyond its own limit, such as the upper or the lower blood pressure.",
    ("any", "compare"),
    ("joining/test_joined_limits.py",),
    (rule("blood-pressure", either(compared("systolic", ">", 160), compared("diastolic", ">", 100))),),
    (met(systolic="165", diastolic="80"), not_met(systolic="130", diastolic="80"), unknown(systolic="130")),
)
WINDOW = Form(
    5,
    "Happened lately",
    "Something happened within the last days, weeks or months.",
    ("within",),
    ("answers/test_dates.py",),
    (rule("hospital-lately", within("hospital-on", 6, "months")),),
    (met(hospital_on="2026-03"), not_met(hospital_on="2025"), unknown(hospital_on="2025-winter")),
)
DURATION = Form(
    6,
    "Has held for so long",
    "A state has lasted at least so long: a steady dose, abstinence, the length of a trial.",
    ("lasted",),
    ("answers/test_dates.py", "answers/test_two_dates.py"),
    (rule("dose-not-steady", negation(lasted("dose-since", 6, "weeks")), concern="condition-missing"),),
    (met(dose_since="2026-06"), not_met(dose_since="2026-03"), unknown(dose_since="2026-05")),
)
ANY = Form(
    8,
    "Either of a list",
    "One of several things is enough.",
    ("any", "contains"),
    ("joining/test_all_any_not.py", "answers/test_choices.py"),
    (rule("nervous-system", either(contains("had", "seizure"), contains("had", "stroke"), yes("aneurysm"))),),
    (
        met(had="seizure+stroke"),
        not_met(had="none-of-these", aneurysm="no"),
        unknown(had="none-of-these", aneurysm="unknown"),
    ),
)
ALL = Form(
    9,
    "All of a list, also inside one of a list",
    "Several things together; such a list can itself be one of several.",
    ("all", "any"),
    ("joining/test_all_any_not.py", "joining/test_at_least.py"),
    (rule("mood-not-stable", either(yes("mania"), every(yes("bipolar"), no("stabilised"))), concern="treat-first"),),
    (
        met(mania="no", bipolar="yes", stabilised="no"),
        not_met(mania="no", bipolar="yes", stabilised="yes"),
        unknown(mania="no", bipolar="yes", stabilised="declined"),
    ),
)
PLACE = Form(
    16,
    "Place, person or route",
    "It depends on where somebody lives, who prescribes, how the first visit was, or how the medicine is taken.",
    ("equals", "not"),
    ("answers/test_places.py",),
    (
        rule(
            "outside-the-programme",
            either(is_option("region", "abroad"), negation(is_option("first-visit", "in-person"))),
            concern="condition-missing",
        ),
    ),
    (
        met(region="north", first_visit="video"),
        not_met(region="south", first_visit="in-person"),
        unknown(region="north", first_visit="unknown"),
    ),
)
RANGE = Form(
    19,
    "A range on two sides",
    "A number inside, or outside, two limits.",
    ("between",),
    ("answers/test_numbers.py", "joining/test_joined_limits.py"),
    (rule("outside-the-range", negation({"kind": "between", "question": "bmi", "low": 18.5, "high": 40})),),
    (met(bmi="17"), not_met(bmi="22.5"), unknown(bmi="declined")),
)
SCORE = Form(
    20,
    "An instrument's score, or one of its items",
    "The items of an instrument add up beyond a limit, or one of them alone is beyond its own.",
    ("score", "compare"),
    ("answers/test_scores.py",),
    (
        rule(
            "instrument",
            either(
                {
                    "kind": "score",
                    "items": ["low-mood", "poor-sleep", "thoughts-of-death"],
                    "total": "instrument-total",
                    "operator": ">=",
                    "value": 6,
                },
                compared("thoughts-of-death", ">=", 1),
            ),
        ),
    ),
    (
        met(low_mood="0", poor_sleep="0", thoughts_of_death="1"),
        not_met(low_mood="2", poor_sleep="2", thoughts_of_death="0"),
        unknown(low_mood="2", poor_sleep="2", thoughts_of_death="declined"),
    ),
)
MISSING_SUPPORT = Form(
    22,
    "Support that is missing",
    "What should be there is not: a therapist, somebody to go home with, a team.",
    ("equals", "any"),
    ("raising/test_missing_support.py",),
    (rule("support-missing", either(no("companion"), no("therapist")), concern="safeguard-missing"),),
    (
        met(companion="no", therapist="yes"),
        not_met(companion="yes", therapist="yes"),
        unknown(companion="yes", therapist="declined"),
    ),
)
CLAIM = Form(
    23,
    "A diagnosis as a claim",
    "Whether a diagnosis is the main one or comes with another, whether it is so now, and on whose word.",
    ("equals", "not"),
    ("answers/test_claims.py", "answers/test_sources.py"),
    (
        rule(
            "bipolar-now",
            every(
                yes("bipolar-primary"),
                is_option("bipolar-when", "now"),
                negation(is_option("bipolar-said-by", "own-view")),
            ),
            concern="differential",
        ),
    ),
    (
        met(bipolar="yes", bipolar_primary="yes", bipolar_when="now", bipolar_said_by="earlier-clinic"),
        not_met(bipolar="yes", bipolar_primary="yes", bipolar_when="now", bipolar_said_by="own-view"),
        not_met(bipolar="yes", bipolar_primary="no", bipolar_when="now", bipolar_said_by="this-clinic"),
        unknown(bipolar="yes", bipolar_primary="yes", bipolar_when="now", bipolar_said_by="unknown"),
    ),
)
MULTIPLE = Form(
    24,
    "A dose equivalent, or a multiple of a reference",
    "A dose as so much of another medicine; a value as so many times the laboratory's limit.",
    ("compare", "multiple-of"),
    ("answers/test_multiples.py", "answers/test_numbers.py"),
    (
        rule(
            "liver-values-or-opioid-dose",
            either(
                {"kind": "multiple-of", "question": "alt", "operator": ">", "times": 3, "of": "alt-limit"},
                compared("morphine-equivalent", ">", 90),
            ),
        ),
    ),
    (
        met(alt="160", alt_limit="50", morphine_equivalent="0"),
        met(alt="40", alt_limit="50", morphine_equivalent="120"),
        not_met(alt="40", alt_limit="50", morphine_equivalent="0"),
        unknown(alt="160", morphine_equivalent="0"),
    ),
)
SOURCE = Form(
    25,
    "How it is known",
    "The same answer weighs differently when it is somebody's own word, a test, a record or an assessment.",
    ("known-from",),
    ("answers/test_sources.py",),
    (
        rule(
            "by-own-account-only",
            every(yes("stabilised"), {"kind": "known-from", "question": "stabilised", "sources": ["client", "other"]}),
        ),
    ),
    (
        met(stabilised="yes@client"),
        not_met(stabilised="yes@record"),
        not_met(stabilised="no@client"),
        unknown(stabilised="declined"),
    ),
)
