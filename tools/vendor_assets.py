"""Third-party front-end files under static/: where each came from, and the proof that it is still that file.

`static/vendor/MANIFEST.json` names for every vendored file its package, version, licence, SHA-256 and the SHA-256 of
the file inside the package. Set-up never runs this script and needs no Node.

    python tools/vendor_assets.py            compare what is on disk with the manifest (no network)
    python tools/vendor_assets.py --fetch    also fetch the packages with `npm pack` and compare with them
    python tools/vendor_assets.py --write    fetch, rebuild every file and write a new manifest (review the diff)

Exit code 0 when everything agrees, 1 with the list of differences otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
MANIFEST = STATIC / "vendor" / "MANIFEST.json"

#: Tabler icons in the sprite, one a line; `<c-icon name="…">` takes these names and no other (tests/architecture).
ICONS = (ROOT / "tools" / "icons.txt").read_text(encoding="utf-8").split()

#: ASCII and the few signs that go with figures; everything else is left to Chinese fonts.
LATIN_UNICODES = [*range(0x20, 0x7F), 0xA0, 0xB7, 0xD7, 0x2013, 0x2212]
LATIN_RANGE = "U+20-7E,U+A0,U+B7,U+D7,U+2013,U+2212"


@dataclass(frozen=True)
class Package:
    """One package of the npm registry at one version."""

    name: str
    version: str
    licence: str
    #: How its files become ours: (unpacked package folder) → {path under static/: (content, source path)}.
    build: Callable[[Package, Path], dict[str, tuple[bytes, str]]]

    @property
    def folder(self) -> str:
        """Folder below static/ for files taken over as they are."""
        return f"vendor/{self.name.rsplit('/', 1)[-1]}-{self.version}"


def sha256(content: bytes) -> str:
    """Return the digest as the manifest writes it."""
    return hashlib.sha256(content).hexdigest()


def without_source_map(content: bytes) -> bytes:
    """Drop the last-line pointer to a map file: we do not ship maps, and hashed static storage refuses a dead link."""
    return re.sub(rb"\n(?:/\*# sourceMappingURL=\S+ \*/|//# sourceMappingURL=\S+)\s*\Z", b"\n", content)


def copied(*pairs: tuple[str, str]) -> Callable[[Package, Path], dict[str, tuple[bytes, str]]]:
    """Return a builder that copies `(source in package, file name)` pairs, without source-map pointers."""

    def build(package: Package, source: Path) -> dict[str, tuple[bytes, str]]:
        return {
            f"{package.folder}/{target}": (without_source_map((source / origin).read_bytes()), origin)
            for origin, target in pairs
        }

    return build


def icon_sprite(package: Package, source: Path) -> dict[str, tuple[bytes, str]]:
    """Return one SVG of `<symbol id="i-name">`; stroke, fill and width come from the `.ic` class."""
    symbols = []
    for name in sorted(set(ICONS)):
        # The file comes from a pinned package whose digest is in the manifest, not from a user.
        tree = ET.fromstring((source / "icons" / "outline" / f"{name}.svg").read_bytes())  # noqa: S314
        shapes = "".join(_shape(element) for element in tree if element.get("stroke") != "none")
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    text = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    licence = (source / "LICENSE").read_bytes()
    return {
        "img/icons.svg": (text.encode(), "icons/outline"),
        f"{package.folder}/LICENSE": (licence, "LICENSE"),
    }


def _shape(element: ET.Element) -> str:
    tag = element.tag.rsplit("}", 1)[-1]
    attributes = "".join(f' {key}="{value}"' for key, value in element.attrib.items())
    return f"<{tag}{attributes}/>"


def latin_font(package: Package, source: Path) -> dict[str, tuple[bytes, str]]:
    """Return the variable font cut down to figures and ASCII (about 24 KB)."""
    from fontTools.subset import Options, Subsetter, load_font, save_font

    origin = "files/inter-latin-wght-normal.woff2"
    options = Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "tnum", "calt", "ccmp", "locl", "mark", "mkmk"]
    font = load_font(str(source / origin), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=LATIN_UNICODES)
    subsetter.subset(font)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "gf-latin.woff2"
        save_font(font, str(target), options)
        content = target.read_bytes()
    return {
        f"{package.folder}/gf-latin.woff2": (content, origin),
        f"{package.folder}/LICENSE": ((source / "LICENSE").read_bytes(), "LICENSE"),
    }


def chinese_slices(package: Package, source: Path) -> dict[str, tuple[bytes, str]]:
    """Return the slices and the style sheet that names them; a browser fetches only the slices a page needs."""
    css = (source / "index.css").read_text(encoding="utf-8")
    faces = []
    files: dict[str, tuple[bytes, str]] = {}
    for block in re.findall(r"@font-face\s*{(.*?)}", css, re.DOTALL):
        name = re.search(r"url\(\./files/([\w-]+\.woff2)\)", block)
        ranges = re.search(r"unicode-range:\s*([^;]+);", block)
        if name is None or ranges is None:
            raise ValueError(f"{package.name}: unexpected @font-face")
        files[f"{package.folder}/{name[1]}"] = ((source / "files" / name[1]).read_bytes(), f"files/{name[1]}")
        faces.append(
            '@font-face{font-family:"GF CJK";font-style:normal;font-weight:100 900;font-display:swap;'
            f'src:url({name[1]}) format("woff2");unicode-range:{ranges[1].strip()}}}'
        )
    files[f"{package.folder}/gf-cjk.css"] = (("\n".join(faces) + "\n").encode(), "index.css")
    files[f"{package.folder}/LICENSE"] = ((source / "LICENSE").read_bytes(), "LICENSE")
    return files


PACKAGES = (
    Package(
        "bootstrap",
        "5.3.9",
        "MIT",
        copied(
            ("dist/css/bootstrap.min.css", "bootstrap.min.css"),
            ("LICENSE", "LICENSE"),
        ),
    ),
    Package(
        "htmx.org", "2.0.10", "0BSD", copied(("dist/htmx.min.js", "htmx.min.js"), ("LICENSE", "LICENSE"))
    ),
    Package("@tabler/icons", "3.51.0", "MIT", icon_sprite),
    Package("@fontsource-variable/inter", "5.3.0", "OFL-1.1", latin_font),
    Package("@fontsource-variable/noto-sans-sc", "5.3.1", "OFL-1.1", chinese_slices),
)


def fetched(package: Package, folder: Path) -> Path:
    """Unpack *package* below *folder* with the npm client as it is configured here and return its root."""
    run = subprocess.run(
        ["npm", "pack", f"{package.name}@{package.version}", "--silent"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = folder / run.stdout.strip().splitlines()[-1]
    target = folder / archive.stem
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def built() -> Iterator[tuple[Package, dict[str, tuple[bytes, str]], Path]]:
    """Yield every package with the files made from it."""
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            source = fetched(package, Path(folder))
            yield package, package.build(package, source), source


def digest_of(source: Path, origin: str) -> str:
    """Return the digest of a file, or of the names and contents of the icons used when *origin* is their folder."""
    path = source / origin
    if path.is_file():
        return sha256(path.read_bytes())
    return sha256(b"".join((path / f"{name}.svg").read_bytes() for name in sorted(set(ICONS))))


def write() -> None:
    """Rebuild all vendored files and the manifest."""
    packages: list[dict[str, Any]] = []
    for package, files, source in built():
        entries = {}
        for target, (content, origin) in sorted(files.items()):
            path = STATIC / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            entries[target] = {
                "sha256": sha256(content),
                "source": origin,
                "source_sha256": digest_of(source, origin),
            }
        packages.append(
            {
                "package": package.name,
                "version": package.version,
                "licence": package.licence,
                "files": entries,
            }
        )
    MANIFEST.write_text(
        json.dumps({"packages": packages}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def differences_on_disk() -> list[str]:
    """Return what on disk is not as the manifest says, and vendored files that the manifest does not know."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    found = []
    known = {MANIFEST}
    for package in manifest["packages"]:
        for target, entry in package["files"].items():
            path = STATIC / target
            known.add(path)
            if not path.is_file():
                found.append(f"missing: static/{target}")
            elif sha256(path.read_bytes()) != entry["sha256"]:
                found.append(f"changed: static/{target}")
    extra = sorted(path for path in (STATIC / "vendor").rglob("*") if path.is_file() and path not in known)
    return found + [f"not in the manifest: {path.relative_to(ROOT)}" for path in extra]


def differences_from_packages() -> list[str]:
    """Return where a freshly fetched package does not give the file that the manifest records."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    recorded = {(row["package"], row["version"]): row["files"] for row in manifest["packages"]}
    found = []
    for package, files, source in built():
        entries = recorded.get((package.name, package.version))
        if entries is None:
            found.append(f"not in the manifest: {package.name} {package.version}")
            continue
        for target, (content, origin) in files.items():
            entry = entries.get(target)
            if entry is None:
                found.append(f"not in the manifest: static/{target}")
            elif entry["source_sha256"] != digest_of(source, origin):
                found.append(f"package differs: {package.name} {origin}")
            elif entry["sha256"] != sha256(content):
                found.append(f"rebuilt file differs: static/{target}")
    return found


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fetch", action="store_true", help="compare with freshly fetched packages")
    parser.add_argument("--write", action="store_true", help="rebuild files and manifest")
    options = parser.parse_args()
    if options.write:
        write()
    found = differences_on_disk()
    if options.fetch and not options.write:
        found += differences_from_packages()
    for line in found:
        sys.stdout.write(line + "\n")
    sys.stdout.write(f"{len(found)} difference(s)\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
