"""Writes of people, practices, roles and passwords. Reads are selectors'; ``proving`` checks who somebody is."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from core.accounts import events as account_events
from core.accounts.models import Actor, Membership, Practice, Role, Session, User
from core.commands import command
from core.errors import Conflict, NotForThisUser, Refused
from core.languages import offered
from core.ledger import events
from core.ledger.services import Event, append


@command
@transaction.atomic
def create_user(
    *,
    username: str,
    printed_name: str,
    password: str,
    by: Actor | None,
    at: datetime,
    is_demo: bool = False,
) -> User:
    """Make an account. Refuses a name that is taken or malformed, an empty printed name, and a weak password."""
    user = User(username=username.strip(), printed_name=printed_name.strip(), date_joined=at, is_demo=is_demo)
    _check_account(user, password)
    user.set_password(password)
    user.save(force_insert=True)
    made = Event(stream=f"user:{user.pk}", action=account_events.USER_CREATED, object=f"user:{user.pk}")
    append(made, by=by, at=at)
    return user


@command
@transaction.atomic
def open_practice(*, name: str, by: Actor | None, at: datetime) -> Practice:
    """Open a practice. Two practices may not bear one name: people choose between them by it."""
    name = " ".join(name.split())
    if not 2 <= len(name) <= 200:
        raise Refused(gettext("Give the practice a name of 2 to 200 characters."), code="practice-name")
    if Practice.objects.filter(name__iexact=name).exists():
        raise Refused(gettext("There is a practice of that name already. Choose another name."), code="practice-exists")
    practice = Practice.objects.create(name=name, created_at=at)
    stream = f"practice:{practice.pk}"
    append(Event(stream=stream, action=events.PRACTICE_CREATED, object=stream), by=by, at=at, practice=practice)
    return practice


@command
@transaction.atomic
def add_member(*, user: User, practice: Practice, role: str, by: Actor | None, at: datetime) -> Membership:
    """Give a person a role in a practice. Refuses an unknown role, one that they hold already, and a closed account.

    Nobody gives one to themself: what a manager may do besides managing, somebody else says.
    """
    _check_may_manage(practice, by)
    if by is not None and by.user.pk == user.pk:
        raise Refused(
            gettext(
                "Nobody gives a role to themself. Another manager of the practice does it, or, in a practice of one "
                "person, whoever runs the server, with manage.py add_member."
            ),
            code="own-role",
        )
    if role not in Role.values:
        raise Refused(
            gettext("There is no such role. Roles are: %(values)s.") % {"values": ", ".join(Role.values)},
            code="unknown-role",
        )
    if not user.is_active:
        raise Refused(gettext("This account is closed. Open it again before giving it a role."), code="closed-account")
    try:
        with transaction.atomic():
            membership = Membership.objects.create(user=user, practice=practice, role=role, since=at)
    except IntegrityError:
        message = gettext("This person is %(role)s in the practice already.") % {"role": Role(role).label.lower()}
        raise Conflict(message, code="already-member") from None
    _record_role(membership, events.MEMBER_ADDED, by=by, at=at)
    return membership


@command
@transaction.atomic
def end_membership(*, membership: Membership, by: Actor | None, at: datetime) -> None:
    """End a role. It acts on the person's next request. A practice's last manager stays until there is another."""
    _check_may_manage(membership.practice, by)
    managers = Membership.objects.select_for_update().filter(
        practice_id=membership.practice_id, role=Role.MANAGER, ended_at__isnull=True
    )
    if membership.role == Role.MANAGER and [manager.pk for manager in managers] == [membership.pk]:
        raise Refused(gettext("This is the practice's only manager. Add another manager first."), code="last-manager")
    if not Membership.objects.filter(pk=membership.pk, ended_at__isnull=True).update(ended_at=at):
        raise Conflict(gettext("This role has been ended already."), code="already-ended")
    membership.ended_at = at
    _record_role(membership, events.MEMBER_ENDED, by=by, at=at)


@command
@transaction.atomic
def change_password(*, user: User, password: str, keep: str | None, at: datetime) -> None:
    """Give a person a new password, and end their sessions but the one whose key is ``keep``. Refuses a weak one."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="weak-password") from None
    user.set_password(password)
    user.save(update_fields=["password"])
    Session.objects.filter(user_id=user.pk).exclude(session_key=keep or "").delete()
    changed = Event(f"user:{user.pk}", account_events.PASSWORD_CHANGED, f"user:{user.pk}")
    append(changed, by=None, at=at)


@command
@transaction.atomic
def choose_language(*, user: User, language: str, at: datetime) -> None:
    """Have a person read the pages in another language. Refuses one that is not offered."""
    if language not in offered():
        raise Refused(gettext("The pages are not offered in that language."), code="no-such-language")
    user.language = language
    user.save(update_fields=["language"])
    stream = f"user:{user.pk}"
    append(Event(stream, account_events.LANGUAGE_CHOSEN, stream, {"language": language}), by=None, at=at)


@command
@transaction.atomic
def end_session(*, user: User, session: Session, at: datetime) -> None:
    """End one of a person's own sessions."""
    if not Session.objects.filter(pk=session.pk, user_id=user.pk).delete()[0]:
        raise Conflict(gettext("That session has ended already."), code="already-ended")
    append(Event(f"user:{user.pk}", account_events.SESSION_ENDED, f"user:{user.pk}"), by=None, at=at)


def _check_account(user: User, password: str) -> None:
    if not user.printed_name:
        raise Refused(gettext("Give the name as it should stand under a signature."), code="printed-name")
    try:
        user.full_clean(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="account") from None


def _check_may_manage(practice: Practice, by: Actor | None) -> None:
    """Let the system, and a manager of this very practice, change who works in it."""
    if by is not None and by.practice.pk != practice.pk:
        raise NotForThisUser("There is no such practice here.", code="other-practice")
    if by is not None and by.role != Role.MANAGER:
        raise Refused(gettext("Only a practice manager changes who works in the practice."), code="not-manager")


def _record_role(membership: Membership, action: str, *, by: Actor | None, at: datetime) -> None:
    event = Event(
        stream=f"practice:{membership.practice_id}",
        action=action,
        object=f"user:{membership.user_id}",
        payload={"role": str(membership.role)},
    )
    append(event, by=by, at=at, practice=membership.practice)
