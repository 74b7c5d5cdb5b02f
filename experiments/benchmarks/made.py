"""Made inputs: promoters, a genome with its annotation, a long FASTA, and gene lists. Seeds are fixed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LENGTH = 2000
_SHARES = np.array([0.22, 0.28, 0.28]).cumsum()  # A, C, G, T as in human promoters
_LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)
_LINE = 60


def promoters(n: int) -> NDArray[np.uint8]:
    """Base codes of `n` promoters, uint8 of shape (n, 2000), made a few thousand at a time."""
    rng = np.random.default_rng(1)
    codes = np.empty((n, LENGTH), dtype=np.uint8)
    for first in range(0, n, 2000):
        block = codes[first : first + 2000]
        block[:] = np.searchsorted(_SHARES, rng.random(block.shape, dtype=np.float32))
    return codes


def prepare(job: str, size: int, folder: Path) -> None:
    """Write what the commands of a job read at this size into `folder`."""
    if job == "reference":
        _genome(size, folder)
    elif job == "stream":
        _fasta(size * 1_000_000, folder / "genome.fa")
    elif job == "atlas":
        from rarml.bundle.registry import shipped_atlas
        from rarml.features.atlas import load_atlas

        genes = load_atlas(shipped_atlas(), columns=[]).genes.index[:size]
        (folder / "genes.txt").write_text("\n".join(genes) + "\n")


def _genome(genes: int, folder: Path) -> None:
    """One gene every 4,000 bases on up to 4 chromosomes, two ATAC tracks and three expression samples."""
    rng = np.random.default_rng(2)
    annotation, levels = ["#!genome-build GRCh38.p14"], ["id\tA\tB\tC"]
    peaks: dict[str, list[str]] = {"K562": [], "MCF-7": []}
    chromosomes = np.array_split(np.arange(genes), 4)
    with (folder / "genome.fa").open("wb") as out:
        for number, own in enumerate(chromosomes, 1):
            out.write(f">chr{number}:0-{4000 * (len(own) + 1)}\n".encode())
            _write_bases(out, 4000 * (len(own) + 1), rng)
            for place, gene in enumerate(own):
                start, name = 4000 * place + 2000, f"ENSG{gene:011d}"
                annotation.append(
                    f"{number}\thavana\ttranscript\t{start}\t{start + 1500}\t.\t{'+-'[gene % 2]}\t.\t"
                    f'gene_id "{name}"; transcript_id "T{name}"; gene_name "G{gene}"; gene_biotype "protein_coding";'
                )
                levels.append("\t".join([name, *(f"{level:.2f}" for level in rng.exponential(10, 3))]))
                for lines in peaks.values():
                    if rng.random() < 0.5:
                        lines.append(f"{number}\t{start - 200}\t{start + 200}\t{rng.random():.2f}")
    sheet = ["cell\tmark\tfile", *(f"{cell}\tATAC\t{cell}.bed" for cell in peaks)]
    spec = ["annotation: a.gtf", "genome: genome.fa", "tracks: sheet.tsv", "expression: e.tsv"]
    files = {"a.gtf": annotation, "e.tsv": levels, "sheet.tsv": sheet, "spec.yaml": spec}
    files |= {f"{cell}.bed": lines for cell, lines in peaks.items()}
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n")


def _fasta(bases: int, path: Path) -> None:
    """A few contigs of at most 125 Mb."""
    rng = np.random.default_rng(3)
    with path.open("wb") as out:
        for number, first in enumerate(range(0, bases, 125_000_000), 1):
            out.write(f">chr{number}\n".encode())
            _write_bases(out, min(125_000_000, bases - first), rng)


def _write_bases(out, bases: int, rng: np.random.Generator) -> None:
    """Lines of 60 bases, a few megabases at a time."""
    step = _LINE * 50_000
    for first in range(0, bases, step):
        letters = _LETTERS[np.searchsorted(_SHARES, rng.random(min(step, bases - first), dtype=np.float32))]
        whole = len(letters) // _LINE * _LINE
        lines = np.full((whole // _LINE, _LINE + 1), ord("\n"), dtype=np.uint8)
        lines[:, :_LINE] = letters[:whole].reshape(-1, _LINE)
        out.write(lines.tobytes())
        if whole < len(letters):
            out.write(letters[whole:].tobytes() + b"\n")
