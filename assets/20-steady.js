// What is under a finger stays: while a button is held down nothing is redrawn, so that the click meets what was pressed.
(function () {
  "use strict";
  var LONGEST = 10000, AFTER = 60;
  var ask = window.fetch.bind(window), waiting = [], held = false, patience = null;

  function release() {
    held = false;
    clearTimeout(patience);
    waiting.splice(0).forEach(function (go) { go(); });
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

  window.fetch = function (_url, options) {
    var page = location.pathname, opens = String((options || {}).body).indexOf("provenance-drawer.visible") >= 0;
    return ask.apply(null, arguments).then(function (answer) {
      // a drawer asked for on a page that has been left does not open over the next one
      if (opens && page !== location.pathname) return new Response(null, { status: 204 });
      return held ? new Promise(function (go) { waiting.push(function () { go(answer); }); }) : answer;
    });
  };

  // ---- a drawer goes with the page it was opened on
  window.dash_clientside.hotline.closeDrawer = function (_path, open) {
    return open ? false : window.dash_clientside.no_update;
  };
})();
