"""Promises 1, 2, 3 and 6 (docs/promises.md), held against every protocol that ships and every vignette in it."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from screening.engine.answers import Absence, Answer, Answers, Rows
from screening.engine.conditions import Truth
from screening.engine.documents import as_document
from screening.engine.drafts import DraftContent
from screening.engine.evaluation import Evaluator, evaluate
from screening.engine.guidance import Guidance, RuleState
from screening.engine.protocol import Protocol, protocol_from
from screening.engine.questionnaire import ItemType
from screening.engine.reading import Case
from screening.engine.rules import Rule
from screening.engine.validation import validate
from screening.engine.vignettes import Vignette
from screening.models import Determination
from screening.selectors.documents import rule_set_of
from screening.selectors.results import Reader, ResultView
from screening.selectors.shipped import shipped_names, shipped_protocol
from screening.services import rule_sets
from tests import playing

TOLD = {(name, case.id): case for name in shipped_names() for case in shipped_protocol(name).vignettes.vignettes}
every_vignette = pytest.mark.parametrize(("name", "vignette"), TOLD, ids=lambda part: part)
every_protocol = pytest.mark.parametrize("name", shipped_names())

# Promise 1: all that a stored evaluation can say. A new word here is a decision to be argued for.
KEYS = (
    *("format", "rule_set", "questionnaire", "on", "outcomes", "flags", "missing"),
    *("rule_id", "state", "because", "exceptions", "trace"),
    *("place", "link_id", "row_id", "value", "absent", "source"),
    *("kind", "truth", "why", "parts"),
    *("exception_id", "claimed", "confirmed_by", "lifted_by"),
    *("needs", "need_id", "in_hand"),
    *("could_settle", "read_by"),
)
WORDS = {
    "state": {"met", "not-met", "cannot-be-ruled-out"},
    "truth": {"true", "false", "unknown"},
    "claimed": {"true", "false", "unknown"},
    "in_hand": {"true", "false", "unknown"},
    "why": {"not-asked-here", "gate-open", "unanswered", "declined", "unknown", "vague-date", "may-be-more-rows"},
}
UNSIGNED: dict[str, dict[str, Any]] = {
    "no signer": {"signer_id": None},
    "a signer who is nobody": {"signer_id": "7f0c2a52-1111-4222-8333-944444444444"},
    "no printed name": {"printed_name": ""},
    "no reasons": {"reasons": ""},
    "no moment": {"signed_at": None},
    "nothing that was read": {"signed_digest": ""},
}

# Promise 6: who somebody is, in words of this test's own.
WHO = re.compile(
    r"\b(?:gender|sexual\w*|orientation|gay|lesbian|bisexual|trans(?:gender)?|straight|male|female|man|woman|race|racial"
    r"|ethnic\w*|black|white|asian|hispanic|religio\w*|faith|church|christian|muslim|jewish|income|salary|wealth\w*"
    r"|poor|rich|nationality|immigrant\w*|skin)\b",
    re.IGNORECASE,
)
PLANTED = (
    "Not eligible.",
    "For an addict.",
    "The alcoholic denies it.",
    "Cleared for KAP.",
    "Attention-seeking again.",
    "Do not proceed: deny the patient ketamine, contraindicated.",
    "Risk score 9 of 10, probability of harm 80 %: refuse.",
    "Bad risk; unfit.",
    "Refuse him.",
    "Score of 7 or more.",
)

WHO_ASKED = (
    "Gender",
    "Sexual orientation",
    "Race",
    "Faith or religion",
    "Household income",
    "Are you gay, bisexual or transgender?",
    "Are you Black, Asian or white?",
    "Are you Muslim or Jewish?",
    "What is your salary?",
)


def vignettes_of(name: str) -> list[str]:
    return [vignette for protocol, vignette in TOLD if protocol == name]


@cache
def told(name: str, vignette: str) -> tuple[Protocol, Vignette, Answers, Guidance]:
    protocol, case = shipped_protocol(name), TOLD[name, vignette]
    answers = protocol.vignettes.answers_of(case)
    return protocol, case, answers, evaluate(protocol.rule_set, protocol.questionnaire, answers, case.on)


@cache
def as_read(name: str, vignette: str) -> ResultView:
    protocol, _, answers, guidance = told(name, vignette)
    content = DraftContent(answers=answers.answers, groups=answers.groups)
    return Reader(protocol.questionnaire, protocol.rule_set, protocol.library, content).result(guidance)


def truths(protocol: Protocol, answers: Answers, case: Vignette) -> dict[str, Truth]:
    evaluator = Evaluator(protocol.rule_set, Case(protocol.questionnaire, answers, case.on))
    return {rule.id: evaluator.trace(rule.condition).truth for rule in protocol.rule_set.rules}


class TestPromise1ItNeverDecides:
    @every_protocol
    def test_promise_1_it_never_decides_in_what_the_engine_says(self, name):
        said: dict[str, set[Any]] = {key: set() for key in KEYS}
        for vignette in vignettes_of(name):
            for key, value in leaves(told(name, vignette)[3].as_document()):
                said.setdefault(key, set()).add(value)
        assert set(said) == set(KEYS)
        assert {key: said[key] - words for key, words in WORDS.items() if said[key] - words} == {}

    @every_protocol
    def test_promise_1_it_never_decides_by_a_number_of_its_own(self, name):
        for vignette in vignettes_of(name):
            _, _, answers, guidance = told(name, vignette)
            counted = {len(rows.rows) for rows in answers.groups.values()} | {0}
            known = counted | {answer.value for answer in all_answers(answers)}
            numbers = {(key, value) for key, value in leaves(guidance.as_document()) if is_number(value)}
            assert {(key, value) for key, value in numbers if key != "value" or value not in known} == {("format", 1)}

    @pytest.mark.django_db
    @pytest.mark.parametrize("lacking", UNSIGNED)
    def test_promise_1_it_never_decides_without_a_person_who_signs(self, lacking):
        house = playing.house()
        case = playing.answered(house, playing.published(house), "thoughts-are-back")
        row = determination_of(house, case)
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(row | UNSIGNED[lacking])
        insert(row)


class TestPromise2UnknownIsNeverNo:
    @every_vignette
    def test_promise_2_unknown_is_never_no_whichever_answer_is_missing(self, name, vignette):
        protocol, case, answers, _ = told(name, vignette)
        before = truths(protocol, answers, case)
        for where, fewer in each_answer_missing(answers):
            assert turned(before, truths(protocol, fewer, case)) == {}, where

    @every_vignette
    def test_promise_2_unknown_is_never_no_however_vague_a_date_is(self, name, vignette):
        protocol, case, answers, _ = told(name, vignette)
        before = truths(protocol, answers, case)
        for where, vaguer in each_date_vaguer(protocol, answers):
            assert turned(before, truths(protocol, vaguer, case)) == {}, where

    @given(data=st.data())
    def test_promise_2_unknown_is_never_no_whatever_is_missing_together(self, data):
        name, vignette = data.draw(st.sampled_from(sorted(TOLD)))
        protocol, case, answers, guidance = told(name, vignette)
        chosen = data.draw(st.lists(st.sampled_from(places(answers) or [("", "", "")]), unique=True))
        fewer = without(answers, {place: data.draw(st.sampled_from([*Absence, None])) for place in chosen})
        after = evaluate(protocol.rule_set, protocol.questionnaire, fewer, case.on)
        for was, now in zip(guidance.outcomes, after.outcomes, strict=True):
            assert now.state in (was.state, RuleState.CANNOT_RULE_OUT)

    @every_protocol
    def test_promise_2_unknown_is_never_no_and_says_which_answer_would_settle_it(self, name):
        for vignette in vignettes_of(name):
            guidance = told(name, vignette)[3]
            ranked = {answer.place for answer in guidance.missing}
            for outcome in guidance.outcomes:
                left_open = outcome.state is RuleState.CANNOT_RULE_OUT
                assert bool(outcome.missing) is left_open, (vignette, outcome.rule_id)
                assert set(outcome.missing) <= ranked, (vignette, outcome.rule_id)


class TestPromise3EveryFlagShowsItsBasis:
    @every_protocol
    def test_promise_3_every_flag_shows_its_basis(self, name):
        for vignette in vignettes_of(name):
            result = as_read(name, vignette)
            assert [flag.rule_id for flag in result.flags] == list(told(name, vignette)[3].flags)
            for flag in result.flags:
                assert flag.because if flag.met else flag.missing, (vignette, flag.rule_id)
                assert flag.explanation, flag.rule_id
                assert flag.would_change, flag.rule_id

    @every_protocol
    def test_promise_3_every_flag_rests_on_answers_as_they_were_given(self, name):
        for vignette in vignettes_of(name):
            protocol, _, answers, guidance = told(name, vignette)
            for outcome in guidance.outcomes:
                rests = {basis.place: (basis.value, basis.absent) for basis in outcome.because}
                stands = {place: given_at(protocol, answers, *place) for place in rests}
                assert rests == stands, (vignette, outcome.rule_id)

    @every_protocol
    def test_promise_3_every_flag_shows_its_sources_and_what_kind_they_are(self, name):
        for flag in [flag for vignette in vignettes_of(name) for flag in as_read(name, vignette).flags]:
            assert flag.citations, flag.rule_id
            for citation in (*flag.citations, *flag.weigh_with):
                assert citation.text, citation.id
                assert citation.sources, citation.id
                assert all(source.name and source.grade for source in citation.sources), citation.id
            for disagreement in flag.disagreements:
                assert len(disagreement.statements) > 1, disagreement.id

    @every_protocol
    def test_promise_3_every_rule_that_is_not_raised_says_why(self, name):
        for vignette in vignettes_of(name):
            result = as_read(name, vignette)
            listed = [flag.rule_id for flag in result.flags] + [rule.rule_id for rule in result.not_raised]
            assert sorted(listed) == sorted(told(name, vignette)[0].rule_set.rule_by_id), vignette
            unsaid = [rule.rule_id for rule in result.not_raised if not (rule.because and rule.explanation)]
            assert unsaid == [], vignette


class TestPromise6NobodyIsJudgedByWhoTheyAre:
    @every_protocol
    def test_promise_6_no_question_asks_who_somebody_is_and_no_rule_names_it(self, name):
        protocol = shipped_protocol(name)
        texts = [*strings(as_document(protocol.questionnaire)), *strings(as_document(protocol.rule_set))]
        assert [text for text in texts if WHO.search(text.replace("-", " "))] == []

    @pytest.mark.parametrize("asked", WHO_ASKED)
    def test_promise_6_a_rule_that_reads_who_somebody_is_is_found(self, asked):
        planted = with_first_question_asking(shipped_protocol("session-day"), asked)
        found = [finding for finding in validate_all(planted) if "who somebody is" in finding.problem]
        assert found

    @pytest.mark.parametrize("words", PLANTED)
    @pytest.mark.parametrize("field", ["title", "explanation", "would_change"])
    def test_promise_6_words_that_judge_or_decide_are_found_in_a_rule(self, words, field):
        protocol = shipped_protocol("session-day")
        rule = protocol.rule_set.rules[0].model_copy(update={field: words})
        planted = protocol.rule_set.model_copy(update={"rules": (rule, *protocol.rule_set.rules[1:])})
        found = validate(protocol.library, protocol.questionnaire, planted)
        assert f"/rules/0/{field}" in {finding.pointer for finding in found}

    @pytest.mark.django_db
    def test_promise_6_rules_with_words_that_judge_cannot_be_published(self):
        house = playing.house()
        protocol = playing.published(house)
        draft = rule_sets.take_draft(protocol=protocol, by=house.author, at=playing.NOON)
        rule = rule_set_of(draft).rules[0].model_copy(update={"title": "An addict again"})
        draft = changed(house, draft, rule)
        with pytest.raises(Refused, match="put right"):
            rule_sets.submit(version=draft, expected_revision=draft.revision, by=house.author, at=playing.NOON)


def leaves(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every key and every plain value of a document, with the key it stands under."""
    if isinstance(node, dict):
        for name, part in node.items():
            yield from [(name, None)] if isinstance(part, (dict, list)) and name not in WORDS else ()
            yield from leaves(part, name)
    elif isinstance(node, list):
        for part in node:
            yield from leaves(part, key)
    else:
        yield key, node


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def strings(node: Any) -> Iterator[str]:
    yield from (value for _, value in leaves(node) if isinstance(value, str))


