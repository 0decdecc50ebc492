"""Style sheets, scripts and pictures: their address says their version, so that browsers keep them."""

from hashlib import sha256
from pathlib import Path

# Digits of a SHA-256: two versions of ours are never alike in so many.
VERSION_DIGITS = 12
BELOW = "/static/"


def address_of_files(folder: Path) -> str:
    """Return the address of a folder of files, which is another when any of them has changed.

    All have one version, so that what one of them fetches by a relative address is of the same.
    """
    digest = sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return f"{BELOW}{digest.hexdigest()[:VERSION_DIGITS]}"
