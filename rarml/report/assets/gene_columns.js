(function () {
  "use strict";
  // The columns of the gene table: how each is headed, what its cells show, and by what it sorts.
  // data: of rarml.report.gene_grid; probabilities are whole numbers of 1/scale, words are codes into lists.
  window.rarml.geneColumns = function (data) {
    var genes = data.genes, models = data.models, scale = data.scale;
    function esc(text) {
      return String(text).replace(/[&<>"']/g, function (c) { return "&#" + c.charCodeAt(0) + ";"; });
    }
    function known(value) { return value !== null && value !== undefined; }
    function percent(value) {
      if (!known(value)) return "–";
      var hundred = 100 * (value / scale);
      if (hundred > 0 && hundred < 1) return "&lt;1 %";
      return hundred > 99 && hundred < 100 ? "&gt;99 %" : even(hundred) + " %";
    }
    function even(x) { // as the rest of the report rounds: halves to even
      var up = Math.round(x);
      return up - x === 0.5 && up % 2 ? up - 1 : up;
    }
    function count(value) { return known(value) ? value.toLocaleString("en") : "–"; }
    function signed(value) {
      if (!known(value)) return "–";
      var text = Math.abs(value).toLocaleString("en");
      return value > 0 ? "+" + text : value < 0 ? "−" + text : "0";
    }
    function pvalue(p) {
      if (!known(p)) return "–";
      if (p >= 0.001 || p <= 0) return String(+p.toPrecision(3));
      var part = p.toExponential(1).split("e");
      return part[0] + " × 10" + String(+part[1]).replace(/./g, function (c) { return "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]; });
    }
    function word(kind, code) { return known(code) ? data.words[kind][code] : ""; }
    var badges = {
      "candidate up": "up\u0000▲ ", "candidate down": "down\u0000▼ ", "candidate, direction unclear": "unclear\u0000◆ ",
      "not judged": "uncertain\u0000", "unlikely": "unlikely\u0000", "uncertain": "uncertain\u0000"
    };
    function badge(text) {
      var kind = (badges[text] || "").split("\u0000");
      return text ? kind.length < 2 ? esc(text) : '<span class="badge ' + kind[0] + '">' + kind[1] + esc(text) + "</span>" : "–";
    }

    // columns: head, cell(i) as HTML, key(i) to sort by (null: missing), first direction
    function geneColumn() {
      return {
        id: "gene", head: "Gene", text: true, key: function (i) { return genes.symbol[i]; },
        cell: function (i) {
          var given = genes.given[i], to = genes.page && genes.page[i], name = esc(genes.symbol[i]);
          return '<th scope="row">' + (to ? '<a href="' + esc(to) + '">' + name + "</a>" : name) + "<small>" + esc(genes.id[i]) +
            (given ? "<br>given as " + esc(given.join(", ")) : "") + "</small></th>";
        }
      };
    }
    function probability(model, kind, label, bar) {
      var p = model["p_" + kind], low = model["p_" + kind + "_low"], high = model["p_" + kind + "_high"];
      return {
        id: kind, head: label, number: true, down: true, key: function (i) { return p[i]; },
        cell: function (i) {
          if (!known(p[i])) return '<td class="n">–</td>';
          var inside = percent(p[i]);
          if (known(low[i]) && known(high[i])) {
            inside += "<small>" + percent(low[i]).slice(0, -2) + "–" + percent(high[i]) + "</small>";
            if (bar) {
              inside += '<i class="' + bar + '" style="--p:' + Math.round(100 * p[i] / scale) + ";--l:" +
                Math.round(100 * low[i] / scale) + ";--w:" + Math.min(99, Math.round(100 * (high[i] - low[i]) / scale)) + '"></i>';
            }
          }
          return '<td class="n">' + inside + "</td>";
        }
      };
    }
    function rareColumn() {
      var r = genes.rare;
      return {
        id: "rare", head: "Best RARE (strand), place to TSS", key: function (i) { return r.pvalue[i]; },
        cell: function (i) {
          if (!known(r.pvalue[i])) return "<td>–</td>";
          var type = esc(word("rare_type", r.type[i])), at = genes.sites[i];
          return "<td>" + (known(at) ? '<a href="#s' + at + '">' + type + "</a>" : type) + " (" + esc(word("rare_strand", r.strand[i]) || ".") +
            ")<small>" + signed(r.distance[i]) + " bp" + (r.count[i] ? "; " + count(r.count[i]) + " called" : "") +
            "<br>p " + pvalue(r.pvalue[i]) + "</small></td>";
        }
      };
    }
    function modelColumns(m) {
      var down = m.classes.indexOf("down") >= 0;
      return [
        geneColumn(),
        { id: "call", head: "Call", key: function (i) { return m.call[i]; }, cell: function (i) { return "<td>" + badge(word("call", m.call[i])) + "</td>"; } },
        probability(m, "up", "P(up)", "bu")
      ].concat(down ? [probability(m, "down", "P(down)", "bd")] : [], [
        probability(m, "unresponsive", "P(unre\u00adsponsive)", ""),
        { id: "covariates", head: "P(respon\u00adsive) by covariates only", number: true, down: true, key: function (i) { return m.covariates[i]; },
          cell: function (i) { return '<td class="n">' + percent(m.covariates[i]) + "</td>"; } },
        { id: "gain", head: "Gain over covariates (points)", number: true, down: true, key: function (i) { return m.gain[i]; },
          cell: function (i) {
            var g = m.gain[i], text = known(g) ? signed(even(100 * (g / scale))) : "–";
            return '<td class="n">' + (known(g) && g >= data.notable * scale ? "<b>" + text + "</b>" : text) + "</td>";
          } },
      ].concat(m.kept ? [{
          id: "kept", head: "Not ruled out" + (data.level ? " (" + Math.round(100 * data.level) + " %)" : ""), text: true,
          key: function (i) { return word("kept", m.kept[i]) || null; },
          cell: function (i) { return "<td>" + (esc(word("kept", m.kept[i])) || "–") + "</td>"; }
        }] : [], [
        { id: "rank", head: "Genome rank" + (m.rank_of ? " of " + count(m.rank_of) : ""), number: true, key: function (i) { return m.rank[i]; },
          cell: function (i) { return '<td class="n">' + count(m.rank[i]) + "</td>"; } },
        { id: "measured", head: "Measured in its training table", text: true, key: function (i) { return word("measured", m.measured[i]) || null; },
          cell: function (i) { return "<td>" + esc(word("measured", m.measured[i]) || "untested") + "</td>"; } },
        rareColumn(),
        { id: "flags", head: "Flags", text: true, key: function (i) { return word("flags", m.flags[i]) || null; },
          cell: function (i) { return "<td>" + esc(word("flags", m.flags[i])) + "</td>"; } }
      ]));
    }
    function strongest(m, i) { return m.p_unresponsive[i] === null ? null : scale - m.p_unresponsive[i]; }
    function sideColumns() {
      return [geneColumn()].concat(models.map(function (m, k) {
        function likelier(i) {
          var up = m.p_up[i], down = m.p_down ? m.p_down[i] : null, said = word("call", m.call[i]);
          if (!known(up) && !known(down)) return null;
          var rising = said === "candidate up" || (said !== "candidate down" && (up || 0) >= (down || 0));
          return { p: (rising ? up : down) || 0, rising: rising, said: said };
        }
        return {
          id: "m" + k, head: m.name, small: m.below, down: true, key: function (i) { var c = likelier(i); return c && c.p; },
          cell: function (i) {
            var c = likelier(i);
            if (!c) return '<td class="off">–</td>';
            var quiet = c.said === "not judged", arrow = c.said === "candidate, direction unclear" ? "◆" : c.rising ? "▲" : "▼";
            var text = arrow + " " + percent(c.p);
            return '<td class="' + (c.rising ? "u" : "d") + (quiet ? " quiet" : "") + '" style="--a:' + (quiet ? 0 : (0.75 * c.p / scale).toFixed(2)) +
              '">' + (c.said.indexOf("candidate") === 0 ? "<b>" + text + "</b>" : text) + "</td>";
          }
        };
      }));
    }
    return { model: modelColumns, side: sideColumns, known: known, count: count, word: word, strongest: strongest };
  };
})();
