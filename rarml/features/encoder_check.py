"""Is an encoder folder what it says? Names, shapes, types and values are held against the manifest before use.

A forged manifest could ask for a network of any size, and weights of another type or sign would give numbers that look
right: whatever is not exactly as `write_encoders` writes it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rarml.core.errors import BundleError

Shapes = dict[str, tuple[int, ...]]

_MOST_TARGETS, _MOST_MEMBERS, _MOST_STARTS = 10_000, 64, 16
_BOUNDS = {
    "n_filters": 4096,
    "width": 501,
    "cell": 10_000,
    "n_hidden": 65_536,
    "k": 8,
    "reach": 1_000_000,
    "n_components": 65_536,
}
_HEADER = 1 << 22  # bytes that the header of a safetensors file may take here
_POSITIVE = ("running_var", ".spread")


def expected_shapes(manifest: Mapping[str, Any]) -> Shapes:
    """Every tensor that an encoder of this manifest holds, with its shape; allocates nothing.

    Raises
    ------
    BundleError
        If a part of the manifest is of another kind, or beyond what any encoder needs.
    """
    try:
        return _expected(manifest)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RuntimeError) as error:
        raise BundleError(f"is damaged: {str(error).splitlines()[0][:120] if str(error) else 'odd'}") from error


def largest_file(shapes: Shapes) -> int:
    """Bytes that a file of such tensors cannot exceed."""
    return _HEADER + 4 * sum(int(np.prod(shape, dtype=np.int64)) for shape in shapes.values())


def check_tensors(tensors: Mapping[str, NDArray[Any]], shapes: Shapes) -> None:
    """Hold tensors against their names, shapes, types and ranges.

    Raises
    ------
    BundleError
        Naming the first tensor that is missing, unknown, of another shape or type, not finite, or negative where it
        measures a spread.
    """
    for name in sorted(shapes.keys() - tensors.keys()):
        raise BundleError(f"tensor {name[:80]!r} is missing")
    for name in sorted(tensors.keys() - shapes.keys()):
        raise BundleError(f"tensor {name[:80]!r} belongs to nothing")
    for name, wanted in shapes.items():
        value = tensors[name]
        if value.shape != wanted:
            raise BundleError(f"tensor {name!r} is of shape {value.shape}, not {wanted}")
        if value.dtype not in (np.float16, np.float32):
            raise BundleError(f"tensor {name!r} is of type {value.dtype}, not of 16- or 32-bit floats")
        if not np.isfinite(value).all():
            raise BundleError(f"tensor {name!r} holds a value that is no finite number")
        if name.endswith(_POSITIVE) and (value < 0).any():
            raise BundleError(f"tensor {name!r} measures a spread and is negative")


def _expected(manifest: Mapping[str, Any]) -> Shapes:
    from rarml.estimators.promoter_network import tensor_shapes

    _require(0 < _whole(manifest["tss"]) <= _BOUNDS["reach"], "the position of the TSS is absurd")
    targets = manifest["targets"]
    n_targets = len(targets)
    _require(_texts(targets) and 0 < n_targets <= _MOST_TARGETS, "its targets are no list of names")
    members = manifest["unseen"]
    seen = [chrom for unseen in members for chrom in unseen]
    _require(all(_texts(unseen) for unseen in members), "its chromosomes are no lists of names")
    _require(0 < len(members) <= _MOST_MEMBERS and len(set(seen)) == len(seen), "its members share a chromosome")
    networks, kmers, components = manifest["networks"], manifest["kmers"], manifest["components"]
    _require(isinstance(networks, list) and 0 < len(networks) <= _MOST_STARTS, "it has no or too many networks")
    shapes: Shapes = {}
    for start, parameters in enumerate(networks):
        dilations = parameters["dilations"]
        _require(isinstance(dilations, list) and len(dilations) <= 64, "the layers of a network are no list")
        _require(all(0 < _whole(dilation) <= 4096 for dilation in dilations), "the dilation of a layer is absurd")
        sizes = {name: _bounded(parameters, name) for name in ("n_filters", "width", "cell", "n_hidden")}
        del sizes["cell"]  # no tensor has it
        network = tensor_shapes(n_targets, **sizes, n_layers=len(dilations))
        own = {f"network.{name}": shape for name, shape in network.items()}
        own |= {"mean": (n_targets,), "spread": (n_targets,)}
        shapes |= {f"{number}.{start}.{name}": shape for number in range(len(members)) for name, shape in own.items()}
    words = _words(_bounded(kmers, "k"))
    ridge = {"weights": (words, n_targets), "scale": (n_targets,), "centre": (words,)}
    for number in range(len(members)):
        shapes |= {f"{number}.kmers.{name}": shape for name, shape in ridge.items()}
    words = _words(_bounded(components, "k"))
    _bounded(components, "reach")
    width = min(words, _bounded(components, "n_components"))
    return shapes | {"components.directions": (words, width), "components.centre": (words,)}


def _words(k: int) -> int:
    """Words of k bases, a word and its reverse complement as one."""
    own = 4 ** (k // 2) if k % 2 == 0 else 0  # words that are their own reverse complement
    return int((4**k + own) // 2)


def _bounded(parameters: Mapping[str, Any], name: str) -> int:
    value = _whole(parameters[name])
    _require(0 < value <= _BOUNDS[name], f"{name!r} is {value}, it may be 1 to {_BOUNDS[name]:,}")
    return value


def _whole(value: Any) -> int:
    _require(isinstance(value, int) and not isinstance(value, bool), f"{str(value)[:40]!r} is no whole number")
    return int(value)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value) and len(set(value)) == len(value)


def _require(condition: bool, said: str) -> None:
    if not condition:
        raise ValueError(said)
