"""Where a network runs: the CPU by default, a CUDA GPU when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from rarml.core.errors import InputError, did_you_mean
from rarml.core.parallel import thread_count

DEVICES = ("cpu", "cuda", "auto")
_NAME = re.compile(r"cpu|auto|cuda(:[0-9]+)?")


def find_device(name: str = "cpu") -> torch.device:
    """The device of a name: ``cpu``, ``cuda`` (a number may follow, ``cuda:1``), or ``auto`` (CUDA where there is one).

    Raises
    ------
    InputError
        If the name is unknown, or CUDA is asked for and there is none, or not that many.
    """
    kind, _, number = name.partition(":")
    if not _NAME.fullmatch(name):
        raise InputError(f"unknown device {name!r}", fix=did_you_mean(kind, DEVICES))
    available = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if kind == "auto":
        return torch.device("cuda" if available else "cpu")
    if kind == "cuda" and available <= int(number or 0):
        raise InputError(
            f"no CUDA device for {name!r}: this PyTorch ({torch.__version__}) sees {available}",
            fix="leave --device out to use the CPU, or install PyTorch's CUDA build and check the driver",
        )
    return torch.device(name)


@contextmanager
def numeric_setting(device: torch.device, threads: int | None = None) -> Iterator[None]:
    """Run a block with so many CPU threads, and with bfloat16 where a GPU multiplies; all is put back afterwards.

    On a CPU everything stays float32: only some have fast bfloat16, and results would depend on which.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(thread_count(threads))
    try:
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
            yield
    finally:
        torch.set_num_threads(before)
