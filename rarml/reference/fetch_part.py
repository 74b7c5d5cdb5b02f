"""A file that has partly come: what is kept of it, of which version, and one attempt to bring the rest."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rarml.core.errors import InputError
from rarml.core.files import read_json, write_json
from rarml.reference.fetch_transport import Answer, Dropped, NoSuchRange, Transport

BLOCK = 1 << 18
MOST_BYTES = 50_000_000_000
"""More than any genome or track."""
MOST_UNSTATED = 5_000_000_000
"""What is taken where neither the provider nor the server says how long the file is."""
Progress = Callable[[int, int | None], None]
"""Called with the bytes there so far, and their full number where known."""
_PARTIAL = 206
_NUMBER = re.compile("[0-9]{1,15}")
_SPAN = re.compile(r"bytes ([0-9]{1,15})-[0-9]{1,15}/([0-9]{1,15}|\*)")


class Broken(Exception):
    """An attempt that ended before the file did; `received` bytes came in it."""

    def __init__(self, why: str, received: int):
        super().__init__(why)
        self.received = received


class Part:
    """``{target}.part``, with the server's mark of its version in ``{target}.part.json``.

    Parameters
    ----------
    target : Path
        Where the whole file will be.
    """

    def __init__(self, target: Path):
        self.path = target.with_name(f"{target.name}.part")
        self.state = target.with_name(f"{target.name}.part.json")

    def held(self) -> int:
        """Bytes that are kept."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def remove(self) -> None:
        """Keep nothing."""
        self.path.unlink(missing_ok=True)
        self.state.unlink(missing_ok=True)

    def put(self, target: Path) -> None:
        """Give the whole file its name."""
        self.path.replace(target)
        self.state.unlink(missing_ok=True)

    def go_on(self, url: str, transport: Transport, size: int | None, progress: Progress) -> int:
        """One attempt, from where the last one stopped; the bytes received.

        Raises
        ------
        Broken
            If it ended before the file did.
        InputError
            If the server's file cannot be the published one, or the disk is too small.
        """
        received = 0
        try:
            with transport.open(url, self._rest(url)) as answer:
                begin, stated = _answered(answer, self.held())
                _require_size(url, stated, size)
                total = stated if stated is not None else size
                self._require_room(begin, total)
                write_json(self.state, {"url": url, "mark": _mark(answer)})
                limit = total if total is not None else MOST_UNSTATED
                with self.path.open("r+b" if begin else "wb") as out:
                    out.truncate(begin)
                    out.seek(begin)
                    while block := answer.read(min(BLOCK, limit - begin - received + 1)):
                        received += len(block)
                        if begin + received > limit:
                            self.remove()
                            what = f"sends more than the {limit:,} bytes that it should"
                            raise InputError(what, where=url, fix="what came was removed; try later")
                        out.write(block)
                        progress(begin + received, total)
        except NoSuchRange as error:
            self.state.unlink(missing_ok=True)
            raise Broken(str(error), received) from error
        except Dropped as error:
            raise Broken(str(error), received) from error
        if total is not None and begin + received < total:
            raise Broken(f"broke off after {begin + received:,} of {total:,} bytes", received)
        return received

    def _rest(self, url: str) -> dict[str, str]:
        """Headers that ask for the rest of the version that is kept; none where that is not known."""
        if not self.held() or not self.state.is_file():
            return {}
        try:
            known: Any = read_json(self.state)
            mark = known["mark"] if known["url"] == url else ""
        except (InputError, KeyError, TypeError):
            return {}
        if not isinstance(mark, str) or not mark or len(mark) > 200 or not (mark.isascii() and mark.isprintable()):
            return {}
        return {"Range": f"bytes={self.held()}-", "If-Range": mark}

    def _require_room(self, begin: int, total: int | None) -> None:
        needed, free = (total or 0) - begin, shutil.disk_usage(self.path.parent).free + self.held() - begin
        if needed > free:
            fix = "choose a folder on a larger disk with --out"
            what = f"needs {needed / 1e9:.1f} GB, {free / 1e9:.1f} GB are free"
            raise InputError(what, where=self.path.parent, fix=fix)


def _mark(answer: Answer) -> str:
    """What names the server's version of the file: a strong ETag, else when it last changed."""
    etag = answer.header("ETag")
    return etag if etag.startswith('"') else answer.header("Last-Modified")


def _answered(answer: Answer, held: int) -> tuple[int, int | None]:
    """First byte of the body, and the bytes of the whole file where the server says so."""
    if answer.status == _PARTIAL:
        said = _SPAN.fullmatch(answer.header("Content-Range"))
        if said is None or int(said[1]) != held:
            raise Dropped("the server sends another part than was asked for")
        return held, None if said[2] == "*" else int(said[2])
    length = answer.header("Content-Length")
    return 0, int(length) if _NUMBER.fullmatch(length) else None


def _require_size(url: str, stated: int | None, size: int | None) -> None:
    if stated is not None and size is not None and stated != size:
        raise InputError(
            f"has {stated:,} bytes, published are {size:,}", where=url, fix="the provider's files disagree"
        )
    for length in (stated, size):
        if length is not None and length > MOST_BYTES:
            raise InputError(f"has {length:,} bytes, more than any genome", where=url, fix="nothing was fetched")
