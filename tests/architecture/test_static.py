"""Static files: vendored files are what the manifest says, all references resolve, pages stay light."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from django.core.management import call_command
from pytest_django import Settings

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
OWN = [*sorted((STATIC / "css").glob("*.css")), *sorted((STATIC / "js").glob("*.js"))]


def vendor_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor_assets", ROOT / "tools" / "vendor_assets.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_vendored_files_match_the_manifest() -> None:
    assert vendor_tool().differences_on_disk() == []


def test_a_changed_vendored_file_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tool = vendor_tool()
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "stray.js").write_text("1")
    monkeypatch.setattr(tool, "STATIC", tmp_path)
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    found = tool.differences_on_disk()
    assert "missing: static/img/icons.svg" in found
    assert "not in the manifest: vendor/stray.js" in found


def test_manifest_names_licence_version_and_source_of_everything() -> None:
    manifest = json.loads((STATIC / "vendor" / "MANIFEST.json").read_text("utf-8"))
    for package in manifest["packages"]:
        assert package["licence"] in {"MIT", "0BSD", "OFL-1.1", "Apache-2.0"}
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert any(target.endswith("LICENSE") for target in package["files"]), package["package"]
        for entry in package["files"].values():
            assert entry.keys() == {"sha256", "source", "source_sha256"}


def test_sprite_has_every_icon_once() -> None:
    names = re.findall(r'<symbol id="i-([\w-]+)"', (STATIC / "img" / "icons.svg").read_text("utf-8"))
    assert sorted(names) == sorted(set(vendor_tool().ICONS))


def test_no_large_file() -> None:
    assert [
        path.name for path in STATIC.rglob("*") if path.is_file() and path.stat().st_size > 10_000_000
    ] == []


@pytest.mark.parametrize("path", OWN, ids=lambda p: p.name)
def test_own_files_name_no_outside_address(path: Path) -> None:
    assert re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", path.read_text("utf-8")) == []


def test_chinese_slices_cover_the_common_characters() -> None:
    css = (STATIC / "vendor" / "noto-sans-sc-5.3.1" / "gf-cjk.css").read_text("utf-8")
    covered: set[int] = set()
    for ranges in re.findall(r"unicode-range:([^}]+)}", css):
        for part in ranges.split(","):
            low, _, high = part.strip().upper().removeprefix("U+").partition("-")
            covered |= set(range(int(low, 16), int(high or low, 16) + 1))
    text = "苏州市绿色工厂评价管理平台吴江昆山太仓常熟张家港相城姑苏高新区虎丘属地复核整改征信公示证书，。、；：？！（）《》〔〕「」—…·①②㎡昇堃喆"
    assert [character for character in text if ord(character) not in covered] == []
    for name in re.findall(r"url\(([\w-]+\.woff2)\)", css):
        assert (STATIC / "vendor" / "noto-sans-sc-5.3.1" / name).is_file()


def test_first_visit_is_light() -> None:
    """What a signed-in page loads at first, gzipped, stays within 150 KB (DESIGN 12.8)."""
    files = [
        "vendor/bootstrap-5.3.9/bootstrap.min.css",
        "vendor/htmx.org-2.0.10/htmx.min.js",
        "vendor/inter-5.3.0/gf-latin.woff2",
        *(f"css/{name}.css" for name in ("tokens", "gf", "work")),
        *(f"js/{name}.js" for name in ("first", "app", "autosave", "upload", "countdown", "desk", "bulk")),
        "img/icons.svg",
        "img/logo.svg",
    ]
    total = sum(
        len(content) if name.endswith("woff2") else len(gzip.compress(content))
        for name in files
        for content in [(STATIC / name).read_bytes()]
    )
    assert total <= 150 * 1024


def test_hashed_storage_accepts_every_reference(settings: Settings, tmp_path: Path) -> None:
    """The storage of production rewrites every url() and refuses one that leads nowhere."""
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    manifest = json.loads((tmp_path / "staticfiles.json").read_text("utf-8"))
    tokens = (tmp_path / manifest["paths"]["css/tokens.css"]).read_text("utf-8")
    assert re.search(r"gf-latin\.[0-9a-f]{12}\.woff2", tokens)