def all_answers(answers: Answers) -> Iterator[Answer]:
    yield from answers.answers.values()
    yield from (answer for rows in answers.groups.values() for row in rows.rows for answer in row.answers.values())


def places(answers: Answers) -> list[tuple[str, str, str]]:
    """Return where every answer stands: group and row (empty outside of groups), and question."""
    alone = [("", "", key) for key in answers.answers]
    return alone + [
        (group, row.row_id, key) for group, rows in answers.groups.items() for row in rows.rows for key in row.answers
    ]


def given_at(protocol: Protocol, answers: Answers, link_id: str, row_id: str | None) -> tuple[Any, Any]:
    """Return the value and the absence that stand at a place; of a whole group, how many rows it has."""
    if link_id in protocol.questionnaire.groups:
        return len(answers.groups.get(link_id, Rows()).rows), None
    rows = {row.row_id: row for group in answers.groups.values() for row in group.rows}
    among = rows[row_id].answers if row_id else answers.answers
    answer = among.get(link_id)
    return (answer.value, answer.absent) if answer else (None, None)


def replaced(answers: Answers, changes: dict[tuple[str, str, str], Answer | None]) -> Answers:
    """Return the answers with some of them replaced, or taken away."""

    def over(group: str, row: str, kept: dict[str, Answer]) -> dict[str, Answer]:
        now = {key: changes.get((group, row, key), answer) for key, answer in kept.items()}
        return {key: answer for key, answer in now.items() if answer is not None}

    groups = {
        group: Rows(
            complete=rows.complete,
            rows=tuple(row.model_copy(update={"answers": over(group, row.row_id, row.answers)}) for row in rows.rows),
        )
        for group, rows in answers.groups.items()
    }
    return Answers(answers=over("", "", answers.answers), groups=groups)


