// The wall in the browser: turns the scenes, asks whether there is anything new, says so when it can't.
// It keeps nothing but what it shows, so that it can run for months.
(function () {
  "use strict";
  var root = document.documentElement;
  var settings = JSON.parse(document.getElementById("wall-settings").textContent);
  var stage = document.getElementById("scenes"), line = document.getElementById("line");
  var note = document.getElementById("note"), freshBox = document.getElementById("fresh");
  var AWAKE = 4000, PATIENCE = 15000, RENEW_EVERY = 300000;

  function text(key, values) {
    return settings.texts[key].replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }
  function put(element, value) { if (element.textContent !== value) element.textContent = value; }

  // ---- time: the centre's wall time as the server told it last, carried on by a clock nobody can set
  var told = null, toldAt = 0, zone = 0;
  function learnTime(iso) {
    if (!iso || isNaN(Date.parse(iso))) return;
    var found = iso.match(/([+-])(\d\d):(\d\d)$/);
    zone = found ? (found[1] === "-" ? -1 : 1) * (found[2] * 60 + Number(found[3])) * 60000 : 0;
    told = Date.parse(iso);
    toldAt = performance.now();
  }
  function now() { return told === null ? null : told + performance.now() - toldAt; }
  function wall(moment) { return new Date(moment + zone).toISOString(); }

  // ---- scenes
  var shown = null, elapsed = 0, paused = settings.paused, turned = 0;

  function all() { return Array.prototype.slice.call(stage.querySelectorAll(".scene")); }

  function take(list) {
    var waiting = document.getElementById("waiting");
    if (waiting) waiting.remove();
    var had = {}, focus = shown && shown.dataset.name;
    all().forEach(function (scene) { had[scene.dataset.name] = scene; });
    list.forEach(function (given) {
      var name = given[0], scene = had[name];
      delete had[name];
      if (!scene) {
        scene = document.createElement("section");
        scene.className = "scene";
        scene.dataset.name = name;
        scene.hidden = true;
      }
      if (scene.dataset.mark !== given[2]) {
        scene.dataset.mark = given[2];
        scene.setAttribute("aria-label", given[1]);
        scene.innerHTML = given[3];
      }
      if (stage.lastChild !== scene) stage.appendChild(scene); // in the order given
    });
    Object.keys(had).forEach(function (name) { had[name].remove(); });
    var scenes = all();
    if (line.childElementCount !== scenes.length) {
      line.textContent = "";
      scenes.forEach(function () { line.appendChild(document.createElement("i")).appendChild(document.createElement("b")); });
    }
    var wanted = focus || settings.scene;
    show(scenes.filter(function (scene) { return scene.dataset.name === wanted; })[0] || scenes[0] || null, shown !== null);
  }

  function show(scene, stay) {
    if (shown && shown !== scene) shown.hidden = true;
    if (scene) scene.hidden = false;
    if (shown !== scene || !stay) elapsed = 0;
    shown = scene;
    root.dataset.scene = scene ? scene.dataset.name : "";
    progress();
  }

  function turn(step) {
    var scenes = all();
    if (!scenes.length) return;
    var at = scenes.indexOf(shown);
    show(scenes[(at + step + scenes.length) % scenes.length], false);
    root.dataset.turned = String(++turned);
  }

  function progress() {
    var bars = line.children, at = all().indexOf(shown), part = Math.min(elapsed / settings.every, 1);
    for (var i = 0; i < bars.length; i += 1) {
      var full = i < at ? 1 : i > at ? 0 : part;
      bars[i].firstChild.style.transform = "scaleX(" + full.toFixed(4) + ")";
    }
  }

  // ---- the moment of the data, and of each source: a stopped one turns its figures visibly stale
  var fresh = null, lookedAt = 0, dateShown = "";

  function ago(minutes) {
    if (minutes < 1) return text("js.just_now", {});
    if (minutes < 60) return text("js.minutes_ago", { n: minutes });
    if (minutes < 2880) return text("js.hours_ago", { n: Math.floor(minutes / 60) });
    return text("js.days_ago", { n: Math.floor(minutes / 1440) });
  }
  function dated(moment, how) {
    how.timeZone = "UTC";
    return new Intl.DateTimeFormat(root.lang, how).format(new Date(moment + zone));
  }
  function dayAndTime(iso) {
    var current = now();
    if (current !== null && iso.slice(0, 10) === wall(current).slice(0, 10)) return iso.slice(11, 16);
    return dated(Date.parse(iso), { month: "long", day: "numeric" }) + " " + iso.slice(11, 16);
  }
  function stopped(iso, current) {
    var at = iso.slice(11, 16), day = iso.slice(0, 10);
    if (day === wall(current).slice(0, 10)) return text("js.stopped_at", { at: at });
    if (at === "00:00") { // whole days: stopped at the end of the day before
      day = new Date(Date.parse(day) - 86400000).toISOString().slice(0, 10);
      at = "";
    }
    return text("js.stopped_on", { month: Number(day.slice(5, 7)), day: Number(day.slice(8)), at: at }).trim();
  }
  function look() {
    var current = now();
    if (current === null) return;
    var stamp = wall(current), clock = document.getElementById("clock");
    put(clock, stamp.slice(11, 16));
    if (stamp.slice(0, 10) !== dateShown) {
      dateShown = stamp.slice(0, 10);
      put(document.getElementById("date"), dated(current, { month: "long", day: "numeric" }) + " " +
        dated(current, { weekday: "short" }));
    }
    if (!fresh) return;
    var late = {}, worst = "";
    Object.keys(fresh.moments).forEach(function (code) {
      var at = fresh.moments[code][0];
      if (current - Date.parse(at) <= fresh.moments[code][1] * 60000) return;
      late[code] = true;
      if (!worst || Date.parse(at) < Date.parse(worst)) worst = at;
    });
    var said = fresh.at ? text("wall.js_at", { at: dayAndTime(fresh.at) }) + " · " +
      ago(Math.floor((current - Date.parse(fresh.at)) / 60000)) : text("wall.js_never", {});
    if (worst) said = stopped(worst, current);
    put(freshBox, said);
    freshBox.classList.toggle("is-stale", Boolean(worst));
    stage.querySelectorAll("[data-sources]").forEach(function (figure) {
      figure.classList.toggle("is-stale", figure.dataset.sources.split(" ").some(function (code) { return late[code]; }));
    });
  }

  // ---- asking: what is wrong is said, and the next question is asked all the same
  var tag = "", failures = 0, trouble = "", asking = false, heard = null, asked = 0, next = 0;

  function tell() {
    var at = heard === null ? text("wall.js_nothing", {}) : dayAndTime(heard);
    // What the address can't be used for is said as long as the screen stands, one after the other: it may show
    // another centre than was meant.
    var wrong = settings.problems, nth = Math.max(asked - 1, 0) % (wrong.length || 1);
    var state = trouble ? text(trouble, { at: at, n: settings.pollSeconds }) : paused ? text("wall.js_paused", {}) : "";
    var about = wrong.length > 1 ? nth + 1 + "/" + wrong.length + " " + wrong[nth] : wrong.join("");
    var said = [state, about].filter(Boolean).join(" · ");
    put(note, said);
    note.hidden = !said;
    root.classList.toggle("is-noted", Boolean(said));
    note.className = trouble ? "is-trouble" : "";
    root.dataset.trouble = trouble;
  }

  function accept(body) {
    if (body.build && body.build !== settings.build) renew();
    if (body.gone) { trouble = "wall.js_gone"; return; }
    fresh = body.fresh;
    tag = body.tag;
    if (body.place) put(document.getElementById("place"), body.place);
    if (body.scenes) take(body.scenes);
    good();
  }
  function good() {
    failures = 0;
    trouble = "";
    var current = now();
    heard = current === null ? heard : wall(current);
  }
  function bad() {
    failures += 1;
    if (failures > 1 || heard === null) trouble = "wall.js_lost";
  }

  function ask() {
    if (asking) return;
    asking = true;
    clearTimeout(next);
    root.dataset.asked = String(++asked);
    var stop = new AbortController(), timer = setTimeout(function () { stop.abort(); }, PATIENCE);
    fetch(settings.data, {
      cache: "no-store", credentials: "same-origin", signal: stop.signal,
      headers: { Accept: "application/json", "If-None-Match": '"' + tag + '"' },
    }).then(function (answer) {
      learnTime(answer.headers.get("Hotline-Now"));
      if (answer.status === 304) return good();
      if (answer.status === 401) { trouble = "wall.js_signed_out"; return undefined; }
      if (answer.status !== 200 && answer.status !== 503) throw new Error(String(answer.status));
      return answer.json().then(accept);
    }).catch(bad).then(function () {
      clearTimeout(timer);
      asking = false;
      look();
      tell();
      // Not all walls at the same moment.
      next = setTimeout(ask, settings.poll * (0.9 + Math.random() * 0.2));
    });
  }
  window.addEventListener("online", ask);

  // A new version: once all of it can be had, the page loads itself anew; else the old one goes on.
  function renew() {
    var last = Number(sessionStorage.getItem("wall-renewed") || 0);
    if (Date.now() - last < RENEW_EVERY && Date.now() >= last) return;
    var parts = [location.href].concat(Array.prototype.map.call(
      document.querySelectorAll("link[rel=stylesheet], script[src]"),
      function (part) { return part.href || part.src; }));
    Promise.all(parts.map(function (address) {
      return fetch(address, { cache: "reload", credentials: "same-origin" }).then(function (answer) {
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      });
    })).then(function () {
      sessionStorage.setItem("wall-renewed", String(Date.now()));
      location.reload();
    }).catch(function () { /* the next answer tries again */ });
  }

  // ---- the beat: one timer, nothing that piles up
  var beat = Math.max(4, Math.min(250, settings.every / 4)), last = performance.now();
  setInterval(function () {
    var at = performance.now(), passed = Math.min(at - last, 1000);
    last = at;
    if (shown && !paused) {
      elapsed += passed;
      if (elapsed >= settings.every) turn(1);
      else progress();
    }
    if (at - lookedAt > 1000) { lookedAt = at; look(); }
  }, beat);

  // ---- hands: keyboard and buttons; both disappear when nobody is there
  var asleep = 0;
  function wake() {
    root.classList.add("is-awake");
    clearTimeout(asleep);
    asleep = setTimeout(function () { root.classList.remove("is-awake"); }, AWAKE);
  }
  function address(name, value) {
    var found = new URL(location.href);
    if (value) found.searchParams.set(name, value);
    else found.searchParams.delete(name);
    history.replaceState(null, "", found);
  }
  var doing = {
    previous: function () { turn(-1); },
    next: function () { turn(1); },
    pause: function () {
      paused = !paused;
      address("pause", paused ? "1" : "");
      address("scene", paused && shown ? shown.dataset.name : "");
      document.querySelector("[data-do=pause]").setAttribute("aria-pressed", String(paused));
      tell();
    },
    theme: function () {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      address("theme", root.dataset.theme === "light" ? "light" : "");
    },
    full: function () {
      if (document.fullscreenElement) document.exitFullscreen();
      else if (root.requestFullscreen) root.requestFullscreen().catch(function () { /* the browser does not allow it */ });
    },
    leave: function () { location.assign(settings.home); },
  };
  var keys = {
    " ": "pause", ArrowLeft: "previous", ArrowRight: "next", PageUp: "previous", PageDown: "next",
    Escape: "leave", f: "full", F: "full", t: "theme", T: "theme",
  };
  document.addEventListener("keydown", function (event) {
    wake();
    var what = keys[event.key];
    if (!what || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.closest && event.target.closest("button, a")) return;
    if (event.key === "Escape" && document.fullscreenElement) return; // Esc ends full screen first
    event.preventDefault();
    doing[what]();
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-do]");
    if (button) doing[button.dataset.do]();
  });
  ["mousemove", "touchstart", "focusin"].forEach(function (name) {
    document.addEventListener(name, wake, { passive: true });
  });

  // ---- the screen stays on, where the browser can see to that
  function stayOn() {
    if (document.visibilityState === "visible" && navigator.wakeLock) {
      navigator.wakeLock.request("screen").catch(function () { /* not allowed: the system's settings decide */ });
    }
  }
  document.addEventListener("visibilitychange", function () {
    stayOn();
    if (document.visibilityState === "visible") ask(); // timers of a hidden page are slow
  });
  stayOn();
  document.querySelector("[data-do=pause]").setAttribute("aria-pressed", String(paused));
  ask();
})();
