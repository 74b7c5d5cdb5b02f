"""Call RAREs in a FASTA file, in regions of a genome, or at the promoters of genes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.core.memory import give_back
from rarml.core.progress import track
from rarml.features.calls import PairScanner
from rarml.features.elements import resolve
from rarml.features.rare_sites import sites
from rarml.reference.genome import open_genome
from rarml.reference.store import Reference
from rarml.reference.tracks import read_peaks
from rarml.workflows.scan_memory import ScanPlan, scan_plan
from rarml.workflows.scan_settings import ScanSettings
from rarml.workflows.scan_sources import Piece, Tally, fasta_pieces, region_pieces
from rarml.workflows.scan_stream import COLUMNS, site_rows
from rarml.workflows.scan_writers import require_format, write_sites


@dataclass(frozen=True)
class ScanResult:
    """What a scan wrote.

    Attributes
    ----------
    path : Path
    n_sites, n_elements : int
        Rows written; elements left after overlapping calls are joined.
    by_type : dict of str to int
        Sites by type.
    sequences, bases, unknown, ambiguous : int
        Sequences (or regions, or genes) and bases read; of them N or other than A, C, G, T; IUPAC letters.
    notes : list of str
        What a user should know.
    """

    path: Path
    n_sites: int
    n_elements: int
    by_type: dict[str, int]
    sequences: int
    bases: int
    unknown: int
    ambiguous: int
    notes: list[str] = field(default_factory=list)


def scan_fasta(
    fasta: str | Path,
    out: str | Path,
    settings: ScanSettings | None = None,
    *,
    repeats: str | Path | None = None,
    overwrite: bool = False,
) -> ScanResult:
    """Call RAREs in every record of a FASTA file, however long, in bounded memory.

    Parameters
    ----------
    fasta : path
        Plain or gzip; lower case is a base like any other and is reported as repeat_fraction; IUPAC letters match
        nothing.
    out : path
        ``.bed``, ``.tsv``, ``.gff3`` (each may have ``.gz``) or ``.parquet``.
    settings : ScanSettings, optional
    repeats : path, optional
        BED of repeats, in place of lower case.
    overwrite : bool

    Raises
    ------
    InputError
        For a file that is not FASTA, or an output that exists or has an unknown format.
    """
    chosen = settings or ScanSettings()
    tally, plan = Tally(), _plan(chosen)
    pieces = fasta_pieces(fasta, tally, plan.piece, piece_names=chosen.piece_names)
    return _scan(track(pieces, what="scanning"), tally, out, chosen, plan, repeats, overwrite)


def scan_regions(
    bed: str | Path,
    genome: str | Path,
    out: str | Path,
    settings: ScanSettings | None = None,
    *,
    repeats: str | Path | None = None,
    overwrite: bool = False,
) -> ScanResult:
    """Call RAREs in the regions of a BED file; regions that overlap or adjoin are joined first: no site is doubled."""
    chosen = settings or ScanSettings()
    tally, plan = Tally(), _plan(chosen)
    regions = _merged(read_peaks(bed))
    source = open_genome(genome)
    missing = sorted(set(regions["chrom"]) - set(source.contigs))
    if len(missing) == regions["chrom"].nunique():
        raise InputError(
            f"no contig of the regions is in the genome (e.g. {missing[0]})", where=bed, fix=source.describe()
        )
    notes = (
        [f"{len(missing)} contigs of the regions are not in the genome: {', '.join(missing[:5])}"] if missing else []
    )
    pieces = track(region_pieces(regions, source, tally, plan.piece), what="scanning", total=len(regions))
    return _scan(pieces, tally, out, chosen, plan, repeats, overwrite, notes)


def scan_genes(
    reference: Reference,
    genes: Sequence[str],
    out: str | Path,
    settings: ScanSettings | None = None,
    *,
    overwrite: bool = False,
) -> ScanResult:
    """Call RAREs at all promoters of genes (any identifier) of a reference; rows also tell gene and TSS distance."""
    chosen = settings or ScanSettings()
    require_format(out, by_contig=chosen.by_contig)
    resolved = reference.names.resolve(list(genes))
    known = list(dict.fromkeys(resolved["gene_id"].dropna()))
    if not known:
        raise InputError("none of the genes is known", fix="give gene symbols, Ensembl, Entrez or HGNC identifiers")
    table = sites(reference, max_pvalue=chosen.max_pvalue, genes=known, scanner=chosen.scanner())
    chrom = pd.factorize(table["chrom"])[0].astype(np.int64)
    names = np.where(table["composition"] != "", table["composition"], table["type"]).astype(object)
    element, founder, element_name = resolve(
        table["start"].to_numpy(), table["end"].to_numpy(), table["pvalue"].to_numpy(), names, chrom
    )
    table["element"], table["element_name"], table["best_of_element"] = element + 1, element_name, founder
    table["symbol"] = table["gene_id"].map(reference.genes["symbol"])
    first = [column for column in (*COLUMNS, "qvalue") if column in table]
    table = table[first + [column for column in table.columns if column not in first]]
    rows = write_sites([table], out, overwrite=overwrite, by_contig=chosen.by_contig)
    here = reference.promoters[reference.promoters["gene_id"].isin(known)]
    bases = int((here["end"] - here["start"]).sum())
    unmapped = resolved.loc[resolved["gene_id"].isna(), "query"].tolist()
    empty = sorted(set(known) - set(here.loc[here["bases_known"] > 0, "gene_id"]))
    notes = [f"not found: {', '.join(map(str, unmapped[:5]))} ({len(unmapped)})"] if unmapped else []
    notes += (
        [f"without sequence: {', '.join(reference.genes.loc[empty[:5], 'symbol'])} ({len(empty)})"] if empty else []
    )
    unknown = bases - int(here["bases_known"].sum())
    counts = {str(name): int(number) for name, number in table["type"].value_counts().items()}
    return ScanResult(Path(out), rows, int(founder.sum()), counts, len(known), bases, unknown, 0, notes)


def _scan(
    pieces: Iterable[Piece],
    tally: Tally,
    out: str | Path,
    settings: ScanSettings,
    plan: ScanPlan,
    repeats: str | Path | None,
    overwrite: bool,
    notes: Sequence[str] = (),
) -> ScanResult:
    """Scan to a scratch file first: q-values need the p-values of the whole scan."""
    kind = require_format(out, by_contig=settings.by_contig)
    if Path(out).exists() and not overwrite:
        raise InputError("exists already", where=out, fix="choose another --out, or replace it with --overwrite")
    scanner = settings.scanner()
    masked = None if repeats is None else read_peaks(repeats)
    counts: dict[str, int] = {}
    pvalues: dict[float, int] = {}
    elements = 0
    with tempfile.TemporaryDirectory(prefix="rarml-scan-") as folder:
        scratch = Path(folder) / "sites.parquet"

        def counted() -> Iterator[pd.DataFrame]:
            nonlocal elements
            rows = site_rows(
                pieces, scanner, max_pvalue=settings.max_pvalue, size=plan.piece, threads=plan.threads, repeats=masked
            )
            for table in rows:
                for name, number in table["type"].value_counts().items():
                    counts[str(name)] = counts.get(str(name), 0) + int(number)
                for value, number in table["pvalue"].value_counts().items():
                    pvalues[float(str(value))] = pvalues.get(float(str(value)), 0) + int(number)
                elements += int(table["best_of_element"].sum())
                yield table
                give_back()

        total = write_sites(counted(), scratch)
        tests = _tests(scanner, tally)
        finished = _with_qvalues(scratch, _qvalue_table(pvalues, tests)) if total else iter([_empty()])
        write_sites(finished, out, overwrite=overwrite, by_contig=settings.by_contig)
    shares = [f"{tally.ambiguous:,} IUPAC letters matched nothing"] if tally.ambiguous else []
    return ScanResult(
        Path(out),
        total,
        elements,
        dict(sorted(counts.items())),
        tally.sequences,
        tally.bases,
        tally.unknown,
        tally.ambiguous,
        [*notes, *shares, plan.words(), f"{kind}; q-values over {tests:,} positions, strands and types"],
    )


def _plan(settings: ScanSettings) -> ScanPlan:
    return scan_plan(settings.scanner(), settings.threads, settings.memory)


def _tests(scanner: PairScanner, tally: Tally) -> int:
    """Positions, strands and types looked at (bases known; ends of sequences not deducted)."""
    return max(1, (tally.bases - tally.unknown) * sum(1 if pair.palindromic else 2 for pair in scanner.types))


def _qvalue_table(pvalues: dict[float, int], tests: int) -> pd.Series:
    """q-value (Benjamini & Hochberg 1995) of each distinct p-value, by p-value.

    Sites above the stringency asked for are not known, so q is an upper bound.
    """
    values = np.array(sorted(pvalues))
    # the rank of the last of equal p-values decides, so that no array needs to be as long as there are sites
    ranks = np.cumsum([pvalues[value] for value in values], dtype=np.int64)
    scaled = values * max(tests, int(ranks[-1])) / ranks
    return pd.Series(np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0), index=values)


def _with_qvalues(path: Path, qvalues: pd.Series) -> Iterator[pd.DataFrame]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            table = file.read_row_group(number).to_pandas()
            place = table.columns.get_loc("pvalue")
            table.insert(int(place) + 1, "qvalue", qvalues.reindex(table["pvalue"]).to_numpy())
            yield table


def _empty() -> pd.DataFrame:
    columns = list(COLUMNS)
    columns.insert(columns.index("pvalue") + 1, "qvalue")
    return pd.DataFrame(columns=columns)


def _merged(regions: pd.DataFrame) -> pd.DataFrame:
    """Regions in order of contig and start, those that overlap or adjoin joined."""
    ordered = regions.sort_values(["chrom", "start", "end"], kind="stable")
    reach = ordered.groupby("chrom", sort=False, observed=True)["end"].cummax()
    before = reach.groupby(ordered["chrom"], sort=False, observed=True).shift()
    new = before.isna() | (ordered["start"] > before)
    grouped = ordered.groupby(new.cumsum(), sort=True)
    return grouped.agg(chrom=("chrom", "first"), start=("start", "min"), end=("end", "max")).reset_index(drop=True)
