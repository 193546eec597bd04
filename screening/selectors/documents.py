"""The engine's documents behind stored versions. What is published never changes, so it is parsed once."""

import json
from functools import lru_cache
from typing import Any

from core.canonical import digest
from screening.engine.documents import load
from screening.engine.drafts import DraftContent
from screening.engine.guidance import Guidance
from screening.engine.library import GuidanceLibrary
from screening.engine.protocol import Protocol
from screening.engine.questionnaire import Questionnaire
from screening.engine.rules import RuleSet
from screening.engine.vignettes import VignetteSet
from screening.models import Draft, Evaluation, QuestionnaireVersion, ResponseVersion, RuleSetVersion


def questionnaire_of(version: QuestionnaireVersion) -> Questionnaire:
    """Return the questionnaire of ``version``, parsed."""
    return _questionnaire(version.document)


def library_of(version: RuleSetVersion) -> GuidanceLibrary:
    """Return the guidance library of ``version``, parsed."""
    return _library(version.library)


def rule_set_of(version: RuleSetVersion) -> RuleSet:
    """Return the rules of ``version``, parsed."""
    return _rule_set(version.rules)


def vignettes_of(version: RuleSetVersion) -> VignetteSet:
    """Return the vignettes of ``version``, parsed."""
    return _vignettes(version.vignettes)


def documents_from(*, questionnaire: str, library: str, rules: str, vignettes: str) -> Protocol:
    """Return the four documents of a protocol from their stored texts."""
    return Protocol(_library(library), _questionnaire(questionnaire), _rule_set(rules), _vignettes(vignettes))


def rules_digest(*, library: str, rules: str, vignettes: str) -> str:
    """Return the digest of a rule-set version: of its three documents together, each given as canonical JSON."""
    return digest({"library": json.loads(library), "rules": json.loads(rules), "vignettes": json.loads(vignettes)})


def draft_content(draft: Draft) -> DraftContent:
    """Return the answers of a draft as far as they are given."""
    return load(DraftContent, json.loads(draft.content), document="draft")


def response_content(response: ResponseVersion) -> DraftContent:
    """Return the answers and the note of a submitted response."""
    return load(DraftContent, json.loads(response.document), document="response")


def guidance_of(evaluation: Evaluation) -> Guidance:
    """Return the stored output of the engine."""
    stored: dict[str, Any] = json.loads(evaluation.document)
    return Guidance.from_document(stored)


@lru_cache(maxsize=32)
def _questionnaire(document: str) -> Questionnaire:
    return load(Questionnaire, json.loads(document), document="questionnaire.json")


@lru_cache(maxsize=32)
def _library(document: str) -> GuidanceLibrary:
    return load(GuidanceLibrary, json.loads(document), document="guidance.json")


@lru_cache(maxsize=32)
def _rule_set(document: str) -> RuleSet:
    return load(RuleSet, json.loads(document), document="rules.json")


@lru_cache(maxsize=32)
def _vignettes(document: str) -> VignetteSet:
    return load(VignetteSet, json.loads(document), document="vignettes.json")
