"""Read-first cases: drawn so that nobody picks them, their flags kept back until the reviewer wrote a reading."""

import hmac
from hashlib import sha256
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from core.accounts.models import Role
from core.errors import Conflict, Refused
from core.ledger.models import Entry
from core.ledger.selectors import timeline
from core.ledger.verification import verify
from screening.models import Determination, Flag, FlagAnswer, PracticePolicy, Reading, ReadingDraw, Screening
from screening.selectors.answers_to_flags import flags_of
from screening.selectors.keyset import Place
from screening.selectors.moments import in_words
from screening.selectors.policies import policy_of
from screening.selectors.queue import Filters, Queue, queue
from screening.selectors.reading_first import drawn_number, made_again, salt_digest, topics_of
from screening.selectors.reviews import newest_evaluation
from screening.services import readings, reviews, submissions
from tests import playing
from tests.factories import MembershipFactory, actor
from tests.pages import fields, signed_in
from tests.playing import NOON, House, again
from tests.reading_first import draw_all, drawn, read

pytestmark = pytest.mark.django_db
VIGNETTE = "thoughts-are-back"


@pytest.fixture
def house() -> House:
    here = playing.house()
    playing.published(here)
    draw_all(here)
    return here


def protocol_of(house: House) -> Any:
    return playing.Protocol.objects.get(practice=house.practice)


def titles_of(case: Screening) -> list[str]:
    assert case.current_evaluation is not None
    return [flag.title for flag in flags_of(case.current_evaluation)]


def leaks(page: Any, case: Screening) -> list[str]:
    """Return the flags that a page, or whatever it leads to, tells of."""
    shown = unescape(page.content.decode())
    return [title for title in titles_of(case) if title in shown]


class TestTheDraw:
    def test_comes_from_case_answers_and_salt_alone_and_is_recorded(self, house: House) -> None:
        case = playing.submitted(house, protocol_of(house), VIGNETTE)
        draw, salt = ReadingDraw.objects.get(screening=case), policy_of(house.practice).read_first_salt
        assert case.current_response is not None
        about = f"read-first:{case.pk}:{case.current_response.digest}".encode()
        made = hmac.new(bytes.fromhex(salt or ""), about, sha256).digest()
        assert draw.number == int.from_bytes(made[:8], "big") % 100
        assert (draw.share, draw.drawn, draw.salt_digest) == (100, True, salt_digest(salt or ""))
        assert made_again(draw, policy_of(house.practice))
        [told] = timeline(house.auditor, stream=f"case:{case.pk}", actions=("screening.submitted",))
        assert f"The draw: {draw.number}, of the numbers 0 to 99, with a share of 100 percent" in in_words(told)
        assert salt not in str(told.payload)
        assert verify() == []

    def test_takes_about_the_share_and_each_number_as_often(self) -> None:
        salt, cases = "5f" * 32, [playing.uuid.UUID(int=n) for n in range(4_000)]
        numbers = [drawn_number(salt, screening_id=case, response_digest="d") for case in cases]
        assert set(numbers) == set(range(100))
        assert 700 < sum(number < 20 for number in numbers) < 900

    def test_is_not_made_where_the_share_is_none_nor_again_for_later_answers(self, house: House) -> None:
        PracticePolicy.objects.filter(practice=house.practice).update(read_first_share=0)
        case = playing.submitted(house, protocol_of(house), VIGNETTE)
        PracticePolicy.objects.filter(practice=house.practice).update(read_first_share=100)
        submissions.start_amendment(screening=case, reason="Told more.", by=house.therapist, at=NOON)
        revision = again(case).draft.revision
        submissions.submit(screening=case, base_revision=revision, by=house.therapist, at=NOON)
        assert not ReadingDraw.objects.exists()
        assert again(case).current_response.number == 2  # type: ignore[union-attr]

    def test_holds_for_answers_amended_before_they_were_read(self, house: House) -> None:
        case = playing.submitted(house, protocol_of(house), VIGNETTE)
        submissions.start_amendment(screening=case, reason="Told more.", by=house.therapist, at=NOON)
        submissions.submit(screening=case, base_revision=again(case).draft.revision, by=house.therapist, at=NOON)
        case = reviews.claim(screening=again(case), by=house.clinician, at=NOON)
        reading = read(house, again(case))
        assert reading.evaluation == again(case).current_evaluation
        assert reading.draw.response.number == 1

    def test_with_another_salt_is_found_out(self, house: House) -> None:
        case = playing.submitted(house, protocol_of(house), VIGNETTE)
        draw = ReadingDraw.objects.get(screening=case)
        other = PracticePolicy(practice=house.practice, read_first_share=100, read_first_salt="00" * 32)
        assert not made_again(draw, other)


