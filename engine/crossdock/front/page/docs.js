"use strict";
// Shows /openapi.json. Every text is put in as text: nothing of a description can become markup.

const make = (name, text, attributes = {}) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

const resolve = (description, schema) => {
  const path = schema && schema.$ref;
  return path ? path.split("/").slice(1).reduce((at, key) => at && at[key], description) : schema;
};

const table = (heads, rows) => {
  const made = make("table");
  const line = (cells, kind) => {
    const row = make("tr");
    cells.forEach((cell) => row.append(make(kind, cell)));
    made.append(row);
  };
  line(heads, "th");
  rows.forEach((cells) => line(cells, "td"));
  return made;
};

const examplesOf = (content) => Object.values(content.examples || {}).map((one) => one.value);

const asText = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

const trial = (path, method, operation) => {
  const form = make("section");
  const [media, content] = Object.entries((operation.requestBody || { content: { "": {} } }).content)[0];
  const key = make("input", undefined, { type: "password", autocomplete: "off" });
  const keyLabel = make("label", "API key or token (stays in this page)");
  keyLabel.append(key);
  const id = make("input");
  const idLabel = make("label", "id");
  idLabel.append(id);
  const body = make("textarea", asText(examplesOf(content)[0] ?? ""), { spellcheck: "false", "aria-label": "Body" });
  const button = make("button", "Send", { type: "button" });
  const result = make("pre", "", { hidden: "" });
  button.addEventListener("click", async () => {
    const headers = method === "post" ? { "Content-Type": media, "Idempotency-Key": crypto.randomUUID() } : {};
    if (key.value) headers.Authorization = `Bearer ${key.value}`;
    result.hidden = false;
    try {
      const address = path.replace("{id}", encodeURIComponent(id.value));
      const answer = await fetch(address, { method: method.toUpperCase(), headers, body: method === "post" ? body.value : undefined });
      result.textContent = `${answer.status} ${answer.headers.get("content-type") || ""}\n\n${await answer.text()}`;
    } catch (error) {
      result.textContent = String(error);
    }
  });
  form.append(make("h3", "Try it"), keyLabel, ...(path.includes("{id}") ? [idLabel] : []));
  form.append(...(method === "post" ? [body] : []), button, result);
  return form;
};

const shown = (description, path, method, operation) => {
  const block = make("details");
  const summary = make("summary");
  summary.append(make("span", method.toUpperCase(), { class: "method" }), make("code", path), operation.summary || "");
  if (operation.deprecated) summary.append(make("span", "deprecated", { class: "deprecated" }));
  const section = make("section");
  if (operation.parameters && operation.parameters.length)
    section.append(make("h3", "Parameters"), table(["name", "in", "", "about"], operation.parameters.map((one) => [one.name, one.in, one.required ? "required" : "optional", one.description || ""])));
  for (const [media, content] of Object.entries((operation.requestBody || { content: {} }).content)) {
    section.append(make("h3", `Body: ${media}`));
    const schema = resolve(description, content.schema);
    if (schema && Object.keys(schema).length) section.append(make("pre", JSON.stringify(schema, null, 2)));
  }
  section.append(make("h3", "Answers"), table(["status", "about"], Object.entries(operation.responses).map(([status, one]) => [status, one.description])));
  block.append(summary, section, trial(path, method, operation));
  return block;
};

(async () => {
  const place = document.getElementById("addresses");
  const description = await (await fetch("/openapi.json")).json();
  document.title = description.info.title;
  document.getElementById("title").textContent = description.info.title;
  document.getElementById("about").textContent = description.info.description || "";
  place.replaceChildren();
  for (const [path, methods] of Object.entries(description.paths))
    for (const [method, operation] of Object.entries(methods)) place.append(shown(description, path, method, operation));
})();
