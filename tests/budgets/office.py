"""LibreOffice for tests: recalculates a workbook whatever it carries, and prints it as PDF."""

import shutil
import subprocess

import pytest

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


class Office:
    """soffice with a profile of its own, so that tests on two cores do not wait for each other's lock."""

    def __init__(self, folder):
        self.folder = folder
        user = folder / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(PROFILE)

    def convert(self, path, kind, folder):
        """Convert a file to `kind` (xlsx, pdf) into a folder below its own; returns the new path."""
        target = path.parent / folder
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{self.folder}/profile", "--headless", "--norestore",
             "--convert-to", kind, "--outdir", target, path],
            check=True, capture_output=True, timeout=240,
        )  # fmt: skip
        return target / path.with_suffix(f".{kind}").name


def need(command, package):
    if shutil.which(command) is None:
        pytest.skip(f"{command} is missing: apt-get install {package}")