def queue_of(house: House, filters: Filters | None = None) -> Queue:
    return queue(house.clinician, filters or Filters(), Place(), now=NOON)


class TestUntilItIsRead:
    def test_no_kind_of_flag_finds_it(self, house: House) -> None:
        case = playing.submitted(house, protocol_of(house), VIGNETTE)
        kinds = Flag.objects.filter(evaluation=case.current_evaluation).values_list("concern", flat=True)
        assert kinds
        assert [queue_of(house, Filters(concern=kind)).waiting for kind in kinds] == [[]] * len(kinds)

    def test_no_page_of_a_clinician_tells_of_a_flag(self, house: House) -> None:
        case = drawn(house, protocol_of(house), VIGNETTE)
        desk = signed_in(house.clinician)
        for name in ("review", "read-first", "send-back", "sign"):
            page = desk.get(reverse(name, args=[case.pk]), follow=True)
            assert page.status_code == 200
            assert leaks(page, case) == [], name
        page = desk.get(reverse("queue"))
        assert leaks(page, case) == []
        assert "Own reading first" in page.content.decode()
        [mine] = queue_of(house).mine
        assert (mine.concerns, mine.read_first) == ((), True)

    def test_crisis_steps_stand_and_suicidality_comes_first(self, house: House) -> None:
        case = playing.submitted(house, protocol_of(house), VIGNETTE)
        assert case.suicidality_first
        page = signed_in(house.clinician).get(reverse("read-first", args=[case.pk])).content.decode()
        assert "If someone may be in danger now" in page
        assert [waiting.screening for waiting in queue_of(house).waiting] == [case]

    def test_a_therapist_who_could_review_it_sees_no_result(self, house: House) -> None:
        PracticePolicy.objects.filter(practice=house.practice).update(own_review=True)
        MembershipFactory.create(user=house.therapist.user, practice=house.practice, role=Role.CLINICIAN)
        case = playing.submitted(house, protocol_of(house), VIGNETTE)
        desk = signed_in(house.therapist)
        for name in ("screening-result", "screening-print", "screening-summary"):
            page = desk.get(reverse(name, args=[case.pk]))
            assert leaks(page, case) == []
            assert "If someone may be in danger now" in page.content.decode()
        assert leaks(desk.post(reverse("screening-pdf", args=[case.pk])), case) == []
        page = desk.get(reverse("client", args=[case.client_id]))
        assert (leaks(page, case), page.context["asked_for"], page.context["crisis"]) == ([], [], True)
        reviews.claim(screening=case, by=actor_as_clinician(house), at=NOON)
        read(house, again(case), by=actor_as_clinician(house))
        assert leaks(desk.get(reverse("screening-result", args=[case.pk])), case)

    def test_a_therapist_who_could_not_sees_it_as_ever(self, house: House) -> None:
        case = playing.submitted(house, protocol_of(house), VIGNETTE)
        assert leaks(signed_in(house.therapist).get(reverse("screening-result", args=[case.pk])), case)

    def test_no_flag_is_answered_nor_a_refusal_names_one(self, house: House) -> None:
        case = drawn(house, protocol_of(house), VIGNETTE)
        with pytest.raises(Refused, match="your own reading"):
            playing.answer_all(house, case)
        with pytest.raises(Refused, match="your own reading") as refused:
            playing.sign(house, case)
        assert not any(title in str(refused.value) for title in titles_of(case))

    def test_the_database_takes_no_answer_and_no_signature(self, house: House) -> None:
        case = drawn(house, protocol_of(house), VIGNETTE)
        flag = flags_of(newest_evaluation(case))[0]
        with pytest.raises(IntegrityError, match="needs its reading before a flag"), transaction.atomic():
            FlagAnswer.objects.create(
                flag=flag, number=1, answer="agree", answered_at=NOON, answered_by=house.clinician.user
            )

    def test_the_database_takes_no_signature_of_a_case_in_which_no_flag_is_to_be_answered(self, house: House) -> None:
        case = drawn(house, protocol_of(house), "an-ordinary-session-day")
        assert titles_of(case) == []
        signed = dict.fromkeys(("outcome_code", "outcome_text", "reasons", "printed_name", "meaning"), "Mine.")
        signed |= {"time_zone": "UTC", "signed_document": "{}", "signed_digest": "0" * 64}
        with pytest.raises(IntegrityError, match="before it is signed"), transaction.atomic():
            Determination.objects.create(
                evaluation=newest_evaluation(case), signer=house.clinician.user, signed_at=NOON, **signed
            )

    def test_it_can_be_returned_and_its_missing_answers_are_not_told(self, house: House) -> None:
        case = drawn(house, protocol_of(house), "nothing-asked-yet")
        page = signed_in(house.clinician).get(reverse("send-back", args=[case.pk]))
        assert page.context["form"].fields["missing"].choices == []
        reviews.send_back(screening=case, words="Ask again.", questions=[], by=house.clinician, at=NOON)
        assert not Reading.objects.exists()


