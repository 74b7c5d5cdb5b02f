"""One way to ask any genome file for bases: `open_genome` tells the format by content, `Genome.fetch` cuts windows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from rarml.core.errors import InputError
from rarml.core.files import open_text, require_file
from rarml.reference.contigs import canonical_contig, check_lengths

_TWOBIT_MAGIC = (b"\x43\x27\x41\x1a", b"\x1a\x41\x27\x43")


class Genome(ABC):
    """A genome, or the parts of one that a file holds.

    Attributes
    ----------
    path : Path
        The file.
    contigs : dict of str to int or None
        Length by canonical contig name; None where the file holds only pieces of the contig.
    ends : dict of str to int
        Largest end (0-based, exclusive) that the file has bases for, by canonical contig name.
    names : tuple of str
        Contig names as the file spells them.
    """

    path: Path
    contigs: dict[str, int | None]
    ends: dict[str, int]
    names: tuple[str, ...]

    @abstractmethod
    def fetch(self, chrom: str, start: int, end: int) -> str:
        """Bases of the + strand in [start, end), 0-based half-open.

        Always ``end - start`` letters long: ``N`` where the file has no base, which includes positions before 0, past
        the end, and contigs it does not have. Lower case (soft-masked) letters stay lower case.
        """

    @abstractmethod
    def describe(self) -> str:
        """What the file holds, in a few words for a report."""

    def check_assembly(self, assembly: str) -> None:
        """Hold the contigs against an assembly.

        Raises
        ------
        InputError
            If a length differs, or a piece reaches past the end of its contig.
        """
        check_lengths(self.contigs, assembly, self.path)
        check_lengths(self.ends, assembly, self.path, exact=False)


def open_genome(path: str | Path) -> Genome:
    """Open a genome, told by its first bytes and its first header.

    Parameters
    ----------
    path : str or Path
        FASTA (plain, gzip or bgzip) of whole chromosomes, or of pieces named ``chrom:start-end`` (0-based half-open),
        or UCSC 2bit (needs the optional package py2bit).

    Raises
    ------
    InputError
        If the file is missing, a folder, empty, truncated, or not a genome.
    MissingPartError
        For 2bit without py2bit.
    """
    file = require_file(path, kind="genome file")
    with file.open("rb") as handle:
        if handle.read(4) in _TWOBIT_MAGIC:
            from rarml.reference.genome_twobit import TwoBitGenome

            return TwoBitGenome(file)
    from rarml.reference.genome_pieces import PieceGenome, parse_piece_name

    header = _first_header(file)
    if parse_piece_name(header) is not None:
        return PieceGenome(file)
    from rarml.reference.genome_fasta import FastaGenome

    return FastaGenome(file)


def canonical_names(names: tuple[str, ...], path: Path) -> dict[str, str]:
    """The file's own name by canonical contig name.

    Raises
    ------
    InputError
        If two of the file's names mean one contig.
    """
    own: dict[str, str] = {}
    for name in names:
        canonical = canonical_contig(name)
        if canonical in own:
            raise InputError(
                f"contigs {own[canonical]!r} and {name!r} are both {canonical}", where=path, fix="keep one"
            )
        own[canonical] = name
    return own


def _first_header(file: Path) -> str:
    with open_text(file, kind="genome file") as handle:
        for number, line in enumerate(handle, start=1):
            if line.startswith(">") and line[1:].strip():
                return line[1:].split()[0]
            if line.strip():
                raise InputError(
                    "is not a genome: a FASTA header (>name) was expected",
                    where=f"{file}:{number}",
                    fix="give FASTA (plain, gz or bgzip) or 2bit",
                )
    raise InputError("holds no FASTA record", where=file, fix="give FASTA (plain, gz or bgzip) or 2bit")
