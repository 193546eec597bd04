"""The names of the ledger's streams, one per client, case, questionnaire and rule set."""

from screening.models import Client, Protocol, Screening


def client(of: Client) -> str:
    """Return the stream of who a client is: one of its own, so that its key can be destroyed."""
    return f"client:{of.pk}"


def case(screening: Screening) -> str:
    """Return the stream of one screening and everything that happens to it."""
    return f"case:{screening.pk}"


def rule_set(protocol: Protocol) -> str:
    """Return the stream of a protocol's rules."""
    return f"rule-set:{protocol.pk}"


def questionnaire(protocol: Protocol) -> str:
    """Return the stream of a protocol's questionnaire."""
    return f"questionnaire:{protocol.pk}"
