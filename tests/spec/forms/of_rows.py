"""Forms that count the rows of a group: trials, relatives, medicines, substances."""

from tests.spec.book import rule, yes
from tests.spec.criteria import (
    compared,
    counted,
    either,
    every,
    is_option,
    lasted,
    negation,
    no,
    one_of,
    within,
)
from tests.spec.forms.form import Form, met, not_met, rows_of, unknown

FAILED = {"trial_began": "2024-01", "trial_ended": "2024-06", "trial_helped": "no"}
SSRI, SNRI = {**FAILED, "trial_class": "ssri"}, {**FAILED, "trial_class": "snri"}
SHORT = {"trial_began": "2024-01-01", "trial_ended": "2024-01-20", "trial_helped": "no"}
COUNT = Form(
    7,
    "A count",
    "At least so many of something: two trials that failed in this episode, each long enough, each of another class.",
    ("count", "defined", "lasted", "after", "at-least"),
    (
        "rows/test_count.py",
        "rows/test_different.py",
        "joining/test_definitions.py",
        "answers/test_two_dates.py",
        "joining/test_at_least.py",
    ),
    (
        rule(
            "too-few-trials",
            negation(counted("trials", {"kind": "defined", "name": "failed-trial"}, 2, different="trial-class")),
            concern="condition-missing",
        ),
        rule(
            "two-supports-missing",
            {"kind": "at-least", "n": 2, "of": [no("companion"), no("therapist"), no("under-a-team")]},
        ),
    ),
    (
        met(episode_began="2023", trials=rows_of(SSRI, {**SHORT, "trial_class": "snri"})),
        met(episode_began="2023", trials=rows_of(SSRI, SSRI)),
        not_met(episode_began="2023", trials=rows_of(SSRI, SNRI)),
        unknown(episode_began="2024", trials=rows_of(SSRI, SNRI)),
        unknown(
            episode_began="2023",
            trials=rows_of(SSRI, complete=False),
            companion="no",
            therapist="no",
            others={"two-supports-missing": "met"},
        ),
    ),
    definitions={
        "failed_trial": every(
            no("trial-helped"),
            {"kind": "after", "question": "trial-began", "than": "episode-began"},
            {
                "kind": "lasted",
                "since": "trial-began",
                "until": "trial-ended",
                "at_least": {"value": 6, "unit": "weeks"},
            },
        )
    },
)
KINSHIP = Form(
    13,
    "A relative's history",
    "What runs in the family, by how near the relative is.",
    ("count", "one-of"),
    ("rows/test_relatives.py",),
    (
        rule(
            "psychosis-in-the-family",
            counted("relatives", every(one_of("relative", "parent", "sibling", "child"), yes("relative-psychosis"))),
        ),
    ),
    (
        met(relatives=rows_of({"relative": "parent", "relative_psychosis": "yes"})),
        not_met(relatives=rows_of({"relative": "cousin", "relative_psychosis": "yes"})),
        unknown(relatives=rows_of({"relative": "sibling", "relative_psychosis": "unknown"})),
        unknown(relatives=rows_of(complete=False)),
    ),
)
MEDICINE_CLASS = Form(
    14,
    "A medicine class: taken now, or washed out",
    "A medicine of this class is taken now, or was stopped too few days or half-lives ago.",
    ("count", "lasted", "washed-out"),
    ("rows/test_medicine_classes.py", "answers/test_multiples.py"),
    (
        rule(
            "mao-inhibitor",
            counted(
                "medicines",
                every(
                    is_option("medicine", "maoi"), either(yes("taking-now"), negation(lasted("stopped", 14, "days")))
                ),
            ),
        ),
        rule(
            "opioid-half-lives",
            counted(
                "medicines",
                every(
                    is_option("medicine", "opioid"),
                    negation({"kind": "washed-out", "since": "stopped", "half_life": "half-life", "times": 4}),
                ),
            ),
        ),
    ),
    (
        met(medicines=rows_of({"medicine": "maoi", "taking_now": "yes"}), others={"opioid-half-lives": "not met"}),
        not_met(
            medicines=rows_of(
                {"medicine": "opioid", "taking_now": "no", "stopped": "2026-06-29", "half_life": "20"},
            ),
            others={"opioid-half-lives": "met"},
        ),
        unknown(
            medicines=rows_of({"medicine": "maoi", "taking_now": "no", "stopped": "2026-06"}),
            others={"opioid-half-lives": "not met"},
        ),
    ),
)
EACH_SUBSTANCE = Form(
    18,
    "A different rule for each substance",
    "One length of time for alcohol, another for opioids.",
    ("count", "within"),
    ("rows/test_each_substance.py",),
    (
        rule(
            "opioids-lately",
            counted("substances", every(is_option("substance", "opioids"), within("used-last", 14, "days"))),
            concern="advises-against",
        ),
        rule(
            "alcohol-lately",
            counted("substances", every(is_option("substance", "alcohol"), within("used-last", 3, "days"))),
        ),
    ),
    (
        met(
            substances=rows_of({"substance": "opioids", "used_last": "2026-06-25"}),
            others={"alcohol-lately": "not met"},
        ),
        not_met(
            substances=rows_of({"substance": "alcohol", "used_last": "2026-06-30"}), others={"alcohol-lately": "met"}
        ),
        unknown(
            substances=rows_of({"substance": "opioids", "used_last": "2026"}), others={"alcohol-lately": "not met"}
        ),
    ),
)
SUB_GROUP = Form(
    21,
    "Only for a sub-group",
    "A criterion is for some people only, such as an age group.",
    ("only_for",),
    ("raising/test_only_for.py",),
    (
        rule(
            "new-antidepressant-when-young",
            yes("new-antidepressant"),
            only_for={"title": "ages 18 to 24", "when": every(compared("age", ">=", 18), compared("age", "<=", 24))},
        ),
    ),
    (
        met("only for: ages 18 to 24", age="20", new_antidepressant="yes"),
        not_met(age="40", new_antidepressant="yes"),
        unknown("whether that is so here is not known", age="declined", new_antidepressant="yes"),
    ),
)
