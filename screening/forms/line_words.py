"""What is wrong with a line of a condition, in the words of the form: the question as asked, and what to choose.

The engine's own findings name fields of the document; whoever fills in the form never sees that.
"""

import re

from django.utils.translation import gettext, gettext_noop

from core.quoting import quoted
from screening.engine.documents import Finding
from screening.engine.line_kinds import ANSWERING, COMPARING, COUNTING, DEFINED, MULTIPLIED, RELATING, SUMMING
from screening.engine.lines import Line
from screening.engine.questionnaire import ItemType, Question, Questionnaire
from screening.engine.referring import NUMBERS
from screening.engine.rules import RuleSet
from screening.engine.words import listed

_OF_A_DEFINITION = re.compile(r"^/definitions/(\d+)/")
NUMBER_KINDS = ("equal-to", *COMPARING, "between")
KINDS_OF = {
    ItemType.BOOLEAN: ("is-yes", "is-no"),
    ItemType.INTEGER: NUMBER_KINDS,
    ItemType.DECIMAL: NUMBER_KINDS,
    ItemType.DATE: ("within", "lasted"),
}
_TYPES: dict[str, tuple[tuple[ItemType, ...], ...]] = {
    "lasted-until": ((ItemType.DATE,), (ItemType.DATE,)),
    "after": ((ItemType.DATE,), (ItemType.DATE,)),
    "washed-out": ((ItemType.DATE,), NUMBERS),
    **dict.fromkeys(MULTIPLIED, (NUMBERS, NUMBERS)),
}
OTHER_TYPES = {**{kind: types[1] for kind, types in _TYPES.items()}, **dict.fromkeys(SUMMING, NUMBERS)}
"""What the second question of a line has to be answered with, by the line's kind."""
ANSWERED = {
    ItemType.BOOLEAN: gettext_noop("is answered yes or no."),
    ItemType.INTEGER: gettext_noop("is answered with a whole number."),
    ItemType.DECIMAL: gettext_noop("is answered with a number."),
    ItemType.DATE: gettext_noop("is answered with a date."),
    ItemType.STRING: gettext_noop("is answered in words."),
    ItemType.TEXT: gettext_noop("is answered in words."),
}


def misread(line: Line, questionnaire: Questionnaire, rules: RuleSet) -> str:
    """Return what is wrong with a line by itself: it names nothing there is, or reads it as nobody can answer it."""
    if line.kind in COUNTING and line.question not in questionnaire.groups:
        return gettext("Choose the list whose rows it counts. Press “Refresh lines” to see what can be chosen.")
    if line.kind in COUNTING and line.other and line.other not in {q.link_id for q in differing(line, questionnaire)}:
        group = questionnaire.groups[line.question]
        return gettext(
            "Choose what they differ in: a question that is asked of each %(row_name)s, with one option chosen."
        ) % {"row_name": group.row_name}
    if line.kind in DEFINED and line.question not in rules.definition_by_name:
        return gettext("Choose a definition. Press “Refresh lines” to see what can be chosen.")
    if line.kind in SUMMING or line.kind in RELATING:
        return _misread_several(line, questionnaire)
    if line.kind not in ANSWERING:
        return ""
    question = questionnaire.questions.get(line.question)
    if question is None:
        return gettext("Choose the question it is about. Press “Refresh lines” to see what can be chosen.")
    return _misread_question(line, question)


def differing(line: Line, questionnaire: Questionnaire) -> list[Question]:
    """Return the questions in which the rows that a line counts can differ."""
    group = questionnaire.groups.get(line.question)
    asked = group.items if group else ()
    return [question for question in asked if question.type is ItemType.CHOICE and not question.repeats]


def questions_of(line: Line) -> tuple[str, ...]:
    """Return the ``link_id`` of each question that a line reads."""
    if line.kind in SUMMING:
        return tuple(filter(None, (*line.values, line.other)))
    if line.kind in RELATING:
        return line.question, line.other
    return (line.question,) if line.kind in ANSWERING else ()


