"""The promoter encoders that turn bases into features: one for each set of chromosomes it has never seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core import members
from rarml.core.errors import BundleError, InputError
from rarml.core.files import atomic_folder, read_json, sha256_file, write_json
from rarml.features.encoder_check import check_tensors, expected_shapes, largest_file

if TYPE_CHECKING:
    from rarml.estimators.kmer_components import KmerComponents
    from rarml.estimators.kmer_ridge import KmerRidge
    from rarml.estimators.promoter_encoder import PromoterEncoder

FORMAT = "rarml promoter encoder"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"
_MEND = "copy the whole folder again"
_ENTRIES = ("targets", "tss", "unseen", "networks", "kmers", "components", "files")


@dataclass(frozen=True)
class EncoderMember:
    """What was trained without some chromosomes.

    Attributes
    ----------
    unseen : frozenset of str
        Chromosomes of which no promoter was in its training.
    networks : tuple of PromoterEncoder
        One per random start; their predictions are averaged.
    kmers : KmerRidge
        The linear model beside them.
    """

    unseen: frozenset[str]
    networks: tuple[PromoterEncoder, ...]
    kmers: KmerRidge

    def predict(self, codes: NDArray[np.uint8], tss: int) -> NDArray[np.float32]:
        """Mean of the networks' and the k-mer model's standardised predictions, shape (n, targets)."""
        deep = np.mean([network.predict(codes, tss=tss) for network in self.networks], axis=0)
        return np.asarray((deep + self.kmers.predict(codes)) / 2, dtype=np.float32)


@dataclass(frozen=True)
class EncoderSet:
    """Encoders whose unseen chromosomes make up the genome.

    Attributes
    ----------
    members : tuple of EncoderMember
        Their `unseen` are disjoint.
    components : KmerComponents
        The k-mer components, fitted on bases alone and so one for all chromosomes.
    targets : tuple of str
        Names of what is predicted, ``chromatin:{track}``, ``coexpression:{component}``, ``expression:mean``.
    tss : int
        Position of the TSS in the windows they were trained on.
    facts : dict
        Provenance: inputs, settings, seed, versions, held-out accuracy per target.
    """

    members: tuple[EncoderMember, ...]
    components: KmerComponents
    targets: tuple[str, ...]
    tss: int
    facts: dict[str, Any]

    @property
    def columns(self) -> list[str]:
        """Names of the columns of `encode`: the targets, then ``kmer:001`` and on."""
        width = int(self.components.directions_.shape[1])
        return [*self.targets, *(f"kmer:{number + 1:03d}" for number in range(width))]

    def encode(self, codes: NDArray[np.uint8], chrom: pd.Series | NDArray[Any], tss: int) -> NDArray[np.float32]:
        """`predict` and the k-mer components side by side, float32 of shape (n, columns)."""
        return np.hstack([self.predict(codes, chrom, tss), self.components.transform(codes, tss=tss)])

    def predict(self, codes: NDArray[np.uint8], chrom: pd.Series | NDArray[Any], tss: int) -> NDArray[np.float32]:
        """Each promoter by the member that never saw its chromosome; one of a strange contig by all of them.

        Parameters
        ----------
        codes : uint8 array of shape (n, length)
            Base codes, 5' to 3' on the gene's strand; windows of any length.
        chrom : array of str, shape (n,)
            Contig of each row.
        tss : int
            Position of the TSS in each row.

        Returns
        -------
        float32 array of shape (n, targets)
            Standardised predictions.
        """
        names = np.asarray(chrom, dtype=object).astype(str)
        result = np.zeros((len(codes), len(self.targets)), dtype=np.float32)
        strange = ~np.isin(names, sorted(frozenset().union(*(member.unseen for member in self.members))))
        for member in self.members:
            own = np.isin(names, sorted(member.unseen))
            rows = np.flatnonzero(own | strange)
            if len(rows):
                share = np.where(own[rows], 1.0, 1.0 / len(self.members)).astype(np.float32)
                result[rows] += share[:, None] * member.predict(codes[rows], tss)
        return result


def write_encoders(encoders: EncoderSet, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write an encoder folder: a manifest with digests, and all weights in one safetensors file.

    Raises
    ------
    InputError
        If `path` exists and `overwrite` is false.
    """
    from safetensors.numpy import save

    tensors: dict[str, NDArray[Any]] = {}
    for number, member in enumerate(encoders.members):
        for start, network in enumerate(member.networks):
            tensors |= {f"{number}.{start}.{name}": value for name, value in network.to_tensors().items()}
        tensors |= {f"{number}.kmers.{name}": value for name, value in member.kmers.to_tensors().items()}
    tensors |= {f"components.{name}": value for name, value in encoders.components.to_tensors().items()}
    first = encoders.members[0]
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "targets": list(encoders.targets),
        "tss": encoders.tss,
        "unseen": [sorted(member.unseen) for member in encoders.members],
        "networks": [{**network.get_params(), "device": "cpu", "threads": None} for network in first.networks],
        "kmers": first.kmers.get_params(),
        "components": encoders.components.get_params(),
        **encoders.facts,
    }
    with atomic_folder(path, overwrite=overwrite) as folder:
        # safetensors stores the memory as it lies: an array that is not in C order would come back mixed up
        (folder / WEIGHTS).write_bytes(save({name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)}))
        write_json(folder / MANIFEST, {**manifest, "files": {WEIGHTS: sha256_file(folder / WEIGHTS)}})
    return Path(path)


