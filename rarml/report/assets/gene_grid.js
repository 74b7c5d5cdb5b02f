(function () {
  "use strict";
  // The gene table: sorted, searched and drawn one page of rows at a time, so that 20,000 genes stay quick.
  var box = document.getElementById("grid");
  if (!box) return;
  var data = JSON.parse(document.getElementById("grid-data").textContent);
  var genes = data.genes, models = data.models, n = genes.id.length, scale = data.scale;
  var table = document.getElementById("t-genes"), head = table.tHead, body = table.tBodies[0];
  var view = el("g-view"), find = el("g-find"), call = el("g-call"), flag = el("g-flag"), size = el("g-size");
  var said = el("g-said"), page = el("g-page"), pages = el("g-pages");
  var made = window.rarml.geneColumns(data), known = made.known, count = made.count, word = made.word, strongest = made.strongest;
  var collator = new Intl.Collator("en", { numeric: true });
  var haystack = null, orders = {};
  var state = { shown: [], at: 0, sort: null, down: false };

  function el(id) { return document.getElementById(id); }
  function chosen() { return view.value === "all" ? null : models[+view.value]; }
  function columns() { var m = chosen(); return m ? made.model(m) : made.side(); }

  function own(m) { // the order of a view before any heading was clicked: the likeliest to respond first
    var name = m ? m.name : "";
    if (orders[name]) return orders[name];
    var key = new Float64Array(n), all = m ? [m] : models, list = new Array(n);
    for (var i = 0; i < n; i++) {
      key[i] = -1;
      all.forEach(function (one) { var p = strongest(one, i); if (p !== null && p > key[i]) key[i] = p; });
      list[i] = i;
    }
    return (orders[name] = list.sort(function (a, b) { return key[b] - key[a] || a - b; }));
  }
  function sorted() {
    var column = state.sort && columns().filter(function (c) { return c.id === state.sort; })[0];
    if (!column) return own(chosen());
    var keys = new Array(n), there = [], missing = [], way = state.down ? -1 : 1;
    for (var i = 0; i < n; i++) {
      keys[i] = column.key(i);
      (known(keys[i]) ? there : missing).push(i);
    }
    there.sort(column.text
      ? function (a, b) { return way * collator.compare(keys[a], keys[b]) || a - b; }
      : function (a, b) { return way * (keys[a] - keys[b]) || a - b; });
    return there.concat(missing);
  }
  function fits() {
    var wanted = find.value.toLowerCase().split(/[\s,;]+/).filter(Boolean), m = chosen(), all = m ? [m] : models;
    if (wanted.length && !haystack) {
      haystack = genes.id.map(function (id, i) {
        return (id + " " + genes.symbol[i] + (genes.given[i] ? " " + genes.given[i].join(" ") : "")).toLowerCase();
      });
    }
    var code = call.value === "" ? -1 : +call.value, flagged = flag.value;
    var flags = flagged && data.words.flags.map(function (text) { return text.split("; ").indexOf(flagged) >= 0; });
    return function (i) {
      if (wanted.length && !wanted.some(function (w) { return haystack[i].indexOf(w) >= 0; })) return false;
      if (code >= 0 && !all.some(function (one) { return one.call[i] === code; })) return false;
      return !flagged || all.some(function (one) { return known(one.flags[i]) && flags[one.flags[i]]; });
    };
  }
  function drawHead(into, cols, still) {
    var row = document.createElement("tr");
    cols.forEach(function (column) {
      var th = document.createElement("th"), button = document.createElement(still ? "span" : "button");
      th.scope = "col";
      if (column.number) th.className = "n";
      button.textContent = column.head;
      th.appendChild(button);
      if (column.small) {
        var small = document.createElement("span");
        small.className = "sub";
        small.textContent = column.small;
        th.appendChild(small);
      }
      if (!still) {
        button.type = "button";
        if (column.id === state.sort) th.setAttribute("aria-sort", state.down ? "descending" : "ascending");
        button.dataset.column = column.id;
      }
      row.appendChild(th);
    });
    into.replaceChildren(row);
  }
  function rowsHtml(cols, list) {
    return list.map(function (i) { return "<tr>" + cols.map(function (column) { return column.cell(i); }).join("") + "</tr>"; }).join("");
  }
  function draw() {
    var per = +size.value, last = Math.max(1, Math.ceil(state.shown.length / per));
    state.at = Math.min(last - 1, Math.max(0, state.at));
    var from = state.at * per, part = state.shown.slice(from, from + per);
    body.innerHTML = rowsHtml(columns(), part);
    table.setAttribute("aria-rowcount", state.shown.length + 1);
    Array.prototype.forEach.call(body.rows, function (row, k) { row.setAttribute("aria-rowindex", from + k + 2); });
    page.value = state.at + 1;
    page.max = last;
    pages.textContent = "of " + count(last);
    el("g-first").disabled = el("g-prev").disabled = state.at === 0;
    el("g-next").disabled = el("g-last").disabled = state.at === last - 1;
    said.textContent = (state.shown.length === n ? count(n) + " genes" : count(state.shown.length) + " of " + count(n) + " genes") +
      (part.length < state.shown.length ? "; rows " + count(from + 1) + " to " + count(from + part.length) : "");
  }
  function caption(m) {
    return m ? "Your genes in " + m.cell_type + ", most likely to respond first. A heading sorts. Small print under a probability: 95 % interval."
      : "Probability of the likelier direction of response per gene and model, genes by their strongest response in any model. A heading sorts.";
  }
  function renew(focus) {
    var m = chosen();
    state.shown = sorted().filter(fits());
    table.className = m ? "genes" : "heat";
    el("g-caption").textContent = caption(m);
    drawHead(head, columns(), false);
    draw();
    if (focus) { var again = head.querySelector('[data-column="' + focus + '"]'); if (again) again.focus(); }
  }
  head.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) return;
    var id = button.dataset.column, column = columns().filter(function (c) { return c.id === id; })[0];
    state.down = state.sort === id ? !state.down : !!column.down;
    state.sort = id;
    state.at = 0;
    renew(id);
  });
  var waiting = 0;
  function changed() { state.at = 0; renew(); }
  find.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(changed, 120); });
  [call, flag, size].forEach(function (one) { one.addEventListener("change", changed); });
  view.addEventListener("change", function () { state.sort = null; changed(); });
  function turn(to) { state.at = to; draw(); table.parentNode.scrollTop = 0; }
  el("g-first").addEventListener("click", function () { turn(0); });
  el("g-prev").addEventListener("click", function () { turn(state.at - 1); });
  el("g-next").addEventListener("click", function () { turn(state.at + 1); });
  el("g-last").addEventListener("click", function () { turn(Infinity); });
  page.addEventListener("change", function () { turn((parseInt(page.value, 10) || 1) - 1); });
  document.querySelectorAll("[data-view]").forEach(function (link) {
    link.addEventListener("click", function () { view.value = link.dataset.view; state.sort = null; changed(); });
  });

  // downloads: numbers as they are, one row per gene and model
  var fields = ["up", "down", "unresponsive"].reduce(function (list, kind) {
    return list.concat(["p_" + kind, "p_" + kind + "_low", "p_" + kind + "_high"]);
  }, []);
  var titles = ["gene_id", "symbol", "given_as", "model", "call"].concat(fields, ["covariates_responsive", "gain", "not_ruled_out", "rank", "rank_of",
    "measured", "flags", "rare_type", "rare_pvalue", "rare_chrom", "rare_start", "rare_end", "rare_strand", "rare_tss_distance", "rare_count"]);
  function share(values, i) { return values && known(values[i]) ? values[i] / scale : null; }
  function record(m, i) {
    var r = genes.rare;
    return [genes.id[i], genes.symbol[i], (genes.given[i] || []).join(", "), m.name, word("call", m.call[i])]
      .concat(fields.map(function (field) { return share(m[field], i); }),
        [share(m.covariates, i), share(m.gain, i), m.kept ? word("kept", m.kept[i]) : "", m.rank[i], m.rank_of, word("measured", m.measured[i]), word("flags", m.flags[i]),
          word("rare_type", r.type[i]), r.pvalue[i], word("rare_chrom", r.chrom[i]), r.start[i], r.end[i], word("rare_strand", r.strand[i]),
          r.distance[i], r.count[i]]);
  }
  function tsv(list, all) {
    var lines = [window.rarml.line(titles)];
    all.forEach(function (m) { list.forEach(function (i) { lines.push(window.rarml.line(record(m, i))); }); });
    return lines.join("");
  }
  el("g-shown").addEventListener("click", function () {
    var m = chosen();
    window.rarml.give(data.file + "_shown.tsv", tsv(state.shown, m ? [m] : models));
  });
  el("g-all").addEventListener("click", function () { window.rarml.give(data.file + "_all.tsv", tsv(own(null), models)); });

  // paper has no pages to turn: every view, as far as paper is patient
  var paper = el("g-paper");
  window.addEventListener("beforeprint", function () {
    var views = (models.length > 1 ? [null] : []).concat(models), most = Math.max(50, Math.floor(1500 / views.length)), keep = fits();
    paper.innerHTML = "";
    views.forEach(function (m) {
      var list = own(m).filter(keep), sheet = document.createElement("table");
      sheet.className = m ? "genes" : "heat";
      sheet.createCaption().textContent = caption(m).replace(" A heading sorts.", "") +
        (list.length > most ? " The first " + most + " of " + count(list.length) + " genes." : "");
      var cols = m ? made.model(m) : made.side();
      drawHead(sheet.createTHead(), cols, true);
      sheet.createTBody().innerHTML = rowsHtml(cols, list.slice(0, most));
      paper.appendChild(sheet);
    });
  });
  window.addEventListener("afterprint", function () { paper.innerHTML = ""; });
  box.hidden = false;
  renew();
})();
