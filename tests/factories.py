"""People and practices for the tests, made without services: a test of a service makes its own."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from core.accounts.models import Actor, Membership, Practice, Role, User

PASSWORD = "a long walk by the river"
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class UserFactory(DjangoModelFactory[User]):
    """Somebody who signs in with ``PASSWORD``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"person-{number}")
    printed_name = factory.Sequence(lambda number: f"Person {number}")
    password = factory.django.Password(PASSWORD)


class PracticeFactory(DjangoModelFactory[Practice]):
    """A practice."""

    class Meta:
        model = Practice

    name = factory.Sequence(lambda number: f"Practice {number}")
    created_at = LONG_AGO


class MembershipFactory(DjangoModelFactory[Membership]):
    """A role that somebody holds now; a therapist's unless said otherwise."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    practice = factory.SubFactory(PracticeFactory)
    role = Role.THERAPIST
    since = LONG_AGO


def actor(role: Role = Role.THERAPIST, *, practice: Practice | None = None, user: User | None = None) -> Actor:
    """Return somebody who holds ``role``, in a practice of their own unless one is given."""
    given = {"practice": practice, "user": user}
    membership = MembershipFactory.create(
        role=role, **{name: value for name, value in given.items() if value is not None}
    )
    return Actor(membership.user, membership.practice, role.value)
