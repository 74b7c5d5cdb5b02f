"""The page of a gene: whole, honest, escaped; its drawings in their places."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise

import pytest

from rarml.report.gene_card import gene_card_html
from rarml.report.gene_card_bars import LEFT, MIDDLE, bars, reach
from rarml.report.gene_card_logo import logos
from rarml.report.gene_card_strip import starts_of, strip
from rarml.report.gene_card_words import comparison, difference, how_to_read, odds_factor, rare_words, why
from tests.report.example_card import gene_card

BASES = {"start": -100, "letters": "ACGT" * 30, "importance": [0.01 * (i % 7) - 0.02 for i in range(120)]}
KNOCKOUT = {"site": "DR5 −90", "what": "both half-sites", "class": "up", "change": -0.4, "low": -0.6, "high": -0.1}


@pytest.fixture(scope="module")
def card():
    return gene_card()


@pytest.fixture(scope="module")
def html(card):
    return gene_card_html(card)


def test_page_is_whole_self_contained_and_repeatable(html, card, read_page):
    read_page(html)
    assert gene_card_html(card) == html


@pytest.mark.parametrize("n_models", [1, 4])
def test_any_number_of_models_makes_a_whole_page(n_models, read_page):
    page = gene_card_html(gene_card(n_models))
    read_page(page)
    assert ("Models side by side" in page) == (n_models > 1)


def test_page_of_a_gene_without_sequence_says_so(card, read_page):
    page = gene_card_html(replace(card, sites=(), place={**card.place, "has_sequence": False, "sequence_tss": None}))
    read_page(page)
    assert "RAREs could not be called" in page


def test_what_is_lacking_and_what_is_a_models_opinion_is_said(html, card, read_page):
    assert "The atlas holds no bases." in html
    assert "In-silico" not in html
    page = gene_card_html(replace(card, bases=BASES, knockouts=(KNOCKOUT,)))
    read_page(page)
    assert "a model’s opinion, not a measurement" in page
    assert "−0.40" in page
    assert "validated" not in page.replace("Nothing here is validated", "")


def test_user_text_is_escaped(card, read_page):
    bad = "<script>alert(1)</script>"
    sites = tuple({**site, "type": bad, "left": bad, "competitor": bad} for site in card.sites)
    answers = tuple(
        replace(
            one,
            info=replace(one.info, name=bad, cell_type=bad),
            answer={**one.answer, "call": bad, "flags": bad, "measured": bad},
            accounts=tuple(
                replace(a, reasons=(replace(a.reasons[0], words=bad, value_words=bad),)) for a in one.accounts
            ),
        )
        for one in card.answers
    )
    track = {"name": bad, "marks": [{"place": 0, "label": bad}], "intervals": [[0, 5]]}
    knockout = {**KNOCKOUT, "site": bad, "what": bad, "class": bad, "model": bad}
    page = gene_card_html(
        replace(
            card, symbol=bad, gene_id=bad, note=bad, sites=sites, answers=answers, lacking=(bad,), tracks=(track,),
            partners=({"factor": bad, "count": 1},), knockouts=(knockout,), bases={**BASES, "letters": '"><b>' * 24},
        )
    )  # fmt: skip
    assert "<script>alert" not in page
    read_page(page)


def test_json_is_finite_and_holds_the_accounts(card):
    content = replace(card, knockouts=({**KNOCKOUT, "low": math.nan},)).to_dict()
    text = json.dumps(content, allow_nan=False)
    again = json.loads(text)
    assert again["knockouts"][0]["low"] is None
    account = again["answers"][0]["accounts"][0]
    total = account["base"] + sum(share["contribution"] for share in account["kinds"])
    assert total == pytest.approx(account["log_odds"])


def test_strip_places_sites_along_the_gene(card):
    panel = strip(card).panels[0]
    assert [site.label for site in sorted(panel.sites, key=lambda one: one.x)] == ["ER5", "DR5", "DR2", "DR5", "DR4"]
    tss = next(x for x, label in panel.starts if label == "TSS")
    for site in panel.sites:
        assert (site.x < tss) == (int(site.said.split(" at ")[1].split(" bp")[0].replace("−", "-")) < 0)
    # no two glyphs of a lane cover each other
    lanes = {}
    for site in panel.sites:
        points = [float(pair.split(",")[0]) for pair in site.points.split()]
        lanes.setdefault(site.y, []).append((min(points), max(points)))
    for spans in lanes.values():
        spans.sort()
        assert all(left[1] <= right[0] for left, right in pairwise(spans))


def test_a_promoter_far_away_has_a_panel_of_its_own(card):
    drawn = strip(card)
    assert [len(panel.sites) for panel in drawn.panels] == [5, 1]
    assert starts_of(card) == [0, -5200]
    assert drawn.panels[0].place == "chr10:49,000–51,000 (+)"


def test_a_gene_on_the_other_strand_is_drawn_alike(card):
    """The axis runs with the gene: only the genome's coordinates differ."""
    mirror = strip(gene_card(strand="-"))
    for one, other in zip(strip(card).panels, mirror.panels, strict=True):
        assert [site.points for site in one.sites] == [site.points for site in other.sites]
        assert one.ticks == other.ticks
    assert mirror.panels[0].place == "chr10:49,001–51,001 (-)"


