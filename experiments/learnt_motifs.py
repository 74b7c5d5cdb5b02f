"""Which known motifs the promoter network taught itself: its first filters against JASPAR 2022.

    python experiments/learnt_motifs.py [--reference build/reference-hg38] [--promoters 1500]

The filters were random before training and have seen no matrix. Each becomes a frequency matrix from the promoter
bases that activate it to more than a share of its largest activation (Alipanahi 2015, 10.1038/nbt.3300, takes half;
three quarters give sharper matrices), and is compared with all JASPAR vertebrate matrices by TOMTOM (Gupta 2007,
10.1186/gb-2007-8-2-r24; memelite). The same filters with their positions shuffled say how many matches chance gives.
Memelite needs numba, so it has an environment of its own, named by RARML_MOTIF_ENV:

    python -m venv build/motif-env && build/motif-env/bin/pip install memelite

Writes results/learnt_motifs.json, .md and .svg (logos).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from common import REPO, RESULTS, real_data
from numpy.typing import NDArray

from rarml.core.files import write_json, write_text
from rarml.core.seeds import child_rng
from rarml.features.combine import representative_rows
from rarml.features.sequence_block import shipped_encoders
from rarml.features.sequence_encoder import load_encoders
from rarml.reference.store import Reference

Matrix = NDArray[np.float64]
SEED, SHARES, LEAST_SITES, MATCH = 0, (0.75, 0.5), 50, 0.05
"""A filter with fewer sites is left out; a match has an E-value (p times matrices searched) of at most `MATCH`."""
SHUFFLES = 5
COLOURS = dict(zip("ACGT", ("#009e73", "#0072b2", "#b8860b", "#d55e00"), strict=True))
WORKER = """
import sys, numpy as np
from memelite import tomtom
given = np.load(sys.argv[1])
lists = {k: [given[f"{k}{i}"] for i in range(int(given["n_" + k]))] for k in ("query", "target")}
p = tomtom(lists["query"], lists["target"], n_jobs=1)[0]
np.save(sys.argv[2], np.asarray(p))
"""


def main() -> None:
    """Read the filters, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, default=REPO / "build" / "reference-hg38")
    parser.add_argument("--promoters", type=int, default=1500)
    arguments = parser.parse_args()
    network = load_encoders(shipped_encoders()).members[0].networks[0]
    filters = network.network_.motifs.detach().numpy().astype(np.float32)
    codes = promoters(arguments.reference, arguments.promoters)
    names, known = jaspar(real_data() / "motifs" / "JASPAR2022_vertebrates.pfm")
    judged = {share: compare(filter_matrices(filters, codes, share), names, known) for share in SHARES}
    found = {
        "of": filters.shape[1],
        "promoters": len(codes),
        "shares": [
            {"share": share, **{k: v for k, v in one.items() if k != "matrices"}} for share, one in judged.items()
        ],
    }
    write_json(RESULTS / "learnt_motifs.json", found)
    shown = judged[SHARES[0]]
    write_text(RESULTS / "learnt_motifs.md", page(found, shown["matched"]))
    write_text(
        RESULTS / "learnt_motifs.svg", logos([(row, shown["matrices"][row["filter"]]) for row in shown["matched"]])
    )
    for share, one in judged.items():
        print(f"{share}: {len(one['matched'])} of {one['filters']} filters match; shuffled: {one['by_chance']}")


def compare(learnt: dict[int, tuple[Matrix, int]], names: list[str], known: list[Matrix]) -> dict[str, Any]:
    """The matches of the filters, best first, and how many the shuffled ones have."""
    e_values = tomtom([matrix for matrix, _ in learnt.values()], known) * len(known)
    rows = []
    for number, (filter_number, (matrix, sites)) in enumerate(learnt.items()):
        order = np.argsort(e_values[number])[:3]
        best = [{"motif": names[i], "e_value": float(f"{e_values[number, i]:.3g}")} for i in order]
        bits = float(information(matrix).sum())
        rows.append({"filter": filter_number, "sites": sites, "bits": round(bits, 1), "best": best})
    rng = child_rng(SEED, "shuffled filters")
    chance = []
    for _ in range(SHUFFLES):
        shuffled = [matrix[:, rng.permutation(matrix.shape[1])] for matrix, _ in learnt.values()]
        chance.append(int(((tomtom(shuffled, known) * len(known)).min(axis=1) <= MATCH).sum()))
    matched = sorted(
        (row for row in rows if row["best"][0]["e_value"] <= MATCH), key=lambda row: row["best"][0]["e_value"]
    )
    matrices = {number: matrix for number, (matrix, _) in learnt.items()}
    return {"filters": len(learnt), "by_chance": chance, "matched": matched, "matrices": matrices}


def promoters(folder: Path, n: int) -> NDArray[np.uint8]:
    """Base codes of `n` promoters drawn from the reference, one per gene."""
    reference = Reference.open(folder)
    if reference.sequences is None:
        raise SystemExit(f"{folder} has no sequence")
    rows = representative_rows(reference.promoters, reference.genes.index)
    rows = child_rng(SEED, "promoters").permutation(rows[rows >= 0])[:n]
    return reference.sequences.codes(np.sort(rows))


