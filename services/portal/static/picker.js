"use strict";
// Lets people type into a long select (WAI-ARIA's combobox with list autocomplete and automatic
// selection). Typing narrows its options and marks the best one, and leaving the field takes it, so
// it needs no more key presses than the select. The select remains the form's field, and fires its
// change event.
var FEW = 10;  // so many options are quicker to see than to type
function picker(select) {
  var row = document.createElement("div"), input = document.createElement("input"), status, ahead;
  var empty = Array.from(select.options).find(function (option) { return !option.value; });
  row.className = "picker";
  select.replaceWith(row);
  row.append(select, input);
  input.type = "text";
  input.id = select.id + "-ketik";
  input.placeholder = empty ? empty.text : "";
  input.required = select.required;
  select.required = false;
  ["aria-label", "aria-describedby", "aria-invalid"].forEach(function (name) {
    if (select.hasAttribute(name)) { input.setAttribute(name, select.getAttribute(name)); }
    select.removeAttribute(name);
  });
  Array.from(select.labels).forEach(function (label) { label.htmlFor = input.id; });
  select.tabIndex = -1;
  select.setAttribute("aria-hidden", "true");
  var list = listbox(input, row, {look: look, mark: mark, take: take, leave: leave});

  function settle() {
    var chosen = select.options[select.selectedIndex];
    input.value = chosen && chosen !== empty ? chosen.text : "";
    delete input.dataset.typed;
  }
  function look() {
    var typed = "typed" in input.dataset, asked = typed ? input.value.trim() : "";
    var found = fitting(Array.from(select.options, option), asked);
    list.show(found, asked ? 0 : found.findIndex(function (one) {
      return one.value === (typed ? "" : select.value);
    }));
    say(asked ? counted(found.length) : "", !found.length);
    if (!typed) { input.select(); }
  }
  function option(one) {
    return {name: one.text, also: one.dataset.also || "", group: one.parentNode.label || "", value: one.value};
  }
  // A value that other fields depend on is set as soon as the person pauses, so that those fields
  // are ready in time.
  function mark(option) {
    clearTimeout(ahead);
    if (!select.dataset.step) { return; }
    ahead = setTimeout(function () { if (list.active() === option) { change(option.value); } }, 250);
  }
  function change(value) {
    clearTimeout(ahead);
    if (value === select.value) { return; }
    select.value = value;
    select.dispatchEvent(new Event("input", {bubbles: true}));
    select.dispatchEvent(new Event("change", {bubbles: true}));
  }
  function take(chosen) {
    say(chosen.value === input.had ? "" : words("Dipilih: ", "Chosen: ") + chosen.name);
    input.had = chosen.value;
    change(chosen.value);
    settle();
  }
  function leave() {
    change(input.had);
    settle();
    say("");
  }
  function say(text, seen) {
    status.className = seen ? "options" : "hidden";
    status.textContent = text;
  }
  // Takes over from `old`, which this one replaced while the person was in it.
  input.goOn = function (old) {
    var typed = "typed" in old.dataset;
    input.had = old.had;
    if (typed) { input.dataset.typed = ""; input.value = old.value; }
    if (typed || old.open) { look(); }
  };
  input.addEventListener("focus", function () {
    if (!status) {
      status = row.appendChild(document.createElement("p"));
      status.className = "hidden";
      status.setAttribute("role", "status");
    }
    input.had = select.value;
    input.select();
  });
  input.addEventListener("input", function () {
    input.dataset.typed = "";
    look();
  });
  input.addEventListener("blur", function () {
    var meant = list.active();
    if (row.closest("[data-leaves]")) { return; }
    list.close();
    say("");
    if (meant) { take(meant); } else { settle(); }
  });
  select.addEventListener("focus", function () { input.focus(); });
  select.addEventListener("change", function () { if (!("typed" in input.dataset)) { settle(); } });
  window.addEventListener("pageshow", function () { if (document.activeElement !== input) { settle(); } });
  settle();
}
function counted(count) {
  return count ? words(count + " pilihan cocok.", count + (count > 1 ? " choices match." : " choice matches."))
    : words("Tidak ada yang cocok. Coba kata lain.", "Nothing matches. Try another word.");
}
function pickers(within) {
  within.querySelectorAll("select:not([multiple], [aria-hidden])").forEach(function (select) {
    var real = Array.from(select.options).filter(function (option) { return option.value; });
    if (real.length > FEW) { picker(select); }
  });
}
pickers(document);
