"use strict";
// Comfort only: every page works without this file.
var language = document.documentElement.lang;
function words(indonesian, english) { return language === "en" ? english : indonesian; }
document.querySelectorAll("textarea[data-limit]").forEach(function (area) {
  var limit = Number(area.dataset.limit), out = document.createElement("span");
  out.className = "hint num";
  out.setAttribute("aria-live", "polite");
  area.after(out);
  function count() {
    var left = limit - Array.from(area.value.trim()).length;
    var n = Math.abs(left).toLocaleString(language);
    out.textContent = left >= 0 ? words("Sisa " + n + " karakter", n + " characters left")
      : words("Kelebihan " + n + " karakter", n + " characters too many");
    out.classList.toggle("wrong", left < 0);
  }
  area.addEventListener("input", count);
  count();
});
// Enter in a search searches, in any other field of a form with its own button it does nothing.
document.addEventListener("keydown", function (event) {
  var field = event.target, form = field.form;
  if (event.key !== "Enter" || event.isComposing || field.tagName !== "INPUT" || !form) { return; }
  if (field.type === "submit" || field.type === "file") { return; }
  var first = form.querySelector("button");
  if (!first || !first.hidden) { return; }
  event.preventDefault();
  var row = field.type === "search" && field.closest(".row");
  if (row) { row.querySelector("button").click(); }
});
// A choice that other fields depend on asks the server for them, and only they are put in anew: the
// page is not loaded again, and nothing moves under who fills it in. They say that they are busy.
document.addEventListener("change", function (event) {
  var select = event.target, step = select.dataset.step, form = select.form;
  var pieces = step && form.querySelectorAll("[data-after='" + step + "']");
  if (!pieces || !pieces.length) { return; }
  var data = typed(form, step);
  pieces.forEach(function (piece) { piece.setAttribute("aria-busy", "true"); });
  form.asked = (form.asked || 0) + 1;
  var asked = form.asked, before = Array.from(pieces, filled);
  fetch(form.action.split("#")[0], {method: "POST", body: data})
    .then(function (answer) { return answer.text(); })
    .then(function (text) {
      var page = new DOMParser().parseFromString(text, "text/html");
      if (asked !== form.asked) { return; }
      pieces.forEach(function (piece, n) {
        var used = piece.contains(document.activeElement) || filled(piece) !== before[n];
        if ("offer" in piece.dataset && used) { piece.removeAttribute("aria-busy"); }
        else { putIn(piece, page.getElementById(piece.id)); }
      });
    })
    .catch(function () {
      if (!leaving) { form.querySelector("button[value='" + step + "']").click(); }
    });
});
// A form without its files, as a step of it is sent.
function typed(form, step) {
  var data = new FormData(form);
  Array.from(form.elements).forEach(function (field) {
    if (field.type === "file") { data.delete(field.name); }
  });
  data.set("langkah", step);
  return data;
}
var leaving = false;
window.addEventListener("beforeunload", function () { leaving = true; });
// What an offer holds: where somebody has begun to choose meanwhile, it is theirs and stays.
function filled(piece) {
  return Array.from(piece.querySelectorAll("input"), function (field) {
    return field.value + field.checked;
  }).join();
}
// Who stands in a field of it, perhaps in the middle of a word, stands there in the new one.
function putIn(piece, next) {
  var held = piece.contains(document.activeElement) && document.activeElement;
  if (!next) { throw new Error("no such piece"); }
  piece.dataset.leaves = "";
  piece.replaceWith(next);
  enhance(next);
  var again = held && document.getElementById(held.id);
  if (again) { again.focus(); }
  if (again && again.goOn) { again.goOn(held); }
}
function enhance(within) {
  comboboxes(within);
  pickers(within);
  hideSteps(within);
}
// What the button of such a step would show comes by itself.
function hideSteps(within) {
  within.querySelectorAll(".after").forEach(function (button) { button.hidden = true; });
}
hideSteps(document);
// On a phone the tabs stand in one row: the one that is open is brought into sight.
function openInSight() {
  document.querySelectorAll(":is(.tabs, .top nav) [aria-current]").forEach(function (open) {
    var row = open.closest(".tabs, nav");
    row.scrollLeft += open.getBoundingClientRect().left - row.getBoundingClientRect().left - 16;
  });
}
openInSight();
window.addEventListener("resize", openInSight);
// Sent once, after its files; but a form whose answer is a file leaves the page for the next one.
document.querySelectorAll("form:not([data-download])").forEach(function (form) {
  form.addEventListener("submit", function (event) {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if (form.uploads) {
      event.preventDefault();
      form.waits = event.submitter;
      return;
    }
    setTimeout(function () { delete form.dataset.sent; }, 60000);
  });
});
window.addEventListener("pageshow", function () {
  document.querySelectorAll("form").forEach(function (form) { delete form.dataset.sent; });
  leaving = false;
});
// A page that answered a form is kept by no browser, and is not sent for again: who comes back to it
// is shown the page of its address. Until it is left, reloading it sends the form again, words kept.
var returnTo = document.body.dataset.returnTo;
if (returnTo) {
  document.addEventListener("submit", function (event) {
    if (!event.defaultPrevented && !("download" in event.target.dataset)) { leave(); }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("a[href]:not([href^='#'])")) { leave(); }
  });
}
function leave() { history.replaceState(null, "", returnTo); }
// A chosen file goes ahead of its form, and the form carries what it is found by. One that does
// not arrive stays in the field and goes with the form.
document.querySelectorAll("input[data-upload]").forEach(function (input) {
  var form = input.form, list = input.parentNode.querySelector(".kept-files"), queue = [];
  input.addEventListener("change", function () {
    Array.from(input.files).forEach(function (file) {
      var line = document.createElement("p"), bar = document.createElement("progress");
      line.textContent = file.name;
      bar.max = 1;
      bar.setAttribute("aria-label", words("Mengunggah ", "Uploading ") + file.name);
      line.append(bar);
      list.append(line);
      queue.push({file: file, line: line, bar: bar});
    });
    input.value = "";
    if (!form.uploads && queue.length) { next(); }
  });
  function next() {
    var one = queue.shift(), data = new FormData(), ask = new XMLHttpRequest();
    if (!one) { return ready(); }
    form.uploads = true;
    data.append("csrf", form.elements.csrf.value);
    data.append("file", one.file);
    ask.open("POST", input.dataset.upload);
    ask.responseType = "json";
    ask.upload.onprogress = function (event) {
      if (event.lengthComputable) { one.bar.value = event.loaded / event.total; }
    };
    ask.onload = function () {
      var answer = ask.response;
      if (answer && answer.value) { kept(one, answer); }
      else if (answer && answer.wrong) { refused(one, answer.wrong); }
      else { back(one); }
      next();
    };
    ask.onerror = function () { back(one); next(); };
    ask.send(data);
  }
  function kept(one, answer) {
    var label = document.createElement("label"), box = document.createElement("input");
    label.className = "choice";
    box.type = "checkbox"; box.name = "attachments_tersimpan"; box.value = answer.value;
    box.checked = true;
    label.append(box, answer.name + words(" – sudah diunggah", " – uploaded"));
    one.line.replaceWith(label);
  }
  function refused(one, words) {
    one.line.className = "wrong";
    one.line.textContent = one.file.name + ": " + words;
  }
  function back(one) {
    var all = new DataTransfer();
    Array.from(input.files).concat([one.file]).forEach(function (file) { all.items.add(file); });
    input.files = all.files;
    one.line.textContent = one.file.name +
      words(": belum terunggah, dikirim bersama formulir.", ": not uploaded yet, goes with the form.");
  }
  function ready() {
    form.uploads = false;
    if (form.dataset.sent) {
      delete form.dataset.sent;
      form.requestSubmit(form.waits);
    }
  }
});
// What goes on by itself is looked at again; the rest of the page, and its forms, stay as they are.
function renew(piece) {
  setTimeout(function () {
    fetch(piece.dataset.from).then(function (answer) { return answer.text(); })
      .then(function (text) {
        var page = new DOMParser().parseFromString(text, "text/html");
        var next = page.getElementById(piece.id);
        if (!next) { return; }
        piece.replaceWith(next);
        if (next.dataset.renew) { renew(next); }
      }, function () { renew(piece); });
  }, Number(piece.dataset.renew) * 1000);
}
document.querySelectorAll("[data-renew]").forEach(renew);
var summary = document.querySelector(".errors[tabindex]");
if (summary) { summary.focus(); }
// How many items of the bell are unread, live: one tab of a browser listens and tells the others.
var bell = document.querySelector("[data-bell]");
if (bell && window.EventSource && window.BroadcastChannel && navigator.locks) {
  var title = document.title, tabs = new BroadcastChannel("lonceng"), unread = null;
  function ring(count) {
    var words = count > 99 ? "99+" : String(count);
    unread = count;
    bell.querySelector(".bell").textContent = count ? " " + words : "";
    document.title = count ? "(" + words + ") " + title : title;
  }
  tabs.onmessage = function (event) {
    if (event.data !== "?") { ring(event.data); }
    else if (unread !== null) { tabs.postMessage(unread); }
  };
  tabs.postMessage("?");
  navigator.locks.request("lonceng", function () {
    new EventSource(bell.dataset.bell).addEventListener("unread", function (event) {
      ring(Number(event.data));
      tabs.postMessage(unread);
    });
    return new Promise(function () {});
  });
}
