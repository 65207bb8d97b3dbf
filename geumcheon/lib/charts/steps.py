"""Steps of a year on a line, with the one that runs today. HTML lists: no drawing is needed."""

from dataclasses import dataclass, replace
from datetime import date

DONE, CURRENT, NEXT = "done", "current", "next"
STATES = {DONE: "마침", CURRENT: "진행 중", NEXT: "앞으로"}


@dataclass(frozen=True)
class Step:
    """One step: `when` as the document writes it; the days are inclusive and may be missing."""

    label: str
    when: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    url: str = ""
    chip: str = ""
    tasks: tuple[str, ...] = ()
    state: str = ""

    @property
    def state_label(self):
        return STATES.get(self.state, "")

    @property
    def last_day(self):
        return self.ends_on or self.starts_on


@dataclass(frozen=True, kw_only=True)
class CycleLine:
    """The year's steps in order. A closed plan has no current step: its line says `status` (`2021 계획 · 마감`) instead."""

    label: str
    steps: list[Step]
    status: str = ""
    closed: bool = False

    @classmethod
    def on(cls, today, *, label, steps, status="", closed=False):
        """The line as it stands on a day: a step runs from its first to its last day and is done after it; one without days is
        to come. In a closed plan every step is done."""
        return cls(
            label=label,
            status=status,
            closed=closed,
            steps=[replace(step, state=DONE if closed else _state(step, today)) for step in steps],
        )

    @property
    def current(self):
        """The step that runs; of several the one that began last. None where none runs."""
        running = [step for step in self.steps if step.state == CURRENT]
        return max(running, key=lambda step: step.starts_on or date.min, default=None)

    @property
    def upcoming(self):
        """The first step to come, or None."""
        return next((step for step in self.steps if step.state == NEXT), None)

    @property
    def position(self):
        """The current step's place, from 1; None without one."""
        return self.steps.index(self.current) + 1 if self.current else None


def _state(step, today):
    if step.starts_on is None or today < step.starts_on:
        return NEXT
    return CURRENT if today <= step.last_day else DONE
