"""The names of everything the subject records in the ledger, with the words that an auditor reads."""

from django.utils.translation import gettext_noop

from core.ledger.events import register

EVENTS = {
    "policy.changed": gettext_noop("The practice's settings were changed"),
    "client.created": gettext_noop("A client was added"),
    "client.changed": gettext_noop("A client's details were changed"),
    "client.viewed": gettext_noop("A client's page was opened"),
    "client.erased": gettext_noop("A client was erased, with all of their cases"),
    "erasure.asked": gettext_noop("A manager asked for a client to be erased"),
    "erasure.withdrawn": gettext_noop("A request to erase a client was withdrawn"),
    "screening.started": gettext_noop("A screening was started"),
    "screening.saved": gettext_noop("Answers were saved"),
    "screening.viewed": gettext_noop("The screening was opened"),
    "screening.compared": gettext_noop("The answers were shown beside those of a later screening"),
    "screening.printed": gettext_noop("The page for the chart was opened"),
    "screening.submitted": gettext_noop("The answers were submitted and evaluated"),
    "screening.amendment-started": gettext_noop("An amendment of the answers was started"),
    "screening.amendment-dropped": gettext_noop("An amendment of the answers was dropped"),
    "screening.claimed": gettext_noop("A clinician took the case for review"),
    "screening.released": gettext_noop("The case was put back into the queue"),
    "screening.returned": gettext_noop("The case was returned with questions"),
    "reading.written": gettext_noop("A reviewer wrote their own reading, before the flags were shown"),
    "flag.answered": gettext_noop("A flag was answered"),
    "determination.signed": gettext_noop("A determination was signed"),
    "case.break-glass-opened": gettext_noop(
        "The case was opened in an emergency by somebody who otherwise may not see it"
    ),
    "case.break-glass-viewed": gettext_noop("A page was opened under the emergency access"),
    "case.break-glass-acknowledged": gettext_noop("A second person looked into the emergency access"),
    "case.audited": gettext_noop("An auditor opened the case"),
    "case.evaluated-again": gettext_noop("An auditor made the evaluation again"),
    "case.exported": gettext_noop("The case was exported as evidence"),
    "case.exported-as-pdf": gettext_noop("The case was exported as a PDF for the chart"),
    "case.openings-read": gettext_noop("The list of who opened the case was read"),
    "case.openings-printed": gettext_noop("The list of who opened the case was opened for printing"),
    "protocol.adopted": gettext_noop("A shipped protocol was adopted as a draft"),
    "rule-set.draft-taken": gettext_noop("A draft was taken from the active rules"),
    "rule-set.changed": gettext_noop("A draft of the rules was changed"),
    "rule-set.vignette-retold": gettext_noop("A vignette of a draft was told anew, as the rules now read it"),
    "rule-set.submitted": gettext_noop("A draft of the rules was sent to a second person"),
    "rule-set.sent-back": gettext_noop("A draft of the rules was sent back to its author"),
    "rule-set.withdrawn": gettext_noop("A draft of the rules was withdrawn"),
    "rule-set.published": gettext_noop("A version of the rules was published"),
    "rule-set.retired": gettext_noop("A version of the rules was retired"),
    "questionnaire.published": gettext_noop("A version of the questionnaire was published"),
    "questionnaire.retired": gettext_noop("A version of the questionnaire was retired"),
    "questionnaire.exported": gettext_noop("A questionnaire was exported"),
    "replay.run": gettext_noop("A draft was replayed over past cases"),
}


def register_events() -> None:
    """Register every event of the subject; called once, when the app is ready."""
    for name, label in EVENTS.items():
        register(name, label)
