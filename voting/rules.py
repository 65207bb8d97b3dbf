"""Who may do what with votes. Nobody, the secretariat included, sees a ballot or a count before publishing."""

import rules

from geumcheon.accounts.rules import add_model_perms, is_office, is_secretariat

may_prepare = is_secretariat  # set up, freeze, open, close, publish


@rules.predicate
def is_draft_round(user, row):
    """Rows of a round that is still being prepared; None asks about some row."""
    if row is None:
        return True
    round_ = getattr(row, "round", None) or getattr(getattr(row, "contest", None), "round", None) or row
    return round_.state == "draft"


_prepares = is_secretariat & is_draft_round
for _name in ("round", "contest", "option", "committeescore", "keyholder"):
    add_model_perms("voting", _name, view=is_office, write=_prepares)
for _name in ("checkpoint", "auditevent", "turnout", "contestresult", "optionresult"):
    add_model_perms("voting", _name, view=is_secretariat, write=rules.always_deny)
add_model_perms("voting", "objection", view=is_secretariat, add=rules.always_deny, delete=rules.always_deny)
add_model_perms("voting", "votedecision", view=is_secretariat)
add_model_perms("voting", "paperbatch", view=is_secretariat)
rules.add_perm("voting", is_office)
