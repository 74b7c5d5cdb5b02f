"""Whole chromosomes in FASTA, indexed by pyfaidx; nothing is ever written beside the user's file."""

from __future__ import annotations

import gzip
import shutil
import tempfile
import weakref
import zlib
from pathlib import Path

import pyfaidx

from rarml.core.errors import InputError
from rarml.reference.contigs import canonical_contig
from rarml.reference.genome import Genome, canonical_names

_GZIP_MAGIC = b"\x1f\x8b"
# A human genome in gzip unpacks to about 3.3 times its size; asked for with a margin before the work begins.
_UNPACKED_RATIO = 4.5


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
        except (pyfaidx.FastaIndexingError, ValueError, OSError) as error:
            reason = str(error).splitlines()[0].replace(str(plain), path.name)
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

    def _index_of(self, plain: Path) -> Path:
        beside = plain.with_name(plain.name + ".fai")
        if beside.is_file() and beside.stat().st_mtime >= plain.stat().st_mtime:
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
            with gzip.open(self.path, "rb") as packed, plain.open("wb") as out:
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
        bases = str(self._fasta.fetch(name, first + 1, last))  # pyfaidx counts from 1, closed
        return "N" * (first - start) + bases + "N" * (end - last)

    def describe(self) -> str:
        """See `Genome.describe`."""
        kind = "gzip FASTA, unpacked to a temporary file" if self._packed else "FASTA"
        return f"{len(self.contigs)} whole contigs, {sum(self.ends.values()) / 1e6:.1f} Mb ({kind})"
