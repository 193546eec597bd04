"""The clinician's pages: the queue, and a case whose flags are answered one by one, together, or as before."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from core.accounts.models import Role
from core.ledger.models import Entry
from screening.engine.drafts import DraftContent
from screening.models import FlagAnswer, Protocol, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.answered import sections_of
from screening.selectors.keyset import Place
from screening.selectors.queue import Filters, queue
from screening.selectors.reviews import Block, case_in_review
from screening.services import reviews, submissions
from tests.factories import actor
from tests.pages import as_read, text_in, text_of
from tests.playing import NOON, House, again, answer_all, answered, claimed, house, published, submitted
from tests.spec.book import ON, QUESTIONNAIRE, given, response

pytestmark = pytest.mark.django_db
UNASKED, ATTEMPT, QUIET, MEDICINE = (
    "nothing-asked-yet",
    "a-first-attempt",
    "an-ordinary-session-day",
    "an-agreed-medicine",
)


def post(desk: Client, case: Screening, **fields: str) -> Any:
    form = {"evaluation": str(case.current_evaluation_id), **{name.replace("__", "-"): v for name, v in fields.items()}}
    return desk.post(reverse("review", args=[case.pk]), form)


def drawn(answer: Any) -> dict[str, str]:
    """Return what the answer holds of the parts of the page that htmx takes, by their ids."""
    whole = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    parts = {"problems": "div", "left": "div", "said": "p", "answering": "form"}
    found = {
        name: re.search(rf'<{tag} [^>]*id="{name}"[^>]*>(.*?)</{tag}>', whole, re.DOTALL) for name, tag in parts.items()
    }
    return {name: " ".join(part[1].split()) for name, part in found.items() if part}


def rules_of(case: Screening) -> list[str]:
    return [flag.row.rule_id for flag in case_in_review(again(case)).flags]


class TestTheQueue:
    @pytest.fixture
    def played(self, db: None) -> tuple[House, Protocol]:
        """Another practice, in which nothing waits or is under review yet."""
        at_house = house()
        return at_house, published(at_house)

    def test_suicidality_comes_first_then_who_waits_longest(self, riverside: House, session_day: Protocol) -> None:
        quiet = [submitted(riverside, session_day, QUIET) for _ in range(2)]
        first = submitted(riverside, session_day, ATTEMPT)
        longest = NOON - timedelta(days=30)
        Screening.objects.filter(pk=quiet[1].pk).update(submitted_at=longest)
        waiting = [entry.screening.pk for entry in queue(riverside.clinician, Filters(), Place(), now=NOON).waiting]
        assert waiting == [first.pk, quiet[1].pk, quiet[0].pk]

    def test_flags_are_counted_by_kind_and_no_flags_is_for_review_too(
        self, desk: Client, riverside: House, session_day: Protocol
    ) -> None:
        submitted(riverside, session_day, UNASKED)
        submitted(riverside, session_day, QUIET)
        text = desk.get(reverse("queue")).content.decode()
        assert re.search(r"Cannot be ruled out \(9\)", text)
        assert "No flags raised: for clinician review" in text

    def test_one_case_or_thirty_take_as_many_queries(
        self,
        desk: Client,
        riverside: House,
        session_day: Protocol,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        claimed(riverside, session_day, UNASKED)
        submitted(riverside, session_day, UNASKED)
        few = queries_of(desk, reverse("queue"))
        for _ in range(28):
            submitted(riverside, session_day, UNASKED)
        with django_assert_num_queries(few):
            assert desk.get(reverse("queue")).content.count(b"case-line") == 26

    def test_another_practices_cases_are_not_in_it(self, riverside: House, session_day: Protocol) -> None:
        submitted(riverside, session_day, UNASKED)
        assert queue(actor(Role.CLINICIAN), Filters(), Place(), now=NOON).waiting == []

    def test_claiming_what_a_colleague_has_is_409_with_their_name(
        self, client: Client, riverside: House, session_day: Protocol
    ) -> None:
        case = claimed(riverside, session_day, UNASKED)
        client.force_login(actor(Role.CLINICIAN, practice=riverside.practice).user)
        response = client.post(reverse("claim", args=[case.pk]))
        assert response.status_code == 409
        assert riverside.clinician.user.printed_name in response.content.decode()

    def test_ones_own_screening_has_no_button(self, client: Client, riverside: House, session_day: Protocol) -> None:
        submitted(riverside, session_day, UNASKED)
        actor(Role.CLINICIAN, practice=riverside.practice, user=riverside.therapist.user)
        client.force_login(riverside.therapist.user)
        text = client.get(reverse("queue")).content.decode()
        assert "another clinician reviews it" in text
        assert "/claim/" not in text


class TestTheReviewPage:
    def test_it_is_recorded_and_shows_progress_answers_and_the_crisis_steps(
        self, desk: Client, case: Screening
    ) -> None:
        text = desk.get(reverse("review", args=[case.pk])).content.decode()
        assert re.search(r'<span class="count">0</span> of <span class="count">9</span> flags answered', text)
        assert "If someone may be in danger now" in text
        assert "a clinician reads the case and decides" in text
        assert Entry.objects.filter(stream__name=f"case:{case.pk}", action="screening.viewed").count() == 1

    def test_one_answer_is_saved_and_reading_goes_on_at_the_next_flag(self, desk: Client, case: Screening) -> None:
        first, second, *_ = rules_of(case)
        response = post(desk, case, **{f"{first}-answer": "agree", f"{first}-words": "So do I.", "at": first})
        assert response.headers["Location"].endswith(f"#flag-{second}")
        assert FlagAnswer.objects.get().words == "So do I."

    def test_a_save_by_htmx_is_answered_with_what_changes_alone_as_the_page_has_it_then(
        self, desk: Client, case: Screening
    ) -> None:
        first, second, *_ = rules_of(case)
        answered = {"evaluation": str(case.current_evaluation_id), f"{first}-answer": "agree", "at": first}
        review, htmx = reverse("review", args=[case.pk]), {"HX-Request": "true"}
        saved, page = desk.post(review, answered, headers=htmx), desk.get(review)
        assert drawn(saved)["answering"].replace(" data-next", "") == drawn(page)["answering"]
        assert drawn(saved)["left"] == drawn(page)["left"]
        assert drawn(saved)["said"] == "1 answer saved. 8 flags left."
        assert f'data-next> <article class="flag" id="flag-{second}"' in drawn(saved)["answering"]
        refused = desk.post(review, {**answered, f"{second}-words": "Something."}, headers=htmx)
        assert refused.status_code == 422
        assert "Choose an answer to go with your words." in drawn(refused)["problems"]
        assert "Something." in drawn(refused)["answering"]
        for answer in (saved, refused):
            assert "<html" not in answer.content.decode()
            assert "answers-title" not in answer.content.decode()

    def test_what_was_typed_at_other_flags_and_is_saved_with_one_is_named(self, desk: Client, case: Screening) -> None:
        here, elsewhere = (block.flags[0].row for block in case_in_review(case).blocks[:2])
        sent = {f"{here.rule_id}-answer": "agree", f"{elsewhere.rule_id}-answer": "agree", "at": here.rule_id}
        saved = desk.get(post(desk, case, **sent).headers["Location"].partition("#")[0])
        assert f"2 answers saved. Among them what was typed at other flags: “{elsewhere.title}”." in as_read(
            text_of(saved)
        )

    def test_what_is_incomplete_is_422_keeps_every_word_and_saves_nothing(self, desk: Client, case: Screening) -> None:
        first, second, *_ = rules_of(case)
        response = post(
            desk, case, **{f"{first}-answer": "disagree", f"{second}-answer": "agree", f"{second}-words": "Kept."}
        )
        assert response.status_code == 422
        text = response.content.decode()
        assert "Choose the reason for disagreeing." in text
        assert "Kept." in text
        assert not FlagAnswer.objects.exists()

    def test_words_without_an_answer_are_not_lost_silently(self, desk: Client, case: Screening) -> None:
        response = post(desk, case, **{f"{rules_of(case)[0]}-words": "Something."})
        assert response.status_code == 422
        assert "Choose an answer to go with your words." in response.content.decode()

    def test_saving_again_what_is_shown_writes_nothing(self, desk: Client, case: Screening) -> None:
        rule = rules_of(case)[0]
        for _ in range(2):
            post(desk, case, **{f"{rule}-answer": "agree", f"{rule}-words": "Yes."})
        assert FlagAnswer.objects.count() == 1

    def test_missing_safeguards_read_as_one_list_and_take_one_answer(
        self, desk: Client, riverside: House, session_day: Protocol
    ) -> None:
        case = claimed(riverside, session_day, "a-hurried-first-session")
        block = the_block(case, "safeguards")
        assert len(block.flags) > 1
        own = block.flags[0].row.rule_id
        form = {
            "together-safeguards-answer": "agree",
            "together-safeguards-words": "All of it.",
            f"{own}-answer": "not-applicable",
        }
        post(desk, case, **form)
        said = {answer.flag.rule_id: answer.answer for answer in FlagAnswer.objects.select_related("flag")}
        assert said == {flag.row.rule_id: "agree" for flag in block.flags} | {own: "not-applicable"}

    def test_one_answer_to_many_leaves_out_the_flags_on_suicidality(self, desk: Client, riverside: House) -> None:
        case = claimed(riverside, published(riverside, "intake"), UNASKED)
        blocks = [block for block in case_in_review(case).blocks if len(block.flags) > 1]
        assert any(flag.view.topic == "suicidality" for block in blocks for flag in block.flags)
        assert post(desk, case, **{f"together-{block.key}-answer": "agree" for block in blocks}).status_code == 302
        said = set(FlagAnswer.objects.values_list("flag__rule_id", flat=True))
        assert said == {flag.row.rule_id for block in blocks for flag in block.together}
        assert not FlagAnswer.objects.filter(flag__topic="suicidality").exists()

    def test_earlier_answers_to_flags_on_suicidality_are_given_again_one_by_one(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        answer_all(riverside, case)
        current = returned_and_back(riverside, case)
        assert current.current_evaluation
        assert "Flags on suicidality are answered one by one." in text_of(desk.get(reverse("review", args=[case.pk])))
        post(desk, current, again="all")
        said = FlagAnswer.objects.filter(flag__evaluation=current.current_evaluation)
        assert said.count() == 7
        [first, second] = case_in_review(again(case)).left
        post(desk, current, again=first.row.rule_id)
        assert {first.view.topic, second.view.topic} == {"suicidality"}
        assert said.count() == 8

    def test_the_choices_on_what_cannot_be_ruled_out_say_what_is_agreed_with(
        self, desk: Client, riverside: House, session_day: Protocol, case: Screening
    ) -> None:
        still_open = text_of(desk.get(reverse("review", args=[case.pk])))
        assert "Agree, it stays open Disagree, it can be told Needs information Not applicable" in still_open
        assert "Agree Disagree" not in still_open
        raised = claimed(riverside, session_day, ATTEMPT)
        assert "Agree Disagree Needs information" in text_of(desk.get(reverse("review", args=[raised.pk])))

    def test_flags_that_wait_for_the_same_answer_stand_together(self, riverside: House, session_day: Protocol) -> None:
        case = claimed(riverside, session_day, UNASKED)
        for block in case_in_review(case).blocks:
            waiting = {flag.view.missing[0].answer.link_id for flag in block.flags}
            assert len(waiting) == 1

    def test_a_claimed_exception_can_be_confirmed_and_only_there(
        self, desk: Client, riverside: House, session_day: Protocol, case: Screening
    ) -> None:
        assert "Exception confirmed" not in desk.get(reverse("review", args=[case.pk])).content.decode()
        claiming = claimed(riverside, session_day, MEDICINE)
        rule = "mind-altering-substance-today"
        form = {f"{rule}-answer": "exception-confirmed:agreed-medicine", f"{rule}-words": "Dr Okafor, by phone."}
        assert post(desk, claiming, **form).status_code == 302
        assert FlagAnswer.objects.get().exception_id == "agreed-medicine"

    def test_an_earlier_answer_is_shown_and_given_again_with_one_press(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        rule = rules_of(case)[0]
        post(desk, case, **{f"{rule}-answer": "agree", f"{rule}-words": "As I said."})
        current = returned_and_back(riverside, case)
        text = desk.get(reverse("review", args=[case.pk])).content.decode()
        assert "On the earlier answers" in text
        post(desk, current, again=rule)
        assert [answer.words for answer in FlagAnswer.objects.filter(flag__rule_id=rule)] == ["As I said."] * 2

    def test_answers_to_flags_that_are_no_longer_the_newest_are_409_and_kept(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        old, rule = again(case), rules_of(case)[0]
        returned_and_back(riverside, case)
        response = post(desk, old, **{f"{rule}-answer": "agree", f"{rule}-words": "Typed meanwhile."})
        assert response.status_code == 409
        assert not FlagAnswer.objects.exists()
        assert "Typed meanwhile." in desk.get(reverse("review", args=[case.pk])).content.decode()

    def test_what_was_typed_survives_the_end_of_the_session(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        page = desk.get(reverse("review", args=[case.pk]))
        rule = rules_of(case)[0]
        session = desk.session
        del session[SESSION_KEY]
        session.save()
        typed = {f"{rule}-answer": "disagree", f"{rule}-words": "Half a sen", "typed_by": page.context["typed_by"]}
        assert post(desk, case, **typed).status_code == 302
        desk.force_login(riverside.clinician.user)
        text = desk.get(reverse("review", args=[case.pk])).content.decode()
        assert "Half a sen" in text
        assert re.search(rf'name="{rule}-answer" value="disagree"[^>]*checked', text)
        assert not FlagAnswer.objects.exists()

    def test_a_follow_up_to_a_declined_answer_is_not_listed_and_nothing_leads_to_it(
        self, desk: Client, riverside: House
    ) -> None:
        case = claimed(riverside, published(riverside, "intake"), "much-declined")
        page = desk.get(reverse("review", args=[case.pk])).content.decode()
        assert "not answered" not in page
        assert set(re.findall(r'href="#(q-[^"]+)"', page)) <= set(re.findall(r'id="(q-[^"]+)"', page))

    def test_a_colleague_can_read_it_but_finds_no_form(self, client: Client, riverside: House, case: Screening) -> None:
        client.force_login(actor(Role.CLINICIAN, practice=riverside.practice).user)
        text = client.get(reverse("review", args=[case.pk])).content.decode()
        assert "is reviewing this case" in text
        assert f'action="{reverse("review", args=[case.pk])}"' not in text

    def test_few_flags_or_many_take_as_many_queries(
        self,
        desk: Client,
        riverside: House,
        session_day: Protocol,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        one = claimed(riverside, session_day, MEDICINE)
        answer_all(riverside, one)
        few = queries_of(desk, reverse("review", args=[one.pk]))
        many = answered(riverside, session_day, UNASKED)
        with django_assert_num_queries(few):
            desk.get(reverse("review", args=[many.pk]))


class TestReturning:
    def test_it_hands_back_words_and_questions(self, desk: Client, case: Screening) -> None:
        form = {"words": "Please ask again.", "missing": ["mind-altering-today"]}
        assert desk.post(reverse("send-back", args=[case.pk]), form).headers["Location"] == reverse("queue")
        assert again(case).status == ScreeningStatus.RETURNED

    def test_without_words_it_is_422(self, desk: Client, case: Screening) -> None:
        response = desk.post(reverse("send-back", args=[case.pk]), {"missing": ["mind-altering-today"]})
        assert response.status_code == 422
        assert re.search(r'value="mind-altering-today"[^>]*checked', response.content.decode())


def the_block(case: Screening, key: str) -> Block:
    return next(block for block in case_in_review(case).blocks if block.key == key)


def returned_and_back(at: House, case: Screening) -> Screening:
    """Hand the case back, submit it once more, and take it again."""
    reviews.send_back(screening=case, words="Ask again.", questions=[], by=at.clinician, at=NOON)
    current = again(case)
    submissions.submit(screening=current, base_revision=current.draft.revision, by=at.therapist, at=timezone.now())
    reviews.claim(screening=current, by=at.clinician, at=timezone.now())
    return again(case)


def queries_of(desk: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(address).status_code == 200
    return len(captured)


def test_what_is_kept_though_it_is_not_asked_now_says_so() -> None:
    answers = response(given(diagnosed="no", diagnosis_status="active"))
    section = sections_of(QUESTIONNAIRE, DraftContent(answers=answers.answers), ON)[0]
    page = text_in(render_to_string("screening/components/given.html", {"section": section}))
    assert "diagnosis-status? Active (client says) Kept, not asked now, read by no rule." in page
    assert "Nothing was asked here." in text_in(render_to_string("screening/components/given.html", {"section": {}}))
