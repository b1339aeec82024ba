"""Native libraries and programs of the system's package manager: installed with root, unpacked without.

WeasyPrint draws PDFs with pango, and needs harfbuzz's subsetter to do it within a second for Chinese text.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from suzhou_greenfactory.bootstrap.state import VAR

#: Debian package → the library that shows it is there.
LIBRARIES: Final = {
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",
}
CHROMIUM_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UNPACKED: Final = VAR / "native"
_FONTS_FILE: Final = UNPACKED / "fonts.conf"
_SYSTEM_FONTS_FILE: Final = Path("/etc/fonts/fonts.conf")
_MAC_LIBRARIES: Final = "/opt/homebrew/lib:/usr/local/lib:/usr/lib"
_RETRY_SECONDS: Final = 24 * 3600
_INSTALLED_LINE: Final = re.compile(r"^Inst (\S+) ", re.MULTILINE)
_PATIENCE: Final = (
    *("-o", "Acquire::Retries=1"),
    *("-o", "Acquire::http::Timeout=20"),
    *("-o", "DPkg::Lock::Timeout=90"),
)


def _apt(*arguments: str, folder: Path | None = None) -> str | None:
    """Run apt-get and return its output; None when it is absent, fails or takes ten minutes."""
    program = shutil.which("apt-get")
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, "-q", *_PATIENCE, *arguments],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            cwd=folder,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def install_as_root(packages: Sequence[str]) -> bool:
    """Install Debian *packages*; False without root, without apt, or when it fails."""
    if os.geteuid() != 0:
        return False
    command = ("install", "-y", "--no-install-recommends", *packages)
    if _apt(*command) is not None:
        return True
    return _apt("update") is not None and _apt(*command) is not None


def unpack_without_root(packages: Sequence[str]) -> Path | None:
    """Download *packages* and what they miss on this machine, unpack them under `var/native` and return it.

    Works where the distribution's package tool lets an ordinary user download. Package lists of our own are
    fetched when the system has none.
    """
    unpacker = shutil.which("dpkg-deb")
    if unpacker is None or shutil.which("apt-get") is None:
        return None
    downloads = UNPACKED / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    own_lists = ("-o", f"Dir::State::lists={UNPACKED / 'lists'}", "-o", f"Dir::Cache={UNPACKED / 'cache'}")
    options: tuple[str, ...] = ()
    plan = _apt("install", "-s", "--no-install-recommends", *packages)
    if plan is None:
        for name in ("lists/partial", "cache/archives/partial"):
            (UNPACKED / name).mkdir(parents=True, exist_ok=True)
        options = own_lists
        if _apt(*options, "update") is None:
            return None
        plan = _apt(*options, "install", "-s", "--no-install-recommends", *packages)
    needed = _INSTALLED_LINE.findall(plan or "")
    if not needed or _apt(*options, "download", *needed, folder=downloads) is None:
        return None
    for archive in downloads.glob("*.deb"):
        if subprocess.run([unpacker, "-x", str(archive), str(UNPACKED)], check=False).returncode:
            return None
    for scratch in ("downloads", "lists", "cache"):
        shutil.rmtree(UNPACKED / scratch, ignore_errors=True)
    _configure_fonts()
    return UNPACKED


def missing() -> list[str]:
    """Return the packages whose library neither the system nor `var/native` has."""
    extra = _unpacked_folders()

    def is_there(library: str) -> bool:
        if any((folder / library).exists() for folder in extra):
            return True
        try:
            ctypes.CDLL(library)
        except OSError:
            return False
        return True

    return [package for package, library in LIBRARIES.items() if not is_there(library)]


def _unpacked_folders() -> list[Path]:
    return sorted({path.parent for path in UNPACKED.glob("usr/lib/**/*.so.*")})


def library_environment() -> dict[str, str]:
    """Return the variables under which children find unpacked libraries (or Homebrew's)."""
    if sys.platform == "darwin":
        # The second: a server that loads the site before it forks is otherwise ended by the system.
        return {"DYLD_FALLBACK_LIBRARY_PATH": _MAC_LIBRARIES, "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"}
    folders = _unpacked_folders()
    if not folders:
        return {}
    given = os.environ.get("LD_LIBRARY_PATH")
    found = {"LD_LIBRARY_PATH": ":".join([*map(str, folders), *([given] if given else [])])}
    if _FONTS_FILE.exists() and not _SYSTEM_FONTS_FILE.exists():
        found["FONTCONFIG_FILE"] = str(_FONTS_FILE)
    return found


def _configure_fonts() -> None:
    """Tell fontconfig where the unpacked fonts are: without a single font the text library crashes."""
    folders = (UNPACKED / "usr" / "share" / "fonts", Path("/usr/share/fonts"))
    lines = [f"<dir>{escape(str(folder))}</dir>" for folder in folders]
    lines.append(f"<cachedir>{escape(str(UNPACKED / 'font-cache'))}</cachedir>")
    _FONTS_FILE.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig>{''.join(lines)}</fontconfig>\n",
        encoding="utf-8",
    )


def ensure_libraries() -> list[str]:
    """Bring in the libraries for PDFs as far as this user may; return the packages still missing."""
    if sys.platform != "linux":
        return []  # Homebrew's are found by the variables above
    wanted = missing()
    if not wanted:
        return []
    tried = UNPACKED / "tried"
    if tried.exists() and time.time() - tried.stat().st_mtime < _RETRY_SECONDS:
        return wanted  # asking again at every start would only make the start slow
    if not install_as_root(wanted):
        unpack_without_root(wanted)
    left = missing()
    if left:
        tried.parent.mkdir(parents=True, exist_ok=True)
        tried.touch()
    return left


def find_chromium() -> str | None:
    """Return the browser for the browser tests: that of GF_CHROMIUM, or the system's."""
    given = os.environ.get("GF_CHROMIUM")
    if given:
        return given if os.access(given, os.X_OK) else None
    return next((path for path in map(shutil.which, CHROMIUM_NAMES) if path), None)


def ensure_chromium() -> str | None:
    """Return the browser, installed from the system's packages if root and absent; None if there is none."""
    found = find_chromium()
    if found is None and install_as_root(["chromium"]):
        found = find_chromium()
    return found
