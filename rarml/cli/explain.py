"""`rarml explain`: why the models say what they say of a gene."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rarml.cli.answer import answers, give
from rarml.cli.options import AtlasOption, GenesArgument, ModelsOption, OverwriteOption


@answers("explain")
def explain_command(
    genes: GenesArgument,
    model: ModelsOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for one page per gene (GENE.html) and card.json.")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Single features listed per model and direction.")] = 6,
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            help="Built reference: places CpG islands, open chromatin and motifs; experiments on bases.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    experiments: Annotated[
        bool,
        typer.Option(
            "--experiments/--no-experiments",
            help="With a reference that has bases: change RAREs on paper, and attribute single bases.",
        ),
    ] = True,
    atlas: AtlasOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Explain a gene: calibrated probabilities, what each kind of evidence adds to them, and its RAREs.

    Prints a card per gene. With --out it also writes a self-contained page per gene, with the promoter drawn.

        rarml explain CYP26A1 DHRS3 --model mcf-7 --model sh-sy5y --out cards
    """
    from rarml.cli.claim import claim
    from rarml.cli.terminal import say_written
    from rarml.workflows.explain import explain
    from rarml.workflows.gene_input import read_names

    if out is not None:
        claim(out, overwrite=overwrite)
    result = explain(read_names(genes), model or (), atlas=atlas, reference=reference, top=top, experiments=experiments)
    from rarml.cli.explain_card import print_cards
    from rarml.workflows.explain_output import cards_json

    give(lambda: cards_json(result))
    print_cards(result, top=top)
    if out is not None:
        from rarml.workflows.explain_output import write_cards

        say_written(write_cards(result, out, overwrite=overwrite))
