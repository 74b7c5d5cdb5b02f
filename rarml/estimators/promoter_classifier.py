"""A promoter network with heads for the response classes of one or several cell types, from scratch or fine-tuned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from torch import Tensor
from torch.nn import functional

from rarml.core.errors import BundleError, InputError
from rarml.core.seeds import child_seed
from rarml.estimators.classifier import class_weights
from rarml.estimators.device import find_device
from rarml.estimators.network_training import Schedule, network_outputs, train_network
from rarml.estimators.promoter_encoder import PromoterEncoder
from rarml.estimators.promoter_network import PromoterNetwork

UNLABELLED = -1


class PromoterClassifier(BaseEstimator):
    """Classes of promoters from their bases: a shared trunk and one linear head per cell type.

    Parameters
    ----------
    epochs, batch_size, learning_rate, weight_decay, shift, reverse
        As of `Schedule`.
    patience : int
        Training ends when the loss on the inner held-out rows has not fallen for so many epochs; the best epoch's
        weights are kept.
    balance : float
        See `class_weights`; per head. Calibrate the probabilities afterwards.
    starts : int
        Networks from different seeds, whose probabilities are averaged.
    freeze : bool
        Keep the trunk as it was pre-trained and fit the heads only.
    network : mapping, optional
        Arguments of `PromoterNetwork` for a trunk from scratch; a pre-trained one brings its own.
    seed, device, threads
        As of `PromoterEncoder`.

    Attributes
    ----------
    networks_ : list of PromoterNetwork
        One per start.
    n_classes_ : list of int
        Classes of each head.
    tss_ : int
        Position of the TSS in the windows it was trained on.
    best_epochs_ : list of int
        The epoch kept, per start.
    """

    def __init__(
        self,
        *,
        epochs: int = 6,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        weight_decay: float = 0.05,
        shift: int = 50,
        reverse: float = 0.5,
        patience: int = 2,
        balance: float = 0.5,
        starts: int = 1,
        freeze: bool = False,
        network: Mapping[str, Any] | None = None,
        seed: int = 0,
        device: str = "cpu",
        threads: int | None = None,
    ):
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.shift = shift
        self.reverse = reverse
        self.patience = patience
        self.balance = balance
        self.starts = starts
        self.freeze = freeze
        self.network = network
        self.seed = seed
        self.device = device
        self.threads = threads

    def fit(
        self,
        X: NDArray[np.uint8],
        y: ArrayLike,
        *,
        tss: int,
        inner: ArrayLike | None = None,
        encoder: PromoterEncoder | None = None,
    ) -> Self:
        """Train on windows and classes.

        Parameters
        ----------
        X : uint8 array of shape (n, length)
            Base codes, 5' to 3' on the gene's strand.
        y : int array of shape (n,) or (n, heads)
            Class codes 0.. per head, `UNLABELLED` (-1) where a promoter has no label of that cell type.
        tss : int
            Position of the TSS in each row.
        inner : bool array of shape (n,), optional
            Rows held out for early stopping: whole chromosomes of the training folds. All epochs are run without.
        encoder : PromoterEncoder, optional
            Pre-trained trunk to start from.

        Raises
        ------
        InputError
            If a head has fewer than two classes.
        """
        codes = np.asarray(y, dtype=np.int64)
        codes = codes[:, None] if codes.ndim == 1 else codes
        held_out = np.zeros(len(codes), dtype=bool) if inner is None else np.asarray(inner, dtype=bool)
        counts = [np.bincount(column[~held_out & (column >= 0)]) for column in codes.T]
        for number, found in enumerate(counts):
            if len(found) < 2 or (found == 0).any():
                raise InputError(f"head {number + 1} has fewer than two classes to learn from")
        self.n_classes_ = [len(found) for found in counts]
        self.tss_ = int(tss)
        weights = [torch.from_numpy(class_weights(found, self.balance).astype(np.float32)) for found in counts]
        self.networks_, self.best_epochs_ = [], []
        for start in range(self.starts):
            network, best = self._fit_one(X, torch.from_numpy(codes), held_out, weights, encoder, start)
            self.networks_.append(network)
            self.best_epochs_.append(best)
        return self

    def predict_proba(self, X: NDArray[np.uint8], *, tss: int | None = None) -> list[NDArray[np.float64]]:
        """Uncalibrated probabilities per head, shape (n, classes): mean over strands (of logits), then over starts."""
        check_is_fitted(self, "networks_")
        total = [np.zeros((len(X), n_classes)) for n_classes in self.n_classes_]
        for network in self.networks_:
            logits = network_outputs(
                network, X, self.tss_ if tss is None else tss, both_strands=True, device=find_device(self.device),
                threads=self.threads,
            )  # fmt: skip
            for part, values in zip(total, np.split(logits, np.cumsum(self.n_classes_)[:-1], axis=1), strict=True):
                part += torch.softmax(torch.from_numpy(values.astype(np.float64)), dim=1).numpy()
        return [part / len(self.networks_) for part in total]

    def to_tensors(self) -> dict[str, NDArray[np.float32]]:
        """Weights of all starts by name, for safetensors; `from_tensors` is the inverse."""
        check_is_fitted(self, "networks_")
        return {
            f"{start}.{name}": np.ascontiguousarray(value.cpu().numpy(), dtype=np.float32)
            for start, network in enumerate(self.networks_)
            for name, value in network.state_dict().items()
            if not name.endswith("num_batches_tracked")
        }

    @classmethod
    def from_tensors(
        cls,
        tensors: Mapping[str, NDArray[Any]],
        parameters: Mapping[str, Any],
        *,
        n_classes: Sequence[int],
        tss: int,
    ) -> Self:
        """A classifier from what `to_tensors` and `get_params` gave; `network` must be among the parameters.

        Raises
        ------
        BundleError
            If a weight is missing or of another shape.
        """
        model = cls(**parameters)
        model.n_classes_, model.tss_, model.networks_, model.best_epochs_ = list(n_classes), int(tss), [], []
        for start in range(model.starts):
            network = PromoterNetwork(sum(n_classes), **(model.network or {}))
            counters = {k: v for k, v in network.state_dict().items() if k.endswith("num_batches_tracked")}
            stored = {name: value for name, value in tensors.items() if name.startswith(f"{start}.")}
            state = {k.partition(".")[2]: torch.from_numpy(np.array(v)) for k, v in stored.items()}
            try:
                network.load_state_dict({**state, **counters})
            except RuntimeError as error:
                raise BundleError(f"classifier weights do not fit: {str(error).splitlines()[0]}") from error
            model.networks_.append(network.train(False))
        return model

    def _fit_one(
        self,
        X: NDArray[np.uint8],
        codes: Tensor,
        held_out: NDArray[np.bool_],
        weights: Sequence[Tensor],
        encoder: PromoterEncoder | None,
        start: int,
    ) -> tuple[PromoterNetwork, int]:
        device = find_device(self.device)
        seed = child_seed(self.seed, "start", start)
        network = self._new_network(encoder, seed)
        by_head = [weight.to(device) for weight in weights]

        def loss(outputs: Tensor, rows: NDArray[np.integer]) -> Tensor:
            return heads_loss(outputs, codes[rows].to(device), by_head)

        inner_rows, best = np.flatnonzero(held_out), _Best()

        def after_epoch(epoch: int) -> bool:
            if not len(inner_rows):
                return False
            outputs = network_outputs(
                network, X[inner_rows], self.tss_, both_strands=True, device=device, threads=self.threads
            )
            value = float(heads_loss(torch.from_numpy(outputs).to(device), codes[inner_rows].to(device), by_head))
            best.see(value, epoch, network)
            return epoch - best.epoch >= self.patience

        schedule = Schedule(
            self.epochs, self.batch_size, self.learning_rate, self.weight_decay, self.shift, self.reverse
        )
        train_network(
            network, X, self.tss_, np.flatnonzero(~held_out), loss, schedule, seed=seed, device=device,
            threads=self.threads, what="fine-tuning" if encoder is not None else "training", after_epoch=after_epoch,
        )  # fmt: skip
        if best.state is not None:
            network.load_state_dict(best.state)
        return network.train(False), best.epoch if best.state is not None else self.epochs - 1

    def _new_network(self, encoder: PromoterEncoder | None, seed: int) -> PromoterNetwork:
        shape = dict(self.network or {})
        if encoder is not None:
            names = ("n_filters", "width", "cell", "dilations", "n_hidden", "dropout")
            shape = {name: getattr(encoder, name) for name in names} | shape
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(child_seed(seed, "weights"))
            network = PromoterNetwork(sum(self.n_classes_), **shape)
        if encoder is not None:
            trunk = {k: v for k, v in encoder.network_.state_dict().items() if not k.startswith("outputs.")}
            network.load_state_dict({**network.state_dict(), **trunk})
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(not self.freeze or name.startswith("outputs."))
        return network


class _Best:
    """The epoch with the lowest loss so far, and its weights."""

    def __init__(self) -> None:
        self.value, self.epoch = float("inf"), 0
        self.state: dict[str, Tensor] | None = None

    def see(self, value: float, epoch: int, network: PromoterNetwork) -> None:
        if value < self.value:
            self.value, self.epoch = value, epoch
            self.state = {name: part.detach().clone() for name, part in network.state_dict().items()}


def heads_loss(outputs: Tensor, codes: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """Mean over heads of the class-weighted cross-entropy over labelled rows; a scalar.

    Parameters
    ----------
    outputs : float tensor of shape (n, sum of classes)
        Logits, head after head.
    codes : int tensor of shape (n, heads)
        Class codes, `UNLABELLED` where there is none. A head without a labelled row counts 0.
    weights : sequence of float tensors of shape (classes,)
        Class weights of each head.
    """
    parts = outputs.split([len(weight) for weight in weights], dim=1)
    total = outputs.new_zeros(())
    for logits, truth, weight in zip(parts, codes.unbind(dim=1), weights, strict=True):
        rows = truth != UNLABELLED
        if rows.any():
            total = total + functional.cross_entropy(logits[rows].float(), truth[rows], weight=weight)
    return total / len(weights)
