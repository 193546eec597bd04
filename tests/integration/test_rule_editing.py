"""A rule author changes a rule of a draft: words, guidance, condition and exceptions, without losing what was typed."""

import copy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import Role
from core.errors import Refused
from core.ledger.verification import verify
from screening.engine.conditions import All, Count, Equals, OneOf
from screening.engine.dates import Duration, Unit
from screening.engine.documents import load
from screening.engine.rules import Confirmer, Need, Recheck, Rule, SubGroup, Undertaking
from screening.models import RuleSetVersion
from screening.models.versions import VersionStatus
from screening.selectors.documents import rule_set_of
from screening.services import rule_sets
from tests import playing
from tests.factories import actor
from tests.pages import fields, signed_in, text_of
from tests.playing import NOON, House
from tests.rule_drafts import OTHER_RULE, RULE, draft_of, edit, noted, now, sent, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def once(shared_db: None) -> tuple[House, RuleSetVersion]:
    """A practice and a draft of its rules, written once for the whole module."""
    at_house = playing.house()
    return at_house, draft_of(at_house)


@pytest.fixture
def played(once: tuple[House, RuleSetVersion]) -> tuple[House, RuleSetVersion]:
    return copy.deepcopy(once)


@pytest.fixture
def house(played: tuple[House, RuleSetVersion]) -> House:
    return played[0]


@pytest.fixture
def draft(played: tuple[House, RuleSetVersion]) -> RuleSetVersion:
    return played[1]


@pytest.fixture
def author(house: House) -> Client:
    return signed_in(house.author)


def rule_in(draft: RuleSetVersion, rule_id: str = RULE) -> Rule:
    return rule_set_of(now(draft)).rule_by_id[rule_id]


def refused(response: Any, status: int, *said: str) -> str:
    assert response.status_code == status
    page = response.content.decode()
    for words in said:
        assert words in page
    return page


class TestSaving:
    def test_what_is_not_changed_comes_back_as_it_was(self, author: Client, draft: RuleSetVersion) -> None:
        for rule in rule_set_of(draft).rules:
            response = edit(author, now(draft), rule.id)
            assert response.status_code == 302, rule.id
        assert rule_set_of(now(draft)) == rule_set_of(draft)

    def test_what_is_found_stands_on_the_pages_with_the_words_of_the_document(
        self, author: Client, draft: RuleSetVersion
    ) -> None:
        edit(author, draft, title="Not suitable", cites=["SUI-2"])
        for address in (reverse("rule", args=[draft.pk, RULE]), reverse("rule-version", args=[draft.pk])):
            assert 'It says: <bdi class="digest">&quot;Not suitable&quot;</bdi>' in author.get(address).content.decode()

    def test_words_and_guidance_are_saved(self, author: Client, draft: RuleSetVersion) -> None:
        edit(author, draft, title="One more attempt", concern="caution", cites=["SUI-2", "SUI-3"], weigh_with=["SUI-1"])
        rule = rule_in(draft)
        assert (rule.title, rule.concern) == ("One more attempt", "caution")
        assert (rule.cites, rule.weigh_with) == (("SUI-2", "SUI-3"), ("SUI-1",))

    def test_a_condition_is_saved_from_its_lines(self, author: Client, draft: RuleSetVersion) -> None:
        changed = {
            "when-line": ["5", "0"],
            "when-5-depth": "0",
            "when-5-kind": "all",
            "when-0-depth": "1",
            "when-0-kind": "one-of",
            "when-0-values": ["first", "again"],
        }
        assert edit(author, draft, **changed).status_code == 302
        leaf = OneOf(kind="one-of", question="attempt-since-last", values=("first", "again"))
        assert rule_in(draft).when == All(kind="all", of=(leaf,))

    def test_an_exception_is_added_and_gets_an_id_of_its_own(self, author: Client, draft: RuleSetVersion) -> None:
        changed = {
            "unless": ["7"],
            "unless-7-id": "made-up-elsewhere",
            "unless-7-title": "It was long ago_indeed",
            "unless-7-confirmed_by": "clinician",
            "unless-7-cites": ["SUI-1"],
            "unless-7-when-line": ["0"],
            "unless-7-when-0-depth": "0",
            "unless-7-when-0-kind": "is-yes",
            "unless-7-when-0-question": "supervised-today",
        }
        assert edit(author, draft, **changed).status_code == 302
        (unless,) = rule_in(draft).unless
        assert (unless.id, unless.confirmed_by, unless.cites) == (
            "exception-it-was-long-ago-indeed",
            "clinician",
            ("SUI-1",),
        )
        assert unless.when == Equals(kind="equals", question="supervised-today", value=True)

    def test_where_there_is_no_room_for_another_exception_the_page_says_so(
        self, author: Client, draft: RuleSetVersion
    ) -> None:
        button, said = 'value="add-unless"', "A rule has room for 10 exceptions. Remove one before you add another."
        nine, ten = ([str(key) for key in range(number)] for number in (9, 10))
        page = refused(edit(author, draft, unless=nine, do="refresh"), 200, button)
        assert said not in page
        page = refused(edit(author, draft, unless=nine, do="add-unless"), 200, said)
        assert button not in page
        refused(edit(author, draft, unless=ten, do="drop-unless:3"), 200, button)

    def test_an_exception_keeps_its_id_when_its_title_changes(self, author: Client, draft: RuleSetVersion) -> None:
        edit(author, draft, OTHER_RULE, **{"unless-0-title": "Otherwise said"})
        (unless,) = rule_in(draft, OTHER_RULE).unless
        assert (unless.id, unless.title) == ("agreed-medicine", "Otherwise said")

    def test_fields_that_the_form_does_not_have_change_nothing(
        self, author: Client, house: House, draft: RuleSetVersion
    ) -> None:
        edit(
            author, draft, id="another-id", topic="psychosis", alongside=["dose-set"], status="active", number="9",
            created_by=str(house.approver.user.pk), rules="{}", by=str(house.approver.user.pk),
        )  # fmt: skip
        after = now(draft)
        assert (after.status, after.number, after.created_by_id) == ("draft", 2, house.author.user.pk)
        assert rule_set_of(after) == rule_set_of(draft)
        assert [editor.user_id for editor in after.editors.all()] == [house.author.user.pk]

    def test_only_a_draft_is_changed(self, author: Client, house: House, draft: RuleSetVersion) -> None:
        version = sent(house, noted(house, draft))
        response = edit(author, version, title="Slipped in")
        refused(response, 409, "in review now", "Slipped in")
        assert rule_in(version).title != "Slipped in"

    def test_a_published_rule_has_no_form(self, author: Client, draft: RuleSetVersion) -> None:
        response = author.get(reverse("edit-rule", args=[draft.based_on_id, RULE]))
        assert response["Location"] == reverse("rule", args=[draft.based_on_id, RULE])


