"""What people said lies in the database encrypted, for its row alone, and is opened only where it is read."""

import importlib
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.canonical import digest
from core.encryption import DecryptionFailed
from core.ledger import content, guards
from core.ledger.content_fields import StreamTextField
from core.ledger.sealing import registered, row_digest
from core.ledger.verification import verify
from screening.models import Determination, Evaluation, FlagAnswer, Protocol, ResponseVersion, Return, Screening
from screening.services import reviews
from tests import playing
from tests.append_only_rows import open_stream
from tests.conftest import lift_guards
from tests.pages import signed_in
from tests.past_the_guards import past_the_guards, run
from tests.playing import NOON, House, again
from tests.reading_first import drawn, read
from tests.rule_drafts import draft_of

pytestmark = pytest.mark.django_db

CASE = "nothing-asked-yet"
ENCRYPTED = {
    "screening_responseversion": ("document", "reason"),
    "screening_evaluation": ("document",),
    "screening_flaganswer": ("reason_text", "words"),
    "screening_reading": ("words",),
    "screening_return": ("questions", "words"),
    "screening_determination": ("reasons", "signed_document"),
    "screening_emergencyaccess": ("reason",),
    "screening_emergencyacknowledgement": ("words",),
}
ASKED = ["mind-altering-today"]
Once = tuple[House, Protocol, Screening]


@pytest.fixture(scope="module")
def once(shared_db: None) -> Once:
    house = playing.house()
    protocol = playing.published(house)
    returned = playing.claimed(house, protocol, CASE)
    reviews.send_back(screening=returned, words="Ask who drives.", questions=ASKED, by=house.clinician, at=NOON)
    case = drawn(house, protocol, CASE)
    read(house, case)
    playing.answer_all(house, again(case))
    playing.sign(house, again(case))
    case = again(case)
    playing.looked_into(house, case)
    return house, protocol, case


@pytest.fixture
def house(once: Once) -> House:
    return once[0]


def stored(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY id")  # noqa: S608 - names from above
        return [text for (text,) in cursor.fetchall()]


def test_every_text_of_a_case_is_encrypted(once: Once) -> None:
    columns = {
        sealed.table: tuple(
            sorted(str(field.column) for field in sealed.model._meta.fields if isinstance(field, StreamTextField))
        )
        for sealed in registered()
        if hasattr(sealed.model, "content_stream")
    }
    assert columns == ENCRYPTED


def test_the_database_holds_only_tokens_that_name_form_and_key(once: Once) -> None:
    streams = {f"case:{case.pk}" for case in Screening.objects.all()}
    for table, columns in ENCRYPTED.items():
        for column in columns:
            texts = stored(table, column)
            assert texts, table
            for text in filter(None, texts):
                form, stream, _ = text.split(".")
                assert (form, stream in streams) == ("v1", True), (table, column)


def test_it_reads_as_it_was_said(once: Once) -> None:
    assert Return.objects.get().words == "Ask who drives."
    assert Return.objects.get().questions == ASKED
    assert Determination.objects.get().reasons == "I want the earlier records first."
    assert {answer.words for answer in FlagAnswer.objects.all()} == {"Read and weighed."}


def test_a_seal_is_over_what_it_says(once: Once) -> None:
    """As it was before anything was encrypted: what was sealed then is still sealed by the same digest."""
    returned = Return.objects.get()
    says = {"words": "Ask who drives.", "questions": ASKED}
    assert row_digest(returned, says) == digest({"v": 1, "table": "screening_return", "columns": says})


def test_one_text_encrypts_differently_each_time(once: Once) -> None:
    words = stored("screening_flaganswer", "words")
    assert len(set(words)) == len(words) > 1


class TestATextStaysWhereItIs:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE screening_flaganswer SET words = (SELECT reasons FROM screening_determination)",
            "UPDATE screening_evaluation SET document = (SELECT max(document) FROM screening_responseversion)",
            "UPDATE screening_flaganswer SET words = (SELECT max(words) FROM screening_flaganswer)",
        ],
        ids=["from another table", "from another column", "from another row"],
    )
    def test_moved_it_does_not_open_and_is_found(self, once: Once, statement: str) -> None:
        table = statement.split()[1]
        with past_the_guards(table):
            run(statement)
            texts = {"screening_flaganswer": FlagAnswer, "screening_evaluation": Evaluation}[table].objects.all()  # type: ignore[attr-defined]
            opened = [self.opens(row) for row in texts]
            assert not all(opened)
            assert {finding.table for finding in verify()} == {table}

    def test_plain_text_in_its_place_does_not_open(self, once: Once) -> None:
        with past_the_guards("screening_return"):
            run("UPDATE screening_return SET words = 'Ask who drives.'")
            assert not self.opens(Return.objects.get())
            assert {finding.table for finding in verify()} == {"screening_return"}

    def opens(self, row: Any) -> bool:
        try:
            return bool(row.words if hasattr(row, "words") else row.document)
        except DecryptionFailed:
            return False


