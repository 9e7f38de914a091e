"use strict";
// An agency's search field lists what matches as one types (WAI-ARIA's editable combobox with list
// autocomplete). Choosing puts the option into the form's own list below, as the search step does
// that works without this file.
function combobox(input) {
  var row = input.closest(".row"), field = row.closest("fieldset"), form = input.form;
  var name = input.name.replace(/_cari$/, ""), many = input.dataset.many === "1";
  var status = document.createElement("p"), asked = 0, waits;
  status.className = "hint";
  status.setAttribute("role", "status");
  row.after(status);
  input.type = "text";  // a search field may not be a combobox
  input.setAttribute("enterkeyhint", "search");
  row.querySelector("button").hidden = true;
  var before = field.querySelector("p.hint[role=status]:not(:empty)");
  if (before && before !== status) { before.remove(); }
  var list = listbox(input, row, {look: look, take: choose, leave: function (open) {
    asked += 1;
    if (!open) { input.value = ""; }
  }});

  function address() {
    var url = new URL(input.dataset.combobox, location.href);
    var category = form.querySelector("select[data-step=kategori]");
    url.searchParams.set("q", input.value);
    if (category && category.value) { url.searchParams.set("kategori", category.value); }
    return url;
  }
  function look() {
    var turn = ++asked;
    clearTimeout(waits);
    fetch(address()).then(function (answer) {
      if (!answer.ok) { throw new Error("no list"); }
      return answer.json();
    }).then(function (found) {
      if (turn !== asked || document.activeElement !== input) { return; }
      status.textContent = found.status;
      list.show(found.items, -1);
    }).catch(function () { row.querySelector("button").hidden = false; });
  }
  function choose(option) {
    clearTimeout(waits);
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
  }
  input.addEventListener("input", function () {
    clearTimeout(waits);
    waits = setTimeout(look, 120);
  });
  input.addEventListener("blur", list.close);
}
function comboboxes(within) {
  within.querySelectorAll("input[data-combobox]:not([role])").forEach(combobox);
}
comboboxes(document);