class TestWhatStandsBesideTheFlag:
    typed = {
        "weighed_by": ["medical-director", "prescriber"],
        "recheck": "every",
        "recheck_value": "30",
        "recheck_unit": "days",
        "undertakings": "no driving until the next day\r\n\r\n by a companion:  sees them home",
    }

    def test_it_is_saved_as_it_was_typed(self, author: Client, draft: RuleSetVersion) -> None:
        assert edit(author, draft, **self.typed).status_code == 302
        rule = rule_in(draft)
        assert [role.value for role in rule.weighed_by] == ["medical-director", "prescriber"]
        assert rule.recheck == Recheck(every=Duration(value=30, unit=Unit.DAYS))
        assert [(found.by, found.text) for found in rule.undertakings] == [
            ("the client", "no driving until the next day"),
            ("a companion", "sees them home"),
        ]

    def test_a_colon_in_what_is_agreed_names_nobody(self, author: Client, draft: RuleSetVersion) -> None:
        edit(author, draft, undertakings="no driving: not until the next day")
        (found,) = rule_in(draft).undertakings
        assert (found.by, found.text) == ("the client", "no driving: not until the next day")

    def test_it_is_taken_away_again(self, author: Client, draft: RuleSetVersion) -> None:
        edit(author, draft, **self.typed)
        edit(author, now(draft), weighed_by=[], recheck="each-session", undertakings="by a companion: sees them home")
        rule = rule_in(draft)
        assert (rule.weighed_by, rule.recheck) == ((), Recheck(before="each-session"))
        assert [found.id for found in rule.undertakings] == ["agreed-sees-them-home"]
        edit(author, now(draft), recheck="", undertakings="")
        assert (rule_in(draft).recheck, rule_in(draft).undertakings) == (None, ())

    def test_a_rule_comes_back_with_all_its_parts(self, author: Client, house: House, draft: RuleSetVersion) -> None:
        leaf = {"kind": "equals", "question": "supervised-today", "value": True}
        letter = {"id": "letter", "title": "a letter", "from": "the family doctor", "in_hand": leaf}
        colon = Undertaking(id="two", text="first this:\nthen that: both", by="whoever: drives")
        changed = rule_in(draft).model_copy(
            update={
                "only_for": SubGroup(title="some", when=rule_in(draft).when),
                "weighed_by": (Confirmer.CLINICIAN,),
                "needs": (load(Need, letter, document="need"),),
                "recheck": Recheck(every=Duration(value=2, unit=Unit.WEEKS)),
                "undertakings": (Undertaking(id="one", text="no driving"), colon),
            }
        )
        rule_sets.change_rule(
            version=draft, rule_id=RULE, rule=changed, expected_revision=draft.revision, by=house.author, at=NOON
        )
        assert edit(author, now(draft)).status_code == 302
        assert rule_in(draft) == changed

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"recheck": "every"}, "Give a number."),
            ({"recheck": "every", "recheck_value": "3"}, "Choose a unit."),
            ({"recheck": "every", "recheck_value": "0", "recheck_unit": "days"}, "Give 1 or more."),
            ({"weighed_by": ["somebody"]}, "That is not among the choices."),
            ({"undertakings": ": sees them home"}, "does not say who agrees to what"),
            ({"undertakings": ":"}, "does not say who agrees to what"),
            ({"undertakings": "by a companion: –"}, "does not say who agrees to what"),
            ({"undertakings": "\n".join(f"line {n}" for n in range(11))}, "room for 10"),
        ],
    )
    def test_what_cannot_be_read_is_said_at_its_field(
        self, author: Client, draft: RuleSetVersion, changed: Any, said: str
    ) -> None:
        refused(edit(author, draft, **changed), 422, said)
        assert now(draft).rules == draft.rules

    def test_the_preview_reads_it_and_the_form_keeps_it(self, author: Client, draft: RuleSetVersion) -> None:
        page = text_of(edit(author, draft, **{**self.typed, "do": "preview"}))
        assert "To be weighed by the medical director and the prescriber." in page
        assert "The answers behind it are asked again every 30 days." in page
        assert "To be agreed by a companion: “sees them home”." in page
        kept = fields(edit(author, draft, **{**self.typed, "do": "refresh"}), "rule-form")
        assert kept["undertakings"] == [self.typed["undertakings"]]
        assert (kept["weighed_by"], kept["recheck_value"]) == (["prescriber", "medical-director"], ["30"])


