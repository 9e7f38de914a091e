"use strict";
// For comfort only: every page works without this file.
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
// Enter starts a search in a search field. In any other field of a form with its own button it does
// nothing.
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
// When a choice changes that other fields depend on, only those fields are fetched again from the
// server: the page is not reloaded, and nothing moves while the person fills it in. The fields are
// marked as busy.
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
// The content of a form without its files, as one of its steps sends it.
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
// The content of the fields of an offer, to see whether the person has begun to choose meanwhile;
// their choice is kept.
function filled(piece) {
  return Array.from(piece.querySelectorAll("input"), function (field) {
    return field.value + field.checked;
  }).join();
}
// Replaces a part of the page. A person in one of its fields, perhaps in the middle of a word,
// continues in the same field of the new part.
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
// The result of such a step's button is shown automatically.
function hideSteps(within) {
  within.querySelectorAll(".after").forEach(function (button) { button.hidden = true; });
}
hideSteps(document);
// On a phone the tabs are in one row: the open one is scrolled into view.
function openInSight() {
  document.querySelectorAll(":is(.tabs, .top nav) [aria-current]").forEach(function (open) {
    var row = open.closest(".tabs, nav");
    row.scrollLeft += open.getBoundingClientRect().left - row.getBoundingClientRect().left - 16;
  });
}
openInSight();
window.addEventListener("resize", openInSight);
// A form is sent only once, after its files. A form whose answer is a file can be sent again.
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
// Browsers neither keep nor reload a page that answered a form. A person who comes back to it is
// shown the page of its address. Until they leave it, reloading sends the form again with its text.
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
// A chosen file is sent before its form, which then holds its id. A file that does not arrive stays
// in the field and is sent with the form.
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
// The part that changes by itself is reloaded; the rest of the page, with its forms, is not
// changed.
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
// Shows the number of unread items of the bell, live: one tab of a browser listens and informs the
// others.
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
