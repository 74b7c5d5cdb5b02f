"""The links of a built site and of Markdown files: where each leads, and whether that is there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "audio": "src",
    "video": "src",
    "link": "href",
}
_RELATIONS = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}


@dataclass
class Html(HTMLParser):
    """What a page links to, what it loads, and the anchors in it."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag names."""
        given = dict(attrs)
        self.anchors.update(value for name in ("id", "name") if (value := given.get(name)))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if tag in _LOADED and (tag != "link" or _RELATIONS & set((given.get("rel") or "").split())):
            self.loads.append(given.get(_LOADED[tag]) or "")


def read_html(path: Path) -> Html:
    """Parse a page."""
    page = Html()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def broken_links(site: Path) -> list[str]:
    """Every link inside a built site that leads nowhere: page, link, and what is missing."""
    # 404.html is served under any address, so its links start at the root of a server
    pages = {path.resolve(): read_html(path) for path in site.rglob("*.html") if path != site / "404.html"}
    found = []
    for path, page in pages.items():
        for link in page.links + page.loads:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            place = place / "index.html" if place.is_dir() else place
            if not place.is_file():
                found.append(f"{path.relative_to(site)}: {link}: no such file")
            elif parts.fragment and place in pages and not _is_anchor(unquote(parts.fragment), pages[place]):
                found.append(f"{path.relative_to(site)}: {link}: no such anchor")
    return found


def remote_loads(site: Path) -> list[str]:
    """Everything that a reader's browser would fetch from elsewhere: page, and address."""
    found = []
    for path in site.rglob("*.html"):
        loads = read_html(path).loads
        found += [f"{path.relative_to(site)}: {address}" for address in loads if re.match(r"(https?:)?//", address)]
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        found += [
            f"{path.relative_to(site)}: {one}"
            for one in re.findall(r"(?:url\(|@import\s*)[\"']?(https?:[^)\"']+)", text)
        ]
    return found


def missing_targets(page: Path) -> list[str]:
    """Relative links of a Markdown file whose file is not there, as they are where the repository is read."""
    text = re.sub(r"^ *(```+|~~~+).*?^ *\1", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    targets = re.findall(r"\]\(([^)\s]+)[^)]*\)", re.sub(r"`[^`\n]*`", "", text))
    paths = [urlsplit(one).path for one in targets if not re.match(r"[a-z][a-z0-9+.-]*:|#", one, flags=re.IGNORECASE)]
    return [f"{page.name}: {one}" for one in paths if not (page.parent / unquote(one)).exists()]


def _is_anchor(fragment: str, page: Html) -> bool:
    return fragment in page.anchors or fragment.startswith("__")
