import re

from rarml.report.upset import MOST, Combination, upset_plot

SIZES = {"mcf-7": 30, "sh-sy5y": 20, "a & b <x>": 7}


def drawn(combinations, **changed):
    return str(upset_plot(changed.get("sizes", SIZES), combinations, "up", 'what "it" shows'))


def bars(svg):
    """Height of each column's bar by what its tip says."""
    found = re.findall(r'<g><title>([^<]*): ([\d,]+) genes, [^<]*</title><rect [^>]*height="([\d.]+)"', svg)
    return {name: (int(n.replace(",", "")), float(height)) for name, n, height in found}


def test_bars_are_as_long_as_their_counts(read_page):
    found = bars(drawn([Combination(("mcf-7",), 24, 10), Combination(("mcf-7", "sh-sy5y"), 6, 2)]))
    assert set(found) == {"mcf-7", "mcf-7 + sh-sy5y"}
    (one, tall), (two, short) = found.values()
    assert (one, two) == (24, 6)
    assert tall / short == 4


def test_filled_dots_are_the_sets_of_the_combination():
    svg = drawn([Combination(("sh-sy5y", "a & b <x>"), 5, 2)])
    dots = re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)" r="6" fill="([^"]+)"', svg)
    assert [colour == "currentColor" for _, colour in dots] == [True, False, False]
    line = re.search(r'M[\d.]+ ([\d.]+)V([\d.]+)" stroke="#', svg)
    assert (line.group(1), line.group(2)) == (dots[1][0], dots[2][0])


def test_every_set_size_is_there_and_names_are_escaped():
    svg = drawn([Combination(("mcf-7",), 24, 10)])
    assert "a &amp; b &lt;x&gt;: 7 genes up" in svg
    assert "<x>" not in svg
    assert 'aria-label="what &#34;it&#34; shows"' in svg


def test_only_so_many_combinations_are_drawn():
    many = [Combination(("mcf-7",), 100 - i, 1.0) for i in range(MOST + 9)]
    assert drawn(many).count("<g><title>mcf-7: ") == MOST + 1  # and the set itself
    assert "<svg" in drawn([], sizes={"a": 0, "b": 0})
