"""The words people read: neutral, person-first, and never deciding. Names what is neither, and suggests another word.

Titles of sources are quoted as they are; everything else that a document says to people is looked at. Here too stand
the words for who a person is, which no rule may read about. These are lists of words and understand nothing: the same
said in other words passes, which is why a second person reads every version before it is published.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from screening.engine.conditions import Condition, Count, Leaf, questions_read
from screening.engine.documents import Finding, first_findings
from screening.engine.library import GuidanceLibrary
from screening.engine.naming import items_with_pointers
from screening.engine.questionnaire import Group, Question, Questionnaire
from screening.engine.rules import Rule, RuleSet
from screening.engine.walking import conditions, nodes


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is not used here, why not, and what to write instead."""

    pattern: re.Pattern[str]
    why: str
    instead: str


_BEFORE, _AFTER = r"(?<![\w-])", r"(?![\w-])"


def term(pattern: str, why: str, instead: str) -> Term:
    """Return the words that a pattern finds, with why they are not used here and what to write instead."""
    return Term(re.compile(rf"{_BEFORE}(?:{pattern}){_AFTER}", re.IGNORECASE), why, instead)


DECIDES = "decides, and only a clinician does"
LABELS = "names a person by a condition or an act"
JUDGES = "judges"
_SCORES = "makes a number decide, and none does here"
_RAISES = "Say what the guidance raises."
_THE = "(?:the |this |our )?"
_PERSON = "(?:him|her|them|(?:the |this )?(?:client|patient|person))"

