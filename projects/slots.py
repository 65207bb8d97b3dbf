"""Named places on the projects' pages that apps on the right fill at start-up (DESIGN.md, the second door)."""

from councils.slots import Slot

project_page = Slot()  # filler(project) -> {"id", "title", "html"}: a section of the project's page
project_amounts = Slot()  # filler(plan) -> {project number: fragment}: the amount beside a project's name
