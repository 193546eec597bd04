"""One case all the way, by hand: from the therapist who asks, over the clinician who decides, to the auditor."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from screening.models import Evaluation
from tests.factories import PASSWORD
from tests.functional.asking import answer_section, give
from tests.functional.conftest import publish
from tests.functional.intake import INTAKE
from tests.functional.pages import Open, Person
from tests.playing import House

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
with_and_without_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


RAISED = "What the guidance raises, for a clinician to weigh"
SIGNING = "Determination on C-0417"


@with_and_without_script
def test_a_case_is_asked_reviewed_returned_signed_and_audited(practice: House, open_for: Open, script: bool) -> None:
    publish(practice, "intake")
    therapist = open_for(practice.therapist, script=script)
    clinician = open_for(practice.clinician, script=script)
    start_screening(therapist)
    for telling in INTAKE:
        answer_section(therapist, telling)
    check_and_submit(therapist)
    read_and_print(therapist)
    claim_and_answer_some(clinician)
    return_with_questions(clinician)
    answer_what_was_asked(therapist)
    review_again_and_sign(clinician)
    audit(open_for(practice.auditor, script=script))


def start_screening(therapist: Person) -> None:
    """Sign in, add a client and start a screening."""
    therapist.sign_in()
    therapist.sees("Worklist")
    therapist.follow("Clients")
    therapist.sees("Clients")
    therapist.follow("Add a client")
    therapist.sees("Add a client")
    therapist.page.get_by_label("Code").fill("C-0417?")
    therapist.press("Add the client")
    therapist.sees("Add a client")
    therapist.reads("Use letters, digits, spaces, dots, hyphens and underscores.")
    therapist.page.get_by_label("Code").fill("C-0417")
    therapist.page.get_by_label("Name").fill("Jonas Wren")
    therapist.page.get_by_label("Birth date").fill("1981-04-09")
    therapist.press("Add the client")
    therapist.sees("Client C-0417")
    therapist.reads("Client C-0417 was added.", "Jonas Wren")
    therapist.press("Start: Intake for ketamine-assisted psychotherapy")


def check_and_submit(therapist: Person) -> None:
    """Look at what is raised so far, check the answers, and submit them."""
    therapist.sees("Check the answers")
    therapist.reads("1 answer is still open.", "Are these all?", "preferred not to say", "the blue one, at night")
    therapist.follow("What the answers raise so far")
    therapist.sees("What the answers raise so far")
    therapist.reads("So far only.")
    therapist.follow("Check the answers and submit")
    therapist.press("Submit for review")


def read_and_print(therapist: Person) -> None:
    """Read the result, and open the page for the chart."""
    therapist.sees(RAISED)
    therapist.reads("a clinician reads the case and decides", "If someone may be in danger now", "Still missing")
    therapist.follow("The whole case, to print")
    therapist.sees(RAISED)
    therapist.reads("Not signed yet: for clinician review.", "Printed name and role")
    therapist.page.goto("/worklist/")
    therapist.sees("Worklist")
    therapist.reads("C-0417", "Waiting for review")


def say(clinician: Person, rule_id: str, answer: str, words: str) -> None:
    """Answer one flag, and press the button at it."""
    flag = clinician.page.locator(".flag-and-answer", has=clinician.page.locator(f"#flag-{rule_id}"))
    clinician.check(f"{rule_id}-answer", answer)
    flag.locator("textarea").fill(words)
    saved(clinician, flag.get_by_role("button", name="Save and go on"))


def say_to_all(clinician: Person, gathered: str, answer: str, words: str) -> None:
    """Give one answer to flags that are read together."""
    group = clinician.page.locator(".together", has=clinician.page.get_by_role("heading", name=gathered))
    form = group.locator("> .answer-form").first
    form.locator(f'input[value="{answer}"]').check()
    form.locator("textarea").fill(words)
    saved(clinician, form.get_by_role("button"))


def saved(clinician: Person, button: Locator) -> None:
    """Press a button among the flags, and wait for the flags as they are then."""
    if not clinician.script:
        with clinician.page.expect_navigation():
            return button.click()
    clinician.page.locator("#answering").evaluate("(form) => { form.dataset.before = 'yes'; }")
    button.click()
    return expect(clinician.page.locator("#answering:not([data-before])")).to_be_attached()


def save_answers(clinician: Person, name: str) -> None:
    """Press the first button among the flags that is called so."""
    saved(clinician, clinician.page.get_by_role("button", name=name).first)


def claim_and_answer_some(clinician: Person) -> None:
    """Take the case, agree with a flag, disagree with another, and answer those that wait for the same answer."""
    clinician.sign_in()
    clinician.sees("Cases for review")
    clinician.reads("suicidality comes up")
    clinician.press("Review")
    clinician.sees(RAISED)
    clinician.reads("You are reviewing C-0417.", "If someone may be in danger now")
    say(clinician, "suicidal-thoughts-now", "agree", "Old, and told without being pressed.")
    clinician.reads("1 answer saved.")
    say(clinician, "bipolar-stable-by-own-account", "disagree", "I hold the letter of the clinic, of May.")
    clinician.sees(RAISED)
    clinician.reads("Choose the reason for disagreeing.")
    clinician.page.locator('[name="bipolar-stable-by-own-account-reason"]').select_option(index=1)
    save_answers(clinician, "Save the answers")
    clinician.reads("1 answer saved.", "2 of")
    say(clinician, "suicide-attempts-or-threats-pattern", "needs-information", "Ask about 2012 once more.")
    clinician.reads("1 answer saved.", "3 of")
    say_to_all(clinician, "flags wait for one answer", "needs-information", "Ask about this once more.")
    clinician.sees(RAISED)
    clinician.reads("answers saved.")


def return_with_questions(clinician: Person) -> None:
    """Hand the case back with words, the missing answers that were asked for, and one question more."""
    clinician.follow("Return with questions")
    clinician.sees("Return C-0417 with questions")
    clinician.press("Return with questions")
    clinician.sees("Return C-0417 with questions")
    clinician.reads("There is a problem")
    clinician.page.get_by_label("What is to be found out").fill("Was 2012 meant to end his life, or the pain?")
    expect(clinician.page.locator('[name="missing"][value^="attempt-wish-to-die/"]')).to_be_checked()
    clinician.page.locator("summary", has_text="Substances, recovery and ketamine").click()
    clinician.check("in-substances-and-recovery", "recovery-lifestyle")
    clinician.press("Return with questions")
    clinician.sees("Cases for review")
    clinician.reads("C-0417 is back with")


def answer_what_was_asked(therapist: Person) -> None:
    """Find the case on the worklist, answer what was asked, and submit again."""
    therapist.page.goto("/worklist/")
    therapist.follow("C-0417")
    therapist.sees(RAISED)
    therapist.reads("Returned with questions", "Was 2012 meant to end his life, or the pain?")
    therapist.follow("Was there some wish to die?")
    therapist.sees("Suicidality")
    therapist.page.locator('#q-suicide-attempts .row-card [value="yes"]').nth(1).check()
    therapist.press("Save and go on")
    therapist.sees("Emotions and relationships")
    give(therapist, "fear-of-abandonment", "now")
    therapist.press("Save and go on")
    therapist.sees("Substances, recovery and ketamine")
    therapist.follow("Check all answers")
    therapist.sees("Check the answers")
    therapist.press("Submit for review")
    therapist.sees(RAISED)
    pattern = therapist.page.locator("#flag-suicide-attempts-or-threats-pattern")
    expect(pattern).not_to_have_attribute("data-concern", "cannot-be-ruled-out")


def review_again_and_sign(clinician: Person) -> None:
    """Take the case again, give earlier answers again, answer the rest, and sign with the password."""
    clinician.page.goto("/queue/")
    clinician.reads("returned before")
    clinician.press("Review")
    clinician.sees(RAISED)
    save_answers(clinician, "earlier answers again")
    clinician.reads("answers saved.")
    say_to_all(clinician, "Missing safeguards", "agree", "To be settled in the plan before a first session.")
    clinician.reads("answers saved.")
    for agree in clinician.page.locator('.answered-flag > details[open] input[value="agree"]').all():
        agree.check()
    save_answers(clinician, "Save the answers")
    clinician.reads("Every flag is answered.")
    clinician.follow("Determination")
    sign(clinician)


def sign(clinician: Person) -> None:
    """Sign the case that is open to be signed, not at the first attempt."""
    clinician.sees(SIGNING)
    clinician.press("Sign the determination")
    clinician.sees(SIGNING)
    clinician.reads("Choose a determination.", "Give your reasons.", "Type your password to sign.")
    clinician.page.get_by_label("More information").check()
    clinician.page.get_by_label("Reasons").fill("The bottle first, and the plan. Then we look again together.")
    clinician.page.get_by_label("Re-check on").fill((timezone.localdate() + timedelta(days=7)).isoformat())
    clinician.page.get_by_label("Your password, again").fill("not my password")
    clinician.press("Sign the determination")
    clinician.sees(SIGNING)
    clinician.reads("That is not your password, so nothing was done.")
    clinician.page.get_by_label("Your password, again").fill(PASSWORD)
    clinician.press("Sign the determination")
    clinician.sees(SIGNING)
    clinician.reads("The determination on C-0417 is signed.", "The bottle first, and the plan.")
    clinician.page.goto("/queue/")
    clinician.sees("Cases for review")
    clinician.reads("Nothing is waiting.")


def audit(auditor: Person) -> None:
    """Read the case's timeline, make its evaluations again, and verify the ledger."""
    auditor.sign_in()
    auditor.sees("Submitted cases")
    auditor.follow("C-0417")
    auditor.sees("C-0417, Intake for ketamine-assisted psychotherapy")
    auditor.reads("Was 2012 meant to end his life, or the pain?", "The bottle first, and the plan.")
    auditor.follow("Make the evaluations again")
    auditor.sees("C-0417, evaluated again")
    for number, evaluation in enumerate(Evaluation.objects.order_by("response__number"), start=1):
        again = auditor.page.get_by_role("region", name=f"Answers version {number}: the same")
        expect(again.locator(".digest")).to_have_text([evaluation.digest] * 3)
    auditor.follow("Ledger")
    auditor.sees("The ledger")
    auditor.press("Verify the ledger")
    auditor.sees("The ledger")
    auditor.reads("The ledger of this practice is intact")
