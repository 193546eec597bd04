"""The tables of the subject. What may change and what is append-only is declared on each model."""

from screening.models import demands as demands
from screening.models.clients import Client, ClientNameWord
from screening.models.determinations import Determination
from screening.models.emergencies import EmergencyAccess, EmergencyAcknowledgement
from screening.models.erasures import Erasure
from screening.models.evaluations import Evaluation, Flag
from screening.models.policies import PracticePolicy
from screening.models.protocols import Protocol
from screening.models.questionnaires import QuestionnaireVersion
from screening.models.readings import Reading, ReadingDraw
from screening.models.responses import ResponseVersion
from screening.models.reviews import FlagAnswer, Return
from screening.models.rule_sets import DraftEditor, RuleSetVersion
from screening.models.screenings import Draft, Screening

__all__ = [
    "Client",
    "ClientNameWord",
    "Determination",
    "Draft",
    "DraftEditor",
    "EmergencyAccess",
    "EmergencyAcknowledgement",
    "Erasure",
    "Evaluation",
    "Flag",
    "FlagAnswer",
    "PracticePolicy",
    "Protocol",
    "QuestionnaireVersion",
    "Reading",
    "ReadingDraw",
    "ResponseVersion",
    "Return",
    "RuleSetVersion",
    "Screening",
]
