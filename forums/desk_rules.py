"""Who may what at the review desk: the secretariat everything, an officer what the own department decides."""

import rules

from forums.models import Decider
from geumcheon.accounts.rules import add_model_perms, is_office, is_officer, is_secretariat


@rules.predicate
def is_at_own_department(user, proposal=None):
    """Whether the officer's department is the one a proposal waits for at a department's stage. Without one: some may."""
    if proposal is None:
        return True
    return proposal.stage.decider == Decider.DEPARTMENT and proposal.department_id in user.department_ids()


@rules.predicate
def is_known_to_department(user, proposal=None):
    """Whether a proposal is, or was before it went on, in the hands of the officer's department."""
    if proposal is None:
        return True
    own = user.department_ids()
    return proposal.department_id in own or proposal.transfers.filter(from_department_id__in=own).exists()


may_review = is_secretariat | (is_officer & is_at_own_department)
may_open = is_secretariat | (is_officer & is_known_to_department)

rules.add_perm("forums.use_desk", is_office)
rules.add_perm("forums.open_at_desk", may_open)
rules.add_perm("forums.review_proposal", may_review)
rules.add_perm("forums.transfer_proposal", may_review)
rules.add_perm("forums.write_fieldcheck", may_open)
rules.add_perm("forums.run_desk", is_secretariat)  # merge, split, bulk moves, candidates, becoming a project

# The admin: ladders and calls are the secretariat's rows; proposals and reviews are read there and written at the desk.
rules.add_perm("forums", is_office)
for _name in ("channel", "stage", "move", "criterion", "call", "question", "amountshare", "proposalalias"):
    add_model_perms("forums", _name)
for _name in ("proposal", "review", "reviewanswer", "transfer", "kinship", "fieldcheck", "answer"):
    add_model_perms("forums", _name, write=rules.always_deny)
add_model_perms("forums", "comment", view=is_secretariat, write=rules.always_deny)
