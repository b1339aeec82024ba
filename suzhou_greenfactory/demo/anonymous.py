"""A stranger who follows every link of the public site and reads what is there: nothing of it may be about a person.

Patterns find what looks like a mobile number, an identity number or a private mail address; canaries are what the
database itself knows about people (SECURITY R24).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.error import HTTPError
from urllib.parse import parse_qs, unquote, urljoin, urlsplit
from urllib.request import Request, urlopen

import pypdfium2

_TIMEOUT_SECONDS = 60
_OK = 200
#: What a stranger is kept from, or what only repeats the same page in other clothes.
_NOT_FOLLOWED = ("/accounts/", "/static/", "/api/", "/robots.txt")
_LINK = re.compile(r'(?:href|src|action)="([^"#]+)"')
_PATTERNS = {
    "手机号码": re.compile(r"(?<![0-9A-Za-z.-])1[3-9][0-9]{9}(?![0-9A-Za-z])"),
    "身份证号": re.compile(
        r"(?<![0-9A-Z])[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9X](?![0-9A-Z])"
    ),
    "个人邮箱": re.compile(
        r"[A-Za-z0-9._%+-]+@(?:qq|163|126|sina|gmail|outlook|hotmail|foxmail|example)\.[a-z.]+"
    ),
}


@dataclass
class Scan:
    """What was read and what was found: `found` holds (address, what, the words)."""

    most: int
    pages: int = 0
    papers: int = 0
    cut: bool = False
    found: list[tuple[str, str, str]] = field(default_factory=list)


def scan(base_url: str, canaries: Collection[str], *, most: int = 600) -> Scan:
    """Follow every link from the front page, signed in as nobody; return what was found.

    Args:
        base_url: of the running server.
        canaries: texts about people that may stand nowhere.
        most: addresses to read at most; `cut` says that there were more.
    """
    done = Scan(most)
    host = urlsplit(base_url).netloc
    waiting, known = deque([urljoin(base_url, "/"), urljoin(base_url, "/sitemap/")]), set[str]()
    while waiting:
        address = waiting.popleft()
        if address in known:
            continue
        if done.pages >= most:
            done.cut = True
            break
        known.add(address)
        content_type, body = _read(address)
        done.pages += 1
        done.papers += content_type == "application/pdf" or "sheet" in content_type
        text = text_of(content_type, body)
        done.found += [(address, what, words) for what, words in personal_in(text, canaries)]
        if content_type == "text/html":
            waiting.extend(one for one in _links(address, text, host) if one not in known)
    return done


def personal_in(text: str, canaries: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield (what, the words) for everything about a person in a text."""
    for what, pattern in _PATTERNS.items():
        for words in sorted(set(pattern.findall(text))):
            yield what, words
    for canary in canaries:
        if canary and canary in text:
            yield "登记的个人信息", canary


def text_of(content_type: str, body: bytes) -> str:
    """Return what a person reads in an answer: markup, data, every cell of a workbook, every page of a PDF."""
    if content_type == "application/pdf":
        paper = pypdfium2.PdfDocument(body)
        try:
            return "\n".join(page.get_textpage().get_text_range() for page in paper)
        finally:
            paper.close()
    if "spreadsheetml" in content_type or "wordprocessingml" in content_type:
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            parts = [name for name in book.namelist() if name.endswith(".xml")]
            return unescape("\n".join(book.read(name).decode("utf-8", "replace") for name in parts))
    if content_type.startswith("image/"):
        return ""
    return unescape(body.decode("utf-8", "replace"))


def _read(address: str) -> tuple[str, bytes]:
    request = Request(address, headers={"User-Agent": "gf-scan"})  # noqa: S310  (the base URL is ours)
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310  (as above)
            return answer.headers.get_content_type(), answer.read()
    except HTTPError as error:
        return error.headers.get_content_type(), error.read()


def _links(address: str, text: str, host: str) -> Iterator[str]:
    for link in _LINK.findall(text):
        whole = urljoin(address, link)
        parts = urlsplit(whole)
        if parts.netloc != host or parts.scheme not in {"http", "https"}:
            continue
        if unquote(parts.path).startswith(_NOT_FOLLOWED):
            continue
        # One filter at a time is followed: all combinations would show the same rows again.
        if len(parse_qs(parts.query)) > 1:
            continue
        yield whole
