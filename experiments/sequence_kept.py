"""Held-out tables of the sequence models, and what each of them depends on."""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
import pandas as pd
from common import REPO
from kept_predictions import KeptPredictions
from sequence_data import Data
from sequence_tables import BRANCH

from rarml.features.sequence_encoder import load_encoders
from rarml.training.branches import SequenceSettings


class Kept:
    """Held-out tables of a cell type.

    Those of the shipped branch hold for its encoders as a whole, the others for bases and networks alone: a branch with
    other components does not undo them.
    """

    def __init__(self, data: Data, cell: str):
        common = [data.digest, SequenceSettings().model_dump_json()]
        self._own = KeptPredictions("sequence", cell, digest_of(*common, networks_digest()))
        self._branch = KeptPredictions("sequence-branch", cell, digest_of(*common, str(data.atlas.encoder_digest)))

    def of(self, name: str) -> KeptPredictions:
        """Where the tables of a model are kept."""
        return self._branch if name == BRANCH else self._own

    def names(self) -> list[str]:
        """Models that there are tables of."""
        return self._own.names() + self._branch.names()

    def seeds(self, name: str) -> list[int]:
        """The seeds that there is a table of, ascending."""
        return self.of(name).seeds(name)

    def all_seeds(self, name: str, most: int) -> list[pd.DataFrame]:
        """The tables of the first seeds of a model, at most so many."""
        return self.of(name).all_seeds(name, most)


@cache
def networks_digest() -> str:
    """Of what the shipped encoders learnt from targets: networks and k-mer ridge, not the components."""
    digest = hashlib.sha256()
    for member in load_encoders(REPO / "models" / "encoder").members:
        for model in (*member.networks, member.kmers):
            for _, tensor in sorted(model.to_tensors().items()):
                digest.update(np.ascontiguousarray(tensor).tobytes())
    return digest.hexdigest()


def digest_of(*parts: str) -> str:
    """One short digest of several."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
