"use strict";
// An agency's search field lists what matches as one types (WAI-ARIA's editable combobox with list
// autocomplete). Choosing puts the option into the form's own list below, as the search step does
// that works without this file.
function combobox(input) {
  var row = input.closest(".row"), field = row.closest("fieldset"), form = input.form;
  var name = input.name.replace(/_cari$/, ""), many = input.dataset.many === "1";
  var list = document.createElement("ul"), status = document.createElement("p");
  var options = [], active = -1, asked = 0, waits;
  list.id = field.id + "-daftar";
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label"));
  list.hidden = true;
  status.className = "hint";
  status.setAttribute("role", "status");
  row.classList.add("combobox");
  row.append(list);
  row.after(status);
  input.type = "text";  // a search field may not be a combobox
  Object.entries({role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
    "aria-controls": list.id, autocomplete: "off", autocapitalize: "none", spellcheck: "false",
    enterkeyhint: "search"}).forEach(function (pair) { input.setAttribute(pair[0], pair[1]); });
  row.querySelector("button").hidden = true;
  var before = field.querySelector("p.hint[role=status]:not(:empty)");
  if (before && before !== status) { before.remove(); }

  function address() {
    var url = new URL(input.dataset.combobox, location.href);
    var category = form.querySelector("select[data-step=kategori]");
    url.searchParams.set("q", input.value);
    if (category && category.value) { url.searchParams.set("kategori", category.value); }
    return url;
  }
  function look() {
    var turn = ++asked;
    return fetch(address()).then(function (answer) {
      if (!answer.ok) { throw new Error("no list"); }
      return answer.json();
    }).then(function (found) {
      if (turn !== asked || document.activeElement !== input) { return; }
      options = found.items;
      status.textContent = found.status;
      show();
    }).catch(function () { row.querySelector("button").hidden = false; });
  }
  function show() {
    list.replaceChildren.apply(list, options.map(function (option, n) {
      var item = document.createElement("li"), about = document.createElement("small");
      item.id = list.id + "-" + n;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.textContent = option.name;
      about.textContent = [option.unavailable, option.about].filter(Boolean).join(" · ");
      item.append(about);
      if (option.unavailable) { item.setAttribute("aria-disabled", "true"); }
      item.addEventListener("click", function () { choose(n); });
      return item;
    }));
    go(-1);
    open(options.length > 0);
  }
  function open(yes) {
    list.hidden = !yes;
    input.setAttribute("aria-expanded", String(yes));
    if (!yes) { go(-1); }
  }
  function go(to) {
    if (list.children[active]) { list.children[active].setAttribute("aria-selected", "false"); }
    active = to;
    var item = list.children[to];
    if (!item) { input.removeAttribute("aria-activedescendant"); return; }
    item.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({block: "nearest"});
  }
  function choose(n) {
    var option = options[n];
    if (!option || option.unavailable) { return; }
    var chosen = field.querySelector(".found");
    if (!chosen) {
      chosen = document.createElement("div");
      chosen.className = "found";
      field.append(chosen);
    }
    if (!many) { chosen.replaceChildren(); }
    var box = chosen.querySelector("input[value='" + option.id + "']:not([type=hidden])");
    if (!box) {
      var label = document.createElement("label"), hidden = document.createElement("input");
      var text = document.createElement("span"), about = document.createElement("span");
      box = document.createElement("input");
      hidden.type = "hidden"; hidden.name = name + "_nama"; hidden.value = option.id + "|" + option.name;
      box.type = many ? "checkbox" : "radio"; box.name = name; box.value = option.id;
      label.className = "choice";
      text.textContent = option.name;
      about.textContent = option.about;
      text.append(about);
      label.append(box, text);
      chosen.append(hidden, label);
    }
    box.checked = true;
    box.dispatchEvent(new Event("input", {bubbles: true}));
    input.value = many ? "" : option.name;
    status.textContent = words("Dipilih: ", "Chosen: ") + option.name;
    asked += 1;
    open(false);
  }
  input.addEventListener("input", function () {
    clearTimeout(waits);
    waits = setTimeout(look, 120);
  });
  input.addEventListener("click", function () { if (list.hidden) { look(); } });
  input.addEventListener("blur", function () { open(false); });
  list.addEventListener("mousedown", function (event) { event.preventDefault(); });
  input.addEventListener("keydown", function (event) {
    var last = options.length - 1;
    if (event.isComposing || event.ctrlKey || event.metaKey) { return; }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      var down = event.key === "ArrowDown";
      if (list.hidden) { look(); }
      else if (!event.altKey) { go(down ? (active < last ? active + 1 : 0) : (active > 0 ? active - 1 : last)); }
    } else if (event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      clearTimeout(waits);
      if (list.hidden || !options.length) { look(); }
      else { choose(active < 0 ? options.findIndex(function (o) { return !o.unavailable; }) : active); }
    } else if (event.key === "Escape") {
      if (list.hidden) { input.value = ""; } else { event.preventDefault(); open(false); }
    }
  });
}
function comboboxes(within) {
  within.querySelectorAll("input[data-combobox]:not([role])").forEach(combobox);
}
comboboxes(document);
document.addEventListener("focusin", function (event) {
  if (event.target.matches("input[data-combobox]:not([role])")) { combobox(event.target); }
});
