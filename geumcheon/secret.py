"""The embedded default's own secret key."""

import os
import secrets
import tempfile


def local_secret_key(path):
    """The key kept in `path`, made at the first start, readable by its owner only.

    Two processes that start at once get the same key: it is written whole and then linked into place, which only one can do.
    """
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_text()
