"""Who may: the predicates every app builds on, one source for views, templates and admin (package `rules`)."""

import rules

from geumcheon.accounts.models import Role
from geumcheon.accounts.verification import state
from geumcheon.lib import clock


def _role(user):
    return getattr(user, "role", None) if user.is_authenticated and user.is_active else None


@rules.predicate
def is_secretariat(user):
    return _role(user) == Role.SECRETARIAT


@rules.predicate
def is_officer(user):
    return _role(user) == Role.OFFICER


@rules.predicate
def is_member(user):
    return _role(user) == Role.MEMBER


@rules.predicate
def is_resident(user):
    return _role(user) == Role.RESIDENT


is_office = is_secretariat | is_officer


@rules.predicate
def may_write(user):
    """Whether an account may write at all, whatever its role: signed in, active, mail address proved, not blocked."""
    return bool(user.is_authenticated and user.is_active and user.email_proved and not is_blocked(user))


def is_blocked(user):
    """Whether the secretariat has stopped this account's writing until later than now; `blocked_reason` says why."""
    return user.blocked_until is not None and user.blocked_until > clock.now()


@rules.predicate
def is_verified_resident(user):
    """May write and is verified as a resident at level 1 (text) or above. One query for a signed-in person."""
    return may_write(user) and state.is_verified(user)


ACTIONS = ("view", "add", "change", "delete")


def add_model_perms(app_label, model_name, *, view=is_office, write=is_secretariat, add=None, delete=None):
    """Register the four admin permissions of a model with their predicates (`add` and `delete` default to `write`)."""
    predicates = {"view": view, "add": add or write, "change": write, "delete": delete or write}
    for action, predicate in predicates.items():
        rules.add_perm(f"{app_label}.{action}_{model_name}", predicate)


add_model_perms("accounts", "user", view=is_secretariat)
for _name in ("department", "departmentalias", "dong"):
    add_model_perms("accounts", _name)
add_model_perms("accounts", "departmentassignment", view=is_secretariat)
for _name in ("outboxmessage", "exportjob", "verification"):
    add_model_perms("accounts", _name, view=is_secretariat, write=rules.always_deny)
for _app in ("accounts", "councils", "projects", "budgets"):
    rules.add_perm(_app, is_office)
