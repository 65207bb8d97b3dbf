"""Named places on the council's pages that apps on the right fill at start-up (DESIGN.md, the second door).

A filler is a function; it gets what the page hands out and returns a safe fragment (or "" for nothing to show) where nothing else is said.
"""

from geumcheon.lib.slots import Slot

body_actions = Slot()  # filler(body) -> fragment: a button in the head of a body's page
body_page = Slot()  # filler(body) -> fragment: a body's projects
meeting_page = Slot()  # filler(meeting) -> fragment: what hangs on a meeting
# filler(meetings, a QuerySet) -> [payment_sheets.Expense]: 실비 of those meetings, by meeting
meeting_expenses = Slot()
log_sums = Slot()  # filler() -> fragment: the sums the documents print for the meeting log
# filler(before) -> {"needed": pks of people whose place elsewhere holds or ended after that day, "over": the others with one}
people_elsewhere = Slot()

# Parts of the log form that apps on the right add. filler(subject, data, prefix) -> a form bound to `data` (a QueryDict) or
# unbound for None, with is_valid(), `html` and save(subject), which runs in the transaction that saves the record.
meeting_form = Slot()  # subject: the Meeting, or None for a new one
item_form = Slot()  # subject: the AgendaItem, or None for a new one