def actor_as_clinician(house: House) -> Any:
    return playing.Actor(house.therapist.user, house.practice, Role.CLINICIAN)


class TestTheReading:
    def sent(self, desk: Browser, case: Screening, **given: Any) -> Any:
        at = reverse("read-first", args=[case.pk])
        return desk.post(at, {**fields(desk.get(at), "reading-form"), **given})

    def test_is_kept_and_the_flags_appear(self, house: House) -> None:
        case, desk = drawn(house, protocol_of(house), VIGNETTE), signed_in(house.clinician)
        (topic, title), *_ = topics_of(newest_evaluation(case))
        sent = self.sent(desk, case, topics=[topic], words="I would ask about today first.")
        assert sent.headers["Location"] == reverse("review", args=[case.pk])
        shown = desk.get(reverse("review", args=[case.pk]))
        assert leaks(shown, case) == titles_of(case)
        assert "I would ask about today first." in shown.content.decode()
        [told] = timeline(house.auditor, stream=f"case:{case.pk}", actions=("reading.written",))
        assert title in in_words(told)
        audited = signed_in(house.auditor).get(reverse("audit-case", args=[case.pk])).content.decode()
        assert "I would ask about today first." in audited
        assert "makes the same number" in audited
        playing.answer_all(house, case)
        playing.sign(house, again(case))
        assert verify() == []

    def test_without_words_is_asked_for_again_with_nothing_lost(self, house: House) -> None:
        case, desk = drawn(house, protocol_of(house), VIGNETTE), signed_in(house.clinician)
        topic = topics_of(newest_evaluation(case))[0][0]
        page = self.sent(desk, case, topics=[topic], words=" ")
        assert page.status_code == 422
        assert "Say in a few words" in page.content.decode()
        assert page.context["form"]["topics"].value() == [topic]
        assert leaks(page, case) == []

    def test_is_written_once_by_whoever_has_the_case(self, house: House) -> None:
        case = drawn(house, protocol_of(house), VIGNETTE)
        colleague = actor(Role.CLINICIAN, practice=house.practice)
        with pytest.raises(Conflict, match="has this case now"):
            read(house, case, by=colleague)
        with pytest.raises(Refused, match="not on the list"):
            readings.write(screening=case, topics=["weather"], words="Mine.", by=house.clinician, at=NOON)
        read(house, case)
        with pytest.raises(Conflict, match="written already"):
            read(house, case)
        assert Entry.objects.filter(action="reading.written").count() == 1

    def test_is_not_asked_for_where_the_case_was_not_drawn(self, house: House) -> None:
        PracticePolicy.objects.filter(practice=house.practice).update(read_first_share=0)
        case = playing.claimed(house, protocol_of(house), VIGNETTE)
        with pytest.raises(Refused, match="not drawn"):
            read(house, case)
        page = signed_in(house.clinician).get(reverse("read-first", args=[case.pk]))
        assert page.headers["Location"] == reverse("review", args=[case.pk])

    def test_of_another_case_is_refused_by_the_database(self, house: House) -> None:
        case = drawn(house, protocol_of(house), VIGNETTE)
        other = drawn(house, protocol_of(house), VIGNETTE)
        draw = ReadingDraw.objects.get(screening=case)
        of_other = newest_evaluation(other)
        with pytest.raises(IntegrityError, match="a reading is of the case that was drawn"), transaction.atomic():
            Reading.objects.create(
                draw=draw, evaluation=of_other, words="Mine.", read_at=NOON, read_by=house.clinician.user
            )

    def test_shows_to_the_next_reviewer_after_a_release(self, house: House) -> None:
        case = drawn(house, protocol_of(house), VIGNETTE)
        read(house, case)
        reviews.release(screening=case, by=house.clinician, at=NOON)
        colleague = actor(Role.CLINICIAN, practice=house.practice)
        page = signed_in(colleague).get(reverse("review", args=[case.pk]))
        assert leaks(page, case)
