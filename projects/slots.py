"""Named places on the projects' pages that apps on the right fill at start-up (DESIGN.md, the second door)."""

from dataclasses import dataclass

from councils.slots import Slot


@dataclass(frozen=True)
class Amount:
    """A project's money in the list: `won` (whole won) to filter and sort by, `html` (a safe fragment) to show."""

    won: int
    html: str


project_page = Slot()  # filler(project) -> {"id", "title", "html", "facts"}: a section of the project's page
project_actions = Slot()  # filler(project) -> fragment: a button in the head of the project's page
project_amounts = Slot()  # filler(plan) -> {project number: Amount}: the amount beside a project's name
project_print = Slot()  # filler(project) -> {"title", "html", "facts"}: a section of the project's A4 print
