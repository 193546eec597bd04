"""Handing a case back: only what it asks can be pointed at, each row by itself, and the therapist sees the same."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import Refused
from core.ledger.selectors import timeline
from screening.engine.answers import Answer
from screening.engine.drafts import Change
from screening.models import Draft, Protocol, Return, Screening
from screening.selectors.documents import questionnaire_of
from screening.selectors.moments import in_words
from screening.selectors.returns import asked_in, questions_asked, questions_of
from screening.selectors.reviews import newest_evaluation
from screening.services import drafts, reviews, submissions
from tests.integration.conftest import Played
from tests.pages import signed_in
from tests.playing import NOON, House, again, claimed, filled, house, published

pytestmark = pytest.mark.django_db
WISH = "attempt-wish-to-die"


@pytest.fixture(scope="module")
def once(shared_db: None) -> Played:
    """A practice that screens for intake, and a case with two attempts, written once for this module."""
    at_house = house()
    protocol: Protocol = published(at_house, "intake")
    return at_house, protocol, claimed(at_house, protocol, "second-time-cannot-remember")


def offered(desk: Client, case: Screening) -> dict[str, str]:
    """Return every question that can be pointed at on the form, with its words."""
    form = desk.get(reverse("send-back", args=[case.pk])).context["form"]
    fields = [form["missing"], *form.sections]
    return {value: str(label) for field in fields for value, label in field.field.choices}


def rows_of(case: Screening) -> dict[str, str]:
    """Return how each row's question is written, with the answer that stands there."""
    asked = questions_asked(asked_in(newest_evaluation(case)))
    return {key: view.words for key, view in asked.items() if view.link_id == WISH}


class TestTheForm:
    def test_a_question_of_a_row_is_offered_once_for_each_row_with_its_name(
        self, desk: Client, case: Screening
    ) -> None:
        found = {key: words for key, words in offered(desk, case).items() if key.startswith(WISH)}
        assert found.keys() == rows_of(case).keys()
        assert len(set(found.values())) == len(found) == 2
        assert all("Attempt: " in words for words in found.values())

    def test_only_what_this_case_asks_is_offered(self, desk: Client, case: Screening) -> None:
        found = offered(desk, case)
        assert "suicide-attempts" in found
        assert "psychosis-diagnosis" in found
        assert not [key for key in found if key.startswith("psychosis-diagnosis-")]

    def test_what_is_kept_though_it_is_not_asked_now_is_not_offered(self, desk: Client, riverside: House) -> None:
        protocol = Protocol.objects.get(practice=riverside.practice)
        case = filled(riverside, protocol, "second-time-cannot-remember")
        change = Change(answers={"suicide-attempt-ever": Answer(value=False)})
        draft = drafts.save(screening=case, change=change, base_revision=1, by=riverside.therapist, at=NOON)
        submissions.submit(screening=case, base_revision=draft.revision, by=riverside.therapist, at=timezone.now())
        reviews.claim(screening=case, by=riverside.clinician, at=NOON)
        assert not [key for key in offered(desk, case) if key.startswith(("suicide-attempts", WISH))]

    def test_what_is_not_offered_is_not_taken(self, desk: Client, case: Screening) -> None:
        form = {"words": "Ask.", "in-psychosis": ["psychosis-diagnosis-by"], "missing": [WISH]}
        assert desk.post(reverse("send-back", args=[case.pk]), form).status_code == 422
        assert not Return.objects.exists()


class TestTheReturn:
    def test_the_therapist_reads_the_answer_of_each_row_and_is_led_to_it(
        self, desk: Client, riverside: House, case: Screening
    ) -> None:
        (known, yes), (open_row, unknown) = rows_of(case).items()
        assert yes != unknown
        form = {"words": "Ask once more.", "missing": [open_row]}
        assert desk.post(reverse("send-back", args=[case.pk]), form).status_code == 302
        page = signed_in(riverside.therapist).get(reverse("screening-result", args=[case.pk]))
        box = page.content.decode().split('id="returned"')[1].split("</section>")[0]
        assert f"#q-{open_row.replace('/', '--')}" in box
        assert f"<bdi>{unknown}</bdi></q>" in box
        assert f"#q-{known.replace('/', '--')}" not in box

    def test_what_was_asked_stands_where_it_is_answered_until_it_is_submitted_again(
        self, riverside: House, case: Screening
    ) -> None:
        key = next(iter(rows_of(case)))
        reviews.send_back(screening=case, words="Ask once more.", questions=[key], by=riverside.clinician, at=NOON)
        browser, questionnaire = signed_in(riverside.therapist), questionnaire_of(case.questionnaire_version)
        own = questionnaire.section_of[WISH]
        other = next(section.link_id for section in questionnaire.sections if section.link_id != own)
        pages = {name: reverse("section", args=[case.pk, name]) for name in (own, other)}
        pages["answers"] = reverse("screening-answers", args=[case.pk])
        asked = f'href="{pages[own]}#q-{key.replace("/", "--")}"'
        found = {name: browser.get(at).content.decode() for name, at in pages.items()}
        assert all("Ask once more." in page for page in found.values())
        assert [
            name for name, page in found.items() if asked in page.split('id="returned"')[1].split("</section>")[0]
        ] == [
            own,
            "answers",
        ]
        draft = Draft.objects.get(screening=case)
        submissions.submit(
            screening=case, base_revision=draft.revision, by=riverside.therapist, at=NOON + timedelta(hours=1)
        )
        assert "Ask once more." not in browser.get(pages["answers"]).content.decode()

    def test_the_auditor_reads_which_row_was_meant(self, riverside: House, case: Screening) -> None:
        key = next(iter(rows_of(case)))
        reviews.send_back(screening=case, words="Ask.", questions=[key], by=riverside.clinician, at=NOON)
        [moment] = timeline(riverside.auditor, stream=f"case:{case.pk}", actions=("screening.returned",))
        assert "Attempt: " in in_words(moment)
        assert WISH not in in_words(moment)

    @pytest.mark.parametrize("question", [WISH, f"{WISH}/no-such-row", "psychosis-diagnosis-by"])
    def test_a_row_that_is_not_named_and_what_is_not_asked_are_refused(
        self, riverside: House, case: Screening, question: str
    ) -> None:
        with pytest.raises(Refused, match="This case does not ask"):
            reviews.send_back(screening=case, words="Ask.", questions=[question], by=riverside.clinician, at=NOON)

    def test_a_return_of_before_rows_were_told_apart_shows_every_row_and_leads_nowhere_that_is_not_asked(
        self, riverside: House, case: Screening
    ) -> None:
        returned = Return(
            evaluation=newest_evaluation(case),
            questions=[WISH, "psychosis-diagnosis-by"],
            words="Ask.",
            returned_at=NOON,
            returned_by=riverside.clinician.user,
        )
        *rows, not_asked = questions_of(returned, lambda section, anchor: f"{section}#{anchor}")
        assert [view.words for view in rows] == list(rows_of(case).values())
        assert all(view.url for view in rows)
        assert (not_asked.url, not_asked.words) == ("", "not answered")


def test_submitting_again_does_not_claim_that_anything_was_answered(riverside: House, case: Screening) -> None:
    reviews.send_back(screening=case, words="Ask.", questions=[], by=riverside.clinician, at=NOON)
    current = again(case)
    submissions.submit(
        screening=current, base_revision=current.draft.revision, by=riverside.therapist, at=timezone.now()
    )
    response = again(case).current_response
    assert response
    assert response.reason == "Submitted again after a return with questions"
