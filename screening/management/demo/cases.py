"""The demo's cases: which made-up story each client brings, and how far their case has come."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Said:
    """A clinician's answer to one flag that is not just agreement."""

    answer: str
    words: str
    reason_code: str = ""
    exception_id: str = ""


@dataclass(frozen=True)
class Case:
    """A client of the demo, the vignette that their answers come from, and the state to bring the case to.

    ``state`` is one of in-progress, submitted, in-review, returned, determined, amended. ``sections`` limits how many
    sections are filled in, ``answered`` how many flags the reviewer has answered so far; ``given`` are numbers answered
    otherwise than in the vignette.
    """

    code: str
    name: str
    born: str
    vignette: str
    state: str
    days_ago: int
    protocol: str = "intake"
    sections: int | None = None
    answered: int | None = None
    outcome: str = ""
    reasons: str = ""
    recheck_in: int | None = None
    said: dict[str, Said] = field(default_factory=dict)
    words: str = ""
    questions: tuple[str, ...] = ()
    given: dict[str, int] = field(default_factory=dict)
    amend: dict[str, str | bool] = field(default_factory=dict)
    amend_reason: str = ""


NOT_REVIEWED_YET = 4

WORDS_BY_CONCERN = {
    "advises-against": "I read the source as meant. It weighs here, and the plan has to answer it.",
    "treat-first": "Agreed. This comes first, and I will say so to the client.",
    "prepare": "Agreed. Preparation is planned accordingly.",
    "caution": "Talked through with the therapist. Noted for the plan.",
    "differential": "Worth settling before anything else. I will ask for the earlier records.",
    "condition-missing": "Not in place yet. It has to be before a first session.",
    "safeguard-missing": "Not in place yet. It has to be before a first session.",
    "cannot-be-ruled-out": "The answer is missing. It can wait for the next conversation.",
}

