"""Text that people type as one item per line."""


def lines(text):
    """The non-empty lines of a text field, trimmed, as a list."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def join(items):
    """The text of a list, one item per line."""
    return "\n".join(items or [])


def squeeze(text):
    """Text without any white space and in lower case: the form in which two wordings are compared."""
    return "".join((text or "").split()).casefold()
