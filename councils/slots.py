"""Named places on the council's pages that apps on the right fill at start-up (DESIGN.md, the second door).

A filler is a function; it gets what the page hands out and returns a safe fragment (or "" for nothing to show).
"""


class Slot:
    """One named place. Filling it twice with the same function counts once (AppConfig.ready may run again in tests)."""

    def __init__(self):
        self._fillers = []

    def fill(self, filler):
        if filler not in self._fillers:
            self._fillers.append(filler)

    def collect(self, *subject):
        """What every filler returns for this page, without the empty ones, in the order they came."""
        return [result for filler in self._fillers if (result := filler(*subject))]


body_page = Slot()  # filler(body) -> fragment: a body's projects
meeting_page = Slot()  # filler(meeting) -> fragment: what hangs on a meeting
log_sums = Slot()  # filler() -> fragment: the sums the documents print for the meeting log
