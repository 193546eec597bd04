"""The names of everything the subject records in the ledger, with the words that an auditor reads."""

from core.ledger.events import register

EVENTS = {
    "policy.changed": "The practice's settings were changed",
    "client.created": "A client was added",
    "client.changed": "A client's details were changed",
    "client.viewed": "A client's page was opened",
    "client.erased": "A client was erased, with all of their cases",
    "erasure.asked": "A manager asked for a client to be erased",
    "erasure.withdrawn": "A request to erase a client was withdrawn",
    "screening.started": "A screening was started",
    "screening.saved": "Answers were saved",
    "screening.viewed": "The screening was opened",
    "screening.printed": "The page for the chart was opened",
    "screening.submitted": "The answers were submitted and evaluated",
    "screening.amendment-started": "An amendment of the answers was started",
    "screening.amendment-dropped": "An amendment of the answers was dropped",
    "screening.claimed": "A clinician took the case for review",
    "screening.released": "The case was put back into the queue",
    "screening.returned": "The case was returned with questions",
    "flag.answered": "A flag was answered",
    "determination.signed": "A determination was signed",
    "case.break-glass-opened": "The case was opened in an emergency by somebody who otherwise may not see it",
    "case.break-glass-viewed": "A page was opened under the emergency access",
    "case.break-glass-acknowledged": "A second person looked into the emergency access",
    "case.audited": "An auditor opened the case",
    "case.evaluated-again": "An auditor made the evaluation again",
    "case.exported": "The case was exported as evidence",
    "case.openings-read": "The list of who opened the case was read",
    "case.openings-printed": "The list of who opened the case was opened for printing",
    "protocol.adopted": "A shipped protocol was adopted as a draft",
    "rule-set.draft-taken": "A draft was taken from the active rules",
    "rule-set.changed": "A draft of the rules was changed",
    "rule-set.vignette-retold": "A vignette of a draft was told anew, as the rules now read it",
    "rule-set.submitted": "A draft of the rules was sent to a second person",
    "rule-set.sent-back": "A draft of the rules was sent back to its author",
    "rule-set.withdrawn": "A draft of the rules was withdrawn",
    "rule-set.published": "A version of the rules was published",
    "rule-set.retired": "A version of the rules was retired",
    "questionnaire.published": "A version of the questionnaire was published",
    "questionnaire.retired": "A version of the questionnaire was retired",
    "questionnaire.exported": "A questionnaire was exported",
    "replay.run": "A draft was replayed over past cases",
}


def register_events() -> None:
    """Register every event of the subject; called once, when the app is ready."""
    for name, label in EVENTS.items():
        register(name, label)