def without(answers: Answers, reasons: dict[tuple[str, str, str], Absence | None]) -> Answers:
    absent = {place: Answer(absent=reason) if reason else None for place, reason in reasons.items()}
    return replaced(answers, absent)


def each_answer_missing(answers: Answers) -> Iterator[tuple[Any, Answers]]:
    """Yield the answers with each one missing in turn; the reasons, and having none, take turns as well."""
    reasons = [*Absence, None]
    for turn, place in enumerate(places(answers), start=len(answers.answers)):
        reason = reasons[turn % len(reasons)]
        yield (place, reason), without(answers, {place: reason})


def each_date_vaguer(protocol: Protocol, answers: Answers) -> Iterator[tuple[Any, Answers]]:
    dated = {key for key, question in protocol.questionnaire.questions.items() if question.type is ItemType.DATE}
    rows = {row.row_id: row.answers for group in answers.groups.values() for row in group.rows}
    for group, row, key in places(answers):
        answer = (rows[row] if row else answers.answers)[key]
        if key in dated and isinstance(answer.value, str) and answer.value.replace("-", "").isdigit():
            for vaguer in {answer.value[:7], answer.value[:4]}:
                now = answer.model_copy(update={"value": vaguer})
                yield (key, vaguer), replaced(answers, {(group, row, key): now})


