"""What the page of components shows: one flag of each kind, from the shipped protocols' own made-up cases."""

from collections.abc import Iterator

from screening.engine.drafts import DraftContent
from screening.engine.evaluation import evaluate
from screening.engine.protocol import Protocol
from screening.selectors.concerns import CONCERN_LABELS
from screening.selectors.results import FlagView, Reader, ResultView
from screening.selectors.shipped import shipped_names, shipped_protocol


def flag_of_each_kind() -> tuple[FlagView, ...]:
    """Return a flag of each kind that any made-up case of the shipped protocols raises, in reading order."""
    found: dict[str, FlagView] = {}
    for result in _made_up_results():
        for flag in result.flags:
            found.setdefault(flag.concern, flag)
        if len(found) == len(CONCERN_LABELS):
            break
    return tuple(found[concern] for concern in CONCERN_LABELS if concern in found)


def _made_up_results() -> Iterator[ResultView]:
    for name in shipped_names():
        documents = shipped_protocol(name)
        for vignette in documents.vignettes.vignettes:
            yield _result(documents, vignette.id)


def _result(documents: Protocol, vignette_id: str) -> ResultView:
    vignette = next(found for found in documents.vignettes.vignettes if found.id == vignette_id)
    answers = documents.vignettes.answers_of(vignette)
    guidance = evaluate(documents.rule_set, documents.questionnaire, answers, on=vignette.on)
    content = DraftContent(answers=answers.answers, groups=answers.groups)
    return Reader(documents.questionnaire, documents.rule_set, documents.library, content).result(guidance)
