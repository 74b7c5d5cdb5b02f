"""A hook of mkdocs: links that leave docs/ lead somewhere in the built site, too.

Pages link to files of the repository as they lie (``../experiments/results/evaluation.md``), so that the links hold
where the repository is read as such. For the site, each file so named is brought in under ``repository/``, Markdown as
a page, with the links inside it followed in the same way; and the link is turned there. Nothing is copied by hand, and
a link to a file that is not there is still the error it was.
"""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mkdocs.structure.files import File, Files

BROUGHT = "repository"
_LINK = re.compile(r"(?P<open>!?\[[^\]]*\]\()(?P<target>[^)\s]+)(?P<close>[^)]*\))")
_FENCE = re.compile(r"^ *(```+|~~~+)")
_brought: dict[str, Path] = {}


def on_files(files: Files, config: Any) -> Files:
    """Bring in what pages link to outside of docs/."""
    root = Path(config.config_file_path).resolve().parent
    docs = Path(config.docs_dir).resolve()
    _brought.clear()
    known = {Path(file.abs_src_path).resolve() for file in files if file.abs_src_path}
    waiting = sorted(path for path in known if path.suffix == ".md")
    while waiting:
        page = waiting.pop(0)
        for target in targets(page.read_text(encoding="utf-8")):
            path = _place(page.parent, target)
            if path in known or not path.is_file() or not path.is_relative_to(root) or path.is_relative_to(docs):
                continue
            known.add(path)
            uri = posixpath.join(BROUGHT, path.relative_to(root).as_posix())
            _brought[uri] = path
            files.append(File.generated(config, uri, abs_src_path=str(path)))
            waiting += [path] if path.suffix == ".md" else []
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Turn links from or to a file that was brought in."""
    uri = page.file.src_uri
    here = _brought.get(uri) or Path(page.file.abs_src_path).resolve()
    docs = Path(config.docs_dir).resolve()
    uris = {path: name for name, path in _brought.items()}

    def turned(found: re.Match[str]) -> str:
        target, anchor = _split(found["target"])
        path = _place(here.parent, target) if target and _is_path(target) else None
        if path is None or (uri not in _brought and path not in uris):
            return found[0]
        name = uris.get(path) or (path.relative_to(docs).as_posix() if path.is_relative_to(docs) else None)
        if name is None:
            return found[0]
        return f"{found['open']}{posixpath.relpath(name, posixpath.dirname(uri))}{anchor}{found['close']}"

    return _outside_fences(markdown, lambda line: _LINK.sub(turned, line))


def on_page_content(html: str, page: Any, config: Any, files: Files) -> str:
    """Mark short pieces of code, which are not to be broken at a hyphen: the style sheet keeps them on one line."""
    del page, config, files
    return re.sub(r"<code>(?=[^<]{1,28}</code>)", '<code class="short">', html)


def targets(markdown: str) -> list[str]:
    """Paths that a page links to, without anchors; what stands in a fence is no link."""
    found: list[str] = []

    def note(line: str) -> str:
        found.extend(_split(one["target"])[0] for one in _LINK.finditer(line))
        return line

    _outside_fences(markdown, note)
    return [target for target in found if target and _is_path(target)]


def _outside_fences(markdown: str, change: Any) -> str:
    lines, marks = [], None
    for line in markdown.split("\n"):
        fence = _FENCE.match(line)
        if fence and (marks is None or fence[1].startswith(marks)):
            marks = fence[1] if marks is None else None
            lines.append(line)
        else:
            lines.append(line if marks else change(line))
    return "\n".join(lines)


def _split(target: str) -> tuple[str, str]:
    path, mark, anchor = target.partition("#")
    return path, mark + anchor


def _is_path(target: str) -> bool:
    return not re.match(r"[a-z][a-z0-9+.-]*:|/", target, flags=re.IGNORECASE)


def _place(folder: Path, target: str) -> Path:
    return Path(os.path.normpath(folder / unquote(target)))
