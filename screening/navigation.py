"""The subject's links in the header, in their order: what each is called, where it leads, and who sees it."""

from core.accounts.models import Role
from core.navigation import register_nav

LINKS: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("Worklist", "worklist", (Role.THERAPIST,)),
    ("Clients", "clients", (Role.THERAPIST,)),
    ("Queue", "queue", (Role.CLINICIAN,)),
    ("Cases", "audit-cases", (Role.AUDITOR,)),
    ("Openings", "openings", (Role.AUDITOR, Role.MANAGER)),
    ("Rules", "rules", (Role.RULE_AUTHOR, Role.RULE_APPROVER, Role.AUDITOR)),
    ("Questionnaires", "questionnaires", (Role.RULE_AUTHOR, Role.RULE_APPROVER, Role.AUDITOR)),
    ("Ledger", "audit-ledger", (Role.AUDITOR,)),
    ("Emergencies", "emergencies", (Role.AUDITOR, Role.MANAGER)),
    ("Practice", "practice-settings", (Role.MANAGER,)),
)
"""A link shows only where its address exists."""


def register_links() -> None:
    """Register every link; called once, when the app is ready."""
    for label, url_name, roles in LINKS:
        register_nav(label, url_name, roles)