class TestCheckingWithoutSaving:
    def test_it_shows_the_sentence_and_the_vignettes_that_change_and_saves_nothing(
        self, author: Client, draft: RuleSetVersion
    ) -> None:
        response = edit(author, draft, do="preview", **{"when-0-values": ["first"]})
        page = refused(response, 200, "As it would read", "vignettes would come out otherwise")
        assert "A further attempt" in page
        assert now(draft).revision == draft.revision
        assert now(draft).rules == draft.rules

    def test_it_names_words_that_decide(self, author: Client, draft: RuleSetVersion) -> None:
        response = edit(author, draft, do="preview", title="Not eligible")
        refused(response, 200, "the title", "decides, and only a clinician does")

    @pytest.mark.parametrize("do", ["refresh", "add-line:when:0", "add-unless", "drop-line:when:0", "nonsense:a:b:c"])
    def test_buttons_that_only_change_the_form_save_nothing(
        self, author: Client, draft: RuleSetVersion, do: str
    ) -> None:
        response = edit(author, draft, do=do, title="Typed so far", explanation="")
        refused(response, 200, "Typed so far")
        assert now(draft).revision == draft.revision

    def test_a_line_more_and_a_line_less(self, author: Client, draft: RuleSetVersion) -> None:
        more = edit(author, draft, do="add-line:when:0").content.decode()
        assert 'name="when-line" value="1"' in more
        less = edit(author, draft, do="drop-line:when:0").content.decode()
        assert 'name="when-line"' not in less

    def test_refreshing_offers_the_options_of_the_question_chosen(self, author: Client, draft: RuleSetVersion) -> None:
        page = edit(author, draft, do="refresh", **{"when-0-question": "suicide-thoughts-today"}).content.decode()
        assert 'value="new-or-stronger"' in page


