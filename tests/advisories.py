"""Asking whether anything published speaks against a pinned requirement; `make audit` does.

Run as `python -m tests.advisories requirements-dev.txt`. pip-audit asks the OSV service. Where that is out of
reach it is printed as not done, and is no failure; that nothing could be audited is one.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

# How pip-audit ends when there is no way to the service. A certificate that is not trusted is another matter.
OUT_OF_REACH = re.compile(
    r"^requests\.exceptions\.(ConnectionError|ReadTimeout|ProxyError)|Could not connect to OSV", re.MULTILINE
)


def audit(requirements: Path, *options: str) -> tuple[bool, str]:
    """Return whether nothing speaks against these pins, and the same in words for who runs it."""
    command = [sys.executable, "-m", "pip_audit", "-s", "osv", "--disable-pip", "--require-hashes"]
    command += ["--progress-spinner", "off", "-f", "json", "-r", str(requirements), *options]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found = json.loads(asked.stdout)["dependencies"]
    except ValueError:
        if OUT_OF_REACH.search(asked.stderr):
            return True, "Advisories: NOT DONE, the service that publishes them is out of reach."
        return False, f"Advisories: pip-audit did not answer.\n{asked.stderr}"
    audited = [each for each in found if "skip_reason" not in each]
    faults = [f"{each['name']} {each['version']}: {one['id']}" for each in audited for one in each["vulns"]]
    passed_over = [f"{each['name']}: {each['skip_reason']}" for each in found if "skip_reason" in each]
    if not audited:
        return False, "\n".join(["Advisories: nothing could be audited.", *passed_over])
    verdict = "something speaks against these" if faults else "nothing speaks against them"
    words = f"Advisories: {len(audited)} packages audited, {verdict}."
    return not faults, "\n".join([words, *faults, *passed_over])


if __name__ == "__main__":
    is_clean, words = audit(Path(sys.argv[1]))
    print(words)  # noqa: T201 – the answer of a command
    sys.exit(not is_clean)
