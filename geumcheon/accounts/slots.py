"""Named places of a person's own page that apps on the right fill at start-up (DESIGN.md, the second door)."""

from dataclasses import dataclass, field

from geumcheon.lib.slots import Slot


@dataclass(frozen=True)
class Row:
    """One line of a section: what, where it is, when or how it stands."""

    title: str
    url: str = ""
    meta: str = ""


@dataclass(frozen=True)
class Section:
    """A section of 내 활동: `key` is its anchor, `rows` what it shows, `more` an address with all of them."""

    key: str
    label: str
    rows: list = field(default_factory=list)
    empty: str = ""
    more: str = ""
    more_label: str = "모두 보기"


my_page = Slot()  # filler(user) -> Section, or None for nothing to show
own_data = Slot()  # filler(user) -> {name: JSON values}: what the download of the own data holds of an app
leaving = Slot()  # filler(user) -> None: what an app destroys or lets go when somebody leaves, in the same transaction
# filler() -> {"kept": [sentence], "destroyed": [sentence]}: what the page of leaving says about an app
leaving_words = Slot()
