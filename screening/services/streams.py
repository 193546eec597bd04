"""The names of the ledger's streams, one per case, questionnaire and rule set."""

from screening.models import Protocol, Screening


def case(screening: Screening) -> str:
    """Return the stream of one screening and everything that happens to it."""
    return f"case:{screening.pk}"


def rule_set(protocol: Protocol) -> str:
    """Return the stream of a protocol's rules."""
    return f"rule-set:{protocol.pk}"


def questionnaire(protocol: Protocol) -> str:
    """Return the stream of a protocol's questionnaire."""
    return f"questionnaire:{protocol.pk}"