TERMS = (
    term(r"(?:in)?eligib(?:le|ility)", DECIDES, 'Say what the guidance raises, such as "advises against".'),
    term(r"(?:un)?suitab(?:le|ility)", DECIDES, "Say what the guidance raises, and let the clinician weigh it."),
    term(r"(?:dis)?approved|disapproves?", DECIDES, 'Say who "agreed", "ordered" or "confirmed" what.'),
    term(r"cleared", DECIDES, 'Say which examination "was done", and by whom.'),
    term(r"reject(?:s|ed|ion)?", DECIDES, 'Write "the guidance advises against", or "not taken further here".'),
    term(r"(?:dis)?qualif(?:y|ies|ied) for|disqualif(?:y|ies|ied|ying)", DECIDES, "Say what the guidance raises."),
    term(r"safe to (?:proceed|treat|start)|safe for (?:ketamine|treatment|KAP)", DECIDES, "Say what was found."),
    term(r"(?:good|poor|bad|ideal|not a) candidates?", DECIDES, "Say what the guidance raises."),
    term(rf"(?:pass|fail)(?:es|s|ed)? {_THE}(?:screening|criteria|checks?)", DECIDES, 'Write "screening done".'),
    term(r"pass(?:ed|es)?(?: or |/)fail(?:ed|s)?", DECIDES, "Say what was found."),
    term(r"(?:un)?fit for (?:ketamine|treatment|therapy|KAP|this)|unfit|unfitness", DECIDES, "Say what was found."),
    term(r"contra-?indicat(?:es?|ed|ions?|ing)", DECIDES, 'Write "the guidance advises against".'),
    term(
        r"(?:do not|don't|must not|should not|may not|cannot|can|may|must|okay to|ready to) proceed",
        DECIDES,
        'Write "the guidance advises against", or what comes first.',
    ),
    term(r"den(?:y|ying|ial of) (?:\w+ ){0,3}(?:ketamine|treatment|therapy|KAP)|deny", DECIDES, _RAISES),
    term(r"refus(?:e|es|ed|ing|al)", DECIDES, 'Write what the guidance raises; of a client, "declined".'),
    term(rf"turn(?:s|ed)? {_PERSON} (?:away|down)", DECIDES, 'Write "not taken further here".'),
    term(r"exclusion criteri(?:a|on)|excluded? from (?:ketamine|treatment|therapy|KAP)", DECIDES, _RAISES),
    term(
        r"(?:must|should|may|can) ?not (?:be treated|(?:be given|have|get|receive|start) (?:ketamine|treatment|KAP))",
        DECIDES,
        _RAISES,
    ),
    term(r"withh(?:old|olds|eld|olding) (?:ketamine|treatment|therapy|KAP)", DECIDES, _RAISES),
    term(
        r"(?:bad|poor|good|acceptable|unacceptable) risks?|(?:high|low)[- ]risk (?:clients?|patients?|people|person)",
        DECIDES,
        "Say what was found.",
    ),
    term(r"abusers?", LABELS, 'Write "person who misuses …".'),
    term(r"addicts?", LABELS, 'Write "person with an addiction".'),
    term(r"alcoholics?", LABELS, 'Write "person with alcohol use disorder".'),
    term(r"junk(?:ie|y|ies)|drunks?|stoners?", LABELS, 'Write "person who uses …".'),
    term(r"(?:drug|substance) users?", LABELS, 'Write "people who use substances".'),
    term(r"schizophrenics?|psychotics|borderlines|bipolars", LABELS, 'Write "person with …".'),
    term(r"psychotic (?:patients?|clients?|people)", LABELS, 'Write "person with psychosis".'),
    term(r"mentally ill", LABELS, 'Write "person with a mental illness".'),
    term(
        r"(?:drug|substance|alcohol|ketamine) abuse|abus(?:e|es|ed|ing) (?:drugs?|substances?|alcohol|ketamine)",
        JUDGES,
        'Write "use", "misuse" or "use disorder".',
    ),
    term(r"drug habits?", JUDGES, 'Write "substance use".'),
    term(r"committ?(?:s|ed|ing)? suicide", JUDGES, 'Write "died by suicide".'),
    term(r"(?:un)?successful (?:suicide|attempts?)|failed (?:suicide )?attempts?", JUDGES, 'Write "suicide attempt".'),
    term(r"clean and sober|(?:stay(?:s|ed|ing)?|got|get|been|is|are|was) clean", JUDGES, 'Write "abstinent".'),
    term(r"(?:clean|dirty) (?:urine|tests?|screens?|samples?)|dirty", JUDGES, 'Write "negative" or "positive test".'),
    term(r"drug[- ]seeking|attention[- ]seeking|manipulative", JUDGES, "Describe what was seen."),
    term(r"non-?complian(?:t|ce)", JUDGES, 'Write "has not taken" or "did not follow", and why.'),
    term(r"suffer(?:s|ed|ing)? from|afflicted with|victims? of (?:addiction|depression)", JUDGES, 'Write "has".'),
    term(r"crazy|insane|lunatics?|madness|psychos?", JUDGES, "Describe what was seen."),
    term(r"denies|denied|admits? to|admitted to using", JUDGES, 'Write "says", "reports" or "answered no".'),
)
PRACTICE_TERMS = (
    term(r"passed(?! away| on)|did not pass|^failed\W*$", DECIDES, "Say what happens next."),
    term(r"green[- ]?(?:light|lit)(?:s|ed)?|thumbs[- ](?:up|down)|good to go", DECIDES, "Say what happens next."),
    term(r"ok(?:ay)? (?:to|for) (?:treat\w*|start|begin|go|proceed|ketamine|KAP)", DECIDES, "Say what happens next."),
    term(r"go(?:es|ing)?[- ]ahead|no[- ]go", DECIDES, "Say what happens next."),
    term(r"turn(?:s|ed|ing)? (?:down|away)", DECIDES, "Say what happens next."),
    term(r"no ketamine|not for (?:ketamine|KAP)", DECIDES, 'Write "not taken further here".'),
    term(r"liars?|malinger(?:s|ed|ers?|ing)|frequent fl[iy]ers?", JUDGES, "Describe what was seen."),
    term(r"(?:difficult|hopeless|troublesome|lazy) (?:clients?|patients?|people|person)", JUDGES, "Say what was seen."),
)
"""Words that may stand in a sentence of a protocol, and not in the short texts that a practice chooses from."""
RULE_TERMS = (
    term(r"(?:risk|total|overall) scores?|points? in total", _SCORES, "Name the answers that the rule reads."),
    term(
        r"scor(?:es?|ed|ing) (?:of|at|above|below|over|under|more than|less than|\d+)",
        _SCORES,
        "Name the answers that the rule reads, and whose line it is.",
    ),
    term(r"probabilit(?:y|ies)", _SCORES, "Say what the guidance raises and why."),
    term(r"\d+ ?(?:%|per ?cent)|chances? of", _SCORES, "Say what the guidance raises and why."),
)
"""Words that may stand in a question, such as an instrument's score, and not in what a rule says."""
WHO_SOMEONE_IS = re.compile(
    r"\b(?:"
    r"gender\w*|transgender\w*|trans|non-?binary|intersex|male|female|man|woman|men|women"
    r"|(?:your|biological) sex"
    r"|orientation|gay|lesbian\w*|bisexual\w*|homosexual\w*|heterosexual\w*|queer|lgbt\w*|sexuality"
    r"|race|racial|ethnic\w*|skin colou?r|asian|african|hispanic|latin[aox]|caucasian|indigenous|arab|(?-i:Black|White)"
    r"|(?:are|is) \w+ (?:black|white)|nationality|citizen\w*|immigra\w*|country of (?:birth|origin)|mother tongue"
    r"|religio\w*|faith|christian\w*|catholic|protestant|muslim|islam\w*|jewish|jew|hindu|buddhist|sikh|atheist"
    r"|church|mosque|synagogue|pray(?:s|er|ers)?"
    r"|income|salary|salaries|wages?|earn(?:s|ings)?|wealth\w*"
    r")\b",
    re.IGNORECASE,
)
"""Words for who a person is: gender, orientation, origin, faith and income, as far as a list of words reaches."""

