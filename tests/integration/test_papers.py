"""A case on paper: the summary and the whole of it, as pages and as PDFs, and that it was exported is recorded."""

import copy
import hashlib
import io
import re
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from core import paper
from core.accounts.models import Actor
from core.ledger.models import Entry
from core.ledger.selectors import payload_of
from core.ledger.verification import verify
from screening.engine.drafts import Change
from screening.models import PracticePolicy, Screening
from screening.selectors import openings
from screening.selectors.charts import chart_of
from screening.selectors.redisclosure import NOTICE
from screening.services import clients, drafts, papers, submissions
from tests import playing
from tests.pages import as_read, signed_in, text_of
from tests.playing import NOON, House

pytestmark = pytest.mark.django_db
CRISIS = "If someone may be in danger now"
MANY, STEADY, DECLINED = "c-ptsd-many-voices", "steady", "much-declined"


@dataclass
class Played:
    """A practice with cases, and the words on each page of what was drawn of them: a PDF takes a while."""

    house: House
    cases: dict[str, Screening]
    drawn: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def pages(self, name: str, what: str) -> list[str]:
        if (name, what) not in self.drawn:
            self.drawn[name, what] = pages_of(exported(self.cases[name], what).content)
        return self.drawn[name, what]


@pytest.fixture(scope="module")
def once(shared_db: None) -> Played:
    house = playing.house()
    intake = playing.published(house, "intake")
    cases = {name: playing.signed(house, intake, name) for name in (MANY, STEADY, DECLINED)}
    return Played(house, {**cases, "unsigned": playing.claimed(house, intake, MANY)})


@pytest.fixture
def played(once: Played) -> Played:
    return Played(copy.deepcopy(once.house), copy.deepcopy(once.cases), once.drawn)


@pytest.fixture
def house(played: Played) -> House:
    return played.house


@pytest.fixture
def case(played: Played) -> Screening:
    return played.cases[MANY]


@pytest.fixture
def short(played: Played) -> Screening:
    return played.cases[STEADY]


@pytest.fixture
def desk(house: House) -> Client:
    return signed_in(house.therapist)


def exported(case: Screening, what: str = papers.SUMMARY, by: Actor | None = None) -> papers.Paper:
    return papers.export(screening=case, what=what, by=by, at=NOON)


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def squeezed(text: str) -> str:
    """Return text without its spaces, which a line's end may take away, and without what is not seen."""
    return re.sub(r"[\s\u200b]+", "", as_read(text))


def missing_of(texts: list[str], pages: list[str]) -> list[str]:
    found = squeezed("".join(pages))
    return [text for text in texts if squeezed(text) not in found]


def for_every_paper(case: Screening) -> list[str]:
    """Return what stands on every paper of a signed case."""
    chart = chart_of(case)
    signed = chart.signed
    assert signed is not None
    versions = (case.questionnaire_version, chart.evaluation.rule_set_version, chart.evaluation.response)
    return [
        case.client.code,
        case.protocol.title,
        *(version.digest for version in versions),
        chart.evaluation.digest,
        f"of {chart.evaluation.on:%-d %B %Y}",
        *(f"{flag.title}" for flag, _ in chart.flags),
        *(said.in_words for _, said in chart.flags if said),
        *(said.words for _, said in chart.flags if said),
        *(f"{missing.answer.question}" for missing in chart.result.missing),
        signed.outcome_text,
        signed.reasons,
        f"{signed.printed_name}, clinician",
        "21 November 2026, 12:00:00 (UTC)",
        signed.meaning,
        signed.read_digest,
        "a clinician reads the case and decides",
        "practitioners' opinions, not clinical guidelines",
    ]


