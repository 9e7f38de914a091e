"use strict";
// For officers' comfort: lists and keys. Every page works without this file. On a wide screen, a
// list has a report beside it: a link in the list opens it there, and the address holds which one,
// so that it is shown again when one comes back. A report's page leads back to its list.
var panes = document.querySelector("[data-panes]"), wide = matchMedia("(min-width: 87.5rem)");
if (panes) {
  sessionStorage.setItem("daftar", location.pathname + location.search);
  panes.addEventListener("click", function (event) {
    var link = event.target.closest(".report h2 a");
    var plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    if (link && plain && wide.matches) { event.preventDefault(); read(link); }
  });
  var left = location.hash && panes.querySelector(location.hash + " h2 a");
  if (left && wide.matches) { read(left); }
}
// The reports ticked for a bulk form are in the list's address when it is left, so that they are
// found on return.
var bulk = document.getElementById("massal");
if (bulk) {
  var elsewhere = bulk.querySelectorAll("input[name=nomor]").length;
  document.addEventListener("change", function (event) {
    if (event.target.form !== bulk) { return; }
    var total = elsewhere + document.querySelectorAll("input[form=massal]:checked").length;
    bulk.querySelector("[data-chosen]").textContent = !total ? "" : words(
      total + " dipilih" + (elsewhere ? ", " + elsewhere + " di antaranya di halaman lain." : "."),
      total + " chosen" + (elsewhere ? ", " + elsewhere + " of them on other pages." : "."));
  });
  bulk.addEventListener("submit", function () {
    var here = new URL(location);
    var ticked = document.querySelectorAll("input[form=massal]:checked, #massal input[name=nomor]");
    here.searchParams.set("pilih", Array.from(ticked, function (box) { return box.value; }).join("."));
    history.replaceState(null, "", here);
  });
}
document.querySelectorAll("[data-list]").forEach(function (link) {
  var list = sessionStorage.getItem("daftar");
  if (!list) { return; }
  if (list.indexOf("/panel/tugas")) { link.textContent = words("← Kembali ke daftar", "← Back to the list"); }
  link.href = list + "#laporan-" + location.pathname.split("/")[3];
});
function read(link) {
  var pane = panes.querySelector(".pane"), row = link.closest("li");
  pane.setAttribute("aria-busy", "true");
  fetch(link.href).then(function (answer) {
    if (!answer.ok || answer.redirected) { throw new Error("not a report"); }
    return answer.text();
  }).then(function (text) {
    var page = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    page.querySelectorAll("[id]").forEach(function (piece) {
      if (document.getElementById(piece.id) && !pane.contains(document.getElementById(piece.id))) {
        piece.removeAttribute("id");
      }
    });
    page.querySelectorAll(".acts a").forEach(function (action) {
      action.search = "?kembali=" + encodeURIComponent(location.pathname + location.search);
    });
    var title = page.querySelector("h1"), below = document.createElement("h2");
    below.textContent = title.textContent;  // the page that it stands on has its own
    title.replaceWith(below);
    panes.querySelectorAll("li[aria-current]").forEach(function (other) {
      other.removeAttribute("aria-current");
    });
    row.setAttribute("aria-current", "true");
    pane.replaceChildren.apply(pane, Array.from(page.childNodes));
    enhance(pane);
    pane.hidden = false;
    pane.removeAttribute("aria-busy");
    pane.scrollTop = 0;
    panes.classList.add("reading");
    history.replaceState(null, "", "#" + row.id);
  }).catch(function () { location.href = link.href; });
}
// Keys for officers: `?` lists them, and they can be switched off there (WCAG 2.1.4). They only
// press what is on the page; they do nothing while a person types, or with Ctrl, Alt or Meta.
var keys = document.getElementById("tombol"), before = "";
if (keys) {
  var off = document.getElementById("tombol-mati"), opens = document.querySelector("[data-opens]");
  off.checked = localStorage.getItem("tombol-mati") === "1";
  off.addEventListener("change", function () {
    localStorage.setItem("tombol-mati", off.checked ? "1" : "");
  });
  opens.hidden = false;
  opens.addEventListener("click", function () { keys.showModal(); });
  keys.querySelector("[data-closes]").addEventListener("click", function () { keys.close(); });
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest("input, textarea, select, dialog");
    if (typing || off.checked || event.ctrlKey || event.altKey || event.metaKey) { return; }
    var key = before + event.key;
    before = event.key === "g" ? "g" : "";
    if (pressed(key)) { event.preventDefault(); }
  });
}
// The ticks of a checklist are saved at once; without scripts, with the form's next step.
document.addEventListener("change", function (event) {
  var step = event.target.dataset.keeps, sent = new URLSearchParams();
  if (!step) { return; }
  new FormData(event.target.form).forEach(function (value, name) {
    if (["csrf", "halaman", event.target.name].indexOf(name) >= 0) { sent.append(name, value); }
  });
  sent.append("langkah", step);
  fetch(event.target.form.action, {method: "POST", body: sent});
});
// Text typed into the form of an action is saved after three seconds, and when the page is left. It
// is not saved while an older draft is offered, which would be lost.
document.querySelectorAll("form[data-draft]").forEach(function (form) {
  var told = form.querySelector("[data-draft-kept]"), waits, keeping;
  function keep(last) {
    waits = clearTimeout(waits);
    var asked = new AbortController();
    var kept = fetch(form.action, {method: "POST", body: typed(form, "ketikan"), signal: asked.signal,
      keepalive: last === true}).then(function (answer) {
      return answer.json();
    }).then(function (answer) {
      told.textContent = answer.wrong || words("Draf tersimpan ", "Draft kept ") + answer.kept_at;
      told.classList.toggle("wrong", "wrong" in answer);
    }).catch(function () {
      if (!leaving && !asked.signal.aborted) {
        told.textContent = words("Draf belum tersimpan.", "Draft not kept yet.");
      }
    }).finally(function () { if (keeping && keeping.kept === kept) { keeping = null; } });
    keeping = {kept: kept, asked: asked};
  }
  form.addEventListener("input", function (event) {
    if (form.elements.draf || event.target.type === "file") { return; }
    clearTimeout(waits);
    waits = setTimeout(keep, 3000);
  });
  // A draft being saved must arrive before the form, or it would remain as a draft of what was
  // sent; it has five seconds.
  form.addEventListener("submit", function (event) {
    waits = clearTimeout(waits);
    if (!keeping) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (keeping.sending) { return; }
    keeping.sending = true;
    setTimeout(keeping.asked.abort.bind(keeping.asked), 5000);
    keeping.kept.finally(function () { form.requestSubmit(event.submitter); });
  }, true);
  window.addEventListener("pagehide", function () { if (waits) { keep(true); } });
});
function pressed(key) {
  var row = document.activeElement.closest(".list > li");
  var actions = {v: "verify", t: "throw", f: "follow_up"}, target;
  if (key === "?") { keys.showModal(); return true; }
  if (key === "j" || key === "k") {
    var rows = Array.from(document.querySelectorAll(".list > li h2 a, .list > li h3 a"));
    var here = rows.findIndex(function (link) { return row && row.contains(link); });
    target = rows[key === "j" ? here + 1 : here - 1];
    if (target) { target.focus(); }
    return target;
  }
  if (key === "/") {
    target = document.querySelector("[role=search] input[type=search]");
    if (!target) { location.href = "/panel#cari"; return true; }  // the field has the focus there
  }
  if (target) { target.focus(); return target; }
  if (key === "gi") { target = document.querySelector(".top nav a"); }
  if (actions[key]) {
    target = (row || document).querySelector(
      ".acts a[href$='/" + actions[key] + "'], .acts a[href*='/" + actions[key] + "?']");
  }
  if (target) { target.click(); }
  return target;
}