INTAKES = (
    Case(
        "C-0401",
        "Adele Winter",
        "1984-03-12",
        "steady",
        "determined",
        34,
        outcome="continue-to-preparation",
        reasons="Nothing raised by the rules, and nothing in my own reading of the answers that they would miss. "
        "Preparation can begin; the plan stands as written.",
        recheck_in=30,
    ),
    Case(
        "C-0402",
        "Björn Aalto",
        "1991-07-30",
        "three-attempts",
        "determined",
        29,
        outcome="other-treatment-first",
        reasons="Three attempts in six years. The source sees added vulnerability here, and so do I. Work on a safety "
        "plan and on what lies beneath comes first; we look again together in spring.",
        recheck_in=120,
    ),
    Case(
        "C-0403",
        "Carmen Diaz",
        "1979-11-02",
        "alcohol-active-under-team",
        "in-review",
        4,
        answered=1,
    ),
    Case(
        "C-0404",
        "Dev Malhotra",
        "1996-01-19",
        "bipolar-doubted-unstable",
        "determined",
        21,
        outcome="more-information",
        reasons="The label is in doubt and the mood is not settled. I have asked for the record of 2019 and for a "
        "structured interview. Neither source is set aside until then.",
        recheck_in=10,
        said={
            "bipolar-not-stabilised": Said(
                "disagree",
                "The swings told here go to anger, not to mania, and trauma came early. I want the record first.",
                "diagnosis-in-doubt",
            )
        },
    ),
    Case("C-0405", "Elif Kaya", "1988-05-05", "schizoaffective-in-remission", "submitted", 3),
    Case("C-0406", "Farid Haddad", "2001-09-14", "new-thoughts-unlikely", "submitted", 2),
    Case(
        "C-0407",
        "Greta Olsen",
        "1993-02-27",
        "several-areas-no-diagnosis",
        "returned",
        6,
        words="Please ask once more since when the self-injury has been there, and whether DBT was ever offered. "
        "Both change how I read the rest.",
        questions=("self-injury", "dbt"),
    ),
    Case(
        "C-0408",
        "Hugo Brandt",
        "1986-12-08",
        "ocd-two-sessions",
        "determined",
        16,
        outcome="extended-preparation-first",
        reasons="Two sessions are too few with OCD. Ten are planned now, aimed at the root issue, before a first dose.",
        recheck_in=60,
    ),
    Case("C-0409", "Inès Moreau", "1975-04-21", "much-declined", "submitted", 1),
    Case("C-0410", "Jamal Price", "1990-10-10", "c-ptsd-many-voices", "in-review", 2, answered=4),
    Case("C-0411", "Keiko Tanaka", "1998-06-17", "online-prescriber-festival", "submitted", 5),
    Case(
        "C-0412",
        "Lukas Novak",
        "1982-08-03",
        "mailed-doses-at-home-alone",
        "returned",
        7,
        words="Who would be with him at home? If nobody, ask whether sessions at the practice are possible.",
        questions=("never-alone", "doses-given-by"),
    ),
    Case(
        "C-0413",
        "Mina Farouk",
        "1969-01-25",
        "recovery-eight-years-ocd",
        "determined",
        26,
        outcome="discuss-with-prescriber",
        reasons="Eight years in recovery with support that holds. Past dependence still weighs: the prescriber and I "
        "settle the route and the dose together before preparation ends.",
        recheck_in=5,
    ),
    Case("C-0414", "Noah Stein", "1994-03-03", "first-visit-half-done", "in-progress", 1),
    Case("C-0415", "Oona Lindqvist", "2000-12-20", "steady", "in-progress", 0, sections=3),
    Case("C-0416", "Pavel Horak", "1987-07-07", "plan-items-open", "in-progress", 2, sections=9),
    Case("C-0417", "Quinn Abbott", "1985-05-29", "veteran-nicotine-and-thoughts", "submitted", 1),
    Case(
        "C-0418",
        "Rosa Marin",
        "1992-09-09",
        "screening-in-spring-last-year",
        "amended",
        12,
        outcome="more-information",
        reasons="The medical screening is too old to lean on. A new one is booked; please amend once it is done.",
        amend={"medical-screening-when": "today"},
        amend_reason="The new medical screening has been done.",
    ),
    Case(
        "C-0419",
        "Samir Khan",
        "1999-02-11",
        "ketamine-at-festivals",
        "determined",
        19,
        outcome="continue-to-preparation",
        reasons="Two uses at festivals, years apart, no signs of dependence. We agreed to speak about cravings after "
        "every session, and to stop if the wish to use returns.",
        recheck_in=45,
    ),
    Case(
        "C-0420",
        "Tess Vandenberg",
        "1981-11-11",
        "borderline-stable-after-dbt",
        "determined",
        14,
        outcome="discuss-with-prescriber",
        reasons="Stable for years after DBT, confirmed with the DBT therapist. A cognitive approach may be considered, "
        "slowly, with the prescriber.",
        recheck_in=90,
        said={
            "borderline-diagnosis": Said(
                "exception-confirmed",
                "Confirmed with her DBT therapist by phone: completed, and stable since.",
                exception_id="stabilised-after-dbt",
            )
        },
    ),
)

SESSIONS: tuple[tuple[str, int, str, int | None], ...] = (
    ("C-0401", 27, "an-ordinary-session-day", 4),
    ("C-0401", 20, "an-ordinary-session-day", 3),
    ("C-0401", 13, "a-change-already-reviewed", None),
    ("C-0401", 6, "an-ordinary-session-day", 1),
    ("C-0413", 20, "an-ordinary-session-day", 6),
    ("C-0413", 13, "thoughts-are-fading", 7),
    ("C-0413", 6, "an-ordinary-session-day", 5),
    ("C-0419", 12, "an-ordinary-session-day", 3),
    ("C-0419", 3, "an-agreed-medicine", 2),
)
"""Whose session, how many days ago, how that day went, and how strong cravings were afterwards; None: not put to a
number."""


def _checks(code: str, days_ago: int, before: str, cravings: int | None) -> tuple[Case, Case]:
    """Return the check on the day of a session and the one two days after it; only the newest wait for review."""
    reviewed = days_ago > NOT_REVIEWED_YET
    state, outcome = ("determined", "continue-to-preparation") if reviewed else ("submitted", "")
    reasons = "Read with the therapist. The plan goes on as it stands." if reviewed else ""
    signed: dict[str, Any] = {"state": state, "outcome": outcome, "reasons": reasons}
    after = "cannot-put-a-number-on-it" if cravings is None else "weaker-cravings"
    given = {} if cravings is None else {"cravings": cravings}
    return (
        Case(code, "", "", before, days_ago=days_ago, protocol="session-day", **signed),
        Case(code, "", "", after, days_ago=days_ago - 2, protocol="after-session", given=given, **signed),
    )


FOLLOW_UPS = tuple(check for session in SESSIONS for check in _checks(*session))
