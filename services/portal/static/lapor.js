"use strict";
// Comfort only: every page works without this file.
document.querySelectorAll("textarea[data-limit]").forEach(function (area) {
  var limit = Number(area.dataset.limit), out = document.createElement("span");
  out.className = "hint num";
  out.setAttribute("aria-live", "polite");
  area.after(out);
  function count() {
    var left = limit - Array.from(area.value.trim()).length;
    out.textContent = left >= 0 ? "Sisa " + left.toLocaleString("id") + " karakter"
      : "Kelebihan " + (-left).toLocaleString("id") + " karakter";
    out.classList.toggle("wrong", left < 0);
  }
  area.addEventListener("input", count);
  count();
});
// A choice that another field depends on asks the server for the next one.
document.querySelectorAll("select[data-step]").forEach(function (select) {
  var next = select.form.querySelector("button[value='" + select.dataset.step + "']");
  select.addEventListener("change", function () { if (next) { next.click(); } });
});
// Sent once; but a form whose answer is a file leaves the page as it is, for the next file.
document.querySelectorAll("form:not([data-download])").forEach(function (form) {
  form.addEventListener("submit", function (event) {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(function () { delete form.dataset.sent; }, 8000);
  });
});
window.addEventListener("pageshow", function () {
  document.querySelectorAll("form").forEach(function (form) { delete form.dataset.sent; });
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
