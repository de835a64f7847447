// What is under a finger stays: while a button is held down nothing is redrawn, so that the click meets what was pressed.
(function () {
  "use strict";
  var LONGEST = 10000, AFTER = 60;
  var ask = window.fetch.bind(window), waiting = [], held = false, asking = 0, patience = null;

  // What may go on does: nothing while a button is held, what would redraw the page not before a click has its answer.
  function goOn() {
    if (held) return;
    waiting.splice(0).forEach(function (one) {
      if (one.redraws && asking) waiting.push(one);
      else one.go();
    });
  }
  function release() {
    held = false;
    clearTimeout(patience);
    goOn();
  }
  function hold() {
    held = true;
    clearTimeout(patience);
    patience = setTimeout(release, LONGEST); // let go of outside the window, and never told
  }
  function letGo() { setTimeout(release, AFTER); } // the click comes after the release
  document.addEventListener("pointerdown", hold, true);
  ["pointerup", "pointercancel", "dragend"].forEach(function (name) { document.addEventListener(name, letGo, true); });
  // A button is pressed by the space bar, too, and clicked when that is let go.
  document.addEventListener("keydown", function (event) { if (event.key === " " && !event.repeat) hold(); }, true);
  document.addEventListener("keyup", function (event) { if (event.key === " ") letGo(); }, true);

  // What a request of Dash asks: ``click``: what a button does; ``redraws``: what is new; ``opens``: the drawer.
  function asked(options) {
    var text = String((options || {}).body), body = text.charAt(0) === "{" ? JSON.parse(text) : {};
    var changed = body.changedPropIds || [];
    return {
      click: [].concat.apply([], body.inputs || []).some(function (one) { return one && one.property === "n_clicks" && one.value; })
        && changed.some(function (name) { return /\.n_clicks$/.test(name); }),
      redraws: changed.indexOf("data-version.data") >= 0,
      opens: text.indexOf("provenance-drawer.visible") >= 0,
    };
  }
  // A button that is drawn anew asks, too; Dash then drops the answer to the click that is still on its way.
  function answered() {
    asking -= 1;
    goOn();
  }

  window.fetch = function (_url, options) {
    var page = location.pathname, what = asked(options), reply = ask.apply(null, arguments);
    if (what.click) {
      asking += 1;
      reply.then(function () { setTimeout(answered, AFTER); }, answered);
    }
    return reply.then(function (answer) {
      // a drawer asked for on a page that has been left does not open over the next one
      if (what.opens && page !== location.pathname) return new Response(null, { status: 204 });
      if (!held && !(asking && what.redraws)) return answer;
      return new Promise(function (go) { waiting.push({ redraws: what.redraws, go: function () { go(answer); } }); });
    });
  };

  // ---- a drawer goes with the page it was opened on
  window.dash_clientside.hotline.closeDrawer = function (_path, open) {
    return open ? false : window.dash_clientside.no_update;
  };
})();
