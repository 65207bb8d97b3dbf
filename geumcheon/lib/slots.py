"""Named places that apps on the right fill at start-up (DESIGN.md, the second door)."""


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
