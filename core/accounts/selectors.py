"""Reads of people and practices."""

from core.accounts.models import Actor, Membership, Practice, User
from core.errors import NotForThisUser, Refused


def current_memberships(user: User) -> list[Membership]:
    """Return what this person does now, in every practice, with the person and the practice at hand."""
    current = Membership.objects.filter(user_id=user.pk, ended_at__isnull=True, user__is_active=True)
    return list(current.select_related("user", "practice").order_by("practice__name", "role"))


def practices_of(user: User) -> list[Practice]:
    """Return the practices in which this person has a role now, by name."""
    return list({m.practice_id: m.practice for m in current_memberships(user)}.values())


def members_of(by: Actor) -> list[Membership]:
    """Return who works in the practice of ``by`` now, and in which roles, by name."""
    current = Membership.objects.filter(practice=by.practice, ended_at__isnull=True)
    return list(current.select_related("user").order_by("user__printed_name", "user__username", "role"))


def membership_for(by: Actor, membership_id: int) -> Membership:
    """Return one role held in the practice of ``by``; raise ``NotForThisUser`` for any other id."""
    found = Membership.objects.filter(practice=by.practice, pk=membership_id).select_related("user", "practice").first()
    if found is None:
        raise NotForThisUser("There is no such role in this practice.")
    return found


def user_named(username: str) -> User:
    """Return the open account of that name; raise ``Refused`` where there is none."""
    found = User.objects.filter(username=username.strip(), is_active=True).first()
    if found is None:
        raise Refused("Nobody signs in with that name. Make the account on the command line first.", code="no-account")
    return found
