// Files on their way to the server: piece by piece with a bar, then what became of their rows.
(function () {
  "use strict";
  var TRIES = 4;
  var text = window.hotlineText;

  document.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-upload]");
    if (!button) return;
    var chooser = document.createElement("input");
    chooser.type = "file";
    chooser.multiple = !button.dataset.mended;
    chooser.addEventListener("change", function () {
      Array.from(chooser.files).reduce(function (before, file) {
        return before.then(function () { return send(button.dataset, file); });
      }, Promise.resolve());
    });
    chooser.click();
  });

  // ---- one file's row: name, bar, what is happening
  function row(title, file) {
    var box = document.createElement("div");
    box.className = "upload";
    var name = document.createElement("strong");
    name.textContent = file.name;
    var where = document.createElement("span");
    where.textContent = " → " + title;
    var bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    var said = document.createElement("p");
    var close = document.createElement("button");
    close.className = "icon-button";
    close.textContent = "✕";
    close.setAttribute("aria-label", text("js.close"));
    close.hidden = true;
    close.addEventListener("click", function () { box.remove(); });
    box.append(name, where, close, bar, said);
    document.getElementById("uploads").append(box);
    return {
      progress: function (share, text) { bar.value = share; said.textContent = text; },
      busy: function (text) { bar.removeAttribute("value"); said.textContent = text; },
      end: function (kind, text, details) {
        bar.remove();
        close.hidden = false;
        box.classList.add("is-" + kind);
        said.textContent = (kind === "done" ? "✓ " : "✕ ") + text;
        (details || []).forEach(function (line) {
          var item = document.createElement("p");
          item.textContent = line;
          box.append(item);
        });
      },
    };
  }

  function send(data, file) {
    var shown = row(data.title, file), base = "/upload/" + encodeURIComponent(data.upload);
    shown.progress(0, text("js.upload_begin"));
    return post(base, JSON.stringify({ name: file.name, size: file.size, mended: Boolean(data.mended) }), "application/json")
      .then(function (begun) { return pieces(base + "/" + begun.id, file, begun.piece, shown); })
      .then(function (url) { return follow(url, shown); })
      .catch(function (error) { shown.end("failed", error.message); });
  }

  function pieces(url, file, size, shown) {
    var total = Math.max(file.size, 1), started = Date.now();
    function said(sent) {
      var seconds = (Date.now() - started) / 1000, left = sent > 0 ? (seconds * (total - sent)) / sent : 0;
      var key = left > 5 ? "js.upload_sent_left" : "js.upload_sent";
      return text(key, { percent: Math.floor((100 * sent) / total), left: Math.ceil(left) });
    }
    function next(offset, tries) {
      if (offset >= file.size && offset > 0) return Promise.resolve(url);
      var piece = file.slice(offset, offset + size);
      function progress(sent) { shown.progress((offset + sent) / total, said(offset + sent)); }
      return post(url + "?offset=" + offset, piece, "application/octet-stream", progress).then(
        function (answer) { return file.size === 0 ? url : next(answer.received, TRIES); },
        function (error) {
          if (error.final || tries <= 1) throw error;
          return pause(2000).then(function () { return next(offset, tries - 1); });
        }
      );
    }
    return next(0, TRIES);
  }

  function follow(url, shown) {
    return fetch(url).then(function (answer) { return answer.json(); }).then(function (state) {
      if (state.state === "done" || state.state === "failed") {
        shown.end(state.state, state.message, state.details);
        return null;
      }
      shown.busy(text(state.read ? "js.upload_rows" : "js.upload_reading", { n: (state.read || 0).toLocaleString() }));
      return pause(700).then(function () { return follow(url, shown); });
    });
  }

  function pause(milliseconds) {
    return new Promise(function (resolve) { setTimeout(resolve, milliseconds); });
  }

  function post(url, body, type, progress) {
    return new Promise(function (resolve, reject) {
      var request = new XMLHttpRequest();
      request.open("POST", url);
      request.setRequestHeader("Content-Type", type);
      request.responseType = "json";
      if (progress) request.upload.addEventListener("progress", function (event) { progress(event.loaded); });
      request.addEventListener("load", function () {
        if (request.status === 401) location.assign("/signin?next=" + encodeURIComponent(location.pathname));
        var answer = request.response || {};
        if (request.status < 300) return resolve(answer);
        var error = new Error(answer.message || text("js.upload_refused", { status: request.status }));
        error.final = request.status < 500;
        reject(error);
      });
      request.addEventListener("error", function () { reject(new Error(text("js.upload_lost"))); });
      request.send(body);
    });
  }
})();
