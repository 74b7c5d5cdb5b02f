"""What a gene card shows of experiments on bases: RAREs changed on paper in every model, and single bases in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rarml.bundle.load import Bundle
from rarml.core.errors import MissingPartError
from rarml.core.progress import track
from rarml.features.atlas import Atlas
from rarml.features.sequence_block import shipped_encoders
from rarml.features.sequence_encoder import EncoderSet, load_encoders
from rarml.reference.store import Reference
from rarml.report.gene_card_content import GeneCard, ModelAnswer
from rarml.training.crossfit_model import CrossfitModel
from rarml.workflows.base_account import base_account
from rarml.workflows.experiments import in_silico
from rarml.workflows.explain import with_experiments
from rarml.workflows.model_files import load_model

_SEQUENCE = "sequence"


def with_tried_bases(
    cards: Sequence[GeneCard], bundles: Sequence[Bundle], reference: Reference, atlas: Atlas
) -> tuple[GeneCard, ...]:
    """Cards with the experiments of `rarml.workflows.experiments` and the attribution of `base_account`.

    Each model is asked for the direction that it holds likelier; single bases are attributed in the sequence branch of
    the model that is surest of a response. A gene without known bases keeps its card as it is.

    Parameters
    ----------
    cards : sequence of GeneCard
    bundles : sequence of Bundle
        The models of the cards.
    reference : Reference
        With sequence; the one the atlas was made from.
    atlas : Atlas
        With the columns of every model.

    Raises
    ------
    InputError
        If the reference does not give the atlas' values.
    """
    encoders = load_encoders(shipped_encoders()) if any(_reads_bases(bundle) for bundle in bundles) else None
    models = {bundle.name: load_model(bundle).full for bundle in bundles}
    done = []
    for card in track(cards, what="changing promoters", total=len(cards)):
        if not bool(atlas.genes.loc[card.gene_id, "has_sequence"]):
            done.append(card)
            continue
        tried = []
        for answer in card.answers:
            model, direction = models[answer.info.name], _direction(answer)
            rows = in_silico(card.gene_id, model, reference, atlas, encoders=encoders)
            tried += [{"model": answer.info.name, **row} for row in rows if row["class"] == direction]
        done.append(_with_bases(with_experiments(card, knockouts=tried), bundles, models, reference, encoders))
    return tuple(done)


def _with_bases(
    card: GeneCard,
    bundles: Sequence[Bundle],
    models: Mapping[str, CrossfitModel],
    reference: Reference,
    encoders: EncoderSet | None,
) -> GeneCard:
    able = {bundle.name for bundle in bundles if _reads_bases(bundle)}
    asked = [answer for answer in card.answers if answer.info.name in able]
    if not asked or encoders is None:
        return card
    surest = max(asked, key=lambda answer: float(answer.answer[f"p_{_direction(answer)}"]))
    direction, name = _direction(surest), surest.info.name
    try:
        found = base_account(card.gene_id, models[name], reference, class_name=direction, encoders=encoders)
    except MissingPartError as error:
        return replace(card, lacking=(*card.lacking, f"No attribution of single bases: {error}"))
    found["model"] = name
    return with_experiments(card, bases=found, knockouts=card.knockouts)


def _direction(answer: ModelAnswer) -> str:
    """The likelier of up and down."""
    p = {name: answer.answer.get(f"p_{name}") for name in ("up", "down")}
    return max((name for name, value in p.items() if value is not None), key=lambda name: float(p[name] or 0.0))


def _reads_bases(bundle: Bundle) -> bool:
    return _SEQUENCE in bundle.manifest.blocks
