// Charts as pictures to keep, printing, and the search on the page of definitions.
(function () {
  "use strict";
  var text = window.hotlineText;

  // ---- a chart as a picture: with its finding and its notes, on the page's own ground
  function ground(element) {
    for (var at = element; at; at = at.parentElement) {
      var colour = getComputedStyle(at).backgroundColor;
      if (colour && colour !== "transparent" && !/, 0\)$/.test(colour)) return colour;
    }
    return getComputedStyle(document.documentElement).getPropertyValue("--surface");
  }
  function words(figure, selector) {
    var found = figure.querySelector(selector);
    return found ? found.textContent : "";
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-png]");
    if (!button) return;
    var box = document.getElementById(button.dataset.png);
    var plot = box && box.querySelector(".js-plotly-plot");
    if (!plot || !window.Plotly) return;
    var figure = button.closest("figure");
    var wide = Math.max(plot.clientWidth, 640), high = Math.max(plot.clientHeight, 240);
    var style = getComputedStyle(figure);
    var layout = Object.assign({}, plot.layout, {
      paper_bgcolor: ground(figure), width: wide, height: high + 96, autosize: false,
      margin: Object.assign({}, plot.layout.margin, { t: 56, b: 40 }),
      title: { text: words(figure, "h2"), x: 0, xanchor: "left", pad: { l: 12 }, y: 0.97, yanchor: "top", font: { size: 16, color: style.color } },
    });
    var name = button.dataset.name.replace(/[\\/:*?"<>|\s]+/g, "-");
    window.Plotly.downloadImage({ data: plot.data, layout: layout }, {
      format: "png", filename: name, width: wide, height: high + 96, scale: 2,
    });
  });

  // ---- the formula and the figures of a chart are fetched when they are opened, and again when the chart changes
  function make(tag, text, className) {
    var made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }
  function basis(found) {
    var list = make("dl", undefined, "facts");
    found.basis.forEach(function (pair) { list.append(make("dt", pair[0]), make("dd", pair[1])); });
    return list;
  }
  function table(found) {
    var box = make("div", undefined, "table-scroll"), made = make("table", undefined, "plain-table data-table");
    var head = make("thead"), body = make("tbody"), line = make("tr");
    // A column without any word is left out.
    var shown = found.titles.map(function (title, at) {
      return title[1] || found.rows.some(function (row) { return row[at]; });
    });
    function kind(at) { return found.titles[at][1] ? "num" : ""; }
    found.titles.forEach(function (title, at) {
      if (!shown[at]) return;
      var cell = make("th", title[0], kind(at));
      cell.scope = "col";
      line.append(cell);
    });
    head.append(line);
    found.rows.forEach(function (row) {
      var tr = make("tr");
      row.forEach(function (text, at) {
        if (!shown[at]) return;
        var cell = make(at ? "td" : "th", text, kind(at));
        if (!at) cell.scope = "row";
        tr.append(cell);
      });
      body.append(tr);
    });
    made.append(make("caption", found.kind, "sr-only"), head, body);
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", found.kind);
    box.append(made);
    return box;
  }
  function mark(figure) {
    var plot = figure.querySelector(".js-plotly-plot");
    return (figure.dataset.about || "") + ((plot && plot.layout && plot.layout.meta) || "");
  }
  function fill(fold) {
    var figure = fold.closest("figure[data-about]"), place = fold.querySelector("[data-fill]");
    if (!figure || !place) return;
    var wanted = mark(figure);
    fold.dataset.mark = wanted;
    window.fetch(figure.dataset.about).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }).then(function (found) {
      if (fold.dataset.mark !== wanted) return;
      place.replaceChildren(place.dataset.fill === "basis" ? basis(found) : table(found));
    }, function () {
      delete fold.dataset.mark;
      if (!place.firstChild) place.replaceChildren(make("p", text("js.chart_failed", {}), "note"));
    });
  }
  document.addEventListener("toggle", function (event) {
    if (event.target.open && event.target.matches("figure[data-about] details")) fill(event.target);
  }, true);
  function refill() {
    document.querySelectorAll("figure[data-about] details[open][data-mark]").forEach(function (fold) {
      if (fold.dataset.mark !== mark(fold.closest("figure"))) fill(fold);
    });
  }

  // ---- printing: everything that is folded is shown on paper
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
  });
  var PAPER = 656; // what A4 leaves a chart, within margins and frame
  var opened = [];
  function widths(change) {
    if (window.Plotly) document.querySelectorAll(".js-plotly-plot").forEach(change);
  }
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.slice.call(document.querySelectorAll("details.kpi-details:not([open]), details.group:not([open])"));
    opened.forEach(function (fold) { fold.open = true; });
    widths(function (plot) { window.Plotly.relayout(plot, { width: PAPER, autosize: false }); });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (fold) { fold.open = false; });
    opened = [];
    widths(function (plot) { window.Plotly.relayout(plot, { width: null, autosize: true }); });
  });

  // ---- the search of the definitions: hides what does not hold every word; the address keeps it
  function search() {
    var field = document.getElementById("catalogue-search");
    if (!field) return;
    var wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean), found = 0;
    document.querySelectorAll("[data-entry]").forEach(function (entry) {
      var inside = entry.textContent.toLowerCase();
      var fits = wanted.every(function (word) { return inside.indexOf(word) >= 0; });
      if (entry.hidden === fits) entry.hidden = !fits;
      if (fits) found += 1;
    });
    document.querySelectorAll(".kpi-group").forEach(function (group) {
      var empty = !group.querySelector("[data-entry]:not([hidden])");
      if (group.hidden !== empty) group.hidden = empty;
    });
    var said = !wanted.length ? "" : found ? text("js.search_found", { n: found }) : text("js.search_none", {});
    var place = document.getElementById("catalogue-found");
    if (place && place.textContent !== said) place.textContent = said;
  }
  document.addEventListener("input", function (event) {
    if (event.target.id !== "catalogue-search") return;
    search();
    var address = new URL(location.href);
    if (event.target.value) address.searchParams.set("q", event.target.value);
    else address.searchParams.delete("q");
    history.replaceState(history.state, "", address);
  });
  // On a phone the row of pages scrolls: the one shown is brought into view.
  var shownPage = null;
  function reveal() {
    var here = document.querySelector(".menu [aria-current]");
    if (here && here !== shownPage) here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.clientWidth) / 2;
    shownPage = here;
  }
  document.addEventListener("DOMContentLoaded", function () {
    var waiting = null;
    new MutationObserver(function () {
      if (waiting === null) waiting = setTimeout(function () { waiting = null; search(); reveal(); refill(); }, 80);
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
