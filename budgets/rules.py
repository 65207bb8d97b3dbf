"""Who may what with money: the secretariat everything, an officer the lines of the own department's projects."""

import rules

from geumcheon.accounts.rules import add_model_perms
from projects.rules import may_edit_project

for _name in (
    "budgetgroup",
    "budgetitem",
    "budgetitemalias",
    "budgetversion",
    "versionproject",
    "statedfigure",
    "lineprinting",
):
    add_model_perms("budgets", _name)
add_model_perms("budgets", "budgetline", write=may_edit_project)
add_model_perms("budgets", "budgetrollup", write=rules.always_deny)
# What is used of the lines: the secretariat pays, the office reads.
for _name in ("rateline", "activitypayment", "expensepayment"):
    add_model_perms("budgets", _name)