class TestWhatDoesNotHold:
    def test_every_fault_is_named_with_its_line_and_everything_typed_is_kept(
        self, author: Client, draft: RuleSetVersion
    ) -> None:
        changed = {
            "title": "",
            "explanation": "Words I would not like to lose",
            "when-line": ["0", "1"],
            "when-1-depth": "3",
            "when-1-kind": "is-yes",
        }
        response = edit(author, draft, **changed)
        refused(
            response,
            422,
            "Words I would not like to lose",
            "Condition, line 2",
            "<bdi>Title</bdi>: This is empty. Fill it in.",
        )
        assert now(draft).rules == draft.rules

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"when-0-question": "no-such-question"}, "Condition, line 1"),
            ({"when-0-values": ["no-such-option"]}, "Condition, line 1"),
            ({"when-0-kind": "is-yes"}, "Condition, line 1"),
            ({"when-0-kind": "count-at-least", "when-0-number": "1"}, "Condition, line 1"),
            ({"when-0-kind": "defined", "when-0-question": "nothing"}, "Condition, line 1"),
            ({"cites": ["NO-1"]}, "That is not among the choices"),
            ({"concern": "verdict"}, "That is not among the choices"),
            ({"review_by": "soon"}, "This is not a day in the calendar"),
            ({"review_by": "2020-01-01"}, "Set a day that is still to come"),
        ],
    )
    def test_a_rule_that_cannot_be_read_is_not_saved(
        self, author: Client, draft: RuleSetVersion, changed: dict[str, object], said: str
    ) -> None:
        refused(edit(author, draft, **changed), 422, said)
        assert now(draft).rules == draft.rules

    def test_the_service_refuses_it_too(self, house: House, draft: RuleSetVersion) -> None:
        rule = rule_in(draft).model_copy(update={"when": Count(kind="count", group="nowhere", operator="=", value=0)})
        with pytest.raises(Refused, match="cannot be read"):
            rule_sets.change_rule(
                version=draft, rule_id=RULE, rule=rule, expected_revision=draft.revision, by=house.author, at=NOON
            )


def test_a_rule_that_is_saved_as_it_was_is_no_change_and_makes_nobody_its_author(
    house: House, draft: RuleSetVersion
) -> None:
    colleague = actor(Role.RULE_AUTHOR, practice=house.practice)
    browser = signed_in(colleague)
    saved = edit(browser, draft)
    assert "Nothing was changed in the rule, so nothing was saved." in text_of(browser.get(saved.headers["Location"]))
    assert now(draft).revision == draft.revision
    assert not now(draft).editors.filter(user=colleague.user).exists()


class TestTwoTabs:
    def test_the_later_save_keeps_what_was_typed_and_shows_what_the_rule_is_now(
        self, author: Client, draft: RuleSetVersion
    ) -> None:
        assert edit(author, draft, title="First tab").status_code == 302
        response = edit(author, draft, title="Second tab", explanation="Typed in the second tab")
        refused(
            response, 409, "by somebody else or in another tab", "The rule is now", "First tab", "Second tab",
            "Typed in the second tab", f'name="revision" value="{draft.revision + 1}"',
        )  # fmt: skip
        assert rule_in(draft).title == "First tab"

    def test_a_check_in_an_older_tab_does_not_make_it_newer(self, author: Client, draft: RuleSetVersion) -> None:
        edit(author, draft, title="First tab")
        page = edit(author, draft, title="Second tab", do="preview").content.decode()
        assert f'name="revision" value="{draft.revision}"' in page

    def test_what_was_typed_is_there_again_after_signing_in(
        self, author: Client, house: House, draft: RuleSetVersion
    ) -> None:
        address = reverse("edit-rule", args=[draft.pk, RULE])
        token = author.get(address).context["typed_by"]
        del author.cookies["sessionid"]
        edit(author, draft, title="Typed before the session ended", typed_by=token)
        author.force_login(house.author.user)
        page = author.get(address).content.decode()
        assert "Typed before the session ended" in page
        assert rule_in(draft).title != "Typed before the session ended"


def test_an_editor_is_noted_once_and_sealed(author: Client, house: House, draft: RuleSetVersion) -> None:
    edit(author, draft, title="Once")
    edit(author, now(draft), title="Twice")
    assert draft.editors.count() == 1
    assert verify() == []
    assert now(draft).status == VersionStatus.DRAFT


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30, "2.5"])
def test_a_revision_that_is_none_is_a_conflict(author: Client, draft: RuleSetVersion, revision: str) -> None:
    data = typed(draft, title="Anything") | {"revision": revision}
    response = author.post(reverse("edit-rule", args=[draft.pk, RULE]), data)
    assert response.status_code == 409
