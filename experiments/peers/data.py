"""Genes, labels, folds, sequences and features that every peer gets: the same for all of them.

Prepared once per cell type in build/peers/inputs (reading the atlas takes a while);
make them anew (`python experiments/peers/data.py`) when labels, groups or the atlas change.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from common import CELL_TYPES, REPO, dataset

from rarml.core.files import atomic_file
from rarml.training.groups import may_see, relatives_in

WORK = REPO / "build" / "peers"
INPUTS = WORK / "inputs"
CLASSES = ("up", "down", "unresponsive")


@dataclass(frozen=True)
class PeerData:
    """One cell type's genes that have both a class and a promoter sequence.

    Attributes
    ----------
    cell : str
    status : Series of str
        Class per gene, indexed by gene_id.
    fold, group : ndarray of shape (n,)
        Outer fold (whole chromosomes) and group of relatives.
    kin : bool ndarray of shape (n, folds)
        Whether a gene has a relative in each fold other than its own, among all genes of the atlas.
    features : DataFrame
        Float32, all blocks that the shipped model learns from, indexed by gene_id; NaN where missing.
    covariates : list of str
        The columns of `features` that the covariate baseline has.
    codes : uint8 ndarray of shape (n, 2 * window)
        Base codes (A 0, C 1, G 2, T 3, N 4) of the representative promoter, 5' to 3'.
    tss : int
        Position of the TSS in `codes`.
    """

    cell: str
    status: pd.Series
    fold: NDArray[np.int64]
    group: NDArray[np.str_]
    kin: NDArray[np.bool_]
    features: pd.DataFrame
    covariates: list[str]
    codes: NDArray[np.uint8]
    tss: int

    @property
    def genes(self) -> pd.Index:
        """Gene ids, in the order of every array."""
        return self.status.index

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that occur, in the order up, down, unresponsive."""
        present = set(self.status)
        return tuple(name for name in CLASSES if name in present)

    @cached_property
    def y(self) -> NDArray[np.int64]:
        """Class codes, in the order of `classes`."""
        return self.status.map({name: code for code, name in enumerate(self.classes)}).to_numpy(dtype=np.int64)

    @property
    def n_folds(self) -> int:
        """Number of outer folds."""
        return self.kin.shape[1]

    def seen(self, *left_out: int) -> NDArray[np.bool_]:
        """Genes that a model which answers the folds `left_out` may learn from: neither in them nor related to one."""
        return may_see(self.fold, self.kin, left_out)

    def inner(self, k: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """For outer fold k: genes to fit candidates to, and the genes of the inner fold that judge them.

        The inner fold is the next one. Judged genes with a relative in fold k are left out as well: nothing of fold k,
        nor a relative of it, has a say in the tuning.
        """
        judge = (k + 1) % self.n_folds
        return self.seen(k, judge), (self.fold == judge) & self.seen(k)

    def table(self, proba: NDArray[np.floating]) -> pd.DataFrame:
        """Scores of shape (n, classes) as the table that evaluations read: index gene_id, columns ``p_<class>``."""
        return pd.DataFrame(proba, index=self.genes, columns=[f"p_{name}" for name in self.classes])

    @cached_property
    def fingerprint(self) -> str:
        """A digest of all that a held-out table depends on; a cached table of another one is stale."""
        digest = hashlib.sha256(self.cell.encode())
        for values in (self.genes, self.status):
            digest.update("\n".join(map(str, values)).encode())
        for array in (self.fold, self.kin, self.codes, self.features.to_numpy(dtype=np.float32)):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]


def prepare(cells: tuple[str, ...] = CELL_TYPES, reference: Path = REPO / "build" / "reference-hg38") -> None:
    """Read atlas, labels and reference, and write the inputs of each cell type to build/peers/inputs."""
    from rarml.features.atlas import load_atlas
    from rarml.features.combine import representative_rows
    from rarml.reference.store import Reference

    atlas, source = load_atlas(REPO / "models" / "atlas"), Reference.open(reference)
    if source.sequences is None:
        raise SystemExit(f"{reference} has no sequence: build it again with a genome")
    rows = pd.Series(representative_rows(source.promoters, source.genes.index), index=source.genes.index)
    INPUTS.mkdir(parents=True, exist_ok=True)
    for cell in cells:
        own, _ = dataset(cell, atlas)
        place = rows.reindex(own.status.index).fillna(-1).to_numpy(dtype=int)
        genes = own.status.index[place >= 0]
        n_folds = int(own.folds.max()) + 1
        facts = pd.DataFrame({"status": own.status[genes], "fold": own.folds[genes], "group": own.groups[genes]})
        facts.index.name = "gene_id"
        kin = relatives_in(own.groups, own.folds, genes, n_folds)
        facts = facts.join(pd.DataFrame(kin, index=genes, columns=[f"kin_{k}" for k in range(n_folds)]))
        features = own.features.loc[genes].rename_axis("gene_id")
        for name, table in (("facts", facts), ("features", features)):
            with atomic_file(INPUTS / f"{cell}-{name}.parquet") as temporary:
                table.to_parquet(temporary)
        with atomic_file(INPUTS / f"{cell}-codes.npy") as temporary, temporary.open("wb") as handle:
            np.save(handle, source.sequences.codes(place[place >= 0]))
        print(f"{cell}: {len(genes)} of {len(own.status)} labelled genes have a promoter sequence", flush=True)
    (INPUTS / "tss").write_text(str(source.window[0]))


def load(cell: str) -> PeerData:
    """The prepared inputs of a cell type; prepares all of them where they are not there."""
    if not all((INPUTS / f"{cell}-{name}").is_file() for name in ("facts.parquet", "features.parquet", "codes.npy")):
        prepare((cell,))
    facts = pd.read_parquet(INPUTS / f"{cell}-facts.parquet")
    features = pd.read_parquet(INPUTS / f"{cell}-features.parquet")
    kin = [name for name in facts.columns if name.startswith("kin_")]
    covariates = [name for name in features.columns if name.split(":", 1)[0] in ("expression", "composition")]
    return PeerData(
        cell=cell,
        status=facts["status"],
        fold=facts["fold"].to_numpy(dtype=np.int64),
        group=facts["group"].to_numpy(dtype=str),
        kin=facts[kin].to_numpy(dtype=bool),
        features=features,
        covariates=covariates,
        codes=np.load(INPUTS / f"{cell}-codes.npy", allow_pickle=False),
        tss=int((INPUTS / "tss").read_text()),
    )


if __name__ == "__main__":
    prepare()
