(function () {
  "use strict";
  // The comparison of models: a scatter of two of them and the table of all genes, both drawn from JSON in the page.
  var source = document.getElementById("compare-data");
  if (!source) return;
  var data = JSON.parse(source.textContent), models = data.models, n = data.id.length, scale = data.scale;
  if (data.digits) data.id = data.id.map(function (number) { return data.prefix + String(number).padStart(data.digits, "0"); });
  function el(id) { return document.getElementById(id); }
  function known(value) { return value !== null && value !== undefined; }
  function esc(text) { return String(text).replace(/[&<>"']/g, function (c) { return "&#" + c.charCodeAt(0) + ";"; }); }
  var letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  function word(kind, column, i) { return data.words[kind][letters.indexOf(column[i])] || ""; }
  function count(value) { return known(value) ? value.toLocaleString("en") : "–"; }
  function percent(value) {
    if (!known(value)) return "–";
    var hundred = 100 * value / scale;
    return hundred > 0 && hundred < 1 ? "<1 %" : hundred > 99 && hundred < 100 ? ">99 %" : Math.round(hundred) + " %";
  }
  function signed(value) { return (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2); }
  // log-odds beyond the base rate, as rarml.evaluation.consensus.evidence; null where the model says nothing
  function evidence(model, way, may) {
    var share = model.prevalence[way], column = model[way];
    if (!column || !share) return null;
    return column.map(function (p, i) {
      if (!known(p) || !may(model, i)) return null;
      var q = Math.min(1 - 5e-5, Math.max(5e-5, p / scale));
      return Math.log(q / (1 - q)) - Math.log(share / (1 - share));
    });
  }

  function judged(model, i) { return word("call", model.call, i) !== "not judged"; }
  function usable(model, i) { return !model.usable || model.usable[i] === "1"; }
  // as rarml.evaluation.consensus.consensus: the mean over models in whose domain the gene lies, ties share a rank
  function consensus(way) {
    var columns = models.map(function (m) { return evidence(m, way, usable); }).filter(Boolean);
    if (!columns.length) return null;
    var made = { value: new Array(n), n: new Array(n), agree: new Array(n), rank: new Array(n) }, ranked = [];
    for (var i = 0; i < n; i++) {
      var said = columns.map(function (c) { return c[i]; }).filter(known).sort(function (a, b) { return a - b; });
      var mean = said.reduce(function (a, b) { return a + b; }, 0) / said.length;
      made.n[i] = said.length;
      made.value[i] = said.length ? mean : null;
      made.agree[i] = said.filter(function (v) { return Math.sign(v) === Math.sign(mean); }).length;
      made.rank[i] = null;
      if (said.length >= data.least[way]) ranked.push(i);
    }
    ranked.sort(function (a, b) { return made.value[b] - made.value[a]; });
    for (var from = 0; from < ranked.length; from = to) {
      var to = from + 1;
      while (to < ranked.length && made.value[ranked[to]] === made.value[ranked[from]]) to++;
      for (var k = from; k < to; k++) made.rank[ranked[k]] = (from + 1 + to) / 2;
    }
    return made;
  }
  data.consensus = {};
  ["up", "down"].forEach(function (way) {
    var made = models.length > 1 && data.least[way] && consensus(way);
    if (made) data.consensus[way] = made;
  });

  (function scatter() {
    var box = el("c-map"), canvas = el("map"), pen = canvas.getContext && canvas.getContext("2d");
    if (!pen) return;
    var across = el("m-x"), upwards = el("m-y"), way = el("m-way"), find = el("m-find"), said = el("m-said");
    var x, y, low, high, side, pad = 44, pinned = -1, waiting = 0;
    box.hidden = false;
    function place(value, flip) {
      var share = (Math.min(high, Math.max(low, value)) - low) / (high - low);
      return flip ? pad / 2 + (side - 1.5 * pad) * (1 - share) : pad + (side - 1.5 * pad) * share;
    }
    function marked() {
      var wanted = find.value.toLowerCase().split(/[\s,;]+/).filter(Boolean);
      if (!wanted.length) return [];
      var there = {};
      wanted.forEach(function (word) { there[word] = true; });
      var list = [];
      for (var i = 0; i < n; i++) if (there[data.symbol[i].toLowerCase()] || there[data.id[i].toLowerCase()]) list.push(i);
      return list;
    }
    function renew() {
      x = evidence(models[+across.value], way.value, judged);
      y = evidence(models[+upwards.value], way.value, judged);
      low = -1; high = 1;
      [x, y].forEach(function (column) {
        (column || []).forEach(function (value) {
          if (known(value)) { low = Math.min(low, value); high = Math.max(high, value); }
        });
      });
      low = Math.max(-6, Math.floor(low)); high = Math.min(6, Math.ceil(high));
      pinned = -1;
      draw();
    }
    function draw() {
      var dense = window.devicePixelRatio || 1;
      side = canvas.clientWidth || 640;
      canvas.width = canvas.height = Math.round(side * dense);
      pen.setTransform(dense, 0, 0, dense, 0, 0);
      pen.clearRect(0, 0, side, side);
      var ink = getComputedStyle(document.body).color;
      pen.font = "12.5px system-ui, sans-serif";
      pen.fillStyle = pen.strokeStyle = ink;
      if (!x || !y) {
        said.textContent = "One of these models does not know the class “" + way.value + "”.";
        return;
      }
      for (var t = low; t <= high; t++) {
        pen.globalAlpha = t ? 0.13 : 0.45;
        pen.beginPath();
        pen.moveTo(place(t), place(low, true)); pen.lineTo(place(t), place(high, true));
        pen.moveTo(place(low), place(t, true)); pen.lineTo(place(high), place(t, true));
        pen.stroke();
        pen.globalAlpha = 1;
        pen.textAlign = "center"; pen.fillText((t > 0 ? "+" : "") + String(t).replace("-", "−"), place(t), side - pad + 17);
        pen.textAlign = "right"; pen.fillText((t > 0 ? "+" : "") + String(t).replace("-", "−"), pad - 6, place(t, true) + 4);
      }
      pen.setLineDash([3, 4]); pen.beginPath(); pen.moveTo(place(low), place(low, true)); pen.lineTo(place(high), place(high, true)); pen.stroke(); pen.setLineDash([]);
      pen.textAlign = "center";
      pen.fillText("evidence for “" + way.value + "” in " + models[+across.value].name, side / 2, side - 8);
      pen.save(); pen.translate(12, side / 2); pen.rotate(-Math.PI / 2); pen.fillText("in " + models[+upwards.value].name, 0, 0); pen.restore();
      pen.fillStyle = "#14808a"; pen.globalAlpha = 0.4;
      for (var i = 0; i < n; i++) if (known(x[i]) && known(y[i])) pen.fillRect(place(x[i]) - 1.3, place(y[i], true) - 1.3, 2.6, 2.6);
      pen.globalAlpha = 1;
      var list = marked();
      if (pinned >= 0 && list.indexOf(pinned) < 0) list.push(pinned);
      list.forEach(function (i) {
        if (!known(x[i]) || !known(y[i])) return;
        pen.fillStyle = "#d55e00";
        pen.beginPath(); pen.arc(place(x[i]), place(y[i], true), 4.5, 0, 7); pen.fill();
        pen.fillStyle = ink; pen.textAlign = place(x[i]) > side - 110 ? "right" : "left";
        pen.fillText(data.symbol[i], place(x[i]) + (pen.textAlign === "right" ? -8 : 8), place(y[i], true) + 4);
      });
      var both = 0, here = list.filter(function (i) { return known(x[i]) && known(y[i]); }).length;
      for (var g = 0; g < n; g++) if (known(x[g]) && known(y[g])) both++;
      if (pinned < 0) said.textContent = find.value.trim() ? here + " of the named genes are among the " + count(both) + " that both models judge"
        : count(both) + " genes that both models judge. Point at a dot, or name genes to mark them.";
    }
    function tell(i) {
      pinned = i;
      draw();
      if (i < 0) return;
      var a = models[+across.value], b = models[+upwards.value], kind = way.value;
      said.textContent = data.symbol[i] + ": P(" + kind + ") " + percent(a[kind][i]) + " in " + a.name + " (evidence " + signed(x[i]) + "), " +
        percent(b[kind][i]) + " in " + b.name + " (" + signed(y[i]) + "); measured " + (word("measured", a.measured, i) || "–") + " and " +
        (word("measured", b.measured, i) || "–") + "; " + word("group", data.group, i);
    }
    function near(event) {
      if (!x || !y) return;
      var at = canvas.getBoundingClientRect(), px = event.clientX - at.left, py = event.clientY - at.top, best = 12 * 12, found = -1;
      for (var i = 0; i < n; i++) {
        if (!known(x[i]) || !known(y[i])) continue;
        var dx = place(x[i]) - px, dy = place(y[i], true) - py, away = dx * dx + dy * dy;
        if (away < best) { best = away; found = i; }
      }
      if (found !== pinned) tell(found);
    }
    canvas.addEventListener("pointermove", near);
    canvas.addEventListener("pointerdown", near);
    [across, upwards, way].forEach(function (one) { one.addEventListener("change", renew); });
    find.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(function () {
      var list = marked().filter(function (i) { return x && y && known(x[i]) && known(y[i]); });
      tell(list.length === 1 ? list[0] : -1); // one named gene says all that the pointer would
    }, 120); });
    window.addEventListener("resize", function () { clearTimeout(waiting); waiting = setTimeout(draw, 150); });
    renew();
  })();

  (function table() {
    var grid = el("t-genes"), head = grid.tHead, body = grid.tBodies[0], find = el("c-find"), group = el("c-group"), said = el("c-said");
    var collator = new Intl.Collator("en", { numeric: true }), per = 50, at = 0, sort = null, down = false, shown = [], haystack = null, waiting = 0;
    function likelier(m, i) {
      var up = m.up[i], fall = m.down ? m.down[i] : null, call = word("call", m.call, i);
      if (!known(up) && !known(fall)) return null;
      var rising = call === "candidate up" || (call !== "candidate down" && (up || 0) >= (fall || 0));
      return { p: (rising ? up : fall) || 0, rising: rising, call: call };
    }
    var columns = [{ name: "Gene", text: true, key: function (i) { return data.symbol[i]; },
      cell: function (i) { return '<th scope="row">' + esc(data.symbol[i]) + '<span class="sub">' + esc(data.id[i]) + "</span></th>"; } }];
    models.forEach(function (m) {
      columns.push({ name: m.name, down: true, key: function (i) { var c = likelier(m, i); return c && c.p; },
        cell: function (i) {
          var c = likelier(m, i);
          if (!c) return '<td class="off">–</td>';
          var quiet = c.call === "not judged", arrow = c.call === "candidate, direction unclear" ? "◆" : c.rising ? "▲" : "▼", text = arrow + " " + esc(percent(c.p));
          return '<td class="' + (c.rising ? "u" : "d") + (quiet ? " quiet" : "") + '" style="--a:' + (quiet ? 0 : (0.75 * c.p / scale).toFixed(2)) + '">' +
            (c.call.indexOf("candidate") === 0 ? "<b>" + text + "</b>" : text) + '<span class="sub">' + esc(word("measured", m.measured, i) || "–") + "</span></td>";
        } });
    });
    Object.keys(data.consensus).forEach(function (way) {
      var c = data.consensus[way];
      columns.push({ name: "Consensus " + way + " (rank)", key: function (i) { return c.rank[i]; },
        cell: function (i) {
          return "<td>" + (known(c.value[i]) ? signed(c.value[i]) : "–") + '<span class="sub">' + (known(c.rank[i]) ? "rank " + count(c.rank[i]) + ", " : "") +
            (c.n[i] ? c.agree[i] + " of " + c.n[i] + " agree" : "no model") + "</span></td>";
        } });
    });
    columns.push({ name: "Group", text: true, key: function (i) { return word("group", data.group, i); },
      cell: function (i) { return "<td>" + esc(word("group", data.group, i)) + "</td>"; } });
    function renew(focus) {
      var wanted = find.value.toLowerCase().split(/[\s,;]+/).filter(Boolean), code = group.value === "" ? "" : letters[+group.value];
      if (wanted.length && !haystack) haystack = data.id.map(function (id, i) { return (id + " " + data.symbol[i]).toLowerCase(); });
      shown = [];
      for (var i = 0; i < n; i++) {
        if (code && data.group[i] !== code) continue;
        if (wanted.length && !wanted.some(function (w) { return haystack[i].indexOf(w) >= 0; })) continue;
        shown.push(i);
      }
      if (sort !== null) {
        var column = columns[sort], way = down ? -1 : 1, keys = {};
        shown.forEach(function (i) { keys[i] = column.key(i); });
        shown.sort(function (a, b) {
          if (!known(keys[a]) || !known(keys[b])) return known(keys[b]) - known(keys[a]) || a - b;
          return way * (column.text ? collator.compare(keys[a], keys[b]) : keys[a] - keys[b]) || a - b;
        });
      }
      at = 0;
      drawHead();
      draw();
      if (focus !== undefined) head.rows[0].cells[focus].firstChild.focus();
    }
    function drawHead() {
      var row = document.createElement("tr");
      columns.forEach(function (column, k) {
        var th = document.createElement("th"), button = document.createElement("button");
        th.scope = "col"; button.type = "button"; button.textContent = column.name;
        if (k === sort) th.setAttribute("aria-sort", down ? "descending" : "ascending");
        button.addEventListener("click", function () { down = sort === k ? !down : !!column.down; sort = k; renew(k); });
        th.appendChild(button); row.appendChild(th);
      });
      head.replaceChildren(row);
    }
    function draw() {
      var last = Math.max(1, Math.ceil(shown.length / per));
      at = Math.min(last - 1, Math.max(0, at));
      body.innerHTML = shown.slice(at * per, at * per + per).map(function (i) {
        return "<tr>" + columns.map(function (column) { return column.cell(i); }).join("") + "</tr>";
      }).join("");
      el("c-page").textContent = "Page " + count(at + 1) + " of " + count(last);
      el("c-prev").disabled = at === 0;
      el("c-next").disabled = at === last - 1;
      said.textContent = count(shown.length) + " of " + count(n) + " genes";
    }
    function save() {
      var titles = ["gene_id", "symbol", "group"], line = window.rarml.line;
      models.forEach(function (m) { ["p_up", "p_down", "call", "measured"].forEach(function (c) { titles.push(c + ":" + m.name); }); });
      Object.keys(data.consensus).forEach(function (way) { titles.push("consensus_" + way, "rank_" + way); });
      var text = line(titles) + shown.map(function (i) {
        var row = [data.id[i], data.symbol[i], word("group", data.group, i)];
        models.forEach(function (m) {
          row.push(known(m.up[i]) ? m.up[i] / scale : "", m.down && known(m.down[i]) ? m.down[i] / scale : "", word("call", m.call, i), word("measured", m.measured, i));
        });
        Object.keys(data.consensus).forEach(function (way) {
          var c = data.consensus[way];
          row.push(known(c.value[i]) ? c.value[i].toFixed(4) : "", c.rank[i]);
        });
        return line(row);
      }).join("");
      window.rarml.give("rarml_compare.tsv", text);
    }
    el("c-grid").hidden = false;
    find.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(function () { renew(); }, 120); });
    group.addEventListener("change", function () { renew(); });
    function turn(by) { at += by; draw(); grid.parentNode.scrollTop = 0; }
    el("c-prev").addEventListener("click", function () { turn(-1); });
    el("c-next").addEventListener("click", function () { turn(1); });
    el("c-save").addEventListener("click", save);
    sort = data.consensus.up ? models.length + 1 : 1;
    down = !data.consensus.up;
    renew();
  })();
})();