def _misread_several(line: Line, questionnaire: Questionnaire) -> str:
    link_ids, wanted = questions_of(line), _TYPES.get(line.kind, ())
    for place, link_id in enumerate(link_ids):
        question, types = questionnaire.questions.get(link_id), wanted[place] if wanted else NUMBERS
        if question is None:
            return gettext("Choose the questions that it reads. Press “Refresh lines” to see what can be chosen.")
        if question.type not in types:
            said = (
                gettext("%(question)s %(answered)s Choose one that is answered with a date.")
                if ItemType.DATE in types
                else gettext("%(question)s %(answered)s Choose one that is answered with a number.")
            )
            return said % _as_asked(question)
        if link_id in link_ids[:place]:
            return gettext("%(question)s is chosen twice. Choose another question for one of the two.") % {
                "question": quoted(question.text)
            }
    return ""


def said_of(finding: Finding, line: Line, questionnaire: Questionnaire) -> str:
    """Return what the engine finds on a line that is sound by itself: most of it is about where the line stands."""
    if finding.pointer.endswith("/n"):
        return gettext("There are fewer lines below it than that. Give a smaller number, or add lines.")
    if finding.pointer.endswith("/half_life"):
        return gettext("%(question)s is not given in hours. Choose one that is.") % {
            "question": quoted(questionnaire.questions[line.other].text)
        }
    if finding.pointer.endswith("/of"):
        return gettext("The two are not given in one unit. Choose two that are.")
    if finding.pointer.endswith("/low"):
        return gettext("No number lies between %(number)s and %(upper)s. Exchange the two.") % {
            "number": line.number,
            "upper": line.upper,
        }
    if line.kind in COUNTING and "/where" in finding.pointer:
        return gettext(
            "It stands below another line that counts rows. Indent it as that one is, so that they are side by side."
        )
    grouped = [link_id for link_id in questions_of(line) if link_id in questionnaire.group_of]
    if not grouped:
        return _whole_words(finding)
    asked, rows = questionnaire.questions[grouped[0]].text, questionnaire.groups[questionnaire.group_of[grouped[0]]]
    return gettext(
        "%(question)s is asked of each %(row_name)s. Put it below a line that says how many rows of %(list)s, "
        "indented by one more."
    ) % {"question": quoted(asked), "row_name": rows.row_name, "list": quoted(rows.text)}


def said_of_rest(finding: Finding, rules: RuleSet) -> str:
    """Return a finding that belongs to no line: on a definition that is sound, but not where the rule uses it."""
    found = _OF_A_DEFINITION.match(finding.pointer)
    if found is None:
        return _whole_words(finding)
    return gettext(
        "The definition %(title)s cannot be read where this rule uses it. Put the line that names it below one that "
        "counts the rows it reads; if it counts rows itself, beside that one."
    ) % {"title": quoted(rules.definitions[int(found[1])].title)}


def _whole_words(finding: Finding) -> str:
    return f"{finding.problem[:1].upper()}{finding.problem[1:]} {finding.cure}"


def _misread_question(line: Line, question: Question) -> str:
    if line.kind == "known-from":
        return "" if line.values else gettext("Choose from whom or what it is known.")
    kinds = KINDS_OF.get(question.type) or _kinds_of_choice(question)
    if not kinds:
        return gettext("%(question)s is answered in words, which no rule reads. Choose another question.") % {
            "question": quoted(question.text)
        }
    if line.kind not in kinds:
        fitting = listed([f"“{ANSWERING[kind]}”" for kind in kinds], gettext("or"))
        return gettext("%(question)s %(answered)s Choose %(fitting)s.") % {**_as_asked(question), "fitting": fitting}
    if question.type is not ItemType.CHOICE or _offered(line, question):
        return ""
    one, more = (
        gettext("%(question)s %(answered)s Choose one."),
        gettext("%(question)s %(answered)s Choose one or more."),
    )
    return (more if line.kind == "one-of" else one) % _as_asked(question)


def _as_asked(question: Question) -> dict[str, str]:
    return {"question": quoted(question.text), "answered": _answered(question)}


def _kinds_of_choice(question: Question) -> tuple[str, ...]:
    if question.type is not ItemType.CHOICE:
        return ()
    return ("contains",) if question.repeats else ("is", "one-of")


def _answered(question: Question) -> str:
    if question.type is not ItemType.CHOICE:
        return gettext(ANSWERED[question.type])
    options = ", ".join(quoted(option.text) for option in question.answer_options)
    one, more = gettext("is answered with one of: %(options)s."), gettext("is answered with any of: %(options)s.")
    return (more if question.repeats else one) % {"options": options}


def _offered(line: Line, question: Question) -> bool:
    return bool(line.values) and all(value in question.option_by_code for value in line.values)