_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e]")
"""What steers a terminal, or turns the direction of what follows."""
_UNSEEN = ("Cf", "Cc", "Mn", "Me")
"""Kinds of characters that show nothing by themselves: joiners, soft hyphens, marks of direction, accents."""
_LOOKS_LIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁԛԝѵӏкмтвнΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχεηωıɑɡ‐‑’ʼ",
    "ABESIJKMHOPCTYXaesijopcyxhdqwvlkmtbhABEZHIKMNOPTYXaikvoptuxenwiag--''",
    "\u115f\u1160\u2800\u3164\uffa0",  # letters that show nothing
)
"""Letters of other scripts, hyphens and apostrophes, each with the plain one that it looks like."""

Said = tuple[str, str, str]
MOST_CHARACTERS = 400_000
_RULE_SET_TERMS, _PRACTICE_TERMS = TERMS + RULE_TERMS, TERMS + PRACTICE_TERMS


def wording_problems(text: str, terms: tuple[Term, ...] = TERMS) -> list[tuple[str, str]]:
    """Return for each word of ``text`` that is not used here what is wrong with it, and what to write instead."""
    text = as_it_reads(text)
    if not _any_of(terms).search(text):
        return []
    return [
        (f'"{matched.group(0)}" {term.why}.', term.instead)
        for term in terms
        for matched in [term.pattern.search(text)]
        if matched
    ]


@lru_cache(maxsize=4)
def _any_of(terms: tuple[Term, ...]) -> re.Pattern[str]:
    """Return what finds any of ``terms``: most texts hold none, and are then looked through once."""
    inner = (term.pattern.pattern.removeprefix(_BEFORE).removesuffix(_AFTER) for term in terms)
    return re.compile(rf"{_BEFORE}(?:{'|'.join(inner)}){_AFTER}", re.IGNORECASE)


def practice_problems(text: str) -> list[tuple[str, str]]:
    """Return what a short text of a practice decides, labels or judges, as ``wording_problems`` does."""
    return wording_problems(text, _PRACTICE_TERMS)


def as_it_reads(text: str) -> str:
    """Return a text as it looks to a reader, in plain letters: for comparing, never for showing.

    What cannot be seen is left out, other widths and styles of letters are the same letters, and so are Cyrillic and
    Greek ones that look like them.
    """
    text = " ".join(text.split())
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        seen = (letter for letter in apart if unicodedata.category(letter) not in _UNSEEN)
        text = unicodedata.normalize("NFKC", "".join(seen)).translate(_LOOKS_LIKE)
    return text


def wording_findings(library: GuidanceLibrary, questionnaire: Questionnaire, rule_set: RuleSet) -> list[Finding]:
    """Return a finding for every text that labels, judges or decides, and for every rule that reads who someone is."""
    said = [*_library(library), *_questionnaire(questionnaire), *_rules(rule_set)]
    if found := list(_too_much(said)):
        return found
    return first_findings([*_unused(said), *_reads_who_someone_is(questionnaire, rule_set)])


def _too_much(said: list[Said]) -> Iterator[Finding]:
    for name in ("guidance", "questionnaire", "rules"):
        length = sum(len(text) for document, _, text in said if document == name)
        if length > MOST_CHARACTERS:
            problem = f"its texts have {length:,} characters; {MOST_CHARACTERS:,} are read."
            yield Finding(name, "", problem, "Shorten them, or split the protocol.")


def _unused(said: list[Said]) -> Iterator[Finding]:
    for document, pointer, text in said:
        if hidden := _HIDDEN.search(text):
            problem = f"a character shows nothing and changes how the rest is read (U+{ord(hidden[0]):04X})."
            yield Finding(document, pointer, problem, "Take it out.")
        if pointer.endswith("/title") and len(text.splitlines()) > 1:
            yield Finding(document, pointer, "a title has more than one line.", "Write it on one line.")
        for problem, cure in wording_problems(text, _RULE_SET_TERMS if document == "rules" else TERMS):
            yield Finding(document, pointer, problem, cure)


