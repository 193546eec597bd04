"""Why a rule came out as it did on one case: its trace in words, with what was answered and what is not known."""

from dataclasses import replace

from screening.engine.answers import Answer, Answers
from screening.engine.conditions import Condition, Count, Defined, Leaf, Not, relates
from screening.engine.guidance import ExceptionOutcome, NeedOutcome, Place, RuleOutcome, Trace
from screening.engine.questionnaire import Question, Questionnaire
from screening.engine.rules import Rule, RuleSet
from screening.engine.sentences import Phrase, Sentence, Writer, joined_words
from screening.engine.words import WHY_WORDS, counted, sourced_words


def outcome_sentence(
    outcome: RuleOutcome, rule_set: RuleSet, questionnaire: Questionnaire, answers: Answers
) -> Sentence:
    """Return why a rule is met, is not met, or cannot be ruled out, part by part."""
    rule = rule_set.rule_by_id[outcome.rule_id]
    return Explainer(rule_set, questionnaire, answers).rule(rule, outcome.trace)


def exception_sentence(
    rule_id: str, exception: ExceptionOutcome, rule_set: RuleSet, questionnaire: Questionnaire, answers: Answers
) -> Sentence:
    """Return why an exception of a rule is claimed, is not, or may be, part by part."""
    rule = rule_set.rule_by_id[rule_id]
    unless = next(unless for unless in rule.unless if unless.id == exception.exception_id)
    return Explainer(rule_set, questionnaire, answers).sentence(unless.when, exception.trace)


def need_sentence(
    rule_id: str, need: NeedOutcome, rule_set: RuleSet, questionnaire: Questionnaire, answers: Answers
) -> Sentence | None:
    """Return why something is in hand, is not, or may be, part by part; ``None`` where no answer tells."""
    found = next(found for found in rule_set.rule_by_id[rule_id].needs if found.id == need.need_id)
    if found.in_hand is None or need.trace is None:
        return None
    return Explainer(rule_set, questionnaire, answers).sentence(found.in_hand, need.trace)


