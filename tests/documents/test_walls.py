"""Nothing in a document can read a file, reach the network, stay for ever or eat the machine (SECURITY R21, F29)."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pypdfium2
import pytest

from apps.documents.rendering import child, engine
from apps.documents.rendering.engine import RenderedPdf, Renderer, RenderOptions, check_renderer
from apps.documents.rendering.errors import (
    RendererUnavailable,
    RenderFailed,
    RenderingError,
    RenderTimeout,
    RenderTooLarge,
)
from apps.documents.rendering.paper import render_paper
from tests.documents import samples
from tests.documents.conftest import OURS
from tests.documents.measure import squeezed

BOMB = "<table>" + "<tr>" + "<td colspan=1000>1</td>" * 2000 + "</tr></table>"


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that nobody may call."""
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/again.png")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="{url}/a.png">',
        '<img src="//127.0.0.1/a.png">',
        '<link rel="stylesheet" href="{url}/a.css">',
        "<style>@import '{url}/b.css';</style>",
        "<style>body{{background:url({url}/c.png)}}</style>",
        "<style>@font-face{{font-family:x;src:url({url}/d.woff2)}}</style><p style='font-family:x'>x",
        '<link rel="attachment" href="{url}/e">',
        '<link rel="attachment" href="file:///etc/hostname">',
        '<img src="file:///etc/hostname">',
        '<img src="ftp://127.0.0.1/f">',
        '<object data="{url}/g.svg"></object>',
        '<img src="data:text/html,<p>x">',
        '<img src="asset:fonts/../../../../manage.py">',
        '<img src="asset:fonts/catalogue.json">',
    ],
)
def test_foreign_resources_end_the_document(
    markup: str, canary: tuple[str, list[str]], renderer: Renderer
) -> None:
    url, hits = canary
    with pytest.raises(RenderFailed) as refusal:
        renderer.render_html(f"<!doctype html><body>{markup.format(url=url)}<p>正文</p>")
    assert "refused" in refusal.value.detail
    assert hits == []


@pytest.mark.parametrize("style", ["", "xlink:"])
def test_pictures_inside_pictures_are_not_fetched(
    style: str, canary: tuple[str, list[str]], renderer: Renderer
) -> None:
    """The renderer may leave such a picture out or refuse the document; it never asks for it."""
    url, hits = canary
    inner = (
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='9' height='9'>"
        f"<image {style}href='{url}/i.png' width='9' height='9'/><use {style}href='{url}/u.svg#x'/></svg>"
    )
    for markup in (inner, f'<img src="data:image/svg+xml,{inner.replace("#", "%23")}">'):
        with contextlib.suppress(RenderFailed):
            renderer.render_html(f"<!doctype html><body>{markup}<p>正文</p>")
    assert hits == []


def test_a_base_address_of_the_page_changes_nothing(
    canary: tuple[str, list[str]], renderer: Renderer
) -> None:
    url, hits = canary
    with pytest.raises(RenderFailed):
        renderer.render_html(f'<!doctype html><base href="{url}/"><img src="a.png"><p>正文')
    assert hits == []


def test_what_users_type_is_text(
    canary: tuple[str, list[str]],
    renderer: Renderer,
    pages: Callable[[RenderedPdf], list[pypdfium2.PdfPage]],
) -> None:
    url, hits = canary
    attack = f'<img src="{url}/x"><link rel=attachment href=file:///etc/passwd>{{{{7*7}}}}<script>'
    paper = replace(
        samples.panel_opinion(),
        enterprise=attack,
        opinion=(attack, f"<style>@import '{url}/y'</style>"),
        site_reason="</td></tr></table>" + attack,
    )
    pdf = render_paper(paper, renderer=renderer)
    text = "".join(squeezed(page) for page in pages(pdf))
    assert "".join(attack.split()) in text
    assert "{{7*7}}" in text
    assert hits == []
    document = pypdfium2.PdfDocument(pdf.content)
    try:
        assert document.count_attachments() == 0
    finally:
        document.close()


def test_an_oversized_image_is_refused(renderer: Renderer) -> None:
    huge = "data:image/png;base64," + "A" * (child.DATA_LIMIT + 1)
    with pytest.raises(RenderFailed) as refusal:
        renderer.render_html(f'<!doctype html><img src="{huge}">')
    assert "refused" in refusal.value.detail


def test_the_second_wall_stands_without_the_first() -> None:
    for event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec"):
        with pytest.raises(PermissionError):
            child.refuse(event, ())
    child.refuse("open", ("x", "r", 0))


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_colspan_bomb_is_ended_in_time_and_the_next_document_is_made() -> None:
    with Renderer(RenderOptions(seconds=2, prefer_installed_fonts=False)) as own:
        own.start()
        assert own._child is not None
        pid = own._child.pid
        started = time.monotonic()
        with pytest.raises(RenderTimeout, match="2 秒"):
            own.render_html(f"<!doctype html><body>{BOMB}")
        assert time.monotonic() - started < 10
        assert gone(pid)
        own.options = OURS
        assert own.render_html("<!doctype html><p>一切照常").pages == 1


