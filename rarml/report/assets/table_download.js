(function () {
  "use strict";
  // One cell of a TSV: no tabs or line ends, and no text that a spreadsheet would run as a formula.
  function cell(value) {
    var text = value === null || value === undefined ? "" : String(value);
    text = text.replace(/\s+/g, " ").trim();
    if (text === "–") return "";
    var number = text.replace(/−/g, "-").replace(/^(-?\d{1,3})((?:,\d{3})+)(\.\d+)?$/, function (all, head, rest, tail) {
      return head + rest.replace(/,/g, "") + (tail || "");
    });
    if (/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(number)) return number.replace(/^\+/, "");
    return /^[=@]|^[+-]./.test(text) ? "'" + text : text;
  }
  function line(values) { return values.map(cell).join("\t") + "\n"; }
  function give(name, text, type) {
    var url = URL.createObjectURL(new Blob([text], { type: type || "text/tab-separated-values;charset=utf-8" }));
    var link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(url); }, 10000);
  }
  // What stands small under a number (its interval) gets a column of its own.
  function parts(td) {
    var small = [], copy = td.cloneNode(true);
    copy.querySelectorAll(".sub,small").forEach(function (part) { small.push(part.textContent); part.remove(); });
    copy.querySelectorAll("button.tsv").forEach(function (part) { part.remove(); });
    return [copy.textContent, small.join(" ").trim()];
  }
  function text(table) {
    var rows = Array.prototype.filter.call(table.rows, function (row) { return !row.hidden; });
    var read = rows.map(function (row) { return Array.prototype.map.call(row.cells, parts); });
    var twice = [];
    read.forEach(function (row) { row.forEach(function (part, i) { if (part[1]) twice[i] = true; }); });
    return read.map(function (row, r) {
      var head = rows[r].parentNode.tagName === "THEAD", out = [];
      row.forEach(function (part, i) {
        out.push(part[0]);
        if (twice[i]) out.push(head ? part[0].trim() + " (small print" + (part[1] ? ": " + part[1] : "") + ")" : part[1]);
      });
      return line(out);
    }).join("");
  }
  function name(table, i) {
    var title = table.id || (table.caption && table.caption.textContent) || "table " + (i + 1);
    return title.replace(/^t-/, "").replace(/[^A-Za-z0-9]+/g, "_").slice(0, 40).replace(/^_|_$/g, "") + ".tsv";
  }
  document.querySelectorAll("table:not([data-no-download])").forEach(function (table, i) {
    var button = document.createElement("button"), caption = table.caption;
    button.type = "button";
    button.className = "tsv";
    button.textContent = "TSV";
    button.title = "Download this table as tab-separated values";
    button.setAttribute("aria-label", "Download table" + (caption ? ": " + caption.textContent.trim().slice(0, 80) : "") + ", as TSV");
    var file = name(table, i);
    button.addEventListener("click", function () { give(file, text(table)); });
    if (caption && !caption.classList.contains("hide")) caption.appendChild(button);
    else table.parentNode.insertBefore(button, table.nextSibling);
  });
  window.rarml = { give: give, line: line };
})();
