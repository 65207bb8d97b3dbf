"""The secrets of a round, kept outside the database: the pepper of its voter keys and the seed that signs its checkpoints.

One directory per round under VOTE_SECRETS_DIR, readable by its owner only. Web processes on several hosts share it (a mounted secret).
"""

import os
import secrets
from pathlib import Path

from django.conf import settings

PEPPER, SIGNING_SEED = "pepper", "signing_seed"


class SecretMissing(Exception):
    """The round's secret is not there: never made, destroyed, or VOTE_SECRETS_DIR points elsewhere."""


def _folder(round_):
    return Path(settings.VOTE_SECRETS_DIR) / round_.slug


def _make(path):
    """32 random bytes in a new file of mode 0600; an existing file stays."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())


def make_secrets(round_):
    """Make the pepper and the signing seed of a round; those that exist stay."""
    folder = _folder(round_)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (PEPPER, SIGNING_SEED):
        _make(folder / name)


def _read(round_, name):
    try:
        value = (_folder(round_) / name).read_bytes()
    except OSError as error:
        raise SecretMissing(f"‘{round_.slug}’ 투표의 비밀값을 읽을 수 없습니다({name}).") from error
    if len(value) != 32:
        raise SecretMissing(f"‘{round_.slug}’ 투표의 비밀값이 온전하지 않습니다({name}).")
    return value


def pepper(round_):
    """32 bytes. Raises SecretMissing."""
    return _read(round_, PEPPER)


def signing_seed(round_):
    """32 bytes. Raises SecretMissing."""
    return _read(round_, SIGNING_SEED)


def destroy_pepper(round_):
    """Overwrite and delete the pepper: from then on no identity leads to a voter key. The signing seed names nobody and stays."""
    path = _folder(round_) / PEPPER
    if path.exists():
        with open(path, "r+b") as file:
            file.write(bytes(32))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def has_pepper(round_):
    return (_folder(round_) / PEPPER).exists()
