"""When a question is asked, in words: the other questions as they are asked, and what their answers have to be."""

from screening.engine.questionnaire import EnableWhen, Group, Question, Questionnaire
from screening.engine.words import listed, value_words

_OPERATORS = {
    "=": "is",
    "!=": "is not",
    ">": "is more than",
    "<": "is less than",
    ">=": "is at least",
    "<=": "is at most",
}


def asked_when(item: Question | Group, questionnaire: Questionnaire) -> str:
    """Return when ``item`` is asked, in words; empty where it is always asked."""
    if not item.enable_when:
        return ""
    parts = [_words(condition, questionnaire) for condition in item.enable_when]
    return listed(parts, "and" if item.enable_behavior == "all" else "or")


def _words(condition: EnableWhen, questionnaire: Questionnaire) -> str:
    question = questionnaire.questions.get(condition.question)
    if question is None:
        return f"something about a list ({condition.question})"
    if condition.operator == "exists":
        return f"“{question.text}” is {'answered' if condition.answer else 'not answered'}"
    verb = "includes" if question.repeats and condition.operator == "=" else _OPERATORS[condition.operator]
    return f"the answer to “{question.text}” {verb} “{value_words(question, condition.answer)}”"