def test_a_site_points_the_way_it_reads(card):
    by_label = {site.said.split(",")[0]: site for site in strip(card).panels[0].sites}
    tip = {}
    for said, site in by_label.items():
        points = [tuple(map(float, pair.split(","))) for pair in site.points.split()]
        tip[said] = {x for x, y in points if y == site.y}
    against = by_label["DR5 at −90 bp"]
    along = by_label["DR5 at +300 bp"]
    assert max(tip["DR5 at −90 bp"]) < against.x
    assert min(tip["DR5 at +300 bp"]) > along.x
    assert len(tip["ER5 at −100 bp"]) == 2
    assert not along.filled
    assert against.filled
    assert against.strong


def test_tracks_and_base_attribution_are_cut_to_the_panel(card):
    tracks = (
        {"name": "CpG island", "intervals": [[-9000, -200], [950, 4000]]},
        {"name": "partner motifs", "marks": [{"place": 10, "label": "FOXA1"}, {"place": 12, "label": "AP-1"}]},
        {"name": "TSS", "places": [0, 500], "without_sequence": [500]},
    )
    panel = strip(replace(card, tracks=tracks, bases=BASES)).panels[0]
    assert [track.name for track in panel.tracks] == ["CpG island", "partner motifs"]
    assert all(panel.ticks[0][1] - 100 <= x and x + width <= 1000 for x, width, _ in panel.tracks[0].boxes)
    assert len({y for _, y, _ in panel.tracks[1].marks}) == 2  # labels would cover each other
    assert "TSS +500, no sequence" in [label for _, label in panel.starts]
    assert len(panel.importance) == sum(value != 0 for value in BASES["importance"])


def test_logos_stand_around_sites(card):
    assert logos(card) == []
    drawn = logos(replace(card, bases=BASES))
    assert {logo.title for logo in drawn} == {"DR5 at −90 bp", "DR2 at −88 bp", "ER5 at −100 bp"}
    one = next(logo for logo in drawn if logo.title == "DR5 at −90 bp")
    # start -100, so the site's first base is letter 10, and the stretch begins at letter 0
    assert one.site == (10 * 14, 17 * 14)
    for letter in one.letters:
        number = int(letter.x // 14)
        assert letter.letter == BASES["letters"][number]
        assert letter.against == (BASES["importance"][number] < 0)


def test_bars_share_one_scale_and_keep_their_side(card):
    most = reach(card)
    for answer in card.answers:
        for account in answer.accounts:
            for bar, share in zip(bars(account, most).bars, account.kinds, strict=True):
                assert (bar.x < MIDDLE) == (share.contribution < 0)
                length = min(abs(share.contribution) / most, 1) * (MIDDLE - LEFT)
                assert bar.width == pytest.approx(max(length, 0.8), abs=0.15)


@pytest.mark.parametrize(
    ("change", "words"), [(math.log(2), "×2.0"), (-math.log(3.1), "÷3.1"), (0.01, "×1"), (math.log(40), "×40")]
)
def test_odds_in_words(change, words):
    assert odds_factor(change) == words


def test_reasons_name_the_largest_kinds_first(card):
    account = card.answers[0].accounts[0]
    kinds = [replace(share, contribution=0.0, low=-0.1, high=0.1) for share in account.kinds]
    kinds[0] = replace(kinds[0], contribution=0.5, low=0.2, high=0.8)
    kinds[1] = replace(kinds[1], contribution=-1.5, low=-2.0, high=-1.0)
    said = why(replace(account, kinds=tuple(kinds), base=0.0))
    assert (
        said
        == "an average promoter of its training genes has 50 %; on its odds here co-expression ÷4.5, covariates ×1.6"
    )
    assert rare_words(replace(account, kinds=tuple(kinds))) == "odds ×1 (interval includes no effect)"
    assert rare_words(replace(account, kinds=tuple(kinds[:2]))) == "not read by this model"


def test_comparison_adds_up_to_the_difference(card):
    lines = comparison(card, "up")
    accounts = [answer.account("up") for answer in card.answers]
    assert lines[0].label == "start"
    for number, account in enumerate(accounts):
        assert sum(line.values[number] for line in lines) == pytest.approx(account.log_odds)
    gap = max(a.log_odds for a in accounts) - min(a.log_odds for a in accounts)
    assert f"The {gap:.1f} log-odds" in difference(card, "up")
    assert difference(gene_card(1), "up") == ""


def test_how_far_accounts_are_from_adding_up_is_said(card):
    account = card.answers[0].accounts[0]
    assert "2e-05" in how_to_read([account, replace(account, error=-2e-5)])


@pytest.mark.slow
def test_in_a_browser(browser, card, tmp_path):
    page = tmp_path / "card.html"
    tracks = ({"name": "CpG island", "intervals": [[-500, 400]]},)
    page.write_text(gene_card_html(replace(card, bases=BASES, knockouts=(KNOCKOUT,), tracks=tracks)), encoding="utf-8")
    with browser.open(page) as tab:
        first = tab.text("#t-sites tbody tr th")
        tab.click("#t-sites thead th button")
        tab.click("#t-sites thead th button")
        assert tab.text("#t-sites tbody tr th") != first or len(tab.texts("#t-sites tbody tr")) == 1
        assert tab.overflow() == 0
        assert tab.errors == []
        assert tab.requests == []
    with browser.open(page, width=390, height=844) as tab:
        assert tab.overflow() == 0
        assert tab.errors == []
