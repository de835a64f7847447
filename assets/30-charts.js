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

  // ---- printing: everything that is folded is shown on paper
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
  });
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.slice.call(document.querySelectorAll("details.kpi-details:not([open])"));
    opened.forEach(function (fold) { fold.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (fold) { fold.open = false; });
    opened = [];
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
      if (waiting === null) waiting = setTimeout(function () { waiting = null; search(); reveal(); }, 80);
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
