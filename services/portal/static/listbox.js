"use strict";
// The list of an editable combobox (WAI-ARIA). It opens below its field in `row` with what
// `asks.look` finds. `asks.take` gets the option chosen by keys, mouse or touch, `asks.mark` the
// highlighted one, and `asks.leave` is called on Escape. The list is in the page only while it is
// open.
var lists = 0;
function listbox(input, row, asks) {
  var list = null, options = [], active = -1;
  row.classList.add("combobox");
  Object.entries({role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
    autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false"}).forEach(function (pair) {
    input.setAttribute(pair[0], pair[1]);
  });

  // An option has a name and possibly a description, a group, and a reason why it is unavailable.
  function show(found, first) {
    var into, group;
    close();
    options = found;
    if (!options.length) { return; }
    list = document.createElement("div");
    list.id = "daftar-" + ++lists;
    list.className = "options";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.getAttribute("aria-label") || input.labels[0].textContent.trim());
    options.forEach(function (option, n) {
      if (!n || option.group !== group) {
        group = option.group;
        into = group ? list.appendChild(document.createElement("div")) : list;
        if (group) { into.setAttribute("role", "group"); into.setAttribute("aria-label", group); }
      }
      into.append(drawn(option, list.id + "-" + n));
    });
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) {
      var item = event.target.closest("[role=option]");
      if (item) { take(options[items().indexOf(item)]); }
    });
    row.append(list);
    input.open = true;
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", list.id);
    go(first);
  }
  function drawn(option, id) {
    var item = document.createElement("div"), about = document.createElement("small");
    item.id = id;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.textContent = option.name;
    about.textContent = [option.unavailable, option.about].filter(Boolean).join(" · ");
    if (about.textContent) { item.append(about); }
    if (option.unavailable) { item.setAttribute("aria-disabled", "true"); }
    return item;
  }
  function items() { return list ? Array.from(list.querySelectorAll("[role=option]")) : []; }
  function go(to) {
    var all = items();
    if (all[active]) { all[active].setAttribute("aria-selected", "false"); }
    active = to;
    if (!all[to]) { input.removeAttribute("aria-activedescendant"); return; }
    all[to].setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", all[to].id);
    all[to].scrollIntoView({block: "nearest"});
    if (asks.mark) { asks.mark(options[to]); }
  }
  function close() {
    if (list) { list.remove(); }
    list = null;
    active = -1;
    input.open = false;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-controls");
    input.removeAttribute("aria-activedescendant");
  }
  function take(option) {
    if (!option || option.unavailable) { return; }
    close();
    asks.take(option);
  }
  input.addEventListener("click", function () { if (!list) { asks.look(); } });
  input.addEventListener("keydown", function (event) {
    var last = options.length - 1, down = event.key === "ArrowDown";
    if (event.isComposing || event.ctrlKey || event.metaKey) { return; }
    if (down || event.key === "ArrowUp") {
      event.preventDefault();
      if (!list) { asks.look(); }
      else if (event.altKey) { if (!down) { take(options[active]); } }
      else if (down) { go(active < last ? active + 1 : 0); }
      else { go(active > 0 ? active - 1 : last); }
    } else if (event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      if (!list) { asks.look(); }
      else { take(options[active] || options.find(function (one) { return !one.unavailable; })); }
    } else if (event.key === "Escape") {
      if (list) { event.preventDefault(); }
      asks.leave(Boolean(list));
      close();
    }
  });
  return {show: show, close: close, active: function () { return list && options[active]; }};
}
