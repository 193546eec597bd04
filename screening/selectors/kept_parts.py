"""The parts of a rule that its form has no fields for: they are shown, so that nothing typed contradicts them."""

from dataclasses import dataclass

from screening.engine.rules import Rule, RuleSet
from screening.engine.sentences import NeedSentence, Sentence, SubGroupSentence, condition_sentence, rule_sentence
from screening.engine.walking import names_used, rule_conditions
from screening.models import RuleSetVersion
from screening.selectors.documents import questionnaire_of, rule_set_of


@dataclass(frozen=True)
class KeptParts:
    """Whom a rule is for, what is to be had first, the questions shown with it, and the definitions that it uses."""

    only_for: SubGroupSentence | None
    needs: tuple[NeedSentence, ...]
    alongside: tuple[str, ...]
    definitions: tuple[tuple[str, Sentence], ...]

    def __bool__(self) -> bool:
        return bool(self.only_for or self.needs or self.alongside or self.definitions)


def kept_parts_of(version: RuleSetVersion, rule: Rule) -> KeptParts:
    """Return the parts of ``rule`` that stay as they came with the protocol, in words."""
    rules, questionnaire = rule_set_of(version), questionnaire_of(version.questionnaire_version)
    sentence = rule_sentence(rule, rules, questionnaire)
    used = _definitions_used(rule, rules)
    return KeptParts(
        only_for=sentence.only_for,
        needs=sentence.needs,
        alongside=tuple(questionnaire.questions[link_id].text for link_id in rule.alongside),
        definitions=tuple(
            (definition.title, condition_sentence(definition.condition, rules, questionnaire))
            for definition in rules.definitions
            if definition.name in used
        ),
    )


def _definitions_used(rule: Rule, rules: RuleSet) -> set[str]:
    """Return the names of the definitions that a rule uses, and that these use in turn."""
    found: set[str] = set()
    waiting = [condition for _, condition in rule_conditions(rule)]
    while waiting:
        new = names_used(waiting.pop()) - found
        found |= new
        waiting += [rules.definition_by_name[name].condition for name in new]
    return found
