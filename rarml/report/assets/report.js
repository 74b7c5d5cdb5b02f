(function () {
  "use strict";
  // A cell sorts by data-v where its text is not the number it stands for; missing values always go last.
  function key(row, column) {
    var cell = row.cells[column];
    if (!cell) return null;
    var text = (cell.dataset.v !== undefined ? cell.dataset.v : cell.textContent).trim();
    if (text === "" || text === "–") return null;
    var plain = text.replace(/^[▲▼◆] /, "").replace(/−/g, "-").replace(/,/g, "");
    var shift = plain[0] === "<" ? -0.5 : plain[0] === ">" ? 0.5 : 0;
    var number = parseFloat(plain.replace(/^[<>+]/, ""));
    return isNaN(number) ? text.toLowerCase() : number + shift;
  }
  function order(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en");
  }
  function sort(table, th) {
    var column = th.cellIndex, body = table.tBodies[0];
    var down = th.getAttribute("aria-sort") === "ascending" || (!th.hasAttribute("aria-sort") && th.dataset.first === "down");
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
    th.setAttribute("aria-sort", down ? "descending" : "ascending");
    Array.prototype.map.call(body.rows, function (row, i) { return { row: row, i: i, key: key(row, column) }; })
      .sort(function (a, b) {
        if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.i - b.i;
        return (down ? -1 : 1) * order(a.key, b.key) || a.i - b.i;
      })
      .forEach(function (item) { body.appendChild(item.row); });
  }
  function tools(table) {
    var box = document.querySelector('[data-for="' + table.id + '"]');
    if (!box) return;
    var word = box.querySelector("input"), call = box.querySelector("select"), said = box.querySelector("output");
    function filter() {
      var wanted = word.value.toLowerCase().split(/[\s,;]+/).filter(Boolean), shown = 0;
      Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
        var text = row.textContent.toLowerCase();
        var keep = (!wanted.length || wanted.some(function (w) { return text.indexOf(w) >= 0; })) &&
          (!call || !call.value || row.dataset.call === call.value);
        row.hidden = !keep;
        shown += keep;
      });
      said.textContent = shown + " of " + table.tBodies[0].rows.length + " shown";
    }
    word.addEventListener("input", filter);
    if (call) call.addEventListener("change", filter);
    box.hidden = false;
    filter();
  }
  document.querySelectorAll("table[data-sort]").forEach(function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (th) {
      if (th.hasAttribute("data-still")) return;
      var button = document.createElement("button");
      while (th.firstChild) button.appendChild(th.firstChild);
      button.type = "button";
      button.addEventListener("click", function () { sort(table, th); });
      th.appendChild(button);
    });
    tools(table);
  });
  // A text with a copy button: the browser's clipboard where it is allowed, a selection otherwise.
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    var text = document.getElementById(button.dataset.copy), was = button.textContent;
    function said(word) {
      button.textContent = word;
      setTimeout(function () { button.textContent = was; }, 2500);
    }
    function select() {
      var range = document.createRange();
      range.selectNodeContents(text);
      var chosen = window.getSelection();
      chosen.removeAllRanges();
      chosen.addRange(range);
      var done = false;
      try { done = document.execCommand("copy"); } catch (refused) { done = false; }
      said(done ? "Copied" : "Selected: now copy");
    }
    button.hidden = false;
    button.addEventListener("click", function () {
      if (!navigator.clipboard) return select();
      navigator.clipboard.writeText(text.innerText).then(function () { said("Copied"); }, select);
    });
  });
  // A link to a gene's sites opens them; paper shows everything.
  function reveal() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  }
  window.addEventListener("hashchange", reveal);
  reveal();
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details[data-print]").forEach(function (d) { d.open = true; });
  });
})();
