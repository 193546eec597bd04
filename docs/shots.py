"""Every page of the product, in the states that it has: what pictures are taken of, and what the tests walk through.

Each is opened by the person whom it is for, on the demo. A page that the demo cannot reach is on the page of patterns.
"""

from docs.steps import Beside, Shot

REFUSALS = (
    *("400", "403", "405", "500", "503", "another_practice", "csrf", "done_already", "erased", "locked", "over"),
    *("refused", "too_much"),
)
REASON = "His sister called: she cannot reach him, and he spoke of the bridge."
SEND = "main form[method=post] .btn-primary"
SAVE, TRY = '.form-actions button[value="save"]', '.form-actions button[value="preview"]'
EMPTIED = (("[name=title]", ""), SAVE)
EMERGENCY = (("[name=code]", "C-0416"), ("[name=reason]", REASON), ("[name=password]", "{password}"), SEND)
EMERGENCY_AGAIN = (
    ("[name=code]", "C-0416"),
    ("[name=reason]", "He has written to her, and does not answer."),
    *EMERGENCY[2:],
)
ERASURE = (("[name=code]", "C-0408"), 'label:has-text("asked for it") input', 'main form[action$="/ask/"] button')
MEDICAL, STAY = "sections/medical-and-medicines/", ".asking-actions [value=stay]"
WHEN = "[name=a-medical-screening-when-value]"
UNKNOWN = 'label:has([name=a-medical-screening-when-absent][value="~asked-unknown"])'
NOT_KNOWN = (Beside(UNKNOWN, "#state-a-medical-screening-when-value .hint"),)
AMENDED = (("[name=reason]", "She brought the letter."), SEND, "{C-0418}answers/")
SUBMITTED = ((WHEN, "last week"), STAY, "{C-0418}answers/", '[action$="/submit/"] .btn-primary')
ANSWERS = "#answering .form-actions button"
UNREASONED = ("input[value=disagree]:visible", Beside(ANSWERS, ".mistake"))
SIGN = "#left a[href$='/sign/']"
READY = ("input[value=agree]", Beside(ANSWERS, SIGN), SIGN)
SIGNED = ("[name=outcome] >> nth=0", ("[name=reasons]", "Read with the therapist."), ("[name=password]", "{password}"))
ATTEMPTS = "{draft}rules/suicide-attempts-or-threats-pattern/edit/"
BIPOLAR = "{draft}rules/bipolar-not-stabilised/edit/"
EXCEPTION_GONE = 'button[value^="drop-unless"]'
OTHERWISE = ("[name=when-2-question]", "treatment-team")
TAKE_OUT = 'button:has-text("take it out")'
SENT = (("[name=change_notes]", "Named as we say it here."), '[formaction$="/submit/"]')
SENT_BACK = (("[name=words]", "Which case made you think of this?"), 'form[action$="/send-back/"] button')
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
    Shot("asking-row-taken", "therapist", "{C-0416}" + MEDICAL, ('button[value^="remove:medicines"]',)),
    Shot("asking-wrong", "therapist", "{C-0416}" + MEDICAL, ((WHEN, "soonish"), STAY)),
    Shot("asking-not-known", "therapist", "{C-0416}" + MEDICAL, NOT_KNOWN),
    Shot("asking-elsewhere", "therapist", "{C-0416}" + MEDICAL, ((WHEN, "2024"), STAY), ((WHEN, "2025"), STAY)),
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
    Shot("review-wrong", "clinician", "{C-0403}review/", UNREASONED),
    Shot("sign-not-yet", "clinician", "{C-0403}sign/"),
    Shot("emergency-case", "clinician", "/emergency/", EMERGENCY),
    Shot("emergency-again", "clinician", "/emergency/", EMERGENCY_AGAIN),
    Shot("sign", "clinician", "{after C-0419}review/", ('form[action$="/claim/"] button', *READY)),
    Shot("sign-wrong", "clinician", "{after C-0419}sign/", (*SIGNED, ("[name=recheck_on]", "2020-01-01"), SEND)),
    Shot("signed", "clinician", "{after C-0419}sign/", (*SIGNED, ("[name=recheck_on]", ""), SEND)),
    Shot("determination", "clinician", "{C-0404}determination/"),
    Shot("amend-nothing-yet", "therapist", "{C-0418}amend/", AMENDED),
    Shot("review-amending", "clinician", "{C-0418}review/"),
    Shot("result-amended", "therapist", "{C-0418}" + MEDICAL, SUBMITTED),
    Shot("review-changed-twice", "clinician", "{C-0418}review/"),
    Shot("audit-cases", "auditor", "/audit/"),
    Shot("audit-case", "auditor", "/audit/cases/{id C-0418}/"),
    Shot("audit-again", "auditor", "/audit/cases/{id C-0418}/again/"),
    Shot("agreement", "auditor", "/audit/agreement/"),
    Shot("audit-cases-none", "auditor", "/audit/?code=nobody"),
    Shot("audit-cases-no-day", "auditor", "/audit/?submitted_from=2026-03-02&submitted_to=2026-03-01"),
    Shot("audit-ledger", "auditor", "/audit/ledger/"),
    Shot("audit-checkpoints-wrong", "auditor", "/audit/ledger/checkpoints/?after=x"),
    Shot("audit-checkpoints-none", "auditor", "/audit/ledger/checkpoints/?after=99"),
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
    Shot("rule-edit-preview", "admin1", BIPOLAR, (EXCEPTION_GONE, TRY)),
    Shot("rule-edit-untold", "admin1", BIPOLAR, (OTHERWISE, TRY)),
    Shot("rule-edit-full", "admin1", BIPOLAR, ("button[value=add-unless]",) * 9),
    Shot(
        "rule-edit-elsewhere",
        "admin1",
        ATTEMPTS,
        (("[name=title]", "A history of attempts"), SAVE),
        (("[name=title]", "Several attempts or threats"), SAVE),
    ),
    Shot("rule-version-sent", "admin1", "{draft}", SENT),
    Shot("rule-version-publish", "admin2", "{draft}"),
    Shot("rule-version-publish-wrong", "admin2", "{draft}", ('form[action$="/publish/"] button',)),
    Shot("rule-version-sends-back", "admin2", "{draft}", SENT_BACK),
    Shot("rule-version-sent-back", "admin1", "{draft}"),
    Shot("rule-version-lost-claim", "admin1", BIPOLAR, (EXCEPTION_GONE, SAVE, "{draft}")),
    Shot("vignettes-not-tried", "admin1", "{draft}vignettes/"),
    Shot("rule-version-untold", "admin1", "{draft}", (TAKE_OUT, BIPOLAR, OTHERWISE, SAVE, "{draft}")),
    Shot("questionnaires", "admin1", "/questionnaires/"),
    Shot("questionnaire", "admin1", "{questions of intake}"),
    Shot("settings", "manager", "/practice/settings/"),
    Shot("settings-wrong", "manager", "/practice/settings/", (("[name=crisis_steps]", ""), SEND)),
    Shot(
        "settings-elsewhere",
        "manager",
        "/practice/settings/",
        (("[name=crisis_steps]", "Call 988."), SEND),
        (("[name=crisis_steps]", "Stay with the client."), SEND),
    ),
    Shot("settings-role-wrong", "manager", "/practice/settings/", ('main form[action$="/roles/"] button',)),
    Shot("end-role", "manager", "/practice/settings/", ('main a[href$="/end/"]',)),
    Shot("retention", "manager", "/practice/retention/"),
    Shot("retention-asked", "manager", "/practice/retention/", ERASURE),
    Shot("erasure", "manager2", "/practice/retention/", ('main a[href*="/erasures/"]',)),
    Shot("erasure-wrong", "manager2", "/practice/retention/", ('main a[href*="/erasures/"]', SEND)),
    Shot(
        "erased",
        "manager2",
        "/practice/retention/",
        ('main a[href*="/erasures/"]', ("[name=password]", "{password}"), SEND),
    ),
    Shot("audit-case-erased", "auditor", "/audit/cases/{id C-0408}/"),
    Shot("retention-wrong", "manager", "/practice/retention/", ('main form[action$="/ask/"] button',)),
)
FOR_DOCS = ("result-disagreement", "asking", "review", "rule")
ADDRESSES = """
from screening.models import QuestionnaireVersion, RuleSetVersion, Screening
for found in Screening.objects.filter(protocol__lineage_name="intake").select_related("client"):
    print(f"{found.client.code}=/screenings/{found.pk}/")
    print(f"id {found.client.code}={found.pk}")
for found in Screening.objects.filter(protocol__lineage_name="after-session").order_by("started_at"):
    print(f"after {found.client.code}=/screenings/{found.pk}/")
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