class TestThePages:
    @pytest.mark.parametrize("name", ["screening-summary", "screening-print"])
    @pytest.mark.parametrize("vignette", [MANY, STEADY, DECLINED])
    def test_hold_what_was_raised_said_and_signed_and_from_what(
        self, played: Played, desk: Client, name: str, vignette: str
    ) -> None:
        case = played.cases[vignette]
        page = text_of(desk.get(reverse(name, args=[case.pk])))
        assert [text for text in for_every_paper(case) if text not in page] == []
        assert (CRISIS in page) == (vignette != STEADY or name == "screening-print")

    def test_leave_lines_to_sign_by_hand_where_nothing_is_signed(self, played: Played, desk: Client) -> None:
        for name in ("screening-summary", "screening-print"):
            page = text_of(desk.get(reverse(name, args=[played.cases["unsigned"].pk])))
            assert "Not signed yet: for clinician review." in page
            assert "Printed name and role Date and time, with zone Signature" in page

    def test_say_that_what_is_signed_was_on_earlier_answers(self, house: House, case: Screening, desk: Client) -> None:
        submissions.start_amendment(screening=case, reason="A letter came.", by=house.therapist, at=NOON)
        now = playing.again(case)
        submissions.submit(screening=now, base_revision=now.draft.revision, by=house.therapist, at=NOON)
        page = text_of(desk.get(reverse("screening-summary", args=[case.pk])))
        assert "Not signed yet: for clinician review. What is signed below was on earlier answers, version 1." in page
        assert "Signed before, on answers version 1" in page

    def test_hold_what_a_case_was_returned_with(self, house: House, played: Played, desk: Client) -> None:
        case = played.cases["unsigned"]
        playing.reviews.send_back(screening=case, words="Since when?", questions=[], by=house.clinician, at=NOON)
        page = text_of(desk.get(reverse("screening-print", args=[case.pk])))
        assert "Returned with questions Answers version 1: “Since when?”" in page

    def test_bear_the_notice_on_redisclosure_where_the_practice_set_it(
        self, house: House, case: Screening, desk: Client
    ) -> None:
        at = reverse("screening-summary", args=[case.pk])
        assert NOTICE not in text_of(desk.get(at))
        PracticePolicy.objects.create(practice=house.practice, part2_notice=True, changed_at=NOON)
        assert NOTICE in text_of(desk.get(at))

    def test_name_a_confirmed_exception_once(self, house: House, played: Played, desk: Client) -> None:
        case = playing.claimed(house, played.cases[MANY].protocol, "borderline-stable-after-dbt")
        evaluation = case.current_evaluation
        assert evaluation is not None
        flags = playing.flags_of(evaluation)
        confirmed = ("borderline-diagnosis", "exception-confirmed", "By phone.", "", "stabilised-after-dbt")
        given = [
            playing.GivenAnswer(*(confirmed if flag.rule_id == confirmed[0] else (flag.rule_id, "agree", "Read.")))
            for flag in flags
        ]
        playing.reviews.answer_flags(
            screening=case, evaluation_id=evaluation.pk, given=given, by=house.clinician, at=NOON
        )
        playing.sign(house, playing.again(case))
        page = text_of(desk.get(reverse("screening-result", args=[case.pk])))
        flag, _, rest = page.partition("A diagnosis of borderline personality disorder Because")[2].partition("Caution")
        assert flag.count("Stabilised after DBT") == 1
        assert "A clinician confirmed it, as is said below." in flag
        assert "Exception confirmed – “By phone.”" in flag
        assert rest


@pytest.mark.usefixtures("draws_pdfs")
class TestThePdfs:
    @pytest.mark.parametrize(
        ("vignette", "what"), [(MANY, papers.SUMMARY), (MANY, papers.WHOLE), (DECLINED, papers.SUMMARY)]
    )
    def test_hold_the_same_with_the_client_s_code_and_a_number_on_every_page(
        self, played: Played, what: str, vignette: str
    ) -> None:
        case, pages = played.cases[vignette], played.pages(vignette, what)
        assert missing_of([*for_every_paper(case), CRISIS], pages) == []
        assert squeezed(case.client.name) not in squeezed("".join(pages))
        for number, page in enumerate(pages, start=1):
            assert f"Client {case.client.code}" in page
            assert f"Page {number} of {len(pages)}" in page

    def test_hold_the_whole_case_in_few_pages(self, played: Played, case: Screening) -> None:
        chart, pages = chart_of(case), played.pages(MANY, papers.WHOLE)
        texts = [item.answer.question for section in chart.sections for item in section.items]
        texts += [item.answer.words for section in chart.sections for item in section.items]
        texts += [
            answer.words for part in chart.sections for item in part.items for r in item.rows for answer in r.answers
        ]
        for flag, _ in chart.flags:
            texts += [flag.explanation, flag.would_change, *(need.words for need in flag.parts.needs)]
            texts += [answer.question for answer in (*flag.because, *flag.alongside)]
            texts += [statement.text for statement in (*flag.citations, *flag.weigh_with)]
            texts += [one.text for one in flag.disagreements] + [source.grade for source in flag.sources]
        texts += [check.text for check in chart.result.for_a_person]
        texts += [rule.title for rule in chart.result.not_raised]
        assert missing_of(texts, pages) == []
        assert len(pages) <= 6

    @pytest.mark.parametrize("size", ["A4", "letter"])
    def test_hold_a_summary_on_one_side(self, played: Played, size: str, settings: Any) -> None:
        settings.PAPER_SIZE = size
        assert [len(pages_of(exported(played.cases[name]).content)) for name in (MANY, "unsigned")] == [1, 1]

    def test_go_on_over_the_page_and_cut_nothing(self, house: House, short: Screening) -> None:
        note = "<img src='http://elsewhere.example/a.png'> " + "A long note. " * 300 + "The end."
        submissions.start_amendment(screening=short, reason="W" * 1500, by=house.therapist, at=NOON)
        now = playing.again(short)
        change, revision = Change(answers={}, note=note), now.draft.revision
        drafts.save(screening=now, change=change, base_revision=revision, by=house.therapist, at=NOON)
        now = playing.again(short)
        submissions.submit(screening=now, base_revision=now.draft.revision, by=house.therapist, at=NOON)
        pages = pages_of(exported(playing.again(short), papers.WHOLE).content)
        assert missing_of([note, "W" * 1500], pages) == []

    def test_are_the_same_when_nothing_changed(self, short: Screening) -> None:
        assert exported(short).content == exported(short).content


