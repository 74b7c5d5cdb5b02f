"""The kinds of settings files and their schemas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rarml.core.errors import InputError, did_you_mean
from rarml.core.schema import settings_schema
from rarml.core.settings import Settings


def _train() -> type[Settings]:
    from rarml.workflows.settings import TrainSettings

    return TrainSettings


def _tune() -> type[Settings]:
    from rarml.workflows.tune_settings import TuneSettings

    return TuneSettings


def _reference() -> type[Settings]:
    from rarml.reference.spec import ReferenceSpec

    return ReferenceSpec


def _pretrain() -> type[Settings]:
    from rarml.training.pretrain import EncoderSettings

    return EncoderSettings


KINDS: dict[str, Callable[[], type[Settings]]] = {
    "train": _train,
    "tune": _tune,
    "reference": _reference,
    "pretrain": _pretrain,
}
"""Kinds of settings files by the verb that reads them; their classes are imported when asked for."""


def schema_of(kind: str) -> dict[str, Any]:
    """JSON Schema of the settings that a verb reads.

    Raises
    ------
    InputError
        For a kind that is not in `KINDS`.
    """
    if kind not in KINDS:
        raise InputError(f"no settings of the kind {kind!r}", fix=did_you_mean(kind, list(KINDS)))
    return settings_schema(KINDS[kind]())
