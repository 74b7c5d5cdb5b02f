"""Contig names and lengths of human and mouse assemblies: one spelling inside (``chr1``), whatever a file writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rarml.core.errors import InputError, SettingsError, did_you_mean
from rarml.reference.assemblies import ASSEMBLIES, GRCH37_LENGTHS, GRCH38_LENGTHS, SYNONYMS
from rarml.reference.positions import position_of

__all__ = [
    "ASSEMBLIES",
    "GRCH37_LENGTHS",
    "GRCH38_LENGTHS",
    "ContigOverlap",
    "assembly_of_accession",
    "canonical_assembly",
    "canonical_contig",
    "check_lengths",
    "contig_overlap",
]
_NAMES = tuple(GRCH38_LENGTHS)
# UCSC's hg19 carries an older mitochondrion under the name chrM.
_OTHER_MITOCHONDRION = {"GRCh37": 16571}

# Versions of the RefSeq accessions NC_000001 (chr1) to NC_000024 (chrY) in GRCh38; GRCh37 has each one lower.
_REFSEQ_VERSIONS = (11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10)
_GENBANK_FIRST, _GENBANK_LAST = 663, 686  # CM000663 is chr1, CM000686 is chrY


def canonical_assembly(name: str) -> str:
    """``GRCh38``, ``GRCh37``, ``GRCm39`` or ``GRCm38`` for any usual spelling (hg38, GRCh38.p14, mm10, …).

    Raises
    ------
    SettingsError
        For an assembly that rarml has no contig lengths of.
    """
    found = SYNONYMS.get(name.strip().split(".")[0].lower())
    if found is None:
        known = [*ASSEMBLIES, *SYNONYMS]
        alike = [other for other in known if other[:4].lower() == name[:4].lower()]  # GRCh39 is no slip of GRCm39
        raise SettingsError(f"unknown assembly {name!r}", fix=did_you_mean(name, alike or known))
    return found


@lru_cache(maxsize=65536)
def canonical_contig(name: str) -> str:
    """UCSC-style name of a chromosome; any other name is returned as it is. Accessions are known of human ones only.

    ``1``, ``chr1``, ``Chr1``, ``NC_000001.11`` and ``CM000663.2`` give ``chr1``; ``M``, ``MT``, ``chrMT``,
    ``NC_012920.1`` and ``J01415.2`` give ``chrM``; ``23`` and ``24`` are left alone (PLINK's habit, not a contig).
    """
    text = name.strip()
    bare = text[3:] if text[:3].lower() == "chr" else text
    upper = bare.upper()
    if upper in ("M", "MT"):
        return "chrM"
    if f"chr{upper}" in GRCH38_LENGTHS:
        return f"chr{upper}"
    accession = upper.split(".")[0]
    if accession in ("NC_012920", "J01415"):
        return "chrM"
    order = _accession_order(accession)
    return text if order is None else _NAMES[order - 1]


def assembly_of_accession(name: str) -> str | None:
    """Assembly that a versioned accession such as ``NC_000001.10`` belongs to; None if the name does not tell."""
    accession, _, version = name.strip().upper().partition(".")
    order = _accession_order(accession)
    number = position_of(version)
    if order is None or number is None:
        return None
    newer = _REFSEQ_VERSIONS[order - 1] if accession.startswith("NC_") else 2
    return {newer: "GRCh38", newer - 1: "GRCh37"}.get(number)


def _accession_order(accession: str) -> int | None:
    """1 to 24 for NC_000001…NC_000024 and CM000663…CM000686."""
    number = position_of(accession[-6:])
    if number is None:
        return None
    if accession == f"NC_{number:06d}" and 1 <= number <= 24:
        return number
    if accession == f"CM{number:06d}" and _GENBANK_FIRST <= number <= _GENBANK_LAST:
        return number - _GENBANK_FIRST + 1
    return None


def check_lengths(lengths: Mapping[str, int | None], assembly: str, where: str | Path, *, exact: bool = True) -> None:
    """Hold contig lengths, or the largest end seen on each contig, against an assembly.

    Parameters
    ----------
    lengths : mapping of str to int or None
        By canonical contig name; None (not known) and contigs outside the assembly are passed over.
    assembly : str
        Any spelling that `canonical_assembly` knows.
    where : str or Path
        The file, for the message.
    exact : bool
        True for lengths (must be equal), False for largest ends (must not be larger).

    Raises
    ------
    InputError
        Naming the contig and, where one fits, the assembly that the file seems to be of.
    """
    wanted = canonical_assembly(assembly)
    misfit = _first_misfit(lengths, wanted, exact=exact)
    if misfit is None:
        return
    name, found = misfit
    fitting = [other for other in ASSEMBLIES if other != wanted and _first_misfit(lengths, other, exact=exact) is None]
    hint = f"it fits {fitting[0]}" if fitting else "is it another assembly or species?"
    verb = "is" if exact else "reaches"
    raise InputError(
        f"does not fit {wanted}: {name} {verb} {found:,} bp, the assembly's is {ASSEMBLIES[wanted][name]:,} bp",
        where=where,
        fix=f"{hint}; give files of one assembly, or set 'assembly'",
    )


def _first_misfit(lengths: Mapping[str, int | None], assembly: str, *, exact: bool) -> tuple[str, int] | None:
    for name, found in lengths.items():
        known = ASSEMBLIES[assembly].get(name)
        if known is None or found is None or found == known:
            continue
        if name == "chrM" and found == _OTHER_MITOCHONDRION.get(assembly):
            continue
        if exact or found > known:
            return name, found
    return None


@dataclass(frozen=True)
class ContigOverlap:
    """How the contigs of a file match those of the reference (all names canonical).

    Attributes
    ----------
    file : str
        Name of the file, or what it is.
    shared, only_here, only_reference : tuple of str
        Contigs in both, in the file alone, in the reference alone; sorted.
    renamed : int
        How many of the file's names were spelt otherwise (``1`` for ``chr1``).
    """

    file: str
    shared: tuple[str, ...]
    only_here: tuple[str, ...]
    only_reference: tuple[str, ...]
    renamed: int = 0

    def line(self) -> str:
        """One line of text for the report of a build."""
        total = len(self.shared) + len(self.only_reference)
        text = f"{self.file}: {len(self.shared)} of {total} reference contigs"
        if self.renamed:
            text += f", {self.renamed} renamed"
        if self.only_here:
            text += f", {len(self.only_here)} of its own unused ({_some(self.only_here)})"
        if self.only_reference:
            text += f", without {_some(self.only_reference)}"
        return text


def contig_overlap(file: str | Path, names: Iterable[str], reference_names: Iterable[str]) -> ContigOverlap:
    """Match a file's contig names, in any spelling, with the reference's.

    Raises
    ------
    InputError
        If not one contig is shared.
    """
    raw = set(names)
    here = {canonical_contig(name) for name in raw}
    reference = {canonical_contig(name) for name in reference_names}
    shared = here & reference
    if not shared:
        theirs, ours = _some(sorted(raw)), _some(sorted(reference))
        raise InputError(
            f"shares no contig with the reference: it has {theirs}, the reference {ours}",
            where=file,
            fix="is it the right file, assembly and species?",
        )
    return ContigOverlap(
        Path(file).name,
        tuple(sorted(shared)),
        tuple(sorted(here - reference)),
        tuple(sorted(reference - here)),
        sum(canonical_contig(name) != name for name in raw),
    )


def _some(names: Iterable[str], most: int = 4) -> str:
    listed = list(names)
    return (", ".join(listed[:most]) + (", …" if len(listed) > most else "")) or "none"