def test_the_processor_limit_ends_a_child_by_itself() -> None:
    with Renderer(RenderOptions(prefer_installed_fonts=False)) as own:
        own.start()
        started = time.monotonic()
        with pytest.raises(RenderTimeout):
            own._ask(
                {
                    "html": f"<!doctype html><body>{BOMB}",
                    "fonts": "",
                    "identifier": "0" * 32,
                    "seconds": 1,
                    "most_pages": 9,
                    "variant": None,
                }
            )
        assert time.monotonic() - started < 20


def test_a_document_that_needs_too_much_memory_is_refused() -> None:
    options = RenderOptions(memory_mb=260, prefer_installed_fonts=False)
    with Renderer(options) as own, pytest.raises(RenderTooLarge):
        own.render_html(f"<!doctype html><p style='white-space:nowrap'>{'国' * 2_000_000}")


def test_running_out_of_memory_is_told_from_other_errors() -> None:
    assert child.out_of_memory(MemoryError(), 1 << 50)
    assert child.out_of_memory(SystemError("error return without exception set"), 1)
    assert not child.out_of_memory(SystemError("error return without exception set"), 1 << 50)


def test_long_input_and_long_output_are_refused(renderer: Renderer) -> None:
    with Renderer(RenderOptions(most_html_bytes=1000)) as own:
        with pytest.raises(RenderTooLarge):
            own.render_html("国" * 1000)
        assert own._child is None  # refused before any work
    with (
        Renderer(RenderOptions(most_pages=2, prefer_installed_fonts=False)) as own,
        pytest.raises(RenderTooLarge, match="共 3 页，超过 2 页的上限"),
    ):
        own.render_html("<p style='break-after:page'>甲</p><p style='break-after:page'>乙</p><p>丙</p>")


def test_the_child_gets_no_secret_of_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.GF_LIBRARY_PATHS = {"LD_LIBRARY_PATH": "/unpacked"}
    monkeypatch.setenv("GF_SECRET_KEY", "very secret")
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@/gf")
    given = engine._environment(tmp_path, system_fonts=True)
    assert "very secret" not in given.values()
    assert given["LD_LIBRARY_PATH"] == "/unpacked"
    assert set(given) == {
        "FONTCONFIG_FILE",
        "HOME",
        "LANG",
        "LD_LIBRARY_PATH",
        "PATH",
        "PYTHONHASHSEED",
        "PYTHONUTF8",
        "TMPDIR",
    }
    assert "/usr/share/fonts" in (tmp_path / "fonts.conf").read_text()
    engine._environment(tmp_path, system_fonts=False)
    assert "<dir>" not in (tmp_path / "fonts.conf").read_text()


def stub(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "child.py"
    path.write_text(f"import json, struct, sys\nout = sys.stdout.buffer\n{body}\n", encoding="utf-8")
    return path


HELLO = "frame = json.dumps({}).encode()\nout.write(struct.pack('>I', len(frame)) + frame); out.flush()"


def test_missing_libraries_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = HELLO.format("dict(ok=False, kind='unavailable', detail='cannot load libpango')")
    monkeypatch.setattr(engine, "CHILD", stub(tmp_path, absent))
    with pytest.raises(RendererUnavailable) as refusal:
        render_paper(samples.certificate())
    assert "libpango-1.0-0" in refusal.value.message
    assert "libharfbuzz-subset0" in refusal.value.packages
    assert check_renderer() == engine.RendererStatus(available=False, missing=refusal.value.packages)


def test_the_child_says_when_a_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Absent:
        def find_spec(self, name: str, *_rest: object) -> None:
            if name.startswith("weasyprint"):
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    out = BytesIO()
    assert child.start(out) is None
    out.seek(0)
    frame = child.read_frame(out)
    assert frame is not None
    said = json.loads(frame)
    assert said["kind"] == "unavailable"
    assert "libpango" in said["detail"]


def test_slow_subsetting_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CHILD", stub(tmp_path, HELLO.format("dict(ok=True, subsetter=False)")))
    assert check_renderer() == engine.RendererStatus(available=True, missing=("libharfbuzz-subset0",))


def test_a_child_that_dies_is_an_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = HELLO.format("dict(ok=True, subsetter=True)") + "\nsys.exit('broken pipe of ink')"
    monkeypatch.setattr(engine, "CHILD", stub(tmp_path, body))
    own = Renderer()
    own.start()
    assert own._folder is not None
    folder = Path(own._folder.name)
    with pytest.raises(RenderFailed) as refusal:
        own.render_html("<p>正文")
    assert "broken pipe of ink" in refusal.value.detail
    assert "broken" not in refusal.value.message  # details are for the log
    assert not folder.exists()


def test_this_machine_can_make_pdf() -> None:
    assert check_renderer() == engine.RendererStatus(available=True, missing=())


def test_errors_can_be_shown_to_people() -> None:
    for error in (RendererUnavailable(), RenderTimeout(60), RenderTooLarge(), RenderFailed("traceback")):
        assert isinstance(error, RenderingError)
        assert error.message.endswith("。")
        assert not any(mark in error.message for mark in (",", ";", "traceback"))
