// Returns what breaks the rules of docs/developing/visual-language.md on the open page.
() => {
  const broken = [], seen = new Set();
  const name = (element) => element.outerHTML.slice(0, 120);
  const shown = (element) => element.checkVisibility() && element.getClientRects().length > 0;
  for (const element of document.querySelectorAll("[id]")) {
    if (seen.has(element.id)) broken.push("id used twice: " + name(element));
    seen.add(element.id);
  }
  for (const field of document.querySelectorAll("input, select, textarea")) {
    if (!shown(field) || field.ariaHidden === "true") continue;  // a select that is typed into
    const named = field.labels?.length || field.ariaLabel || field.getAttribute("aria-labelledby");
    if (!named) broken.push("no label: " + name(field));
    const label = field.closest(".field")?.querySelector("label")?.textContent;
    const asked = field.form?.method === "post" && field.form.role !== "search"
      && !("download" in field.form.dataset);
    const always = field.options?.[0]?.value;  // a select that has no empty choice
    const optional = always || ["file", "search"].includes(field.type) || label?.includes("(");
    if (label && asked && !field.required && !optional && !field.closest("[data-after]"))
      broken.push("neither required nor said to be optional: " + name(field));
  }
  const pressed = "button, .button, .choice, .tabs a, .top nav a, summary, select, textarea," +
    "input:not([type=checkbox], [type=radio], [type=hidden])";
  for (const target of document.querySelectorAll(pressed)) {
    const height = target.getBoundingClientRect().height;
    if (shown(target) && height < 43.9)
      broken.push("only " + Math.round(height) + " px high: " + name(target));
  }
  for (const select of document.querySelectorAll("select[data-step]")) {
    if (!select.form.querySelector("[id][data-after='" + select.dataset.step + "']"))
      broken.push("nothing to put in anew: " + name(select));
  }
  if (document.querySelector("[onchange], meta[http-equiv=refresh]")) broken.push("loads itself");
  if (document.querySelectorAll("h1").length !== 1) broken.push("not one h1");
  for (const nav of document.querySelectorAll("nav")) {
    if (!nav.ariaLabel) broken.push("no name: " + name(nav));
    for (const list of nav.querySelectorAll("ul").length ? nav.querySelectorAll("ul") : [nav])
      if (list.querySelectorAll("[aria-current]").length > 1) broken.push("two current: " + name(nav));
  }
  return broken;
}