class TestTheField:
    def test_cannot_be_written_but_for_a_row(self, once: Once) -> None:
        with pytest.raises(FieldError, match="encrypted for each row"):
            Return.objects.update(words="in plain text")

    @pytest.mark.parametrize("lookup", ["words", "words__contains", "words__in"])
    def test_cannot_be_searched(self, lookup: str) -> None:
        with pytest.raises(FieldError):
            list(Return.objects.filter(**{lookup: "Ask"}))

    def test_is_not_shown_as_it_lies(self, once: Once) -> None:
        with pytest.raises(TypeError, match="read it from its row"):
            str(Return.objects.values_list("words", flat=True)[0])

    def test_is_opened_when_it_is_first_read_and_only_then(self, once: Once, monkeypatch: pytest.MonkeyPatch) -> None:
        opened: list[str] = []
        real = content.open_text

        def counted(token: str, **place: str) -> str:
            opened.append(place["column"])
            return real(token, **place)

        monkeypatch.setattr(content, "open_text", counted)
        row = ResponseVersion.objects.all()[0]
        assert opened == []
        assert row.document == row.document
        assert opened == ["document"]

    def test_a_stream_opened_anew_is_written_with_its_new_key(self, once: Once) -> None:
        """What opened a stream may be undone and done again, and the key that was held then is nobody's."""
        name, place = f"case:{NOON:%s}", content.Place(f"case:{NOON:%s}", "t", "c", "1")
        with transaction.atomic():
            open_stream(name, by=once[0].therapist)
            content.close_text("first", place)
            transaction.set_rollback(True)
        open_stream(name, by=once[0].therapist)
        token = content.close_text("second", place)
        content.forget()
        assert content.open_text(token, table="t", column="c", row="1") == "second"


class TestLists:
    def queries(self, address: str, house: House, who: str) -> int:
        browser = signed_in(getattr(house, who))
        browser.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    def test_asks_for_no_more_with_more_cases(self, once: Once) -> None:
        house, protocol, _ = once
        draft = draft_of(house, protocol)
        playing.submitted(house, protocol, CASE)
        pages = {
            reverse("replay", args=[draft.pk]): "author",
            reverse("audit-cases"): "auditor",
            reverse("queue"): "clinician",
            reverse("worklist"): "therapist",
        }
        few = {page: self.queries(page, house, who) for page, who in pages.items()}
        for _ in range(3):
            playing.submitted(house, protocol, CASE)
        assert {page: self.queries(page, house, who) for page, who in pages.items()} == few

    def test_that_show_no_words_open_none(self, once: Once, monkeypatch: pytest.MonkeyPatch) -> None:
        real = content.open_text

        def refuse(token: str, **place: str) -> str:
            """Open nothing but why a case was opened in an emergency, which the therapist's worklist tells."""
            if not place["table"].startswith("screening_emergency"):
                raise AssertionError("a list opened what it does not show")
            return real(token, **place)

        monkeypatch.setattr(content, "open_text", refuse)
        for page, who in (("queue", "clinician"), ("audit-cases", "auditor"), ("worklist", "therapist")):
            assert signed_in(getattr(once[0], who)).get(reverse(page)).status_code == 200


def test_what_lay_in_plain_text_is_encrypted_once_and_every_seal_holds(once: Once) -> None:
    """The migration: the same rows in plain text, as they were before it, and then as they are after it."""
    migration: Any = importlib.import_module("screening.migrations.0005_content_encrypted")
    was_plain = {table: columns for _, table, columns, _ in migration.TABLES}
    models = {"document": ResponseVersion, "words": FlagAnswer}
    before = {name: {row.pk: getattr(row, name) for row in model.objects.all()} for name, model in models.items()}  # type: ignore[attr-defined]
    lift_guards(connection)
    for sealed in registered():
        for column in was_plain.get(sealed.table, ()):
            _write_plain(sealed.model, column)
    assert "Read and weighed." in stored("screening_flaganswer", "words")
    migration.encrypt_what_is_plain(None, SimpleNamespace(connection=connection))
    guards.restore_guards(connection)
    assert "Read and weighed." not in stored("screening_flaganswer", "words")
    after = {name: {row.pk: getattr(row, name) for row in model.objects.all()} for name, model in models.items()}  # type: ignore[attr-defined]
    assert (before, verify()) == (after, [])


def _write_plain(model: Any, column: str) -> None:
    field = model._meta.get_field(column)
    for row in model.objects.all():
        plain = field.as_text(getattr(row, column))
        key = model._meta.pk.get_db_prep_value(row.pk, connection)
        run(f"UPDATE {model._meta.db_table} SET {column} = %s WHERE id = %s", [plain, key])  # noqa: S608
