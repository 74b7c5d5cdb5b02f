"""Pre-train promoter encoders on a reference: untreated chromatin and expression in, an encoder folder out."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rarml import __version__
from rarml.core.errors import InputError, Stopped
from rarml.core.files import claimed, read_json, sha256_text, write_json
from rarml.core.parallel import run, thread_count
from rarml.estimators.device import find_device
from rarml.estimators.kmer_components import KmerComponents
from rarml.estimators.kmers import log_counts
from rarml.features.encoder_targets import encoder_rows, encoder_targets, kept_targets, target_weights
from rarml.features.sequence_encoder import EncoderMember, EncoderSet, write_encoders
from rarml.reference.store import Reference
from rarml.training.pretrain import EncoderSettings, PromoterData, pretrain_fold
from rarml.training.splits import chromosome_folds

_LEAST_PROMOTERS = 200
_LIBRARIES = ("numpy", "torch", "safetensors")


@dataclass(frozen=True)
class PretrainResult:
    """What `pretrain` made.

    Attributes
    ----------
    path : Path
        The encoder folder.
    accuracy : DataFrame
        Per target: ``target, group, n`` and the mean over folds of the Pearson correlation on chromosomes that were
        left out, of ``network, kmers`` and ``joined``, with the standard deviation over folds of ``joined`` (``sd``).
    n_promoters : int
        Promoters with sequence.
    seconds : float
        Time taken.
    """

    path: Path
    accuracy: pd.DataFrame
    n_promoters: int
    seconds: float


def pretrain(
    reference: str | Path | Reference,
    out: str | Path,
    settings: EncoderSettings | None = None,
    *,
    device: str = "cpu",
    threads: int | None = None,
    overwrite: bool = False,
) -> PretrainResult:
    """Train one encoder per set of left-out chromosomes and write them.

    A run that is stopped goes on where it was: checkpoints lie in ``{out}.checkpoints`` until the encoders are whole.

    Parameters
    ----------
    reference : path or Reference
        With sequence, and tracks or expression.
    out : path
        Encoder folder to write.
    settings : EncoderSettings, optional
        Networks, k-mer model, folds and seed.
    device : str
        ``cpu``, ``cuda`` or ``auto``.
    threads : int, optional
        CPU threads.
    overwrite : bool
        Replace an existing `out` once the new one is whole.

    Raises
    ------
    InputError
        If `out` exists or another run writes to it, or too few promoters have sequence.
    MissingPartError
        If the reference lacks what is needed.
    Stopped
        If the user stopped it; the checkpoints are kept.
    """
    with claimed(out, overwrite=overwrite) as folder:
        return _pretrain(reference, folder, settings or EncoderSettings(), device, threads, overwrite)


def _pretrain(
    reference: str | Path | Reference,
    out: Path,
    chosen: EncoderSettings,
    device: str,
    threads: int | None,
    overwrite: bool,
) -> PretrainResult:
    began = time.perf_counter()
    place = str(find_device(device))  # a device that is not there is said before any work
    source = reference if isinstance(reference, Reference) else Reference.open(reference)
    data = promoter_data(source, chosen)
    work = _checkpoints(out, source, chosen)
    counts = log_counts(data.codes, chosen.kmers.k)
    try:
        found = list(_all_folds(data, chosen, counts, work.absolute(), place, threads))
    except KeyboardInterrupt:
        raise Stopped(
            "stopped; finished epochs are kept", where=work, fix="give the same command again to go on"
        ) from None
    table = summarise(pd.concat([accuracy for _, accuracy in found], ignore_index=True))
    members = tuple(member for member, _ in found)
    targets = tuple(data.targets.columns[data.kept])
    with threadpool_limits(1):
        components = KmerComponents(**chosen.components.model_dump()).fit(data.codes, tss=data.tss)
    encoders = EncoderSet(members, components, targets, data.tss, _facts(source, chosen, table, place))
    path = write_encoders(encoders, out, overwrite=overwrite)
    for file in work.iterdir():
        file.unlink()
    work.rmdir()
    return PretrainResult(path, table, len(data.codes), time.perf_counter() - began)


def _all_folds(
    data: PromoterData,
    settings: EncoderSettings,
    counts: NDArray[np.float32],
    work: Path,
    device: str,
    threads: int | None,
) -> Iterator[tuple[EncoderMember, pd.DataFrame]]:
    """`pretrain_fold` of every fold, each on one thread and several at once: the same for any number of threads."""
    folds = range(settings.n_folds)
    if device != "cpu":
        for fold in folds:
            with threadpool_limits(1):
                done = pretrain_fold(data, fold, settings, device=device, threads=1, work=work, counts=counts)
            yield done
        return
    # torch draws from one stream per process, so that no two folds may share one
    given = (data, settings, work, counts)
    what = "pre-training" if thread_count(threads) > 1 else ""  # one after the other, each has a bar of its own
    yield from run(_one_fold, folds, shared=given, what=what, threads=threads, own_process=True)


def _one_fold(
    given: tuple[PromoterData, EncoderSettings, Path, NDArray[np.float32]], fold: int
) -> tuple[EncoderMember, pd.DataFrame]:
    data, settings, work, counts = given
    # a worker that does not see the folder of checkpoints (another machine without shared disks) keeps none
    kept = work if work.is_dir() else None
    return pretrain_fold(data, fold, settings, threads=1, work=kept, counts=counts)


def promoter_data(reference: Reference, settings: EncoderSettings) -> PromoterData:
    """Windows, targets and folds of the promoters with sequence."""
    rows = encoder_rows(reference)
    if len(rows) < _LEAST_PROMOTERS:
        raise InputError(
            f"{len(rows)} promoters have sequence, an encoder needs {_LEAST_PROMOTERS}",
            where=reference.path,
            fix="use the shipped encoders, which rarml does by default",
        )
    assert reference.sequences is not None  # encoder_rows has seen to it
    targets = encoder_targets(reference).iloc[rows].reset_index(drop=True)
    targets = targets.loc[:, targets.notna().any()]
    fold_of = chromosome_folds(reference.genes, settings.n_folds)
    promoters = reference.promoters.iloc[rows]
    return PromoterData(
        codes=reference.sequences.codes(rows),
        tss=reference.window[0],
        targets=targets,
        weights=target_weights(targets.columns),
        chrom=promoters["chrom"].to_numpy(dtype=str),
        fold=fold_of.reindex(promoters["gene_id"]).to_numpy(dtype=int),
        kept=kept_targets(targets.columns),
    )


def summarise(accuracy: pd.DataFrame) -> pd.DataFrame:
    """Mean over folds per target, see `PretrainResult`."""
    by = accuracy.groupby("target", sort=False)
    table = by[["network", "kmers", "joined"]].mean()
    table.insert(0, "n", by["n"].sum())
    table.insert(0, "group", [name.partition(":")[0] for name in table.index])
    return table.assign(sd=by["joined"].std()).reset_index()


def _facts(reference: Reference, settings: EncoderSettings, accuracy: pd.DataFrame, device: str) -> dict[str, Any]:
    rounded = accuracy.round(4).astype(object).where(accuracy.notna(), None)
    return {
        "assembly": reference.assembly,
        "reference_digest": reference.digest,
        "sources": reference.manifest.get("inputs", {}),
        "settings": settings.model_dump(mode="json"),
        "accuracy": rounded.to_dict(orient="records"),
        "device": device,
        "versions": {
            "rarml": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in _LIBRARIES},
        },
    }


def _checkpoints(out: Path, reference: Reference, settings: EncoderSettings) -> Path:
    """The folder of checkpoints; one of other inputs or settings is a clear error, not a silent mixture."""
    folder = out.with_name(f"{out.name}.checkpoints")
    identity = {"run": sha256_text(reference.digest + settings.model_dump_json())}
    note = folder / "run.json"
    if note.is_file():
        if read_json(note) != identity:
            raise InputError(
                "holds checkpoints of another reference or other settings",
                where=folder,
                fix="go on with the same ones, or delete that folder to begin anew",
            )
    else:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(note, identity)
    return folder


def mean_accuracy(accuracy: pd.DataFrame) -> pd.DataFrame:
    """Mean correlation per group of targets, in the order met."""
    return accuracy.groupby("group", sort=False)[["network", "kmers", "joined"]].mean()
