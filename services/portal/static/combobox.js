"use strict";
// An agency's search field lists the matches as one types (WAI-ARIA's editable combobox with list
// autocomplete). Choosing an option puts it into the form's own list below, as the search step does
// without this file. The chosen agency is what is sent, so the field shows it when it is left:
// other words are replaced by its name, and an emptied field removes the choice.
function combobox(input) {
  var row = input.closest(".row"), field = row.closest("fieldset"), form = input.form;
  var name = input.name.replace(/_cari$/, ""), many = input.dataset.many === "1";
  var status = document.createElement("p"), asked = 0, waits;
  status.className = "hint";
  status.setAttribute("role", "status");
  row.after(status);
  input.type = "text";  // a search field may not be a combobox
  input.setAttribute("enterkeyhint", "search");
  var search = row.querySelector("button");
  search.hidden = true;
  var before = field.querySelector("p.hint[role=status]:not(:empty)");
  if (before && before !== status) { before.remove(); }
  var list = listbox(input, row, {look: ask, take: choose, leave: function (open) {
    stop();
    if (chosen()) { goBack(); }
    else if (!open) { input.value = ""; }
  }});

  function stop() {
    clearTimeout(waits);
    asked += 1;
  }
  function chosen() {
    return Array.from(field.querySelectorAll("input[name='" + name + "']:checked")).find(function (box) {
      return box.value;
    });
  }
  // Without a choice, the words remain a search.
  function settle() {
    var box = chosen();
    if (box) { input.value = many ? "" : named(box); }
  }
  function goBack() {
    var had = input.value;
    settle();
    if (input.value === had) { return; }
    status.textContent = many ? "" : words("Dipilih: ", "Chosen: ") + input.value;
  }
  function named(box) {
    var start = box.value + "|";
    var hidden = field.querySelector("input[name='" + name + "_nama'][value^='" + start + "']");
    return hidden.value.slice(start.length);
  }
  function takeBack() {
    var box = chosen(), none = field.querySelector("input[name='" + name + "'][value='']");
    if (none) { none.checked = true; }
    box.checked = false;
    status.textContent = "";
    box.dispatchEvent(new Event("input", {bubbles: true}));
  }

  function address() {
    var url = new URL(input.dataset.combobox, location.href);
    var category = form.querySelector("select[data-step=kategori]");
    url.searchParams.set("q", input.value);
    if (category && category.value) { url.searchParams.set("kategori", category.value); }
    return url;
  }
  function ask() {
    mark();
    look();
  }
  // Typing replaces a name in the field; it is not added to it.
  function mark() {
    var box = !many && chosen();
    if (box && input.value === named(box)) { input.select(); }
  }
  function look() {
    var turn = ++asked;
    clearTimeout(waits);
    fetch(address()).then(function (answer) {
      if (!answer.ok) { throw new Error("no list"); }
      return answer.json();
    }).then(function (found) {
      if (turn !== asked || document.activeElement !== input) { return; }
      search.hidden = true;
      status.textContent = found.status;
      list.show(found.items, -1);
    }).catch(function () { search.hidden = false; });
  }
  function choose(option) {
    stop();
    var found = field.querySelector(".found");
    if (!found) {
      found = document.createElement("div");
      found.className = "found";
      field.append(found);
    }
    if (!many) { found.replaceChildren(); }
    var box = found.querySelector("input[value='" + option.id + "']:not([type=hidden])");
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
      found.append(hidden, label);
    }
    box.checked = true;
    box.dispatchEvent(new Event("input", {bubbles: true}));
    input.value = many ? "" : option.name;
    status.textContent = words("Dipilih: ", "Chosen: ") + option.name;
  }
  input.addEventListener("input", function () {
    clearTimeout(waits);
    waits = setTimeout(look, 120);
  });
  input.addEventListener("focus", mark);
  input.addEventListener("blur", function () {
    list.close();
    if (row.closest("[data-leaves]") || !search.hidden) { return; }  // its button needs the words
    stop();
    if (!many && !input.value.trim() && chosen()) { takeBack(); } else { goBack(); }
  });
  field.addEventListener("change", function (event) {
    if (many || event.target.name !== name) { return; }
    if (chosen()) { settle(); } else { input.value = status.textContent = ""; }
  });
  window.addEventListener("pageshow", function () { if (document.activeElement !== input) { settle(); } });
  settle();
}
function comboboxes(within) {
  within.querySelectorAll("input[data-combobox]:not([role])").forEach(combobox);
}
comboboxes(document);
