"""The page of the specification that lists the forms of published criteria. ``write_specification`` writes it."""

from collections.abc import Iterator
from functools import cache

from docs.write_specification import ENDS, NOTICE, PARTS, Chapter, Part, laid_out, markdown_table, slug, tidied
from screening.engine.answers import Answer, Answers, Row
from screening.engine.questionnaire import Group
from screening.engine.sentences import condition_sentence, rule_sentence
from screening.engine.words import sourced_words
from tests.spec.criteria import CRITERIA
from tests.spec.forms.form import Case, Form
from tests.spec.forms.listed import FORMS

PREFACE = (
    "Published criteria for who can take part, read sentence by sentence, take twenty-seven forms. This page lists "
    "them. Each has a rule that holds it, as the engine reads the rule back, and cases on which the rule is met, is "
    "not met and cannot be ruled out. Every case is run with the tests. The rules are made up for this page, and no "
    "limit in them is advice."
)


def forms_page() -> str:
    """Return the page of forms: a table of contents, then each form with its rules and its cases."""
    part = Part.named("forms")
    lines = [NOTICE, "", f"# {part.title}", "", part.opening, "", PREFACE, ""]
    lines += ["[All parts](README.md)", "", *markdown_table(["form", "held by"], [_listed(form) for form in FORMS])]
    for form in FORMS:
        lines += form_lines(form)
    return tidied(lines)


def _heading(form: Form) -> str:
    return f"F{form.number}. {form.name}"


def _listed(form: Form) -> list[str]:
    return [f"[{_heading(form)}](#{slug(_heading(form))})", _parts(form)]


def _parts(form: Form) -> str:
    return ", ".join(f"`{part}`" for part in form.parts)


def form_lines(form: Form) -> Iterator[str]:
    """Yield a form: what it means, what holds it, its rules as they read, and its cases."""
    yield from (f"## {_heading(form)}", "", form.meaning, "")
    yield from (f"Held by {_parts(form)}. Chapters: {_chapter_links(form)}.", "")
    yield from _rules_as_they_read(form)
    yield from ("", "```json", laid_out(_written(form)), "```", "")
    told = any(case.tells for case in form.cases)
    head = ["answers", "the rule", *(["told with it"] if told else [])]
    yield from markdown_table(head, [_case_cells(form, case, told=told) for case in form.cases])


def _written(form: Form) -> dict[str, object]:
    """Return the fields of the form's first rule that matter for it."""
    named = {"when", "concern", *form.parts}
    found = {name: value for name, value in form.rules[0].items() if name in named}
    return {**found, **({"for_a_person": list(form.for_a_person)} if form.for_a_person else {})}


def _chapter_links(form: Form) -> str:
    links = {f"{chapter.part}/test_{chapter.name}.py": chapter.link for part in PARTS for chapter in _chapters(part)}
    return ", ".join(links[file] for file in form.chapters)


@cache
def _chapters(part: str) -> list[Chapter]:
    return Part.named(part).chapters


def _rules_as_they_read(form: Form) -> Iterator[str]:
    rules = form.rule_set
    several = len(rules.rules) > 1
    for number, rule in enumerate(rules.rules):
        yield from [">"] if number else []
        yield f"> {f'`{rule.id}`: ' if several else ''}{rule_sentence(rule, rules, CRITERIA)}"
    for definition in rules.definitions:
        yield f">\n> “{definition.title}” means: {condition_sentence(definition.condition, rules, CRITERIA)}."
    for check in rules.for_a_person:
        yield f">\n> For a person to check: {check.title}. {check.text}"


def _case_cells(form: Form, case: Case, *, told: bool) -> list[str]:
    several = {form.rules[0]["id"]: case.ending, **case.others}
    named = [f"`{rule_id}`: {ENDS[ending]}" for rule_id, ending in several.items()]
    ends = named if case.others else [ENDS[case.ending]]
    answers = "<br>".join(answers_told(case.answers)) or "–"
    return [answers, "<br>".join(ends), *(["<br>".join(case.tells) or "–"] if told else [])]


def answers_told(answers: Answers) -> Iterator[str]:
    """Yield each answer with its question, and each row of a group, in the order of asking."""
    for _, item in CRITERIA.items():
        if isinstance(item, Group) and item.link_id in answers.groups:
            yield from _rows_told(item, answers)
        elif item.link_id in answers.answers:
            yield _answer_told(item.link_id, answers.answers[item.link_id])


def _rows_told(group: Group, answers: Answers) -> Iterator[str]:
    given = answers.groups[group.link_id]
    for number, row in enumerate(given.rows, start=1):
        yield f"{group.row_name} {number}: {_row_told(row)}"
    if not given.complete:
        yield f"there may be more: “{group.text}”"


def _row_told(row: Row) -> str:
    return "; ".join(_answer_told(link_id, answer) for link_id, answer in row.answers.items())


def _answer_told(link_id: str, answer: Answer) -> str:
    question = CRITERIA.questions[link_id]
    return f"“{question.text}” {sourced_words(question, answer).removesuffix(' (client says)')}"
