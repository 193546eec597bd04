"""Every page of the product, in the states that it has: what pictures are taken of, and what the tests walk through.

Each is opened by the person whom it is for, on the demo. A page that the demo cannot reach is on the page of patterns.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shot:
    """A page to take: who sees it, where they begin, and the links they follow from there.

    Each of ``steps`` is a CSS selector to click, or a selector and what to type there. What stands in braces is a name
    in ``ADDRESSES`` (the draft of the intake is there once ``rule-draft`` was taken), or the demo's password.
    """

    name: str
    who: str
    start: str
    steps: tuple[str | tuple[str, str], ...] = ()


REFUSALS = (
    *("400", "403", "405", "500", "503", "another_practice", "csrf", "done_already", "erased", "locked", "over"),
    *("refused", "too_much"),
)
REASON = "His sister called: she cannot reach him, and he spoke of the bridge."
SEND = "main form[method=post] .btn-primary"
EMPTIED = (("[name=title]", ""), 'button[value="save"]')
EMERGENCY = (("[name=code]", "C-0416"), ("[name=reason]", REASON), ("[name=password]", "{password}"), SEND)
ERASURE = (("[name=code]", "C-0408"), 'label:has-text("asked for it") input', 'main form[action$="/ask/"] button')
SHOTS = (
    Shot("sign-in", "", "/sign-in/"),
    Shot("sign-in-wrong", "", "/sign-in/", (("[name=username]", "nobody"), ("[name=password]", "wrong"), SEND)),
    Shot("patterns", "", "/patterns/"),
    Shot("patterns-sent-back", "", "/patterns/sent-back/"),
    *(Shot(f"refusal-{name}", "", f"/patterns/refusals/{name}/") for name in REFUSALS),
    Shot("account", "therapist", "/account/"),
    Shot("account-app", "therapist", "/account/app/"),
    Shot("account-passkey", "therapist", "/account/passkey/"),
    Shot("account-password", "therapist", "/account/password/"),
    Shot("account-confirm", "therapist", "/account/confirm/"),
    Shot("account-password-wrong", "therapist", "/account/password/", (SEND,)),
    Shot("choose-practice", "therapist", "/practice/choose/"),
    Shot("worklist", "therapist", "/worklist/"),
    Shot("clients", "therapist", "/clients/"),
    Shot("clients-none", "therapist", "/clients/", (("[name=sought]", "nobody"), "main form button")),
    Shot("client-add", "therapist", "/clients/add/"),
    Shot("client-add-wrong", "therapist", "/clients/add/", (SEND,)),
    Shot("client", "therapist", "/clients/", ('a:has-text("C-0410")',)),
    Shot("client-over-time", "therapist", "/clients/", ('a:has-text("C-0401")',)),
    Shot("client-asked-for", "therapist", "/clients/", ('a:has-text("C-0413")',)),
    Shot("client-edit", "therapist", "/clients/", ('a:has-text("C-0410")', 'a[href$="/edit/"]')),
    Shot("asking", "therapist", "{C-0416}sections/substances-and-recovery/"),
    Shot("asking-suicidality", "therapist", "{C-0416}sections/suicidality/"),
    Shot("asking-medicines", "therapist", "{C-0416}sections/medical-and-medicines/"),
    Shot("asking-beside", "therapist", "{C-0416}sections/suicidality/", ("#so-far > summary",)),
    Shot("asking-done", "therapist", "{C-0416}sections/setting-and-team/"),
    Shot("asking-open", "therapist", "{C-0414}sections/substances-and-recovery/"),
    Shot("asking-returned", "therapist", "{C-0412}sections/plan-and-safeguards/"),
    Shot("answers", "therapist", "{C-0416}answers/"),
    Shot("answers-locked", "therapist", "{C-0410}answers/"),
    Shot("so-far", "therapist", "{C-0416}so-far/"),
    Shot("result", "therapist", "{C-0410}result/"),
    Shot("result-disagreement", "therapist", "{C-0403}result/"),
    Shot("result-steady", "therapist", "{C-0401}result/"),
    Shot("result-returned", "therapist", "{C-0407}result/"),
    Shot("summary", "therapist", "{C-0410}summary/"),
    Shot("print", "therapist", "{C-0410}print/"),
    Shot("amend", "therapist", "{C-0410}amend/"),
    Shot("amend-wrong", "therapist", "{C-0410}amend/", (SEND,)),
    Shot("emergency", "therapist", "/emergency/"),
    Shot("emergency-wrong", "therapist", "/emergency/", (SEND,)),
    Shot("refused", "therapist", "/queue/"),
    Shot("not-found", "therapist", "/nowhere/"),
    Shot("queue", "clinician", "/queue/"),
    Shot("queue-by-code", "clinician", "/queue/?code=C-0401"),
    Shot("review", "clinician", "{C-0403}review/"),
    Shot("review-long", "clinician", "{C-0410}review/"),
    Shot("return", "clinician", "{C-0403}return/"),
    Shot("review-elsewhere", "clinician", "{C-0405}review/"),
    Shot("review-changed", "clinician", "{C-0418}review/"),
    Shot("return-wrong", "clinician", "{C-0403}return/", (SEND,)),
    Shot("sign-not-yet", "clinician", "{C-0403}sign/"),
    Shot("emergency-case", "clinician", "/emergency/", EMERGENCY),
    Shot("determination", "clinician", "{C-0404}determination/"),
    Shot("audit-cases", "auditor", "/audit/"),
    Shot("audit-case", "auditor", "/audit/cases/{id C-0418}/"),
    Shot("audit-again", "auditor", "/audit/cases/{id C-0418}/again/"),
    Shot("agreement", "auditor", "/audit/agreement/"),
    Shot("audit-cases-none", "auditor", "/audit/?code=nobody"),
    Shot("audit-cases-no-day", "auditor", "/audit/?submitted_from=2026-03-02&submitted_to=2026-03-01"),
    Shot("audit-ledger", "auditor", "/audit/ledger/"),
    Shot("audit-checkpoints-wrong", "auditor", "/audit/ledger/checkpoints/?after=x"),
    Shot("emergencies", "auditor", "/emergency/opened/"),
    Shot("audit-ledger-verified", "auditor", "/audit/ledger/", ("main form button",)),
    Shot("openings-own", "therapist", "/screenings/{id C-0418}/openings/"),
    Shot("openings-own-print", "therapist", "/screenings/{id C-0418}/openings/print/"),
    Shot("openings", "manager", "/practice/openings/"),
    Shot("openings-case", "manager", "/practice/openings/{id C-0418}/"),
    Shot("openings-print", "manager", "/practice/openings/{id C-0418}/print/"),
    Shot("rules", "admin1", "/rules/"),
    Shot("rule-version", "admin1", "{rules of intake}"),
    Shot("rule", "admin1", "{rules of intake}rules/use-disorder-active/"),
    Shot("vignettes", "admin1", "{rules of intake}vignettes/"),
    Shot("rule-draft", "admin1", "/rules/", ('form[action="{intake}draft/"] button',)),
    Shot("rule-edit", "admin1", "{draft}rules/suicide-attempts-or-threats-pattern/edit/"),
    Shot("rule-edit-wrong", "admin1", "{draft}rules/suicide-attempts-or-threats-pattern/edit/", EMPTIED),
    Shot("rule-version-draft", "admin1", "{draft}"),
    Shot("rule-notes", "admin1", "{draft}notes/"),
    Shot("replay", "admin1", "{draft}replay/"),
    Shot("questionnaires", "admin1", "/questionnaires/"),
    Shot("questionnaire", "admin1", "{questions of intake}"),
    Shot("settings", "manager", "/practice/settings/"),
    Shot("settings-wrong", "manager", "/practice/settings/", (("[name=crisis_steps]", ""), SEND)),
    Shot("settings-role-wrong", "manager", "/practice/settings/", ('main form[action$="/roles/"] button',)),
    Shot("end-role", "manager", "/practice/settings/", ('main a[href$="/end/"]',)),
    Shot("retention", "manager", "/practice/retention/"),
    Shot("retention-asked", "manager", "/practice/retention/", ERASURE),
    Shot("erasure", "manager2", "/practice/retention/", ('main a[href*="/erasures/"]',)),
    Shot("erasure-wrong", "manager2", "/practice/retention/", ('main a[href*="/erasures/"]', SEND)),
    Shot("retention-wrong", "manager", "/practice/retention/", ('main form[action$="/ask/"] button',)),
)
FOR_DOCS = ("result-disagreement", "asking", "review", "rule")
ADDRESSES = """
from screening.models import QuestionnaireVersion, RuleSetVersion, Screening
for found in Screening.objects.filter(protocol__lineage_name="intake").select_related("client"):
    print(f"{found.client.code}=/screenings/{found.pk}/")
    print(f"id {found.client.code}={found.pk}")
intake = {"protocol__lineage_name": "intake"}
print(f"intake=/rules/protocols/{Screening.objects.filter(**intake)[0].protocol_id}/")
for found in RuleSetVersion.objects.filter(**intake):
    name = "draft" if found.status == "draft" else "rules of intake"
    print(f"{name}=/rules/versions/{found.pk}/")
print(f"questions of intake=/questionnaires/{QuestionnaireVersion.objects.get(**intake).pk}/")
"""


def addresses_in(printed: str) -> dict[str, str]:
    """Return the addresses that ``ADDRESSES`` printed, by the names that ``SHOTS`` use."""
    return dict(line.split("=", 1) for line in printed.splitlines() if "=/" in line or line.startswith("id "))
