"""`rarml reference fetch`: genomes, annotation and tracks from their official places; the only use of the network."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rarml.core.errors import InputError, SettingsError, Stopped
from rarml.core.files import read_json, write_json
from rarml.core.lock import output_lock
from rarml.core.progress import byte_bar
from rarml.reference.contigs import canonical_assembly
from rarml.reference.fetch_file import Fetched, fetch_file
from rarml.reference.fetch_sources import Source, encode_facts, find_source, published_md5
from rarml.reference.fetch_transport import Dropped, Transport

RECORD = "fetched.json"
_MOST_SUMS, _MOST_RECORD = 5_000_000, 20_000_000
_TRIES = 4


@dataclass(frozen=True)
class FetchResult:
    """What `fetch` brought.

    Attributes
    ----------
    out : Path
        The folder.
    files : dict of str to Fetched
        Per name asked for.
    """

    out: Path
    files: dict[str, Fetched]


def plan(names: Sequence[str]) -> list[Source]:
    """The files of names and ENCODE accessions, each once; no network.

    Raises
    ------
    InputError
        If a name is unknown, or none is given.
    """
    if not names:
        raise InputError("nothing was named to fetch", fix="see rarml reference fetch --list")
    return list({source.name: source for source in map(find_source, names)}.values())


def fetch(
    names: Sequence[str],
    out: str | Path,
    *,
    transport: Transport | None = None,
    wait: Callable[[float], None] = time.sleep,
    say: Callable[[str], None] = lambda line: None,
) -> FetchResult:
    """Fetch files into a folder, each checked against the sum that its provider publishes.

    Parameters
    ----------
    names : sequence of str
        Keys of `rarml.reference.fetch_sources.SOURCES`, or ENCODE accessions.
    out : path
        Folder; made if need be. A file that is there and fits is kept, one that was broken off is gone on with.
    transport, wait : optional
        Network and clock.
    say : callable
        Told what is done, line by line.

    Raises
    ------
    InputError
        If a name is unknown, a file cannot be fetched or does not match what is published, or another run writes to
        `out`. Whole files stay, and what has come of another is kept to go on from.
    Stopped
        On an interrupt; the same holds.
    """
    sources = plan(names)
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise InputError("is a file, a folder was to be written", where=folder, fix="choose another --out")
    net = transport if transport is not None else Transport()
    with output_lock(folder):
        folder.mkdir(parents=True, exist_ok=True)
        files: dict[str, Fetched] = {}
        try:
            for source in sources:
                files[source.name] = _one(source, folder, net, wait, say)
        except KeyboardInterrupt as stop:
            raise Stopped("stopped; what has come is kept, and the same command goes on from there") from stop
    return FetchResult(folder, files)


def _one(
    source: Source, folder: Path, net: Transport, wait: Callable[[float], None], say: Callable[[str], None]
) -> Fetched:
    url, md5, size, assembly = source.url, "", None, source.assembly
    if source.role == "tracks":
        record = _text(net, source.sums, _MOST_RECORD, wait)
        url, md5, size, assembly = encode_facts(record, source.name, where=source.sums)
    else:
        md5 = published_md5(_text(net, source.sums, _MOST_SUMS, wait), source.file, where=source.sums)
    target = folder / url.rsplit("/", 1)[-1]
    with byte_bar(target.name) as progress:
        found = fetch_file(url, target, md5, net, size=size, progress=progress, wait=wait)
    how = "was there already" if not found.received else f"{found.received:,} bytes received"
    say(f"{source.name}: {target} ({found.size:,} bytes, MD5 as published; {how})")
    _note(folder, source, url, assembly, found)
    return found


def _text(net: Transport, url: str, most: int, wait: Callable[[float], None]) -> str:
    for attempt in range(_TRIES):
        try:
            return net.text(url, most=most, headers={"Accept": "application/json, text/plain, */*"})
        except Dropped as broken:
            if attempt == _TRIES - 1:
                fix = "check the network (HTTPS_PROXY behind a proxy) and try again"
                raise InputError(f"cannot be reached: {broken}", where=url, fix=fix) from broken
            wait(2.0**attempt)
    raise AssertionError("unreachable")


def _note(folder: Path, source: Source, url: str, assembly: str, found: Fetched) -> None:
    """Record where a file came from, beside it."""
    record = folder / RECORD
    known: Any = read_json(record) if record.is_file() else {}
    own = known.get(found.path.name) if isinstance(known, dict) else None
    if isinstance(own, dict) and own.get("sha256") == found.sha256:
        return
    entry = {
        "name": source.name,
        "what": source.what,
        "url": url,
        "sums": source.sums,
        "terms": source.terms,
        "assembly": assembly,
        "md5": found.md5,
        "sha256": found.sha256,
        "bytes": found.size,
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    write_json(record, {**(known if isinstance(known, dict) else {}), found.path.name: entry})


def next_step(result: FetchResult) -> list[str]:
    """How to go on: lines of a reference configuration per assembly, with the files that were fetched."""
    lines: list[str] = []
    fetched = [(find_source(name), found.path) for name, found in result.files.items()]
    for assembly in dict.fromkeys(source.assembly for source, _ in fetched if source.assembly):
        try:
            canonical_assembly(assembly)
        except SettingsError:
            lines.append(f"rarml reference build does not know {assembly} yet: the files are for use elsewhere.")
            continue
        lines.append("In the settings of a reference (see configs/reference-hg38.yaml), say reference.yaml:")
        lines.append(f"  assembly: {assembly}")
        lines += [f"  {source.role}: {path.absolute()}" for source, path in fetched if source.assembly == assembly]
    if any(source.role == "tracks" for source, _ in fetched):
        lines.append("Name the tracks in the sample sheet under 'tracks:' (see configs/tracks-hg38.tsv).")
    if any(line.startswith("  ") for line in lines):
        lines.append("Then: rarml reference build reference.yaml --out reference")
    return lines
