"""Who may: the predicates every app builds on, one source for views, templates and admin (package `rules`)."""

import rules

from geumcheon.accounts.models import Role


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
for _name in ("outboxmessage", "exportjob"):
    add_model_perms("accounts", _name, view=is_secretariat, write=rules.always_deny)
for _app in ("accounts", "councils", "projects", "budgets"):
    rules.add_perm(_app, is_office)
