"""Who may what with events: the secretariat everything, an officer the events of the projects the own department leads."""

import rules

from geumcheon.accounts.rules import add_model_perms, is_office, is_officer, is_secretariat
from projects.rules import is_own_department


@rules.predicate
def is_of_own_project(user, event=None):
    """Whether the event belongs to a project that the officer's department leads. Without an event: some may."""
    if event is None:
        return True
    return event.project is not None and is_own_department(user, event.project)


may_run = is_secretariat | (is_officer & is_of_own_project)

rules.add_perm("forums.use_event_desk", is_office)
rules.add_perm("forums.run_event", may_run)

# The admin: kinds are the secretariat's rows; events are read there and written at the desk, which tells who registered.
add_model_perms("forums", "eventkind")
add_model_perms("forums", "event", write=rules.always_deny)
