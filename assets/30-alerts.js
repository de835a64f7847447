// A short tone when another alert opens while 告警 is shown and the switch beside it is on.
(function () {
  "use strict";
  var before = null;

  function tone() {
    var Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) return;
    var audio = new Context(), sound = audio.createOscillator(), loud = audio.createGain();
    sound.frequency.value = 880;
    loud.gain.setValueAtTime(0.2, audio.currentTime);
    loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.6);
    sound.connect(loud).connect(audio.destination);
    sound.start();
    sound.stop(audio.currentTime + 0.6);
    sound.onended = function () { audio.close(); };
  }

  setInterval(function () {
    var head = document.querySelector(".page.alerts h1[data-open]");
    if (!head) { before = null; return; }
    var open = head.dataset.open.split(" ").filter(Boolean);
    var on = document.querySelector("input#alert-sound:checked");
    var known = before || open;
    before = open;
    if (on && open.some(function (one) { return known.indexOf(one) < 0; })) tone();
  }, 2000);
})();
