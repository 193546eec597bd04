"""What one client tells in the intake: a case as they are, with gaps, doubts, rows and dates that are vague.

A section is filled in rounds: what a round's answers open up is asked in the next. Nothing here knows a browser.
"""

from dataclasses import dataclass, field

UNKNOWN, DECLINED = "~asked-unknown", "~asked-declined"


@dataclass(frozen=True)
class Rows:
    """The rows of a repeating group, each with what is typed or chosen in it; and whether they are all."""

    rows: tuple[dict[str, str], ...]
    complete: bool = True


@dataclass(frozen=True)
class Ticks:
    """Options of a question that takes several."""

    codes: tuple[str, ...]


@dataclass(frozen=True)
class Typed:
    """What is typed into a field."""

    text: str


@dataclass(frozen=True)
class Told:
    """An answer with how it is known, or with a note."""

    answer: str
    source: str = ""
    note: str = ""


Given = str | Told | Typed | Ticks | Rows


@dataclass(frozen=True)
class Telling:
    """One section: its title, and what is answered in it round by round."""

    title: str
    rounds: tuple[dict[str, Given], ...]
    reads: tuple[str, ...] = field(default=())


TEAM = Telling(
    "Setting and team",
    (
        {
            "treatment-team": Told("yes", source="record"),
            "therapist-kap-certified": Told("yes", source="clinician"),
            "route-planned": "intramuscular",
            "route-chosen-together": DECLINED,
            "doses-given-by": "self-supervised",
            "doses-mailed": "no",
        },
        {"self-administration-doubt": Told(UNKNOWN, note="He laughed and changed the subject.")},
    ),
)
PSYCHOSIS = Telling("Psychosis", ({"psychosis-diagnosis": "no", "psychosis-now": "no"},))
MOOD = Telling(
    "Mood",
    (
        {"bipolar-diagnosis": "yes"},
        {
            "bipolar-diagnosis-by": "other-clinician",
            "bipolar-diagnosis-when": Typed("2019"),
            "bipolar-stabilised": "yes",
            "bipolar-doubted": Told("yes", source="clinician", note="Swings to anger, never to mania."),
            "early-trauma": DECLINED,
            "mood-swing-pattern": "anxiety-or-anger",
        },
        {"bipolar-stable-since": Typed("spring 2024"), "bipolar-doubt-reasons": Ticks(("early-trauma", "no-mania"))},
    ),
)
SUICIDALITY = Telling(
    "Suicidality",
    (
        {
            "suicidal-thoughts-now": "no",
            "passive-death-wish": "yes",
            "suicide-attempt-ever": "yes",
            "suicide-threats": "never",
            "psychological-assessment": Told("yes", source="record"),
        },
        {
            "suicidal-thoughts-began": Typed("2020"),
            "suicidal-thoughts-likelihood": "unlikely",
            "psychological-assessment-when": Typed("March 2024"),
            "suicide-attempts": Rows(
                (
                    {"attempt-when": "summer 2009", "attempt-wish-to-die": "yes"},
                    {"attempt-when": "2012", "attempt-wish-to-die": UNKNOWN},
                )
            ),
        },
    ),
    reads=("If someone may be in danger now",),
)
EMOTIONS = Telling(
    "Emotions and relationships",
    (
        {
            "borderline-diagnosis": "no",
            "self-injury": "past",
            "reckless-acts": "never",
            "relationship-instability": "now",
            "fear-of-abandonment": DECLINED,
            "dbt": "not-done",
        },
    ),
)
SUBSTANCES = Telling(
    "Substances, recovery and ketamine",
    (
        {"substance-use-a-reason": "yes", "substance-problem-ever": "yes", "ketamine-ever": "no"},
        {
            "substances": Rows(
                (
                    {
                        "substance": "alcohol",
                        "use-disorder": "now",
                        "substance-last-use": "May 2024",
                        "formal-treatment": "not-yet",
                    },
                )
            ),
            "other-treatments-tried": "yes",
            "recovery-lifestyle": "no",
        },
    ),
)
OCD = Telling("OCD", ({"ocd-diagnosis": "no"},))
MEDICAL = Telling(
    "Medical and medicines",
    (
        {
            "medical-conditions": Typed("Asthma as a child.\nNothing since."),
            "uncontrolled-condition": UNKNOWN,
            "medicines-taken": "yes",
            "medical-screening": "yes",
            "side-effects-explained": Ticks(("dissociation", "drowsiness")),
        },
        {
            "medicines": Rows(
                (
                    {"medicine-name": "sertraline", "medicine-reviewed": "yes"},
                    {"medicine-name": "the blue one, at night", "medicine-reviewed": UNKNOWN},
                ),
                complete=False,
            ),
            "medical-screening-when": Typed("autumn 2024"),
        },
    ),
)
INTENTION = Telling(
    "Intention and commitment",
    (
        {
            "aims": Ticks(("relief", "get-away")),
            "aims-own-words": Typed("To get through one day without the bottle."),
            "committed-to-therapy": "yes",
            "committed-to-change": DECLINED,
            "medicine-alone-expected": "no",
        },
    ),
)
PLAN = Telling(
    "Plan and safeguards",
    (
        {
            "plan-covers": Ticks(("assessment", "dosing")),
            "never-alone": "no",
            "intention-each-session": "yes",
            "pacing-individual": "yes",
            "doses-low-and-measured": UNKNOWN,
            "part-of-wider-process": "yes",
            "cravings-asked-after-sessions": "no",
            "session-day-substances-agreed": "no",
        },
    ),
)
INTAKE = (TEAM, PSYCHOSIS, MOOD, SUICIDALITY, EMOTIONS, SUBSTANCES, OCD, MEDICAL, INTENTION, PLAN)