class Explainer:
    """Tells conditions and their traces together."""

    def __init__(self, rule_set: RuleSet, questionnaire: Questionnaire, answers: Answers) -> None:
        self._definitions = rule_set.definition_by_name
        self._questionnaire = questionnaire
        self._answers = answers
        self._writer = Writer(rule_set, questionnaire)

    def rule(self, rule: Rule, trace: Trace) -> Sentence:
        """Return a rule's condition with how it came out, and before it whether the rule is for this case at all."""
        if rule.only_for is None:
            return self.sentence(rule.when, trace)
        inside, when = trace.parts
        spelled_out = self.sentence(rule.only_for.when, inside)
        words = (Phrase("this rule is only for"), Phrase(rule.only_for.title, "name"))
        group = Sentence(words, (spelled_out,), wraps=True, truth=inside.truth)
        opening, joiner = joined_words(rule.condition)  # type: ignore[arg-type]
        return Sentence((Phrase(opening),), (group, self.sentence(rule.when, when)), joiner, truth=trace.truth)

    def sentence(self, node: Condition, trace: Trace) -> Sentence:
        """Return ``node`` in words with how it came out; its parts likewise."""
        if isinstance(node, Leaf):
            return self._leaf(node, trace)
        if isinstance(node, Not):
            return self._not(node, trace)
        if isinstance(node, Defined):
            title = Phrase(self._definitions[node.name].title, "name")
            part = self.sentence(self._definitions[node.name].condition, trace.parts[0])
            return Sentence((title,), (part,), wraps=True, truth=trace.truth)
        if isinstance(node, Count):
            return self._count(node, trace)
        opening, joiner = joined_words(node)
        parts = tuple(self.sentence(part, found) for part, found in zip(node.of, trace.parts, strict=True))
        return Sentence((Phrase(opening),), parts, joiner, truth=trace.truth)

    def _not(self, node: Not, trace: Trace) -> Sentence:
        """A leaf is told in the negative; of anything larger the parts keep their own words and truths."""
        words, inner = self._writer.sentence(node), trace.parts[0]
        told = self.sentence(node.condition, inner)
        if isinstance(node.condition, Leaf):
            return replace(told, phrases=words.phrases, truth=trace.truth)
        if isinstance(node.condition, Count):
            return replace(told, phrases=(words.phrases[0], *told.phrases), truth=trace.truth)
        return Sentence(words.phrases, told.parts, words.joiner, words.wraps, trace.truth, told.why)

    def _leaf(self, node: Leaf, trace: Trace) -> Sentence:
        words, why = self._writer.leaf(node), WHY_WORDS[trace.why]
        if relates(node):
            read = tuple(self._answer_read(part) for part in trace.parts)
            return Sentence(words, read, wraps=True, truth=trace.truth, why=why)
        if trace.why in ("not-asked-here", "gate-open"):
            return Sentence(words, self._gates(trace), wraps=True, truth=trace.truth, why=why)
        return Sentence(words, truth=trace.truth, why=why, answer=self._answer(trace.place))

    def _answer_read(self, part: Trace) -> Sentence:
        """Tell one of several answers that a leaf reads. Alone it has no truth."""
        question = self._question(part.place)
        words = (Phrase(question.text if question else "", "question"),)
        gates = self._gates(part)
        answer = "" if gates else self._answer(part.place)
        return Sentence(words, gates, wraps=True, why=WHY_WORDS[part.why], answer=answer)

    def _gates(self, trace: Trace) -> tuple[Sentence, ...]:
        gates = [part for part in trace.parts if part.kind == "asked-when" and part.truth is trace.truth]
        return tuple(self._gate(gate) for gate in gates)

    def _gate(self, gate: Trace) -> Sentence:
        question = self._question(gate.place)
        words = (Phrase("it depends on"), Phrase(question.text if question else "", "question"))
        parts = self._gates(gate)
        answer = "" if parts else self._answer(gate.place)
        return Sentence(words, parts, wraps=True, truth=gate.truth, why=WHY_WORDS[gate.why], answer=answer)

    def _count(self, node: Count, trace: Trace) -> Sentence:
        why = WHY_WORDS[trace.why]
        gates = self._gates(trace) if trace.why in ("not-asked-here", "gate-open") else ()
        rows = [part for part in trace.parts if part.kind == "row"]
        told = tuple(self._row(node, row, number) for number, row in enumerate(rows, start=1))
        answer = f"{counted(len(rows), self._questionnaire.groups[node.group].row_name)} recorded"
        words = self._writer.sentence(node)
        criterion = (Phrase(str(words.parts[0])),) if words.parts else ()
        return Sentence((*words.phrases, *criterion), gates + told, "", True, trace.truth, why, "" if gates else answer)

    def _row(self, node: Count, row: Trace, number: int) -> Sentence:
        name = Phrase(f"{self._questionnaire.groups[node.group].row_name} {number}", "value")
        parts = (self.sentence(node.where, row.parts[0]),) if node.where is not None and row.parts else ()
        if node.different is not None:
            parts = (*parts, self._answer_read(row.parts[-1]))
        return Sentence((name,), parts, wraps=True, truth=row.truth)

    def _question(self, place: Place | None) -> Question | None:
        return None if place is None else self._questionnaire.questions.get(place.link_id)

    def _answer(self, place: Place | None) -> str:
        question = self._question(place)
        if question is None or place is None:
            return ""
        given = self._given(place)
        return sourced_words(question, given) if given is not None and given.value is not None else ""

    def _given(self, place: Place) -> Answer | None:
        if place.row_id is None:
            return self._answers.answers.get(place.link_id)
        rows = self._answers.groups.get(self._questionnaire.group_of[place.link_id])
        found = next((row for row in rows.rows if row.row_id == place.row_id), None) if rows else None
        return found.answers.get(place.link_id) if found else None