def _library(library: GuidanceLibrary) -> Iterator[Said]:
    yield "guidance", "/title", library.title
    for index, source in enumerate(library.sources):
        yield "guidance", f"/sources/{index}/grade", source.grade
    for index, topic in enumerate(library.topics):
        yield "guidance", f"/topics/{index}/title", topic.title
    for index, statement in enumerate(library.statements):
        yield "guidance", f"/statements/{index}/text", statement.text
    for index, disagreement in enumerate(library.disagreements):
        yield "guidance", f"/disagreements/{index}/title", disagreement.title
        yield "guidance", f"/disagreements/{index}/text", disagreement.text


def _questionnaire(questionnaire: Questionnaire) -> Iterator[Said]:
    yield "questionnaire", "/title", questionnaire.title
    yield "questionnaire", "/description", questionnaire.description
    for index, section in enumerate(questionnaire.sections):
        yield "questionnaire", f"/sections/{index}/title", section.title
        yield "questionnaire", f"/sections/{index}/introduction", section.introduction
    for pointer, item in items_with_pointers(questionnaire):
        yield from _item(pointer, item)


def _item(pointer: str, item: Question | Group) -> Iterator[Said]:
    yield "questionnaire", f"{pointer}/text", item.text
    yield "questionnaire", f"{pointer}/help", item.help
    if isinstance(item, Group):
        yield "questionnaire", f"{pointer}/row_name", item.row_name
        return
    yield "questionnaire", f"{pointer}/hint", item.hint
    for index, option in enumerate(item.answer_options):
        yield "questionnaire", f"{pointer}/answer_options/{index}/text", option.text


def _rules(rule_set: RuleSet) -> Iterator[Said]:
    yield "rules", "/title", rule_set.title
    yield "rules", "/description", rule_set.description
    for index, definition in enumerate(rule_set.definitions):
        yield "rules", f"/definitions/{index}/title", definition.title
    for index, rule in enumerate(rule_set.rules):
        for field in ("title", "explanation", "would_change"):
            yield "rules", f"/rules/{index}/{field}", getattr(rule, field)
        yield from _rule_parts(rule, f"/rules/{index}")
    for index, check in enumerate(rule_set.for_a_person):
        yield "rules", f"/for_a_person/{index}/title", check.title
        yield "rules", f"/for_a_person/{index}/text", check.text


def _rule_parts(rule: Rule, pointer: str) -> Iterator[Said]:
    if rule.only_for is not None:
        yield "rules", f"{pointer}/only_for/title", rule.only_for.title
    for place, unless in enumerate(rule.unless):
        yield "rules", f"{pointer}/unless/{place}/title", unless.title
    for place, need in enumerate(rule.needs):
        yield "rules", f"{pointer}/needs/{place}/title", need.title
        yield "rules", f"{pointer}/needs/{place}/from", need.from_whom
    for place, undertaking in enumerate(rule.undertakings):
        yield "rules", f"{pointer}/undertakings/{place}/text", undertaking.text
        yield "rules", f"{pointer}/undertakings/{place}/by", undertaking.by


def _reads_who_someone_is(questionnaire: Questionnaire, rule_set: RuleSet) -> Iterator[Finding]:
    about_who = {
        item.link_id: said
        for pointer, item in items_with_pointers(questionnaire)
        if isinstance(item, Question) and (said := _said_of_someone(pointer, item))
    }
    for pointer, condition in conditions(rule_set):
        for place, node in nodes(condition, pointer):
            for question in _questions_read(questionnaire, node):
                if question.link_id in about_who:
                    word, there = about_who[question.link_id]
                    problem = (
                        f'the rule reads "{question.link_id}", and the questionnaire says "{word}" at {there}: '
                        "a word for who somebody is."
                    )
                    yield Finding("rules", place, problem, _WHO_CURE)


_WHO_CURE = (
    "Read what happens or what is done, never who somebody is. Where the word means something else, ask in other words."
)


def _said_of_someone(pointer: str, question: Question) -> tuple[str, str] | None:
    """Return the first word of a question, or of its options, for who somebody is, with the place where it stands."""
    said = [
        ("link_id", question.link_id.replace("-", " ")),
        ("text", question.text),
        ("hint", question.hint),
        *((f"answer_options/{index}/text", option.text) for index, option in enumerate(question.answer_options)),
    ]
    found = ((WHO_SOMEONE_IS.search(text), place) for place, text in said)
    return next(((word.group(0), f"{pointer}/{place}") for word, place in found if word), None)


def _questions_read(questionnaire: Questionnaire, node: Condition) -> Iterator[Question]:
    link_ids = questions_read(node).values() if isinstance(node, Leaf) else ()
    for link_id in [node.different] if isinstance(node, Count) else link_ids:
        if link_id in questionnaire.questions:
            yield questionnaire.questions[link_id]
