"use strict";
// What is pointed at, or has the focus, lights what belongs to it on the other side. Enter keeps it lit; Escape lets go.
(() => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const all = (root, selector) => Array.from(root.querySelectorAll(selector));
  const numbers = (element) => (element.dataset.n || "").split(" ").filter(Boolean).map(Number);
  let pinned = null;

  const put = (list, term, text) => {
    if (!text) return;
    const name = document.createElement("dt"), value = document.createElement("dd");
    name.textContent = term;
    value.textContent = text;
    list.append(name, value);
  };

  const told = (box, field) => {
    const list = document.createElement("dl");
    put(list, "field", field.target);
    put(list, "value", field.value);
    put(list, "by", field.text ? field.text + "   " + field.place : field.place);
    field.through.forEach((one) => put(list, "with", one));
    put(list, "why", field.reason);
    field.sources.forEach((one) => put(list, "from", one));
    field.rows.forEach((one) => put(list, "table", one));
    field.consulted.forEach((one) => put(list, "saw", one));
    box.replaceChildren(list);
  };

  const listed = (box, view, sources) => {
    const list = document.createElement("dl");
    sources.forEach((number) => {
      const source = view.sources[number];
      put(list, "source", source.text);
      put(list, "used by", source.fields.length
        ? source.fields.map((one) => view.fields[one].target).join("   ") : "no expression");
    });
    box.replaceChildren(list);
  };

  all(document, ".document").forEach((root, index) => {
    const view = facts[index], box = root.querySelector("footer");
    const targets = all(root, ".t"), spans = all(root, ".s");
    const holders = new Map();
    spans.forEach((span) => numbers(span).forEach((number) => {
      if (!holders.has(number)) holders.set(number, []);
      holders.get(number).push(span);
    }));
    const clear = () => all(root, ".lit, .seen").forEach((one) => one.classList.remove("lit", "seen"));
    const light = (source, style) => (holders.get(source) || []).forEach((span) => span.classList.add(style));
    const near = (element) => { if (element) element.scrollIntoView({ block: "nearest" }); };

    const show = (element, follow) => {
      clear();
      element.classList.add("lit");
      if (element.classList.contains("t")) {
        const field = view.fields[Number(element.dataset.f)];
        field.seen.forEach((source) => light(source, "seen"));
        field.from.forEach((source) => light(source, "lit"));
        if (follow) near((holders.get(field.from[0]) || [])[0]);
        told(box, field);
      } else {
        const found = numbers(element);
        const users = new Set(found.flatMap((number) => view.sources[number].fields));
        found.forEach((number) => light(number, "lit"));
        const lit = targets.filter((one) => users.has(Number(one.dataset.f)));
        lit.forEach((one) => one.classList.add("lit"));
        if (follow) near(lit[0]);
        listed(box, view, found);
      }
    };
    const pin = (element) => {
      if (pinned) pinned.classList.remove("pinned");
      pinned = pinned === element ? null : element;
      if (pinned) { pinned.classList.add("pinned"); show(pinned, true); }
    };
    const move = (list, element, by) => {
      const shown = list.filter((one) => one.offsetParent !== null);
      const next = shown[shown.indexOf(element) + by];
      if (next) next.focus();
    };
    [[targets, "ArrowUp", "ArrowDown"], [spans, "ArrowLeft", "ArrowRight"]].forEach(([list, back, on]) => {
      list.forEach((element) => {
        element.addEventListener("mouseenter", () => { if (!pinned) show(element, false); });
        element.addEventListener("focus", () => { if (!pinned) show(element, true); });
        element.addEventListener("click", () => pin(element));
        element.addEventListener("keydown", (event) => {
          if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pin(element); }
          if (event.key === back || event.key === "ArrowUp") { event.preventDefault(); move(list, element, -1); }
          if (event.key === on || event.key === "ArrowDown") { event.preventDefault(); move(list, element, 1); }
        });
      });
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { if (pinned) pinned.classList.remove("pinned"); pinned = null; clear(); }
    });
  });

  const chosen = document.getElementById("chosen");
  const switchTo = () => all(document, ".document").forEach((one, index) =>
    one.classList.toggle("shown", index === Number(chosen ? chosen.value : 0)));
  if (chosen) chosen.addEventListener("change", switchTo);
  const toggle = (id, style, inverse) => {
    const box = document.getElementById(id);
    const apply = () => document.body.classList.toggle(style, box.checked !== inverse);
    box.addEventListener("change", apply);
    apply();
  };
  toggle("empty", "empty-off", true);
  toggle("left", "unused-on", false);
  switchTo();
})();
