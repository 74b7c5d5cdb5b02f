"""What promoter sequence alone tells of untreated cells: a multi-task network, trained without any response label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from rarml.core.errors import BundleError
from rarml.core.seeds import child_seed
from rarml.estimators.device import find_device
from rarml.estimators.network_training import Schedule, network_outputs, train_network
from rarml.estimators.promoter_network import PromoterNetwork

_LEAST_SPREAD = 1e-6


class PromoterEncoder(BaseEstimator):
    """A `PromoterNetwork` trained to predict many measured values of a promoter at once.

    Parameters
    ----------
    n_filters, width, cell, dilations, n_hidden, dropout
        As of `PromoterNetwork`.
    epochs, batch_size, learning_rate, weight_decay, shift, reverse
        As of `Schedule`.
    both_strands : bool
        Predict by the mean over a promoter and its reverse complement, so that the strand in which a window is given
        does not matter. Without it the network may use which side of the TSS is transcribed.
    seed : int
        Seed of the weights and of training.
    device : str
        ``cpu``, ``cuda`` or ``auto``.
    threads : int, optional
        CPU threads; the last digits depend on them.

    Attributes
    ----------
    network_ : PromoterNetwork
        The trained network.
    mean_, spread_ : float32 arrays of shape (targets,)
        Of the training rows; the network predicts standardised targets.
    tss_ : int
        Position of the TSS in the windows it was trained on.
    """

    def __init__(
        self,
        *,
        n_filters: int = 64,
        width: int = 15,
        cell: int = 16,
        dilations: tuple[int, ...] = (1, 2, 4),
        n_hidden: int = 128,
        dropout: float = 0.2,
        epochs: int = 8,
        batch_size: int = 64,
        learning_rate: float = 2e-3,
        weight_decay: float = 0.01,
        shift: int = 50,
        reverse: float = 0.5,
        both_strands: bool = True,
        seed: int = 0,
        device: str = "cpu",
        threads: int | None = None,
    ):
        self.n_filters = n_filters
        self.width = width
        self.cell = cell
        self.dilations = dilations
        self.n_hidden = n_hidden
        self.dropout = dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.shift = shift
        self.reverse = reverse
        self.both_strands = both_strands
        self.seed = seed
        self.device = device
        self.threads = threads

    def fit(
        self,
        X: NDArray[np.uint8],
        y: ArrayLike,
        *,
        tss: int,
        weight: ArrayLike | None = None,
        motifs: NDArray[np.float32] | None = None,
        checkpoint: Path | None = None,
        what: str = "pre-training",
    ) -> Self:
        """Train on windows and targets.

        Parameters
        ----------
        X : uint8 array of shape (n, length)
            Base codes (A 0, C 1, G 2, T 3, N 4), 5' to 3' on the gene's strand.
        y : array of shape (n, targets)
            Targets; NaN where not measured.
        tss : int
            Position of the TSS in each row.
        weight : array of shape (targets,), optional
            Weight of each target in the loss, 1 / targets by default.
        motifs : float32 array of shape (4 * width, k), optional
            First k filters to begin with instead of random ones.
        checkpoint : Path, optional
            Written after every epoch and resumed from.
        what : str
            Name of the progress bar.
        """
        targets = np.asarray(y, dtype=np.float64)
        self.mean_ = np.nanmean(targets, axis=0).astype(np.float32)
        self.spread_ = np.maximum(np.nanstd(targets, axis=0), _LEAST_SPREAD).astype(np.float32)
        self.tss_ = int(tss)
        standard = ((targets - self.mean_) / self.spread_).astype(np.float32)
        known = torch.from_numpy(~np.isnan(standard))
        wanted = torch.from_numpy(np.nan_to_num(standard))
        n_targets = targets.shape[1]
        share = np.full(n_targets, 1 / n_targets) if weight is None else np.asarray(weight, dtype=np.float64)
        device = find_device(self.device)
        weights = torch.from_numpy(share.astype(np.float32)).to(device)

        def loss(outputs: Tensor, rows: NDArray[np.integer]) -> Tensor:
            return squared_error(outputs, wanted[rows].to(device), known[rows].to(device), weights)

        self.network_ = self._new_network(n_targets, motifs)
        schedule = Schedule(
            self.epochs, self.batch_size, self.learning_rate, self.weight_decay, self.shift, self.reverse
        )
        train_network(
            self.network_, X, self.tss_, np.arange(len(X)), loss, schedule,
            seed=self.seed, device=device, threads=self.threads, what=what, checkpoint=checkpoint,
        )  # fmt: skip
        return self

    def predict(self, X: NDArray[np.uint8], *, tss: int | None = None) -> NDArray[np.float32]:
        """Standardised predictions, float32 of shape (n, targets); one row depends on no other."""
        check_is_fitted(self, "network_")
        return network_outputs(
            self.network_,
            X,
            self.tss_ if tss is None else tss,
            both_strands=self.both_strands,
            device=find_device(self.device),
            threads=self.threads,
        )

    def to_tensors(self) -> dict[str, NDArray[np.float16] | NDArray[np.float32]]:
        """Weights (float16) and target scales by name; `from_tensors` is the inverse."""
        check_is_fitted(self, "network_")
        state = self.network_.state_dict()
        kept = {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}
        tensors: dict[str, Any] = {f"network.{name}": value.cpu().numpy() for name, value in kept.items()}
        tensors |= {"mean": self.mean_, "spread": self.spread_}
        return {name: np.ascontiguousarray(value, dtype=_stored_type(name)) for name, value in tensors.items()}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]], parameters: Mapping[str, Any], *, tss: int) -> Self:
        """An encoder from what `to_tensors` and `get_params` gave.

        Raises
        ------
        BundleError
            If a weight is missing or of another shape.
        """
        encoder = cls(**{**parameters, "dilations": tuple(parameters["dilations"])})
        try:
            encoder.mean_ = np.asarray(tensors["mean"], dtype=np.float32)
            encoder.spread_ = np.asarray(tensors["spread"], dtype=np.float32)
            encoder.tss_ = int(tss)
            encoder.network_ = encoder._new_network(len(encoder.mean_), None)
            state = {
                name.removeprefix("network."): torch.from_numpy(np.asarray(value, dtype=np.float32))
                for name, value in tensors.items()
                if name.startswith("network.")
            }
            counters = {k: v for k, v in encoder.network_.state_dict().items() if k.endswith("num_batches_tracked")}
            encoder.network_.load_state_dict({**state, **counters})
        except (KeyError, RuntimeError) as error:
            raise BundleError(f"encoder weights do not fit: {str(error).splitlines()[0]}") from error
        encoder.network_.train(False)
        return encoder

    def narrowed(self, targets: Sequence[int]) -> Self:
        """An encoder of some targets only, its weights rounded as they are stored: a stored one answers just alike."""
        tensors = self.to_tensors()
        for name in ("network.outputs.weight", "network.outputs.bias", "mean", "spread"):
            tensors[name] = tensors[name][list(targets)]
        return type(self).from_tensors(tensors, self.get_params(), tss=self.tss_)

    def _new_network(self, n_outputs: int, motifs: NDArray[np.float32] | None) -> PromoterNetwork:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(child_seed(self.seed, "weights"))
            network = PromoterNetwork(
                n_outputs,
                n_filters=self.n_filters,
                width=self.width,
                cell=self.cell,
                dilations=self.dilations,
                n_hidden=self.n_hidden,
                dropout=self.dropout,
            )
        if motifs is not None:
            with torch.no_grad():
                network.motifs[:, : motifs.shape[1]] = torch.from_numpy(motifs)
        return network


def squared_error(outputs: Tensor, wanted: Tensor, known: Tensor, weights: Tensor) -> Tensor:
    """Mean over rows of the weighted squared error over known targets; a scalar.

    Shapes (n, targets), (n, targets), bool (n, targets), (targets,).
    """
    return ((outputs - wanted) ** 2 * known * weights).sum(dim=1).mean()


def _stored_type(name: str) -> type:
    # running variances can be tiny or large: only the weights themselves are halved
    return np.float32 if "running" in name or not name.startswith("network.") else np.float16