class TestHandingOne:
    @pytest.mark.parametrize("what", ["summary", "whole"])
    def test_out_is_recorded_with_its_digest(self, house: House, short: Screening, desk: Client, what: str) -> None:
        answer = desk.post(reverse("screening-pdf", args=[short.pk]), {"what": what})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
        assert answer.headers["Cache-Control"] == "no-store"
        digest = hashlib.sha256(answer.content).hexdigest()
        name = f'attachment; filename="{what}-{str(short.pk)[:8]}-{digest[:8]}.pdf"'
        assert answer.headers["Content-Disposition"] == name
        entry = Entry.objects.get(stream__name=f"case:{short.pk}", action="case.exported-as-pdf")
        assert (entry.actor, entry.role) == (house.therapist.user, "therapist")
        assert payload_of(entry) == {"what": what, "digest": digest, "bytes": len(answer.content)}
        assert openings.opening_of(entry, short).kind == "Export"
        assert verify() == []

    def test_out_is_told_to_the_auditor_in_a_sentence(self, house: House, short: Screening) -> None:
        exported(short, papers.WHOLE, by=house.therapist)
        page = text_of(signed_in(house.auditor).get(reverse("audit-case", args=[short.pk])))
        assert "The case was exported as a PDF for the chart" in page
        assert "The whole case. SHA-256 of the file" in page

    def test_out_where_none_can_be_drawn_says_so_and_leads_to_the_pages(
        self, short: Screening, desk: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        def missing(*_: Any, **__: Any) -> bytes:
            raise paper.NoPaper

        monkeypatch.setattr(papers, "pdf_of", missing)
        answer = desk.post(reverse("screening-pdf", args=[short.pk]), {"what": "summary"})
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "PDFs cannot be made on this machine" in page
        assert "libpango-1.0-0" in page
        for name in ("screening-summary", "screening-print"):
            assert f'href="{reverse(name, args=[short.pk])}"' in page
        with pytest.raises(CommandError, match="PDFs cannot be made") as refused:
            call_command("write_pdf", str(short.pk), str(tmp_path / "case.pdf"))
        assert refused.value.returncode == 2
        assert list(tmp_path.iterdir()) == []
        assert not Entry.objects.filter(action="case.exported-as-pdf").exists()


class TestTheCommand:
    @pytest.mark.parametrize(("options", "what"), [([], "summary"), (["--whole"], "whole")])
    def test_writes_a_file_and_records_it(
        self, short: Screening, tmp_path: Path, options: list[str], what: str
    ) -> None:
        said, file = StringIO(), tmp_path / "case.pdf"
        call_command("write_pdf", str(short.pk), str(file), *options, stdout=said)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        assert said.getvalue() == f"{digest}  {file}\n"
        entry = Entry.objects.get(action="case.exported-as-pdf")
        assert (entry.actor, payload_of(entry)["what"], payload_of(entry)["digest"]) == (None, what, digest)

    def test_leaves_a_file_that_is_there_as_it_is(self, short: Screening, tmp_path: Path) -> None:
        file = tmp_path / "case.pdf"
        file.write_text("mine")
        with pytest.raises(CommandError, match="exists already"):
            call_command("write_pdf", str(short.pk), str(file))
        assert file.read_text() == "mine"

    def test_records_nothing_where_the_disk_is_full(
        self, short: Screening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("core.operations.files.Unfinished.settle", full)
        with pytest.raises(CommandError, match="No space left"):
            call_command("write_pdf", str(short.pk), str(tmp_path / "case.pdf"))
        assert not Entry.objects.filter(action="case.exported-as-pdf").exists()
        assert list(tmp_path.iterdir()) == []

    def test_refuses_answers_that_are_not_submitted(self, house: House, played: Played, tmp_path: Path) -> None:
        open_one = playing.started(house, played.cases[MANY].protocol)
        with pytest.raises(CommandError, match="Nothing of this screening is submitted yet"):
            call_command("write_pdf", str(open_one.pk), str(tmp_path / "case.pdf"))


def test_a_birth_date_reads_as_people_write_it(house: House, short: Screening, desk: Client) -> None:
    clients.change(
        client=short.client, name="Ada", birth_date=NOON.date().replace(year=1990), by=house.therapist, at=NOON
    )
    assert "21 November 1990" in text_of(desk.get(reverse("client", args=[short.client_id])))
