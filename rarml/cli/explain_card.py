"""Gene cards on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rarml.cli.terminal import console, note, percent, print_table
from rarml.core.plain_text import without_controls
from rarml.report.feature_words import KIND_SHORT, KIND_WORDS
from rarml.report.gene_card_words import (
    DIRECTIONS,
    SHARED,
    base_probability,
    comparable,
    comparison,
    difference,
    how_to_read,
    kind_interval,
    odds_factor,
)
from rarml.report.words import number, pvalue, signed

if TYPE_CHECKING:
    from rarml.report.gene_card_content import ClassAccount, GeneCard, ModelAnswer
    from rarml.workflows.explain import ExplainResult

_BAR = 9
_SITES = 12
WHOLE_CARDS = 5
"""Cards printed with all their evidence; of further genes only the answers."""


def print_cards(result: ExplainResult, *, top: int) -> None:
    """One card per gene; names without an answer are listed once, with the reason."""
    for place, card in enumerate(result.cards):
        _print_answers(card)
        if place < WHOLE_CARDS:
            _print_evidence(card, top)
    if len(result.cards) > WHOLE_CARDS:
        say(
            f"\nThe evidence of the first {WHOLE_CARDS} genes is shown; that of all is in the pages (--out) and --json."
        )
    say("\nEvidence: " + "; ".join(f"{KIND_SHORT[kind]}: {words}" for kind, words in KIND_WORDS.items()) + ".")
    say(how_to_read([account for card in result.cards for one in card.answers for account in one.accounts]))
    say(SHARED)
    for row in result.unanswered:
        note(f"{row['query']}: {row['status']}" + (f" – {row['note']}" if row["note"] else ""))


def say(text: str) -> None:
    """Print one paragraph to standard output, as it is."""
    console().print(without_controls(text), markup=False)


def _print_answers(card: GeneCard) -> None:
    where = card.place
    tss = f"{where['chrom']}:{where['tss']:,} ({where['strand']}, 0-based TSS)"
    say(f"\n{card.symbol} ({card.gene_id}) · {card.assembly} {tss}" + (f" · {card.note}" if card.note else ""))
    print_table(
        "What the models say (probability [95 % interval], in %)",
        ["model", "call", "P(up)", "P(down)", "P(unresp.)", "covariates only: up, down", "rank", "measured"],
        [_answer_row(answer) for answer in card.answers],
        right=["rank"],
    )
    for answer in card.answers:
        if remark := _remark(answer):
            say(f"{answer.info.name}: {remark}")


def _print_evidence(card: GeneCard, top: int) -> None:
    most = max(abs(share.contribution) for answer in card.answers for one in answer.accounts for share in one.kinds)
    for answer in card.answers:
        accounts = [one for one in answer.accounts if one.name in DIRECTIONS]
        _print_accounts(answer, accounts, most)
        _print_reasons(answer, accounts, top)
    for name in DIRECTIONS:
        _print_comparison(card, name)
    _print_sites(card)
    _print_experiments(card)
    for said in card.lacking:
        say(f"· {said}")


def _answer_row(answer: ModelAnswer) -> list[str]:
    row = answer.answer
    return [
        answer.info.name,
        row["call"] or "–",
        *(_interval(row, name) for name in ("up", "down", "unresponsive")),
        f"{percent(row['covariates_up'])}, {percent(row['covariates_down'])}",
        "–" if row["rank"] is None else f"{row['rank']:,}/{row['rank_of']:,}",
        row["measured"] or "untested",
    ]


def _remark(answer: ModelAnswer) -> str:
    """What limits an answer, in one line."""
    said = ["experimental"] if answer.info.experimental else []
    said += [answer.answer["flags"]] if answer.answer["flags"] else []
    said += ["a training gene, answered by models that never saw its chromosomes"] if answer.held_out else []
    return "; ".join(said)


def _print_accounts(answer: ModelAnswer, accounts: list[ClassAccount], most: float) -> None:
    rows = []
    for kind, short in KIND_SHORT.items():
        cells = [short]
        for account in accounts:
            share = next((one for one in account.kinds if one.kind == kind), None)
            if share is None:
                cells += ["–", ""]
            else:
                cells += [f"{bar(share.contribution, most)} {kind_interval(share)}", odds_factor(share.contribution)]
        rows.append(cells)
    print_table(
        f"{answer.info.name}: where P comes from"
        + "".join(
            f"; P({one.name}) {percent(base_probability(one))} (average promoter) → {percent(one.probability)} here"
            for one in accounts
        ),
        ["evidence", *(cell for one in accounts for cell in (f"log-odds of {one.name}", f"odds of {one.name}"))],
        rows,
    )


def bar(value: float, most: float) -> str:
    """A signed bar of fixed width with its zero in the middle."""
    size = 0 if most <= 0 else round(abs(value) / most * _BAR)
    left, right = ("█" * size if value < 0 else ""), ("█" * size if value > 0 else "")
    return f"{left:>{_BAR}}│{right:<{_BAR}}"


def _print_reasons(answer: ModelAnswer, accounts: list[ClassAccount], top: int) -> None:
    rows = [
        [
            account.name,
            signed(one.contribution),
            one.words,
            _value(one.value_words, one.percentile),
            KIND_SHORT[one.kind],
        ]
        for account in accounts
        for one in account.reasons[:top]
    ]
    title = f"{answer.info.name}: largest single features"
    print_table(title, ["P of", "log-odds", "feature", "value here", "evidence"], rows, right=["log-odds"])


def _value(words: str, at: float | None) -> str:
    return words if at is None else f"{words} (percentile {at:.0f})"


def _print_comparison(card: GeneCard, name: str) -> None:
    lines = comparison(card, name)
    if not lines:
        return
    models = [answer.info.name for answer, _ in comparable(card, name)]
    print_table(
        f"P({name}) side by side, log-odds (* interval leaves out 0)",
        ["", *models, "largest difference"],
        [
            [
                "average promoter" if line.label == "start" else line.label,
                *(
                    signed(value) + ("*" if sure and line.label != "start" else "")
                    for value, sure in zip(line.values, line.sure, strict=True)
                ),
                number(line.spread),
            ]
            for line in lines
        ],
        right=[*models, "largest difference"],
    )
    say(difference(card, name))


def _print_sites(card: GeneCard) -> None:
    if not card.sites:
        searched = card.place["has_sequence"]
        say("\nNo RARE called in the promoter." if searched else "\nNo promoter sequence: RAREs could not be called.")
        return
    rows = sorted(card.sites, key=lambda site: site["pvalue"])[:_SITES]
    print_table(
        f"Candidate RAREs in the promoters, best {len(rows)} of {len(card.sites)} (0-based, half-open)",
        ["type", "place", "strand", "from TSS", "half-sites", "mismatches", "p", "q", "open chromatin", "also"],
        [_site_row(site) for site in rows],
        right=["from TSS", "mismatches"],
    )


def _site_row(site: dict[str, Any]) -> list[str]:
    opened = site.get("in_open_chromatin")
    also = [site.get("competitor"), site.get("composition"), "in a repeat" if site.get("in_repeat") else None]
    return [
        site["type"],
        f"{site['chrom']}:{site['start']:,}-{site['end']:,}",
        site["strand"],
        f"{signed(site['tss_distance'], 0)} bp",
        f"{site.get('left') or '–'} {site.get('right') or ''}".strip(),
        "–" if site.get("mismatches") is None else str(site["mismatches"]),
        pvalue(site["pvalue"]),
        number(site.get("qvalue")),
        "–" if opened is None else "yes (any cell)" if opened else "no",
        "; ".join(word for word in also if word),
    ]


def _print_experiments(card: GeneCard) -> None:
    from rarml.explain.variants import MUTATED

    # the page has all of them
    shown = [row for row in card.knockouts if row["what"] == MUTATED or not row.get("type")]
    if card.knockouts:
        print_table(
            "In-silico experiments: a model's opinion, not a measurement",
            ["model", "site", "change made", "P of", "change of log-odds", "random changes"],
            [
                [
                    str(row.get("model") or ""),
                    str(row["site"]),
                    str(row["what"]),
                    str(row["class"]),
                    f"{signed(row['change'])} [{signed(row['low'])}, {signed(row['high'])}]",
                    f"{signed(row['null_low'])} to {signed(row['null_high'])}" if row.get("n_null") else "–",
                ]
                for row in shown
            ],
        )


def _interval(row: dict[str, Any], name: str) -> str:
    low, value, high = (row.get(f"p_{name}{end}") for end in ("_low", "", "_high"))
    return "–" if value is None else f"{percent(value)} [{percent(low)[:-1]}–{percent(high)[:-1]}]"
