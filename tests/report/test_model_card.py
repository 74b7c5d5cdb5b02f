import re
from dataclasses import replace

from rarml.report.model_card import escape_markdown, model_card


def test_card_has_its_sections_and_numbers(train_example):
    card = model_card(train_example)
    for title in ("Intended use", "Not for", "Performance", "Data and labels", "Training", "Limitations", "Provenance"):
        assert f"\n## {title}" in card
    assert "0.780 (0.760 to 0.800)" in card
    assert "7,850" in card
    assert "proxy" in card
    assert "CC BY-SA 4.0" in card
    assert model_card(train_example) == card


def test_tables_stay_tables_whatever_the_text(train_example):
    model = replace(train_example.model, cell_type="a|b\n# c <script>")
    card = model_card(replace(train_example, model=model))
    assert "<script>" not in card
    row = next(line for line in card.splitlines() if line.startswith("| Cells"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 3


def test_experimental_models_say_so_first(train_example):
    model = replace(train_example.model, experimental=True, positive_unlabelled=True)
    card = model_card(replace(train_example, model=model))
    assert card.index("**Experimental.**") < card.index("## Intended use")
    assert "Experimental" not in model_card(train_example)


def test_escape_keeps_numbers_and_plain_words():
    assert escape_markdown(3) == 3
    assert escape_markdown("up, down") == "up, down"
    assert escape_markdown("a_b*c") == r"a\_b\*c"


def test_bare_card(train_example):
    bare = replace(
        train_example, metrics=train_example.metrics.iloc[:0], importance={}, counts={}, licences={}, provenance={}
    )
    assert "Not measured." in model_card(bare)


def test_the_card_says_what_each_branch_is_worth(train_example):
    card = model_card(train_example)
    assert "| gradient | up v unresponsive | 0.920 | 0.930 | +0.021 (+0.017 to +0.025) |" in card
    assert "Branches: gradient, boosted trees; sequence, what encoders read off the bases." in card
    assert "Branches:" not in model_card(replace(train_example, branches=()))
