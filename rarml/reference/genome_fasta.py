"""Whole chromosomes in FASTA, indexed by pyfaidx; nothing is ever written beside the user's file."""

from __future__ import annotations

import gzip
import re
import shutil
import tempfile
import weakref
import zlib
from pathlib import Path
from typing import Any

import pyfaidx

from rarml.core.errors import InputError
from rarml.core.guarded import guarded
from rarml.reference.contigs import canonical_contig
from rarml.reference.genome import Genome, canonical_names

_GZIP_MAGIC = b"\x1f\x8b"
# A human genome in gzip unpacks to about 3.3 times its size; asked for with a margin before the work begins.
_UNPACKED_RATIO = 4.5


_LONGEST_GAP = 10_000
_PROBED_CONTIGS, _PROBED_LETTERS = 1000, 10_000
_NO_BASE = re.compile(r"[^ACGTUNRYSWKMBDHVacgtunryswkmbdhv]")


class FastaGenome(Genome):
    """FASTA of whole contigs, plain, gzip or bgzip.

    gzip and bgzip files are unpacked once into a temporary folder (``TMPDIR``), which is removed with the object: plain
    gzip cannot be entered in the middle, and reading bgzip in place would need Biopython. A ``.fai`` beside a plain
    file is used if it is not older than the file; otherwise the index goes into the temporary folder.

    Raises
    ------
    InputError
        If the file is damaged, its lines are uneven, a name comes twice, or there is no room to unpack it.
    """

    def __init__(self, path: Path):
        self.path = path
        self._folder = Path(tempfile.mkdtemp(prefix="rarml-genome-"))
        self._cleanup = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        with path.open("rb") as handle:
            self._packed = handle.read(2) == _GZIP_MAGIC
        plain = self._unpack() if self._packed else path
        try:
            self._fasta = pyfaidx.Faidx(str(plain), indexname=str(self._index_of(plain)), as_raw=True)
        except (pyfaidx.FastaIndexingError, ValueError, OSError, RuntimeError) as error:
            reason = str(error).splitlines()[0].replace(str(plain), path.name)
            if isinstance(error, RuntimeError):  # pyfaidx asks for a bug report
                reason = "its lines are uneven"
            raise InputError(
                f"cannot be indexed: {reason}",
                where=path,
                fix="all lines of a record but the last must be equally long, and names must differ",
            ) from error
        lengths = {name: int(record.rlen) for name, record in self._fasta.index.items()}
        self.names = tuple(lengths)
        self._own = canonical_names(self.names, path)
        self.ends = {canonical: lengths[name] for canonical, name in self._own.items()}
        self.contigs = dict(self.ends)
        self._check_letters()

    def _check_letters(self) -> None:
        """Refuse a protein or a page of text: the first letters of each contig are bases."""
        for name in self.names[:_PROBED_CONTIGS]:
            start = self._read(name, 1, _PROBED_LETTERS) if self.ends[canonical_contig(name)] else ""
            wrong = _NO_BASE.search(start)
            if wrong or not start:
                what = f"contig {name!r} holds {wrong[0]!r}, which is no base" if wrong else f"contig {name!r} is empty"
                raise InputError(what, where=self.path, fix="give DNA; is the file cut short?")

    def _index_of(self, plain: Path) -> Path:
        beside = plain.with_name(plain.name + ".fai")
        if beside.is_file() and beside.stat().st_mtime >= plain.stat().st_mtime and index_fits(beside, plain):
            return beside
        return self._folder / "genome.fai"

    def _unpack(self) -> Path:
        wanted = int(self.path.stat().st_size * _UNPACKED_RATIO)
        free = shutil.disk_usage(self._folder).free
        if free < wanted:
            raise InputError(
                f"needs about {wanted / 1e9:.1f} GB to unpack, {self._folder.parent} has {free / 1e9:.1f} GB",
                where=self.path,
                fix="set TMPDIR to a larger disk, or give the FASTA unpacked or as 2bit",
            )
        plain = self._folder / "genome.fa"
        try:
            source: Any = gzip.open(self.path, "rb")  # noqa: SIM115 - closed with the guard
            with guarded(source, self.path, 1 << 20) as packed, plain.open("wb") as out:
                shutil.copyfileobj(packed, out, 1 << 22)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InputError("gzip file is truncated or damaged", where=self.path, fix="download it again") from error
        return plain

    def fetch(self, chrom: str, start: int, end: int) -> str:
        """See `Genome.fetch`."""
        if end <= start:
            return ""
        name = self._own.get(canonical_contig(chrom))
        length = 0 if name is None else self.ends[canonical_contig(chrom)]
        first, last = max(start, 0), min(end, length)
        if name is None or first >= last:
            return "N" * (end - start)
        bases = self._read(name, first + 1, last)  # pyfaidx counts from 1, closed
        return "N" * (first - start) + bases + "N" * (end - last)

    def _read(self, name: str, first: int, last: int) -> str:
        try:
            return str(self._fasta.fetch(name, first, last))
        except UnicodeDecodeError as error:
            what = f"contig {name!r} holds letters that are no bases"
            raise InputError(what, where=self.path, fix="give DNA; is the file damaged?") from error

    def describe(self) -> str:
        """See `Genome.describe`."""
        kind = "gzip FASTA, unpacked to a temporary file" if self._packed else "FASTA"
        return f"{len(self.contigs)} whole contigs, {sum(self.ends.values()) / 1e6:.1f} Mb ({kind})"


def index_fits(index: Path, fasta: Path) -> bool:
    """Whether a ``.fai`` is of this FASTA: each record begins below its own header and ends inside the file.

    An index of another file, or of an earlier state of this one, would give wrong bases without a word.
    """
    size = fasta.stat().st_size
    end = 0
    try:
        with fasta.open("rb") as handle:
            for line in index.read_text(encoding="utf-8").splitlines():
                name, *numbers = line.split("\t")
                length, offset, bases, width = (int(number) for number in numbers[:4])
                header = f">{name}".encode()
                if length < 1 or bases < 1 or width <= bases or offset < len(header) + 1:
                    return False
                handle.seek(end)
                words = handle.read(offset - end) if offset - end <= _LONGEST_GAP else b""
                above = words.strip().splitlines()
                if len(above) != 1 or above[0].split()[:1] != [header] or not words.endswith(b"\n"):
                    return False
                end = offset + (length - 1) // bases * width + (length - 1) % bases + 1
                if end > size:
                    return False
            handle.seek(end)
            return not handle.read(_LONGEST_GAP).strip()
    except (OSError, ValueError):
        return False
