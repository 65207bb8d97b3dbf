"""The folder of a round's published files: written and verified when the results are published, served as it was written.

It stands below MEDIA_ROOT, which web processes on several hosts share; no server hands it out by itself (voting.views_results does).
"""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from voting import export, keys
from voting.counting.errors import CountingError
from voting.verifier import verify


def folder_of(round):
    """Where the published files of a round stand, or would."""
    return Path(settings.MEDIA_ROOT) / "votes" / f"{round.slug}-{round.manifest_hash[:16]}"


def paths_of(round):
    """{name: Path} of the published files; {} where there are none."""
    folder = folder_of(round)
    return {path.name: path for path in sorted(folder.iterdir())} if folder.is_dir() else {}


@contextmanager
def written(round):
    """The files of a tallied round, written aside and verified as anybody would; `place` puts the folder where visitors get it.

    Nothing is left aside at the end. Raises ValidationError that says why the files cannot be told.
    """
    place = folder_of(round)
    aside = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".making-", dir=place.parent))
        export.write_export(round, aside / "files")
        _check(aside / "files")
        yield aside / "files"
    except (OSError, CountingError, keys.SecretMissing) as error:
        raise ValidationError(f"결과 파일을 쓰지 못했습니다. {error}") from error
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


def _check(folder):
    """Run the verifier that visitors get on the files they will get. Raises ValidationError with what it said."""
    said = []
    if not verify(folder, say=said.append):
        raise ValidationError(f"결과 파일이 검증에서 맞지 않았습니다. {' '.join(map(str, said[-3:]))}")


def place(round, files):
    """Put written files where visitors get them, in one step; a folder that already stands there goes. Raises OSError."""
    folder = folder_of(round)
    if folder.exists():  # an earlier publishing whose transaction failed, or files that are written again
        os.rename(folder, files.parent / "before")
    os.rename(files, folder)


def write_again(round):
    """Write the files of a published round again where they were lost (another host, a restored backup); {name: Path}."""
    with written(round) as files:
        place(round, files)
    return paths_of(round)
