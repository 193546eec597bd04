"""The subject's links in the header, in their order: what each is called, where it leads, and who sees it."""

from django.utils.translation import gettext_noop

from core.accounts.models import Role
from core.navigation import register_nav

ASKED = ("section", "screening-answers", "screening-amend", "screening-so-far")
READ = ("screening-result", "screening-print", "screening-summary", "screening-openings", "screening-openings-print")
EMERGENCY = ("emergency-open", "emergency-case")
REVIEWED = ("review", "read-first", "send-back", "sign", "determination")
KEPT = ("give-role", "retention", "erasure", "end-role", "reset-second-factor")

LINKS: tuple[tuple[str, str, tuple[Role, ...], tuple[str, ...]], ...] = (
    (gettext_noop("Worklist"), "worklist", (Role.THERAPIST,), (*ASKED, *READ, *EMERGENCY)),
    (gettext_noop("Clients"), "clients", (Role.THERAPIST,), ()),
    (gettext_noop("Queue"), "queue", (Role.CLINICIAN,), (*REVIEWED, *EMERGENCY)),
    (gettext_noop("Cases"), "audit-cases", (Role.AUDITOR,), ()),
    (gettext_noop("Agreement"), "agreement", (Role.AUDITOR, Role.MANAGER), ()),
    (gettext_noop("Openings"), "openings", (Role.AUDITOR, Role.MANAGER), ()),
    (gettext_noop("Rules"), "rules", (Role.RULE_AUTHOR, Role.RULE_APPROVER, Role.AUDITOR), ()),
    (gettext_noop("Questionnaires"), "questionnaires", (Role.RULE_AUTHOR, Role.RULE_APPROVER, Role.AUDITOR), ()),
    (gettext_noop("Ledger"), "audit-ledger", (Role.AUDITOR,), ()),
    (gettext_noop("Emergencies"), "emergencies", (Role.AUDITOR, Role.MANAGER), EMERGENCY),
    (gettext_noop("Practice"), "practice-settings", (Role.MANAGER,), KEPT),
)
"""What a link is called, where it leads, who sees it, and the pages behind it that lie at other addresses."""


def register_links() -> None:
    """Register every link; called once, when the app is ready."""
    for label, url_name, roles, leads_to in LINKS:
        register_nav(label, url_name, roles, leads_to=leads_to)
