"""Guidance as text for a terminal or a file: flags in reading order, what they rest on, what is missing.

Ends the same way whatever was raised: a clinician reads and decides.
"""

from collections.abc import Iterator

from screening.engine.answers import Answer, Answers
from screening.engine.conditions import Truth
from screening.engine.evaluation import FIRST_TOPIC
from screening.engine.guidance import Basis, ExceptionOutcome, Guidance, Place, RuleOutcome, RuleState
from screening.engine.protocol import Protocol
from screening.engine.rules import Rule
from screening.engine.words import CONCERN_WORDS, CONFIRMER_WORDS, counted, date_words, sourced_words
from screening.management.reading_parts import parts_lines, settling_of

ENDS = {RuleState.NOT_MET: "ruled out", RuleState.MET: "raised"}
CLOSING = "For clinician review. Whatever is listed or not listed here, a clinician reads the case and decides."
CRISIS_NOTE = "Suicidality is on this list. A practice's own crisis steps come first; this command does not know them."
SOURCES_NOTE = "What kind of source each is stands beside it; sources do not all agree."


def guidance_lines(protocol: Protocol, answers: Answers, guidance: Guidance, *, day_known: bool) -> Iterator[str]:
    """Yield the lines of a readable result, in reading order. Without a ``day_known`` it is read as of today."""
    reader = _Reader(protocol, answers, guidance)
    raised = [guidance.outcome(rule_id) for rule_id in guidance.flags]
    met = sum(outcome.state is RuleState.MET for outcome in raised)
    day = date_words(guidance.on.isoformat())
    told = (
        f"as answered on {day}" if day_known else f"as of today, {day}: the response does not say when it was answered"
    )
    yield f"{protocol.rule_set.title} – {told}"
    yield f"{counted(met, 'point')} raised, {len(raised) - met} that cannot be ruled out yet. {SOURCES_NOTE}"
    if any(protocol.rule_set.rule_by_id[outcome.rule_id].topic == FIRST_TOPIC for outcome in raised):
        yield CRISIS_NOTE
    for outcome in raised:
        yield ""
        yield from reader.flag(outcome)
    if guidance.missing:
        yield from ("", "Still missing, ranked by how many rules each could settle:")
        for missing in guidance.missing:
            place = reader.place(missing.place)
            yield f"  {place} – could settle {len(missing.could_settle)}, {len(missing.read_by)} wait for it"
    yield from reader.person_checks()
    if protocol.rule_set.context:
        yield from ("", "To weigh with every result:")
        yield from reader.statements(protocol.rule_set.context)
    yield from ("", CLOSING)


class _Reader:
    def __init__(self, protocol: Protocol, answers: Answers, guidance: Guidance) -> None:
        self._protocol = protocol
        self._answers = answers
        self._settling = settling_of(protocol, answers, guidance)

    def flag(self, outcome: RuleOutcome) -> Iterator[str]:
        rule = self._protocol.rule_set.rule_by_id[outcome.rule_id]
        concern = CONCERN_WORDS[rule.concern]
        unknown = outcome.state is RuleState.CANNOT_RULE_OUT
        heading = f"cannot be ruled out ({concern})" if unknown else concern
        topic = self._protocol.library.topic_title.get(rule.topic, rule.topic)
        yield f"{heading[:1].upper()}{heading[1:]} · {topic}: {rule.title}"
        yield from parts_lines(rule, outcome)
        yield from (f"  because: {self._basis(basis)}" for basis in outcome.because)
        yield from (f"  waits for: {self.place(place)}" for place in outcome.missing)
        yield from self._settles(rule.id)
        for exception in outcome.exceptions:
            yield from self._exception(rule, exception)
        yield from self.statements(rule.cites)
        yield from self._beside(rule)

    def _settles(self, rule_id: str) -> Iterator[str]:
        """Yield the smallest sets of answers that could rule a flag out, and those that could raise it."""
        for found in self._settling.get(rule_id, ()):
            together = " with ".join(self.place(place) for place in found.places)
            yield f"  could be {ENDS[found.state]} by: {together}"

    def _beside(self, rule: Rule) -> Iterator[str]:
        if rule.weigh_with:
            yield "  weigh with it:"
            yield from self.statements(rule.weigh_with)
        for name in rule.disagreements:
            disagreement = self._protocol.library.disagreement_by_id[name]
            yield f"  sources disagree: {disagreement.title}. {disagreement.text}"
        yield f"  in words: {rule.explanation}"
        yield f"  would change it: {rule.would_change}"

    def statements(self, ids: tuple[str, ...]) -> Iterator[str]:
        library = self._protocol.library
        for statement_id in ids:
            statement = library.statement_by_id[statement_id]
            sources = [library.source_by_key[key] for key in statement.sources]
            told = "; ".join(f"{source.author or source.title} ({source.grade})" for source in sources)
            yield f"  {statement_id}: {statement.text} – {told}"

    def person_checks(self) -> Iterator[str]:
        """Yield what no rule can say, to be listed whatever is raised."""
        checks = self._protocol.rule_set.for_a_person
        if checks:
            yield from ("", "For a person to check:")
        for check in checks:
            yield f"  {check.title}: {check.text} ({CONFIRMER_WORDS[check.by]} checks it)"
            yield from self.statements(check.cites)

    def _exception(self, rule: Rule, outcome: ExceptionOutcome) -> Iterator[str]:
        unless = next(unless for unless in rule.unless if unless.id == outcome.exception_id)
        who = CONFIRMER_WORDS[unless.confirmed_by]
        if outcome.claimed is Truth.TRUE:
            yield f"  exception claimed: {unless.title}. Not confirmed: {who} has to confirm it."
            titles = {other.id: other.title for other in rule.unless}
            yield from (f"    which is lifted, if confirmed, by: {titles[other]}" for other in outcome.lifted_by)
        elif outcome.claimed is Truth.UNKNOWN:
            yield f"  exception possible: {unless.title}. {who[:1].upper()}{who[1:]} would have to confirm it."

    def place(self, place: Place) -> str:
        """Return a question as asked, with the row that it stands in."""
        questionnaire = self._protocol.questionnaire
        item = questionnaire.item_by_id[place.link_id]
        if place.link_id in questionnaire.groups:
            return f"“{item.text}”: whether these are all"
        if place.row_id is None:
            return f"“{item.text}”"
        group = questionnaire.groups[questionnaire.group_of[place.link_id]]
        rows = [row.row_id for row in self._answers.groups[group.link_id].rows]
        return f"{group.row_name} {rows.index(place.row_id) + 1}, “{item.text}”"

    def _basis(self, basis: Basis) -> str:
        group = self._protocol.questionnaire.groups.get(basis.place.link_id)
        if group is not None:
            return f"“{group.text}”: {basis.value or 'none'} recorded"
        question = self._protocol.questionnaire.questions[basis.place.link_id]
        answer = None
        if basis.source is not None:
            answer = Answer(value=basis.value, absent=basis.absent, source=basis.source)
        return f"{self.place(basis.place)}: {sourced_words(question, answer)}"
