"""Who may what with bodies, meetings and the library."""

from geumcheon.accounts.rules import add_model_perms

for _name in (
    "body", "bodyalias", "bodyseat", "bodyrule", "bodyoffice", "bodyterm",
    "meetingkind", "meeting", "document", "article",
):  # fmt: skip
    add_model_perms("councils", _name)