def turned(before: dict[str, Truth], after: dict[str, Truth]) -> dict[str, tuple[Truth, Truth]]:
    """Return the rules that came out as something else than they were, and as something else than unknown."""
    pairs = {rule: (was, after[rule]) for rule, was in before.items()}
    return {rule: pair for rule, pair in pairs.items() if pair[1] not in (pair[0], Truth.UNKNOWN)}


def determination_of(house: playing.House, case: Any) -> dict[str, Any]:
    """Return the row that signing the case would write, as the database takes it: what is encrypted encrypted."""
    with transaction.atomic():
        row = playing.sign(house, case)
        stored = {
            str(field.column): field.get_db_prep_save(field.pre_save(row, add=False), connection)
            for field in Determination._meta.concrete_fields
        }
        transaction.set_rollback(True)
    return stored


def insert(row: dict[str, Any]) -> None:
    columns, holes = ", ".join(f'"{column}"' for column in row), ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        statement = f'INSERT INTO "{Determination._meta.db_table}" ({columns}) VALUES ({holes})'  # noqa: S608
        cursor.execute(statement, list(row.values()))
    connection.check_constraints()


def with_first_question_asking(protocol: Protocol, text: str) -> Protocol:
    document = as_document(protocol.questionnaire)
    document["sections"][0]["items"][0]["text"] = text
    documents = {
        "guidance": as_document(protocol.library),
        "questionnaire": document,
        "rules": as_document(protocol.rule_set),
        "vignettes": as_document(protocol.vignettes),
    }
    return protocol_from(documents)


def validate_all(protocol: Protocol) -> list[Any]:
    return list(validate(protocol.library, protocol.questionnaire, protocol.rule_set))


def changed(house: playing.House, draft: Any, rule: Rule) -> Any:
    """Put a rule into a draft, with a note that says why."""
    rule_id, revision = rule.id, draft.revision
    draft = rule_sets.change_rule(
        version=draft, rule_id=rule_id, rule=rule, expected_revision=revision, by=house.author, at=playing.NOON
    )
    return rule_sets.note_changes(
        version=draft, change_notes="A try.", expected_revision=draft.revision, by=house.author, at=playing.NOON
    )
