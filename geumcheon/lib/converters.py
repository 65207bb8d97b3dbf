"""Path converters of the portal's addresses: a number outside them is no address (404), never a database error."""

from django.urls import register_converter


class YearConverter:
    """A year of four digits, 1000 to 9999."""

    regex = "[1-9][0-9]{3}"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return str(value)


class MonthConverter:
    """A month of two digits, 01 to 12."""

    regex = "0[1-9]|1[0-2]"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return f"{value:02}"


class NumberConverter(YearConverter):
    """A row's printed number (meeting, project, line): 1 to 9999."""

    regex = "[1-9][0-9]{0,3}"


class KeyConverter(YearConverter):
    """A primary key: 1 to 999,999,999."""

    regex = "[1-9][0-9]{0,8}"


def register():
    """Make `year`, `month`, `number` and `key` known to path(); safe to call from every urls.py."""
    from django.urls.converters import get_converters

    known = get_converters()
    for name, converter in (
        ("year", YearConverter),
        ("month", MonthConverter),
        ("number", NumberConverter),
        ("key", KeyConverter),
    ):
        if name not in known:
            register_converter(converter, name)