def load_encoders(path: str | Path) -> EncoderSet:
    """Read an encoder folder.

    Raises
    ------
    InputError
        If there is none at `path`.
    BundleError
        If it is of another format version, or a file is missing, damaged or not as it was written.
    """
    folder = Path(path)
    manifest = read_encoder_manifest(folder)
    weights = members.member(folder, WEIGHTS, manifest["files"][WEIGHTS])
    if sha256_file(weights) != manifest["files"][WEIGHTS]:
        raise BundleError("has changed since it was written", where=weights, fix=_MEND)
    try:
        shapes = expected_shapes(manifest)
    except BundleError as error:
        raise BundleError(error.what, where=folder / MANIFEST, fix=_MEND) from error
    if weights.stat().st_size > largest_file(shapes):
        raise BundleError("is larger than the weights that its manifest describes", where=weights, fix=_MEND)
    from safetensors import SafetensorError
    from safetensors.numpy import load

    from rarml.estimators.kmer_components import KmerComponents
    from rarml.estimators.kmer_ridge import KmerRidge
    from rarml.estimators.promoter_encoder import PromoterEncoder

    try:
        tensors = load(weights.read_bytes())
        check_tensors(tensors, shapes)
        trained = []
        for number, unseen in enumerate(manifest["unseen"]):
            networks = tuple(
                PromoterEncoder.from_tensors(
                    _under(tensors, f"{number}.{start}."),
                    {**parameters, "device": "cpu", "threads": None},
                    tss=manifest["tss"],
                )
                for start, parameters in enumerate(manifest["networks"])
            )
            kmers = KmerRidge.from_tensors(_under(tensors, f"{number}.kmers."), manifest["kmers"])
            trained.append(EncoderMember(frozenset(unseen), networks, kmers))
        components = KmerComponents.from_tensors(_under(tensors, "components."), manifest["components"])
    except BundleError as error:
        raise BundleError(error.what, where=weights, fix=_MEND) from error
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise BundleError(f"is damaged: {str(error)[:200]}", where=weights, fix=_MEND) from error
    facts = {name: value for name, value in manifest.items() if name not in ("format", "format_version", *_ENTRIES)}
    return EncoderSet(tuple(trained), components, tuple(manifest["targets"]), int(manifest["tss"]), facts)


def read_encoder_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an encoder folder, without its weights; errors as of `load_encoders`."""
    file = folder / MANIFEST
    if not file.is_file():
        raise InputError("holds no promoter encoder", where=folder, fix="make one with rarml pretrain")
    try:
        manifest = read_json(members.require_plain(file))
    except InputError as error:
        raise BundleError(f"cannot be read: {error.what}", where=file, fix=_MEND) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError("holds no promoter encoder", where=folder, fix="make one with rarml pretrain")
    if manifest.get("format_version") != FORMAT_VERSION:
        raise BundleError(
            f"has format version {manifest.get('format_version')}, this rarml reads {FORMAT_VERSION}",
            where=file,
            fix="train the encoder again, or install the rarml that wrote it",
        )
    lacking = [name for name in _ENTRIES if name not in manifest]
    if lacking or not isinstance(manifest["files"], dict) or WEIGHTS not in manifest["files"]:
        raise BundleError(f"is damaged: it lacks {lacking[0] if lacking else WEIGHTS!r}", where=file, fix=_MEND)
    for name, digest in manifest["files"].items():
        members.member(folder, name, digest)
    return manifest


def _under(tensors: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
