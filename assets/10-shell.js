// The frame's behaviour in the browser: theme, menu, links, the age of the data, lost connections.
(function () {
  "use strict";
  var root = document.documentElement;
  var YEAR = 31536000, PATIENCE = 15000;
  var texts = JSON.parse(document.getElementById("hotline-texts").textContent);

  // The pages' texts live in one catalogue on the server; {name} marks what is filled in.
  function text(key, values) {
    return texts[key].replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }
  window.hotlineText = text;

  function remember(name, value) {
    root.dataset[name] = value;
    document.cookie = name + "=" + value + ";path=/;max-age=" + YEAR + ";samesite=lax";
  }
  function cookie(name) {
    var found = document.cookie.match("(?:^|; )" + name + "=([^;]*)");
    return found ? found[1] : "";
  }

  // ---- theme: what was chosen, else what the system prefers; the server draws the figures in it
  function theme() {
    var chosen = cookie("theme");
    if (chosen === "light" || chosen === "dark") return chosen;
    return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  remember("theme", theme());
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.hotline = {
    switchTheme: function (clicks) {
      if (!clicks) return window.dash_clientside.no_update;
      remember("theme", theme() === "dark" ? "light" : "dark");
      return theme();
    },
    // What a person chose or pressed goes to the server; that it was drawn with nothing chosen does not.
    chosen: function (value) {
      return value ? { value: value, at: Date.now() } : window.dash_clientside.no_update;
    },
    pressed: function () {
      var found = window.dash_clientside.callback_context.triggered.filter(function (one) { return one.value; })[0];
      if (!found) return window.dash_clientside.no_update;
      return { id: JSON.parse(found.prop_id.slice(0, found.prop_id.lastIndexOf("."))), at: Date.now() };
    },
  };

  // ---- language: kept for this browser; the page is built anew in it
  document.addEventListener("click", function (event) {
    var other = event.target.closest("#language-switch");
    if (!other) return;
    document.cookie = "lang=" + other.lang + ";path=/;max-age=" + YEAR + ";samesite=lax";
    location.reload();
  });

  // ---- menu: folded or open
  document.addEventListener("click", function (event) {
    if (!event.target.closest("#menu-switch")) return;
    var wide = window.matchMedia("(min-width: 1600px)").matches ? "open" : "folded";
    remember("menu", (root.dataset.menu || wide) === "open" ? "folded" : "open");
  });

  // ---- links inside the product change the address without loading the page again
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-nav]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    var from = location.pathname;
    if (link.href === location.href) return;
    history.pushState({}, "", link.href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    if (location.pathname !== from) window.scrollTo(0, 0);
    document.querySelectorAll("details[data-fold][open]").forEach(function (fold) { fold.open = false; });
  });

  // ---- panels below a button: one at a time, closed by a click elsewhere or Esc
  function closeFolds(except) {
    document.querySelectorAll("details[data-fold][open]").forEach(function (fold) {
      if (fold !== except) fold.open = false;
    });
  }
  document.addEventListener("click", function (event) {
    // A calendar drawn outside the panel still belongs to it.
    if (event.target.closest(".ant-picker-dropdown")) return;
    closeFolds(event.target.closest("details[data-fold]"));
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var open = document.querySelector("details[data-fold][open]");
    if (!open) return;
    closeFolds(null);
    open.querySelector("summary").focus();
  });

  // ---- the age of the data; a source past its limit turns its figures visibly stale
  var seen = null, skew = 0, wasBroken = false, lost = { page: false, apart: false, label: "" };

  function clock(iso) { return iso.slice(11, 16); }
  function ago(minutes) {
    if (minutes < 1) return text("js.just_now");
    if (minutes < 60) return text("js.minutes_ago", { n: minutes });
    if (minutes < 2880) return text("js.hours_ago", { n: Math.floor(minutes / 60) });
    return text("js.days_ago", { n: Math.floor(minutes / 1440) });
  }
  function stopped(iso, now) {
    // Wall times of the centre: compare the texts, not this computer's zone.
    var day = iso.slice(0, 10), at = clock(iso), today = new Date(now + zone(iso)).toISOString().slice(0, 10);
    if (day === today) return text("js.stopped_at", { at: at });
    if (at === "00:00") { // whole days: stopped at the end of the day before
      day = new Date(Date.parse(day) - 86400000).toISOString().slice(0, 10);
      at = "";
    }
    var month = Number(day.slice(5, 7)), date = Number(day.slice(8));
    return text("js.stopped_on", { month: month, day: date, at: at }).trim();
  }
  function zone(iso) {
    var found = iso.match(/([+-])(\d\d):(\d\d)$/);
    return found ? (found[1] === "-" ? -1 : 1) * (found[2] * 60 + Number(found[3])) * 60000 : 0;
  }
  function setText(element, text) { if (element && element.textContent !== text) element.textContent = text; }

  function age() {
    var box = document.querySelector(".freshness");
    if (!box) return;
    var broken = box.classList.contains("is-broken");
    // The page was asked for while the database was away: now that it is back, ask again.
    if (wasBroken && !broken && document.querySelector(".state-error")) location.reload();
    wasBroken = broken;
    if (!box.dataset.moments) {
      if (lost.apart) mark({}, 0);
      return;
    }
    if (seen !== box.dataset.now) {
      seen = box.dataset.now;
      skew = Date.parse(seen) - Date.now();
    }
    var now = Date.now() + skew, moments = JSON.parse(box.dataset.moments), late = {};
    Object.keys(moments).forEach(function (code) {
      if (now - Date.parse(moments[code][0]) > moments[code][1] * 60000) late[code] = moments[code][0];
    });
    setText(box.querySelector(".fresh-ago"), ago(Math.floor((now - Date.parse(box.dataset.at)) / 60000)));
    box.classList.toggle("is-stale", Object.keys(late).length > 0);
    mark(late, now);
  }
  // Each block of figures whose source has stopped, and all of them while they are of another question than the address.
  function mark(late, now) {
    document.querySelectorAll("[data-sources]").forEach(function (figure) {
      var oldest = figure.dataset.sources.split(" ").filter(function (code) { return late[code]; })
        .map(function (code) { return late[code]; }).sort()[0];
      var words = oldest ? stopped(oldest, now) : "";
      if (lost.apart) words = text("js.apart_mark");
      figure.classList.toggle("is-stale", Boolean(words));
      setText(figure.querySelector(".stale-note"), words);
      if (figure.title !== words) figure.title = words;
    });
  }
  // What had the focus is given it back when it was redrawn.
  var focused = null;
  document.addEventListener("focusin", function (event) { focused = event.target; });
  function refocus() {
    if (!focused || focused.isConnected || document.activeElement !== document.body) return;
    var href = focused.getAttribute("href"), again = focused.id ? document.getElementById(focused.id) : null;
    if (!again && href) {
      again = document.querySelector("a[href=" + JSON.stringify(href) + "][class=" + JSON.stringify(focused.className) + "]");
    }
    focused = null;
    if (again) again.focus({ preventScroll: true });
  }
  // On a narrow screen the row of periods scrolls: the one chosen is brought into view.
  var shownPeriod = null;
  function reveal() {
    var chosen = document.querySelector(".filters > .periods [aria-current]");
    if (chosen && chosen !== shownPeriod) {
      chosen.parentElement.scrollLeft = chosen.offsetLeft - (chosen.parentElement.clientWidth - chosen.clientWidth) / 2;
    }
    shownPeriod = chosen;
  }
  // What the kits leave out: a place to drop files has a button for the keyboard, the field behind it is for the
  // mouse alone; the choices that a list shows are said to be choices.
  function mendKit() {
    document.querySelectorAll(".drop input[type=file]:not([aria-hidden])").forEach(function (field) {
      field.tabIndex = -1;
      field.setAttribute("aria-hidden", "true");
    });
    document.querySelectorAll(".ant-select-item-option:not([role])").forEach(function (choice) {
      choice.setAttribute("role", "option");
      choice.parentElement.setAttribute("role", "listbox");
      choice.parentElement.setAttribute("aria-label", text("js.choices"));
    });
  }
  setInterval(age, 5000);
  document.addEventListener("DOMContentLoaded", function () {
    var waiting = null;
    new MutationObserver(function () {
      if (waiting === null) waiting = setTimeout(function () { waiting = null; age(); reveal(); refocus(); mendKit(); }, 60);
    }).observe(document.body, { childList: true, subtree: true });
  });

  // ---- requests: signed out → the sign-in page; no answer → say so, and say when it is over
  var ask = window.fetch.bind(window), failures = 0, waiting = 0, shown = "", missed = false;

  function here() { return location.pathname + location.search; }
  function isApart() { return lost.page && shown !== here(); }
  // What is shown, as the frame names it: page, centre, period.
  function label() {
    var parts = [".menu-item[aria-current] .menu-text", ".centre-list [aria-current]", ".periods [aria-current]"];
    if (!document.querySelector(parts[2])) parts[2] = ".periods + .fold > .is-chosen";
    var words = parts.map(function (part) { return document.querySelector(part); }).filter(Boolean);
    return words.map(function (part) { return part.textContent; }).join(" · ") || document.title;
  }
  function connection(works) {
    failures = works ? 0 : failures + 1;
    lost.apart = isApart();
    // What was asked for meanwhile is loaded once the server answers again.
    if (works && !waiting && (lost.apart || missed)) location.reload();
    var note = document.getElementById("connection-lost");
    if (works && note && !lost.apart) note.remove();
    if (!works && !note && (lost.apart || (failures > 1 && document.visibilityState !== "hidden"))) {
      note = document.createElement("div");
      note.id = "connection-lost";
      note.setAttribute("role", "alert");
      document.body.appendChild(note);
    }
    if (!works) setText(note, lost.apart && shown ? text("js.connection_apart", { label: lost.label }) : text("js.connection_lost"));
    age();
  }
  // What a request of Dash asks for: the page of an address (else ``page`` is false); ``kept``: the frame of an
  // address, or a page's new data, which nothing asks for again.
  function asked(options) {
    var body = options && typeof options.body === "string" && options.body.charAt(0) === "{" ? JSON.parse(options.body) : {};
    var names = (body.inputs || []).map(function (input) { return input && input.id; });
    var page = String(body.output).indexOf("_pages_content") >= 0;
    if (page && !isApart()) lost.label = label();
    return { page: page, kept: names.indexOf("_pages_location") >= 0 || names.indexOf("data-version") >= 0, address: here() };
  }
  function heard(what, answered) {
    if (what.page) {
      if (answered) shown = what.address;
      lost.page = !answered || (lost.page && shown !== here());
    } else if (what.kept && !answered) missed = true;
    connection(answered);
  }
  // A page on its way is shown as such, but not when it is there at once.
  function busy(change) {
    waiting += change;
    if (waiting > 0) setTimeout(function () { root.classList.toggle("is-loading", waiting > 0); }, 250);
    else root.classList.remove("is-loading");
  }
  window.fetch = function (address, options) {
    var what = asked(options), patience = null;
    if (what.page) {
      busy(1);
      patience = setTimeout(function () { heard(what, false); }, PATIENCE);
    }
    function done() {
      clearTimeout(patience);
      if (what.page) busy(-1);
    }
    return ask.apply(null, arguments).then(function (answer) {
      done();
      if (answer.status === 401) {
        location.assign("/signin?next=" + encodeURIComponent(location.pathname + location.search));
      }
      heard(what, answer.status < 502);
      return answer;
    }, function (error) {
      done();
      if (!error || error.name !== "AbortError") heard(what, false);
      throw error;
    });
  };
})();