def filter_matrices(
    filters: NDArray[np.float32], codes: NDArray[np.uint8], share: float
) -> dict[int, tuple[Matrix, int]]:
    """Frequency matrix of shape (4, width), and number of sites, of each filter with enough of them."""
    width = len(filters) // 4
    onehot = np.eye(5, dtype=np.float32)[:, :4]
    best = np.zeros(filters.shape[1])
    for part in np.array_split(codes, len(codes) // 100 + 1):
        best = np.maximum(best, _scores(onehot[part], filters, width).max(axis=(0, 1)))
    counts, sites = np.zeros((filters.shape[1], width, 4)), np.zeros(filters.shape[1], dtype=int)
    for part in np.array_split(codes, len(codes) // 100 + 1):
        scores = _scores(onehot[part], filters, width)
        for number in range(filters.shape[1]):
            row, start = np.nonzero(scores[:, :, number] > share * best[number])
            counts[number] += onehot[part[row[:, None], start[:, None] + np.arange(width)]].sum(axis=0)
            sites[number] += len(row)
    kept = {}
    for number in np.flatnonzero(sites >= LEAST_SITES):
        padded = counts[number] + 1
        kept[int(number)] = ((padded / padded.sum(axis=1, keepdims=True)).T, int(sites[number]))
    return kept


def _scores(onehot: NDArray[np.float32], filters: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """Score of each filter at each place, shape (n, places, filters)."""
    places = onehot.shape[1] - width + 1
    scores = np.zeros((len(onehot), places, filters.shape[1]), dtype=np.float32)
    for i in range(width):
        scores += onehot[:, i : i + places] @ filters[4 * i : 4 * i + 4]
    return scores


def jaspar(file: Path) -> tuple[list[str], list[Matrix]]:
    """Names and frequency matrices of shape (4, length)."""
    names: list[str] = []
    matrices: list[list[list[float]]] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith(">"):
            names.append(line[1:].split("_", 1)[-1].split(".", 2)[-1])
            matrices.append([])
        elif line and not line.startswith("#"):
            matrices[-1].append([float(value) for value in line.split()])
    counts = [np.asarray(rows) + 0.25 for rows in matrices]
    return names, [(rows / rows.sum(axis=1, keepdims=True)).T for rows in counts]


def tomtom(queries: list[Matrix], targets: list[Matrix]) -> NDArray[np.float64]:
    """P-values of shape (queries, targets)."""
    python = Path(os.environ.get("RARML_MOTIF_ENV", REPO / "build" / "motif-env")) / "bin" / "python"
    if not python.is_file():
        raise SystemExit(f"no {python}: see the head of this file for how to make it")
    with tempfile.TemporaryDirectory() as folder:
        arrays: dict[str, Any] = {"n_query": len(queries), "n_target": len(targets)}
        arrays |= {f"query{i}": matrix for i, matrix in enumerate(queries)}
        arrays |= {f"target{i}": matrix for i, matrix in enumerate(targets)}
        np.savez(f"{folder}/given.npz", **arrays)
        command = [python, "-c", WORKER, f"{folder}/given.npz", f"{folder}/p.npy"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return np.load(f"{folder}/p.npy", allow_pickle=False)


def information(matrix: Matrix) -> NDArray[np.float64]:
    """Bits per place, beside equal shares of the bases."""
    return 2 + (matrix * np.log2(matrix)).sum(axis=0)


def page(found: dict[str, Any], matched: list[dict[str, Any]]) -> str:
    """The matches as a page."""
    lines = [
        "# Motifs that the promoter network learnt",
        "",
        f"Made by `python experiments/learnt_motifs.py` from {found['promoters']:,} promoters and the {found['of']} "
        "first filters of the network that never saw the first set of chromosomes. Filters were random before training "
        "on untreated chromatin and expression, without any response label. A match (TOMTOM against JASPAR 2022, "
        f"E ≤ {MATCH}) names a family of like motifs, not a factor; the shuffled filters have the same places in "
        "another order, so they say what chance gives.",
        "",
        "| share of the largest activation | filters with 50 sites | match | shuffled match (five times) |",
        "|---|---|---|---|",
    ]
    for one in found["shares"]:
        chance = ", ".join(map(str, one["by_chance"]))
        lines.append(f"| {one['share']} | {one['filters']} | {len(one['matched'])} | {chance} |")
    lines += [
        "",
        f"At {found['shares'][0]['share']}:",
        "",
        "| filter | sites | bits | best matches (E-value) |",
        "|---|---|---|---|",
    ]
    for row in matched:
        best = "; ".join(f"{one['motif']} ({one['e_value']:.1g})" for one in row["best"] if one["e_value"] <= MATCH)
        lines.append(f"| {row['filter']} | {row['sites']:,} | {row['bits']} | {best} |")
    return "\n".join([*lines, "", "![logos of the matched filters](learnt_motifs.svg)"]) + "\n"


def logos(matched: list[tuple[dict[str, Any], Matrix]]) -> str:
    """Sequence logos (Schneider and Stephens 1990, 10.1093/nar/18.20.6097), two columns."""
    step, tall, wide, high = 16.0, 36.0, 420, 84
    width = 2 * wide
    height = high * ((len(matched) + 1) // 2) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="DejaVu Sans, Arial, sans-serif">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, (row, matrix) in enumerate(matched):
        left, foot = 20 + wide * (number % 2), high * (number // 2) + 66
        name = f"filter {row['filter']}: {row['best'][0]['motif']}"
        parts.append(f'<text x="{left}" y="{foot + 13}" font-size="11">{name}</text>')
        parts.append(f'<line x1="{left}" x2="{left + step * matrix.shape[1]}" y1="{foot}" y2="{foot}" stroke="#999"/>')
        for i, bits in enumerate(information(matrix)):
            y = float(foot)
            for base in np.argsort(matrix[:, i]):
                size = float(matrix[base, i] * bits) / 2 * tall
                if size >= 0.6:
                    letter, x = "ACGT"[base], left + i * step + step / 2
                    parts.append(
                        f'<text transform="translate({x:.1f} {y:.1f}) scale(1 {size / 11.66:.3f})" font-size="16" '
                        f'font-weight="bold" text-anchor="middle" fill="{COLOURS[letter]}">{letter}</text>'
                    )
                    y -= size
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    main()
