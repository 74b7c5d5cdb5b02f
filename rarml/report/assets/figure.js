(function () {
  "use strict";
  // Values under the pointer, the finger or the keyboard: any part of a plot with a <title> of its own.
  var tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  document.body.appendChild(tip);
  function titled(node) {
    while (node && node.nodeName !== "svg" && node.nodeType === 1) {
      if (node.dataset && node.dataset.tip) return node.dataset.tip;
      node = node.parentNode;
    }
    return "";
  }
  function show(event) {
    var text = titled(event.target);
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    var right = event.clientX + 14 + tip.offsetWidth > window.innerWidth;
    tip.style.left = Math.max(4, right ? event.clientX - 14 - tip.offsetWidth : event.clientX + 14) + "px";
    tip.style.top = Math.max(4, event.clientY - tip.offsetHeight - 10) + "px";
  }
  function zoomable(figure, svg) {
    var view = svg.viewBox.baseVal, whole = [view.x, view.y, view.width, view.height], now = whole.slice();
    function set(next) {
      var width = Math.min(whole[2], Math.max(whole[2] / 30, next[2])), height = width * whole[3] / whole[2];
      now = [Math.min(whole[0] + whole[2] - width, Math.max(whole[0], next[0])),
        Math.min(whole[1] + whole[3] - height, Math.max(whole[1], next[1])), width, height];
      svg.setAttribute("viewBox", now.map(function (n) { return n.toFixed(2); }).join(" "));
      reset.disabled = less.disabled = width >= whole[2];
      svg.style.touchAction = width < whole[2] ? "none" : "";
    }
    function zoom(by, x, y) {
      x = x === undefined ? 0.5 : x;
      y = y === undefined ? 0.5 : y;
      set([now[0] + now[2] * x * (1 - 1 / by), now[1] + now[3] * y * (1 - 1 / by), now[2] / by]);
    }
    function move(x, y) { set([now[0] + x * now[2], now[1] + y * now[3], now[2]]); }
    function place(event) {
      var box = svg.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    }
    var bar = document.createElement("div");
    bar.className = "zoom";
    function button(text, label, act) {
      var made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      made.title = label;
      made.setAttribute("aria-label", label);
      made.addEventListener("click", act);
      bar.appendChild(made);
      return made;
    }
    button("+", "Zoom in", function () { zoom(1.5); });
    var less = button("−", "Zoom out", function () { zoom(1 / 1.5); });
    var reset = button("Reset", "Show the whole figure", function () { set(whole); });
    button("SVG", "Download this figure as SVG", function () { give(figure, svg, whole); });
    figure.insertBefore(bar, figure.firstChild);
    svg.setAttribute("tabindex", "0");
    svg.setAttribute("aria-keyshortcuts", "+ - 0 ArrowLeft ArrowRight ArrowUp ArrowDown");
    svg.addEventListener("keydown", function (event) {
      var act = { "+": [1.5], "=": [1.5], "-": [1 / 1.5] }[event.key];
      var step = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] }[event.key];
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (act) zoom(act[0]);
      else if (event.key === "0" || event.key === "Escape") set(whole);
      else if (step && now[2] < whole[2]) move(step[0], step[1]);
      else return;
      event.preventDefault();
    });
    // the wheel scrolls the page unless the figure has the focus or Ctrl is held
    svg.addEventListener("wheel", function (event) {
      if (!(event.ctrlKey || event.metaKey || document.activeElement === svg)) return;
      event.preventDefault();
      var at = place(event);
      zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, at[0], at[1]);
    }, { passive: false });
    var held = null;
    svg.addEventListener("pointerdown", function (event) { if (now[2] < whole[2]) held = place(event); });
    svg.addEventListener("pointermove", function (event) {
      show(event);
      if (!held) return;
      var at = place(event);
      move(held[0] - at[0], held[1] - at[1]);
      held = at;
    });
    ["pointerup", "pointerleave"].forEach(function (kind) {
      svg.addEventListener(kind, function () { held = null; tip.hidden = true; });
    });
    svg.addEventListener("pointerdown", show);
    svg.addEventListener("dblclick", function (event) { var at = place(event); zoom(2, at[0], at[1]); });
    set(whole);
  }
  // Colours of the page's style are written into the copy, so that the file stands alone, on white.
  function give(figure, svg, whole) {
    var copy = svg.cloneNode(true), seen = svg.querySelectorAll("[class]"), own = copy.querySelectorAll("[class]");
    seen.forEach(function (node, i) { own[i].setAttribute("color", getComputedStyle(node).color); });
    copy.setAttribute("color", getComputedStyle(svg).color);
    copy.setAttribute("viewBox", whole.join(" "));
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.style.background = getComputedStyle(figure).backgroundColor;
    copy.querySelectorAll("[data-tip]").forEach(function (node) { if (!node.children.length) node.remove(); });
    var label = svg.getAttribute("aria-label") || "figure";
    window.rarml.give(label.replace(/[^A-Za-z0-9]+/g, "_").slice(0, 50) + ".svg",
      new XMLSerializer().serializeToString(copy), "image/svg+xml");
  }
  document.querySelectorAll("figure").forEach(function (figure) {
    var svg = figure.querySelector("svg");
    if (!svg) return;
    // the browser's own slow tooltip would stand beside ours
    svg.querySelectorAll("title").forEach(function (title) {
      if (title.parentNode === svg) return;
      title.parentNode.dataset.tip = title.textContent;
      title.remove();
    });
    var top = svg.querySelector(":scope > title");
    if (top) top.remove();
    if (svg.viewBox.baseVal && svg.viewBox.baseVal.width) zoomable(figure, svg);
  });
})();
