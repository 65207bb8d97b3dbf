"""Who may with stories: the office reads them in the admin, the secretariat writes them."""

from geumcheon.accounts.rules import add_model_perms

for _name in ("story", "storypicture"):
    add_model_perms("forums", _name)
