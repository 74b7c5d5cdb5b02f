"""How fast the promoter network is, beside a plain convolution on the same windows in the same run.

    python experiments/benchmarks/sequence.py [--threads N] [--device cpu]

Random sequences (speed does not depend on the bases). The floor is one convolution of the same motif filters, ReLU and
max-pooling, written with the library's own layers: the least that any such network has to do. Figures are the median of
several repeats; on a shared machine only the ratios mean something. Writes results/benchmark_sequence.json and .md.
"""

from __future__ import annotations

import argparse
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from rarml.core.files import write_json, write_text
from rarml.core.parallel import thread_count
from rarml.estimators.device import find_device, numeric_setting
from rarml.estimators.network_training import network_outputs
from rarml.estimators.promoter_classifier import PromoterClassifier
from rarml.estimators.promoter_encoder import PromoterEncoder, squared_error
from rarml.estimators.promoter_network import PromoterNetwork

RESULTS = Path(__file__).resolve().parents[1] / "results"
LENGTH, TSS, BATCH, TARGETS = 2000, 1000, 64, 252
GENOME = 20_000  # promoters of a genome's protein-coding genes
LABELLED, FOLDS = 10_000, 6  # genes with a label in one cell type, about the most; folds of chromosomes


class Floor(nn.Module):
    """The motif layer as one would write it: one-hot, Conv1d, ReLU, max-pool; and a linear output."""

    def __init__(self, filters: int, width: int, cell: int):
        super().__init__()
        self.conv, self.cell = nn.Conv1d(4, filters, width, padding=width // 2), cell
        self.out = nn.Linear(filters, TARGETS)

    def forward(self, codes: torch.Tensor, _: int) -> torch.Tensor:
        """Shape (n, TARGETS)."""
        onehot = functional.one_hot(codes.long(), 5)[..., :4].float().transpose(1, 2)
        pooled = functional.max_pool1d(functional.relu(self.conv(onehot)), self.cell)
        result: torch.Tensor = self.out(pooled.mean(dim=2))
        return result


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batches", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    device, threads = find_device(arguments.device), thread_count(arguments.threads)
    codes = np.random.default_rng(0).integers(0, 4, (arguments.batches * BATCH, LENGTH)).astype(np.uint8)
    network, floor = PromoterNetwork(TARGETS).to(device), Floor(64, 15, 16).to(device)
    encoder = PromoterEncoder(epochs=1, device=arguments.device, threads=threads)
    encoder.fit(codes[:BATCH], np.zeros((BATCH, TARGETS), dtype=np.float32), tss=TSS)
    measures: dict[str, Callable[[], None]] = {
        "network, training": lambda: train(network, codes, device),
        "plain convolution, training": lambda: train(floor, codes, device),
        "network, inference, one strand": lambda: infer(network, codes, device, threads, both=False),
        "network, inference, both strands": lambda: infer(network, codes, device, threads, both=True),
        "plain convolution, inference": lambda: forward(floor, codes, device),
        "fine-tuning, one pass": lambda: fine_tune(encoder, codes, arguments.device, threads),
    }
    rates: dict[str, list[float]] = {name: [] for name in measures}
    with numeric_setting(device, threads):
        for repeat in range(arguments.repeats + 1):
            for name, run in measures.items():
                began = time.perf_counter()
                run()
                if device.type == "cuda":
                    torch.cuda.synchronize()
                if repeat:  # the first one warms up
                    rates[name].append(len(codes) / (time.perf_counter() - began))
    median = {name: float(np.median(values)) for name, values in rates.items()}
    ratio = {
        "training": median["plain convolution, training"] / median["network, training"],
        "inference": median["plain convolution, inference"] / median["network, inference, one strand"],
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    facts = {
        "sequences_per_second": {name: round(value, 1) for name, value in median.items()},
        "time_against_floor": {name: round(value, 2) for name, value in ratio.items()},
        "epoch_seconds_per_20000": round(GENOME / median["network, training"], 1),
        "genome_seconds_both_strands": round(GENOME / median["network, inference, both strands"], 1),
        "fine_tuning_seconds": round(
            LABELLED * (FOLDS - 1) / median["fine-tuning, one pass"]
            + LABELLED / median["network, inference, both strands"],
            1,
        ),
        "peak_memory_gb": round(peak, 2),
        "threads": threads,
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu",
        "torch": torch.__version__,
        "machine": platform.machine(),
    }
    suffix = "" if device.type == "cpu" else f"_{device.type}"
    write_json(RESULTS / f"benchmark_sequence{suffix}.json", facts)
    write_text(RESULTS / f"benchmark_sequence{suffix}.md", markdown(facts))
    print(markdown(facts))


def train(network: nn.Module, codes: np.ndarray, device: torch.device) -> None:
    """One pass with gradients and optimiser steps."""
    network.train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-4)
    wanted = torch.zeros(BATCH, TARGETS, device=device)
    known, weights = torch.ones_like(wanted, dtype=torch.bool), torch.full((TARGETS,), 1 / TARGETS, device=device)
    for start in range(0, len(codes), BATCH):
        optimiser.zero_grad()
        outputs = network(torch.from_numpy(codes[start : start + BATCH]).to(device), TSS)
        squared_error(outputs, wanted, known, weights).backward()
        optimiser.step()


def fine_tune(encoder: PromoterEncoder, codes: np.ndarray, device: str, threads: int) -> None:
    """One pass over labelled promoters from a pre-trained trunk, as `experiments/sequence_model.py` does it."""
    labels = np.arange(len(codes)) % 3
    PromoterClassifier(epochs=1, device=device, threads=threads).fit(codes, labels[:, None], tss=TSS, encoder=encoder)


def infer(network: PromoterNetwork, codes: np.ndarray, device: torch.device, threads: int, *, both: bool) -> None:
    """One pass without gradients, as rarml does it."""
    network_outputs(network, codes, TSS, both_strands=both, device=device, threads=threads)


def forward(network: nn.Module, codes: np.ndarray, device: torch.device) -> None:
    """One pass without gradients."""
    network.train(False)
    with torch.no_grad():
        for start in range(0, len(codes), BATCH):
            network(torch.from_numpy(codes[start : start + BATCH]).to(device), TSS)


def markdown(facts: dict) -> str:
    """The figures as a page."""
    lines = [
        "# Speed of the promoter network",
        "",
        f"Windows of {LENGTH:,} bp, batches of {BATCH}, {facts['threads']} threads, {facts['device']}, torch "
        f"{facts['torch']}; median of repeats on a shared machine. The floor is one plain convolution with the same 64 "
        "filters of 15, ReLU and max-pool. Made by `python experiments/benchmarks/sequence.py`.",
        "",
        "| what | sequences/s |",
        "|---|---:|",
        *(f"| {name} | {value:,.0f} |" for name, value in facts["sequences_per_second"].items()),
        "",
        f"- time of the whole network against the floor: {facts['time_against_floor']['training']:.2f} x in training, "
        f"{facts['time_against_floor']['inference']:.2f} x in inference",
        f"- an epoch of 20,000 promoters: {facts['epoch_seconds_per_20000']:.0f} s",
        f"- 20,000 promoters on both strands: {facts['genome_seconds_both_strands']:.0f} s",
        f"- fine-tuning on one cell type with {LABELLED:,} labelled genes, once without each of {FOLDS} folds, and its "
        f"predictions: {facts['fine_tuning_seconds']:.0f} s (from the rates above)",
        f"- peak memory: {facts['peak_memory_gb']:.2f} GB",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
