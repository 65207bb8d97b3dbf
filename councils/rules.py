"""Who may what with bodies, meetings and the library."""

import rules

from geumcheon.accounts.rules import add_model_perms, is_secretariat

for _name in (
    "body", "bodyalias", "bodyseat", "bodyrule", "bodyoffice", "bodyterm",
    "meetingkind", "meeting", "document", "article", "notice",
):  # fmt: skip
    add_model_perms("councils", _name)

# Names of members and applicants are the secretariat's alone (DESIGN.md rule 9).
for _name in (
    "person", "membership", "officeholding", "standin",
    "recruitment", "criterion", "candidate", "candidatescore",
):  # fmt: skip
    add_model_perms("councils", _name, view=is_secretariat)

# What attending pays and what departments earn: rows of persons and of money (the plan, Ⅵ; 조례 제25조).
for _name in ("allowancerate", "rewardrule", "rewardround"):
    add_model_perms("councils", _name, view=is_secretariat)
# A ledger and computed amounts are never typed over; actions write them.
add_model_perms("councils", "rewardentry", view=is_secretariat, write=rules.always_deny, add=is_secretariat)
for _name in ("allowance", "rewardaward"):
    add_model_perms("councils", _name, view=is_secretariat, write=rules.always_deny)
rules.add_perm("councils.pay_allowance", is_secretariat)
rules.add_perm("councils.reverse_rewardentry", is_secretariat)
rules.add_perm("councils.award_rewardround", is_secretariat)
