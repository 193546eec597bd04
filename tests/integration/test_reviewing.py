"""Taking a case, answering its flags, handing it back: what the services let a clinician do, and what they refuse."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from core.accounts.models import Membership, Role
from core.errors import Conflict, NotForThisUser, Refused
from core.ledger.models import Entry
from core.ledger.selectors import timeline
from core.ledger.verification import verify
from core.quoting import apart
from screening.models import FlagAnswer, Protocol, Return, Screening
from screening.models.screenings import ScreeningStatus
from screening.selectors.answers_to_flags import earlier_answers, flags_of, standing_answers, unanswered
from screening.selectors.moments import in_words
from screening.selectors.policies import policy_of
from screening.services import policies, reviews, submissions
from screening.services.reviews import GivenAnswer
from tests.factories import actor
from tests.playing import NOON, House, again, answer_all, claimed, submitted

pytestmark = pytest.mark.django_db
UNASKED, ATTEMPT, MEDICINE = "nothing-asked-yet", "a-first-attempt", "an-agreed-medicine"


def answer(at: House, case: Screening, *given: GivenAnswer) -> list[FlagAnswer]:
    assert case.current_evaluation_id
    return reviews.answer_flags(
        screening=case, evaluation_id=case.current_evaluation_id, given=given, by=at.clinician, at=NOON
    )


def a_rule(case: Screening) -> str:
    assert case.current_evaluation
    return flags_of(case.current_evaluation)[0].rule_id


def actions(case: Screening) -> list[str]:
    return list(Entry.objects.filter(stream__name=f"case:{case.pk}").order_by("seq").values_list("action", flat=True))


def the_ledger_breaks(*_: Any, **__: Any) -> None:
    raise RuntimeError("the ledger does not answer")


class TestClaiming:
    def test_the_second_clinician_is_told_who_was_first(self, riverside: House, case: Screening) -> None:
        second = actor(Role.CLINICIAN, practice=riverside.practice)
        with pytest.raises(Conflict, match=f"{apart(riverside.clinician.user)} took this case first"):
            reviews.claim(screening=case, by=second, at=NOON)
        assert again(case).claimed_by_id == riverside.clinician.user.pk

    def test_a_second_press_of_the_same_clinician_is_one_claim(self, riverside: House, case: Screening) -> None:
        reviews.claim(screening=case, by=riverside.clinician, at=NOON)
        assert actions(case).count("screening.claimed") == 1

    def test_nobody_reviews_their_own_screening_by_default(self, riverside: House, session_day: Protocol) -> None:
        waiting = submitted(riverside, session_day, UNASKED)
        own = actor(Role.CLINICIAN, practice=riverside.practice, user=riverside.therapist.user)
        with pytest.raises(Refused, match="another clinician"):
            reviews.claim(screening=waiting, by=own, at=NOON)
        assert again(waiting).status == ScreeningStatus.SUBMITTED

    def test_a_practice_may_allow_it_and_the_ledger_says_so(self, riverside: House, session_day: Protocol) -> None:
        allow_own_review(riverside)
        waiting = submitted(riverside, session_day, UNASKED)
        own = actor(Role.CLINICIAN, practice=riverside.practice, user=riverside.therapist.user)
        assert reviews.claim(screening=waiting, by=own, at=NOON).claimed_by_id == own.user.pk
        [moment] = timeline(riverside.auditor, stream=f"case:{waiting.pk}", actions=("screening.claimed",))
        assert moment.payload == {"own_review": True}

    def test_a_role_that_has_ended_meanwhile_takes_nothing(self, riverside: House, session_day: Protocol) -> None:
        waiting = submitted(riverside, session_day, UNASKED)
        Membership.objects.filter(user=riverside.clinician.user).update(ended_at=timezone.now())
        with pytest.raises(Refused, match="Only a clinician"):
            reviews.claim(screening=waiting, by=riverside.clinician, at=NOON)

    def test_a_therapist_takes_nothing(self, riverside: House, session_day: Protocol) -> None:
        waiting = submitted(riverside, session_day, UNASKED)
        with pytest.raises(Refused, match="Only a clinician"):
            reviews.claim(screening=waiting, by=riverside.therapist, at=NOON)

    def test_another_practices_case_is_not_there(self, case: Screening) -> None:
        with pytest.raises(NotForThisUser):
            reviews.claim(screening=case, by=actor(Role.CLINICIAN), at=NOON)

    def test_a_case_goes_back_and_its_answers_stay(self, riverside: House, case: Screening) -> None:
        answer_all(riverside, case)
        reviews.release(screening=case, by=riverside.clinician, at=NOON)
        assert again(case).status == ScreeningStatus.SUBMITTED
        assert case.current_evaluation
        assert unanswered(flags_of(case.current_evaluation)) == []

    def test_a_colleague_cannot_put_it_back_while_its_reviewer_is_here(self, riverside: House, case: Screening) -> None:
        second = actor(Role.CLINICIAN, practice=riverside.practice)
        with pytest.raises(Conflict, match="has this case"):
            reviews.release(screening=case, by=second, at=NOON)
        Membership.objects.filter(user=riverside.clinician.user).update(ended_at=timezone.now())
        assert reviews.release(screening=case, by=second, at=NOON).status == ScreeningStatus.SUBMITTED


class TestAnswering:
    def test_an_answer_is_stored_sealed_and_recorded(self, riverside: House, case: Screening) -> None:
        [stored] = answer(riverside, case, GivenAnswer(a_rule(case), "agree", "I read it so too."))
        assert (stored.answer, stored.words, stored.number) == ("agree", "I read it so too.", 1)
        assert actions(case)[-1] == "flag.answered"
        assert verify() == []

    def test_the_same_answer_again_writes_nothing(self, riverside: House, case: Screening) -> None:
        given = GivenAnswer(a_rule(case), "agree", "Yes.")
        answer(riverside, case, given)
        assert answer(riverside, case, given) == []

    def test_a_later_answer_stands_in_front_of_the_earlier(self, riverside: House, case: Screening) -> None:
        [first] = answer(riverside, case, GivenAnswer(a_rule(case), "agree"))
        [second] = answer(riverside, case, GivenAnswer(a_rule(case), "not-applicable", stood=first.pk))
        assert second.number == 2
        assert standing_answers([second.flag])[second.flag_id].answer == "not-applicable"
        assert FlagAnswer.objects.filter(flag=second.flag).count() == 2

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"answer": "disagree", "words": "No."}, "Choose a reason"),
            ({"answer": "disagree", "reason_code": "answer-misread"}, "Choose a reason"),
            ({"answer": "disagree", "reason_code": "made-up", "words": "No."}, "Choose a reason"),
            ({"answer": "exception-confirmed", "words": "By phone."}, "which claimed exception"),
            ({"answer": "exception-confirmed", "exception_id": "made-up", "words": "x"}, "which claimed exception"),
            ({"answer": "signed-off"}, "Choose an answer"),
            ({"answer": "agree", "words": "x" * 4_001}, "4,000 characters"),
        ],
    )
    def test_an_answer_that_lacks_something_is_refused(
        self, riverside: House, case: Screening, given: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(Refused, match=said):
            answer(riverside, case, GivenAnswer(rule_id=a_rule(case), **given))
        assert not FlagAnswer.objects.exists()

    def test_flags_on_suicidality_are_not_answered_together_with_others(
        self, riverside: House, case: Screening
    ) -> None:
        assert case.current_evaluation
        flags = flags_of(case.current_evaluation)
        given = [GivenAnswer(flag.rule_id, "needs-information", together=True) for flag in flags]
        with pytest.raises(Refused, match="Answer each flag on suicidality by itself"):
            answer(riverside, case, *given)
        assert not FlagAnswer.objects.exists()
        others = [given[place] for place, flag in enumerate(flags) if flag.topic != "suicidality"]
        assert len(answer(riverside, case, *others)) == len(flags) - 2

    def test_agreeing_with_what_cannot_be_ruled_out_reads_as_that(
        self, riverside: House, session_day: Protocol, case: Screening
    ) -> None:
        [still_open] = answer(riverside, case, GivenAnswer(a_rule(case), "agree"))
        assert still_open.in_words == "Agree, it stays open"
        raised = claimed(riverside, session_day, ATTEMPT)
        [on_what_is_raised] = answer(riverside, raised, GivenAnswer(a_rule(raised), "agree"))
        assert on_what_is_raised.in_words == "Agree"
        [moment] = timeline(riverside.auditor, stream=f"case:{case.pk}", actions=("flag.answered",))
        assert "agree, it stays open" in in_words(moment)

    def test_one_faulty_answer_among_several_stores_none(self, riverside: House, case: Screening) -> None:
        assert case.current_evaluation
        first, second, *_ = [flag.rule_id for flag in flags_of(case.current_evaluation)]
        with pytest.raises(Refused):
            answer(riverside, case, GivenAnswer(first, "agree"), GivenAnswer(second, "disagree"))
        assert not FlagAnswer.objects.exists()

    def test_a_reason_is_kept_as_the_practices_list_read_then(self, riverside: House, case: Screening) -> None:
        [stored] = answer(riverside, case, GivenAnswer(a_rule(case), "disagree", "Newer letter.", "newer-information"))
        assert stored.reason_text == "Newer information than the answer"

    def test_a_claimed_exception_can_be_confirmed_with_words_on_who_did(
        self, riverside: House, session_day: Protocol
    ) -> None:
        case = claimed(riverside, session_day, MEDICINE)
        rule, exception = "mind-altering-substance-today", "agreed-medicine"
        with pytest.raises(Refused, match="who confirmed"):
            answer(riverside, case, GivenAnswer(rule, "exception-confirmed", exception_id=exception))
        [stored] = answer(
            riverside, case, GivenAnswer(rule, "exception-confirmed", "Dr Okafor, by phone.", "", exception)
        )
        assert stored.exception_id == exception

    def test_a_flag_of_no_rule_of_this_case_is_not_there(self, riverside: House, case: Screening) -> None:
        with pytest.raises(NotForThisUser):
            answer(riverside, case, GivenAnswer("made-up", "agree"))

    def test_somebody_who_does_not_have_the_case_answers_nothing(self, riverside: House, case: Screening) -> None:
        second = actor(Role.CLINICIAN, practice=riverside.practice)
        assert case.current_evaluation_id
        with pytest.raises(Conflict, match="has this case now"):
            reviews.answer_flags(
                screening=case,
                evaluation_id=case.current_evaluation_id,
                given=[GivenAnswer(a_rule(case), "agree")],
                by=second,
                at=NOON,
            )

    def test_flags_of_older_answers_are_refused(self, riverside: House, case: Screening) -> None:
        with pytest.raises(Conflict, match="amended and evaluated again"):
            reviews.answer_flags(screening=case, evaluation_id=uuid.uuid4(), given=[], by=riverside.clinician, at=NOON)

    def test_where_the_ledger_does_not_answer_nothing_is_stored(
        self, riverside: House, case: Screening, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reviews, "append", the_ledger_breaks)
        with pytest.raises(RuntimeError):
            answer(riverside, case, GivenAnswer(a_rule(case), "agree"))
        assert not FlagAnswer.objects.exists()


class TestHandingBack:
    def test_the_therapist_gets_words_and_questions(self, riverside: House, case: Screening) -> None:
        reviews.send_back(
            screening=case, words=" Ask again. ", questions=["mind-altering-today"] * 2, by=riverside.clinician, at=NOON
        )
        returned = Return.objects.get()
        assert (returned.words, returned.questions) == ("Ask again.", ["mind-altering-today"])
        assert again(case).status == ScreeningStatus.RETURNED
        assert verify() == []

    @pytest.mark.parametrize(("words", "questions"), [("  ", []), ("Ask.", ["no-such-question"])])
    def test_it_needs_words_and_questions_that_exist(
        self, riverside: House, case: Screening, words: str, questions: list[str]
    ) -> None:
        with pytest.raises(Refused):
            reviews.send_back(screening=case, words=words, questions=questions, by=riverside.clinician, at=NOON)
        assert again(case).status == ScreeningStatus.IN_REVIEW

    def test_where_the_ledger_does_not_answer_the_case_stays(
        self, riverside: House, case: Screening, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reviews, "append", the_ledger_breaks)
        with pytest.raises(RuntimeError):
            reviews.send_back(screening=case, words="Ask.", questions=[], by=riverside.clinician, at=NOON)
        assert again(case).status == ScreeningStatus.IN_REVIEW
        assert not Return.objects.exists()

    def test_what_was_said_is_remembered_for_the_next_answers(self, riverside: House, case: Screening) -> None:
        answer(riverside, case, GivenAnswer(a_rule(case), "agree", "On the first answers."))
        reviews.send_back(screening=case, words="Ask again.", questions=[], by=riverside.clinician, at=NOON)
        submit_once_more(riverside, case)
        current = again(case)
        assert earlier_answers(current)[a_rule(current)].words == "On the first answers."
        assert current.current_evaluation
        assert a_rule(case) in {flag.rule_id for flag in unanswered(flags_of(current.current_evaluation))}


def submit_once_more(at: House, case: Screening) -> None:
    current = again(case)
    submissions.submit(screening=current, base_revision=current.draft.revision, by=at.therapist, at=timezone.now())


def allow_own_review(at: House) -> None:
    policy = policy_of(at.practice)
    policies.change(
        crisis_steps=policy.crisis_steps,
        determinations=policy.determinations,
        disagreement_reasons=policy.disagreement_reasons,
        own_review=True,
        by=at.manager,
        at=NOON,
    )
