"""From a draft to a published version: two people, one of whom wrote none of it, and nothing changes afterwards."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.accounts.models import Actor, Role
from core.accounts.services import end_membership
from core.errors import Conflict, Refused
from core.ledger.models import Entry
from core.ledger.verification import verify
from screening.models import DraftEditor, Protocol, RuleSetVersion
from screening.selectors.documents import rule_set_of
from screening.selectors.rule_sets import check_of
from screening.services import rule_sets
from tests import playing
from tests.factories import PASSWORD, MembershipFactory
from tests.pages import fields, signed_in, text_of
from tests.playing import NOON, House
from tests.rule_drafts import OTHER_RULE, RULE, draft_of, edit, in_review, noted, now, typed

pytestmark = pytest.mark.django_db


def also(role: Role, person: Actor) -> Actor:
    """Give a person another role, in which they act."""
    MembershipFactory.create(user=person.user, practice=person.practice, role=role)
    return Actor(person.user, person.practice, role.value)


def publish(version: RuleSetVersion, by: Actor) -> RuleSetVersion:
    return rule_sets.publish(version=version, shown_digest=version.digest, by=by, at=NOON)


def press_publish(browser: Client, version: RuleSetVersion, **changed: str) -> Any:
    data = {"password": PASSWORD, "shown": version.digest, **changed}
    return browser.post(reverse("rule-version-publish", args=[version.pk]), data)


def queries_of(browser: Client, draft: RuleSetVersion) -> list[int]:
    """Return how many queries each page of a draft makes."""
    names = ("rule-version", "vignettes", "replay")
    found = []
    for address in (reverse("rules"), reverse("questionnaires"), *(reverse(name, args=[draft.pk]) for name in names)):
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        found.append(len(captured))
    return found


class TestAnAuthorNeverPublishes:
    def test_not_the_one_who_took_the_draft(self, house: House) -> None:
        version = in_review(house)
        with pytest.raises(Refused, match="You took part in writing"):
            publish(version, also(Role.RULE_APPROVER, house.author))

    def test_not_one_who_changed_a_rule_of_it(self, house: House) -> None:
        self.refused_after(house, lambda draft, by: edit(signed_in(by), draft, title="Otherwise"))

    def test_not_one_who_wrote_its_notes(self, house: House) -> None:
        self.refused_after(house, lambda draft, by: noted(house, draft, by))

    def test_not_the_one_who_sent_it(self, house: House) -> None:
        helper = also(Role.RULE_AUTHOR, house.approver)
        draft = noted(house, draft_of(house))
        version = rule_sets.submit(version=draft, expected_revision=draft.revision, by=helper, at=NOON)
        with pytest.raises(Refused, match="You took part in writing"):
            publish(version, house.approver)

    def test_not_after_their_role_as_author_ended(self, house: House) -> None:
        version = in_review(house)
        also(Role.RULE_APPROVER, house.author)
        membership = house.author.user.memberships.get(role=Role.RULE_AUTHOR)
        end_membership(membership=membership, by=house.manager, at=NOON)
        assert press_publish(signed_in(house.author), version).status_code == 409
        assert now(version).status == "in-review"

    def test_not_by_the_page_either_which_says_so_instead_of_a_form(self, house: House) -> None:
        version = in_review(house)
        also(Role.RULE_APPROVER, house.author)
        page = signed_in(house.author).get(reverse("rule-version", args=[version.pk]))
        assert "You took part in writing this version. Somebody else has to publish it." in text_of(page)
        assert reverse("rule-version-publish", args=[version.pk]) not in page.content.decode()

    def test_not_in_the_database(self, house: House) -> None:
        version = in_review(house)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE screening_rulesetversion SET status = 'active', published_at = created_at,"
                " published_by_id = created_by_id WHERE number = %s",
                [version.number],
            )

    def refused_after(self, house: House, change: Callable[[RuleSetVersion, Actor], object]) -> None:
        helper = also(Role.RULE_AUTHOR, house.approver)
        draft = draft_of(house)
        change(draft, helper)
        change(now(draft), helper)
        draft = noted(house, now(draft))
        if not check_of(draft).clean:
            raise AssertionError(check_of(draft).stops)
        version = rule_sets.submit(version=draft, expected_revision=draft.revision, by=house.author, at=NOON)
        with pytest.raises(Refused, match="You took part in writing"):
            publish(version, house.approver)
        assert press_publish(signed_in(house.approver), version).status_code == 409
        assert now(version).status == "in-review"

    def test_who_edited_a_draft_is_never_struck_out(self, house: House) -> None:
        version = in_review(house)
        for statement in ("DELETE FROM screening_drafteditor", "UPDATE screening_drafteditor SET user_id = NULL"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        assert DraftEditor.objects.filter(version=version).count() == 1


class TestSubmitting:
    def test_a_draft_with_findings_is_refused_and_the_page_names_each_place(self, house: House) -> None:
        draft, browser = draft_of(house), signed_in(house.author)
        edit(browser, draft, cites=[])
        draft = noted(house, now(draft))
        response = browser.post(reverse("rule-version-submit", args=[draft.pk]), {"revision": draft.revision})
        assert response.status_code == 409
        assert "A further attempt or threat: what it cites" in text_of(response)
        assert now(draft).status == "draft"

    def test_a_draft_without_notes_is_refused(self, house: House) -> None:
        draft = draft_of(house)
        with pytest.raises(Refused, match="Write down what this version changes"):
            rule_sets.submit(version=draft, expected_revision=draft.revision, by=house.author, at=NOON)

    def test_the_page_says_that_it_is_not_sent_yet_and_leads_to_the_notes(self, house: House) -> None:
        draft, browser = draft_of(house), signed_in(house.author)
        page = browser.post(reverse("rule-version-submit", args=[draft.pk]), {"revision": draft.revision})
        assert page.status_code == 409
        assert "Not sent yet Write down what this version changes and why, and save that first." in text_of(page)
        assert 'href="#id_change_notes"' in page.content.decode()
        assert 'id="id_change_notes"' in page.content.decode()

    def test_notes_that_were_typed_and_not_saved_are_sent_with_it(self, house: House) -> None:
        draft, browser = draft_of(house), signed_in(house.author)
        typed_with = {"change_notes": "Typed with care", "revision": draft.revision}
        assert browser.post(reverse("rule-version-submit", args=[draft.pk]), typed_with).status_code == 302
        assert (now(draft).status, now(draft).change_notes) == ("in-review", "Typed with care")

    def test_notes_typed_on_an_old_page_are_kept_and_nothing_is_sent(self, house: House) -> None:
        draft, browser = draft_of(house), signed_in(house.author)
        noted(house, draft)
        typed_with = {"change_notes": "Typed with care", "revision": draft.revision}
        page = browser.post(reverse("rule-version-submit", args=[draft.pk]), typed_with)
        assert (page.status_code, now(draft).status, now(draft).change_notes) == (409, "draft", "Why.")
        assert fields(page)["change_notes"] == ["Typed with care"]

    def test_notes_that_were_taken_away_are_asked_for_again(self, house: House) -> None:
        draft, browser = noted(house, draft_of(house)), signed_in(house.author)
        emptied = {"change_notes": " ", "revision": draft.revision}
        assert browser.post(reverse("rule-version-submit", args=[draft.pk]), emptied).status_code == 422
        assert (now(draft).status, now(draft).change_notes) == ("draft", "Why.")

    def test_a_draft_that_somebody_changed_meanwhile_is_not_sent(self, house: House) -> None:
        draft, browser = noted(house, draft_of(house)), signed_in(house.author)
        edit(browser, draft, title="Meanwhile")
        response = browser.post(reverse("rule-version-submit", args=[draft.pk]), {"revision": draft.revision})
        assert response.status_code == 409
        assert now(draft).status == "draft"

    def test_sending_twice_sends_once(self, house: House) -> None:
        draft, browser = noted(house, draft_of(house)), signed_in(house.author)
        address = reverse("rule-version-submit", args=[draft.pk])
        answers = [browser.post(address, {"revision": draft.revision}).status_code for _ in range(2)]
        assert answers == [302, 409]
        assert Entry.objects.filter(action="rule-set.submitted").count() == 2  # the adopted version, and this one

    def test_notes_typed_on_an_old_page_are_kept(self, house: House) -> None:
        draft, browser = draft_of(house), signed_in(house.author)
        noted(house, draft)
        data = {"change_notes": "Typed with care", "revision": draft.revision}
        response = browser.post(reverse("rule-version-notes", args=[draft.pk]), data)
        assert response.status_code == 409
        assert "Typed with care" in response.content.decode()
        assert now(draft).change_notes == "Why."

    def test_sending_back_needs_words_and_shows_them_to_the_author(self, house: House) -> None:
        version, browser = in_review(house), signed_in(house.approver)
        address = reverse("rule-version-send-back", args=[version.pk])
        assert browser.post(address, {"words": " "}).status_code == 422
        assert browser.post(address, {"words": "Say which attempt."}).status_code == 302
        page = signed_in(house.author).get(reverse("rule-version", args=[version.pk]))
        assert "Say which attempt." in text_of(page)
        assert now(version).status == "draft"


class TestPublishing:
    def test_a_second_person_publishes_and_the_version_before_is_retired(self, house: House) -> None:
        version = in_review(house)
        assert press_publish(signed_in(house.approver), version).status_code == 302
        assert [(v.number, v.status) for v in RuleSetVersion.objects.order_by("number")] == [
            (1, "retired"),
            (2, "active"),
        ]
        assert verify() == []

    def test_screenings_begun_earlier_stay_with_their_version(self, house: House) -> None:
        protocol = playing.published(house)
        before = playing.started(house, protocol)
        version = in_review(house, protocol)
        publish(version, house.approver)
        after = playing.started(house, protocol)
        assert before.rule_set_version.number == 1
        assert playing.again(before).rule_set_version.number == 1
        assert after.rule_set_version == version

    def test_a_wrong_password_publishes_nothing(self, house: House) -> None:
        version = in_review(house)
        response = press_publish(signed_in(house.approver), version, password="not mine")
        assert response.status_code == 409
        assert "That is not your password" in text_of(response)
        assert now(version).status == "in-review"

    @pytest.mark.parametrize("password", [PASSWORD, "not mine"])
    def test_a_digest_that_was_not_the_one_read_publishes_nothing(self, house: House, password: str) -> None:
        version = in_review(house)
        response = press_publish(signed_in(house.approver), version, shown="0" * 64, password=password)
        assert response.status_code == 409
        assert "changed since you read it" in text_of(response)
        assert now(version).status == "in-review"

    def test_what_is_published_refuses_every_change(self, house: House) -> None:
        version = publish(in_review(house), house.approver)
        for change in ("rules = '{}'", "digest = 'x'", "change_notes = 'x'", "number = 9", "status = 'draft'"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE screening_rulesetversion SET {change} WHERE number = 2")  # noqa: S608  the test's own words
        assert now(version).digest == version.digest

    def test_the_page_says_what_publishing_does_before_the_button(self, house: House) -> None:
        version = in_review(house)
        words = text_of(signed_in(house.approver).get(reverse("rule-version", args=[version.pk])))
        said, button = "Screenings begun before stay with the version they began on", "Publish version 2"
        assert words.index(said) < words.rindex(button)
        assert version.digest in words


class TestWithdrawing:
    def test_a_withdrawn_draft_is_kept_and_counts_as_open_no_more(self, house: House) -> None:
        protocol = playing.published(house)
        draft = draft_of(house, protocol)
        browser = signed_in(house.author)
        assert browser.post(reverse("rule-version-withdraw", args=[draft.pk])).status_code == 302
        assert now(draft).status == "withdrawn"
        again = rule_sets.take_draft(protocol=protocol, by=house.author, at=NOON)
        assert (again.number, again.based_on_id) == (3, draft.based_on_id)
        assert browser.get(reverse("rule-version", args=[draft.pk])).status_code == 200
        assert verify() == []

    def test_it_is_never_taken_up_again(self, house: House) -> None:
        draft = draft_of(house)
        rule_sets.withdraw(version=draft, by=house.author, at=NOON)
        with pytest.raises(Conflict, match="withdrawn now"):
            noted(house, draft)
        for change in ("status = 'draft'", "rules = '{}'", "status = 'active'"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE screening_rulesetversion SET {change} WHERE number = 2")  # noqa: S608  the test's own words

    def test_the_first_version_is_not_withdrawn(self, house: House) -> None:
        browser = signed_in(house.author)
        browser.post(reverse("adopt"), {"name": "session-day"})
        draft = RuleSetVersion.objects.get()
        assert browser.post(reverse("rule-version-withdraw", args=[draft.pk])).status_code == 409
        assert now(draft).status == "draft"


class TestAdopting:
    def test_it_makes_drafts_and_can_be_done_once(self, house: House) -> None:
        browser = signed_in(house.author)
        answers = [browser.post(reverse("adopt"), {"name": "session-day"}).status_code for _ in range(2)]
        assert answers == [302, 409]
        assert [(p.name, p.rule_set_versions.get().status) for p in Protocol.objects.all()] == [
            ("kap-session-day-rules", "draft")
        ]

    def test_a_name_that_does_not_ship_is_refused(self, house: House) -> None:
        assert signed_in(house.author).post(reverse("adopt"), {"name": "../../etc"}).status_code == 409
        assert not Protocol.objects.exists()

    def test_one_draft_at_a_time(self, house: House) -> None:
        draft, browser = draft_of(house), signed_in(house.author)
        response = browser.post(reverse("take-draft", args=[draft.protocol_id]))
        assert response.status_code == 409
        assert "A draft of these rules is open already" in text_of(response)


class TestReading:
    def test_another_practices_version_is_not_there(self, house: House) -> None:
        draft = draft_of(house)
        stranger = signed_in(playing.house().author)
        names = ["rule-version", "vignettes", "replay"]
        addresses = [reverse(name, args=[draft.pk]) for name in names]
        addresses += [reverse(name, args=[draft.pk, RULE]) for name in ("rule", "edit-rule")]
        addresses += [reverse(n, args=[draft.questionnaire_version_id]) for n in ("questionnaire-version",
                                                                                 "questionnaire-fhir")]  # fmt: skip
        assert {stranger.get(address).status_code for address in addresses} == {404}
        assert stranger.post(reverse("take-draft", args=[draft.protocol_id])).status_code == 404
        for name in ("notes", "submit", "withdraw"):
            address = reverse(f"rule-version-{name}", args=[draft.pk])
            assert stranger.post(address, {"revision": draft.revision, "change_notes": "x"}).status_code == 404
        data = typed(draft, title="Mine")
        assert stranger.post(reverse("edit-rule", args=[draft.pk, RULE]), data).status_code == 404
        assert now(draft).rules == draft.rules

    def test_an_auditor_reads_and_changes_nothing(self, house: House) -> None:
        draft, browser = draft_of(house), signed_in(house.auditor)
        assert browser.get(reverse("rule-version", args=[draft.pk])).status_code == 200
        assert browser.get(reverse("rule", args=[draft.pk, RULE])).status_code == 200
        assert browser.get(reverse("edit-rule", args=[draft.pk, RULE])).status_code == 403
        assert browser.post(reverse("rule-version-withdraw", args=[draft.pk])).status_code == 403

    def test_a_therapist_opens_none_of_it(self, house: House) -> None:
        browser = signed_in(house.therapist)
        assert {browser.get(reverse(name)).status_code for name in ("rules", "questionnaires")} == {403}

    def test_what_a_draft_changes_stands_side_by_side(self, house: House) -> None:
        draft, browser = draft_of(house), signed_in(house.author)
        edit(browser, draft, OTHER_RULE, title="Anything mind-altering today")
        words = text_of(browser.get(reverse("rule-version", args=[draft.pk])))
        assert "1 rule changed since version 1" in words
        assert "Anything mind-altering today changed Version 1" in words

    def test_a_rule_that_is_not_there_is_not_found(self, house: House) -> None:
        draft, browser = draft_of(house), signed_in(house.author)
        assert browser.get(reverse("rule", args=[draft.pk, "no-such-rule"])).status_code == 404
        assert browser.get(reverse("rule-version", args=[uuid.uuid4()])).status_code == 404

    def test_pages_make_as_many_queries_however_many_versions_there_are(self, house: House) -> None:
        protocol, browser = playing.published(house), signed_in(house.author)
        draft = draft_of(house, protocol)
        queries_of(browser, draft)
        before = queries_of(browser, draft)
        for _ in range(3):
            rule_sets.withdraw(version=draft, by=house.author, at=NOON)
            draft = draft_of(house, protocol)
        assert queries_of(browser, draft) == before
        assert max(before) <= 18

    def test_an_export_is_fhir_and_recorded(self, house: House) -> None:
        draft = draft_of(house)
        response = signed_in(house.auditor).get(reverse("questionnaire-fhir", args=[draft.questionnaire_version_id]))
        assert response.json()["resourceType"] == "Questionnaire"
        assert response["Content-Disposition"].startswith("attachment;")
        entry = Entry.objects.get(action="questionnaire.exported")
        assert (entry.actor, entry.object) == (
            house.auditor.user,
            f"questionnaire-version:{draft.questionnaire_version_id}",
        )


def test_from_a_draft_to_the_next_screening(house: House) -> None:
    """Take a draft, change words and condition, check, save, say why, send it; another publishes; it is used."""
    protocol = playing.published(house)
    author, approver = signed_in(house.author), signed_in(house.approver)
    draft_page = author.post(reverse("take-draft", args=[protocol.pk]))["Location"]
    draft = RuleSetVersion.objects.get(status="draft")
    changed = {"title": "A further attempt, or a threat", "when-0-kind": "one-of", "when-0-values": ["again", "first"]}
    assert edit(author, draft, do="preview", **changed).status_code == 200
    assert edit(author, draft, **changed).status_code == 302
    for result in check_of(now(draft)).changed:
        author.post(reverse("retell", args=[draft.pk, result.vignette_id]), {"revision": now(draft).revision})
    notes = {"change_notes": "First attempts count too.", "revision": now(draft).revision}
    assert author.post(reverse("rule-version-notes", args=[draft.pk]), notes).status_code == 302
    author.post(reverse("rule-version-submit", args=[draft.pk]), {"revision": now(draft).revision})
    read = approver.get(draft_page)
    assert "First attempts count too." in text_of(read)
    response = press_publish(approver, now(draft))
    assert response.status_code == 302, text_of(response)
    screening = playing.started(house, protocol)
    assert screening.rule_set_version == draft
    assert rule_set_of(screening.rule_set_version).rule_by_id[RULE].title == "A further attempt, or a threat"
    assert verify() == []
