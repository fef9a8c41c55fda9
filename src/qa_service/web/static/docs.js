// The API's own page, drawn from /openapi.json: what each endpoint takes and returns, and a form
// to try it.

import { element } from "./text.js";

const status = document.getElementById("status");
const place = document.getElementById("operations");

const api = await fetch("/openapi.json").then((response) => response.json(), () => null);
if (api === null) {
  status.textContent = "The service cannot be reached. Check that it is running, then reload.";
} else {
  document.title = `API – ${api.info.title} ${api.info.version}`;
  status.replaceChildren(...prose(api.info.description));
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      place.append(drawOperation(api, path, method, operation));
    }
  }
}

function drawOperation(api, path, method, operation) {
  const body = jsonSchema(operation.requestBody);
  const reply = jsonSchema(operation.responses["200"]);
  const section = element(
    "section",
    { className: "card operation" },
    element("h2", {}, element("span", { className: "method" }, method.toUpperCase()), element("code", {}, path)),
    element("p", {}, ...prose(operation.summary)),
    operation.description ? element("p", { className: "faint" }, ...prose(operation.description)) : "",
  );
  const parameters = operation.parameters ?? [];
  if (parameters.length) {
    const rows = parameters.map((p) => [p.name, typeName(p.schema), p.required, p.description]);
    section.append(element("h3", {}, "Parameters"), table(rows));
  }
  if (body) section.append(element("h3", {}, "Request"), ...models(api, body));
  if (reply) section.append(element("h3", {}, "Reply"), ...models(api, reply));
  section.append(tryForm(api, path, method, parameters, body));
  return section;
}

// A table for the model and, folded away, for each model it mentions, in order of mention.
function models(api, schema) {
  const drawn = [];
  const waiting = mentioned(schema);
  const seen = new Set();
  while (waiting.length) {
    const name = waiting.shift();
    if (seen.has(name)) continue;
    seen.add(name);
    const model = api.components.schemas[name];
    const required = new Set(model.required ?? []);
    const properties = Object.entries(model.properties ?? {});
    const rows = properties.map(([key, p]) => [key, typeName(p), required.has(key), p.description]);
    drawn.push([
      element("h4", {}, name),
      model.description ? element("p", { className: "faint" }, ...prose(model.description)) : "",
      table(rows),
    ]);
    for (const [, property] of properties) waiting.push(...mentioned(property));
  }
  const [first, ...others] = drawn;
  if (others.length === 0) return first;
  const title = element("summary", {}, `The ${others.length === 1 ? "model" : "models"} within`);
  return [...first, element("details", {}, title, ...others.flat())];
}

// Text in which `backticks` mark code, as nodes.
function prose(text) {
  return text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
}

function table(rows) {
  const lines = rows.map(([name, type, required, description]) =>
    element(
      "tr",
      {},
      element("td", {}, element("code", {}, name)),
      element("td", {}, type, required ? "" : ", optional"),
      element("td", {}, ...prose(description ?? "")),
    ),
  );
  const head = element("tr", {}, ...["Name", "Type", "Meaning"].map((t) => element("th", { scope: "col" }, t)));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...lines));
}

function tryForm(api, path, method, parameters, body) {
  const form = element("form", { className: "try" });
  const fields = parameters.map((parameter) => {
    const input = element("input", { className: "parameter", name: parameter.name, required: parameter.required });
    form.append(element("label", {}, parameter.name, input));
    return [parameter, input];
  });
  let text = null;
  if (body) {
    text = element("textarea", { rows: 5, value: JSON.stringify(example(api, body), null, 2), spellcheck: false });
    form.append(element("label", {}, "Body", text));
  }
  const output = element("pre", { hidden: true, tabIndex: 0, role: "region" });
  output.setAttribute("aria-label", "Reply");
  form.append(element("button", { type: "submit" }, "Send"), output);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let target = path;
    const query = new URLSearchParams();
    for (const [parameter, input] of fields) {
      if (parameter.in === "path") {
        const value = input.value.split("/").map(encodeURIComponent).join("/");
        target = target.replace(`{${parameter.name}}`, value);
      } else if (input.value) {
        query.set(parameter.name, input.value);
      }
    }
    if (query.size) target += "?" + query;
    const options = { method: method.toUpperCase() };
    if (text) {
      options.body = text.value;
      options.headers = { "Content-Type": "application/json" };
    }
    output.hidden = false;
    output.textContent = "…";
    try {
      const response = await fetch(target, options);
      output.textContent = `${response.status}\n${pretty(await response.text())}`;
    } catch {
      output.textContent = "The service cannot be reached.";
    }
  });
  return element("details", {}, element("summary", {}, "Try it"), form);
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function jsonSchema(holder) {
  return holder?.content?.["application/json"]?.schema;
}

function example(api, schema) {
  const model = api.components.schemas[mentioned(schema)[0]];
  return model?.examples?.[0] ?? {};
}

function nameOf(reference) {
  return reference.split("/").pop();
}

function mentioned(schema) {
  if (!schema || typeof schema !== "object") return [];
  if (schema.$ref) return [nameOf(schema.$ref)];
  return Object.values(schema).flatMap(mentioned);
}

function typeName(schema) {
  if (!schema) return "any";
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.anyOf) return schema.anyOf.map(typeName).join(" or ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(", ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return `list of ${typeName(schema.items)}`;
  const bounds = schema.minimum !== undefined && schema.maximum !== undefined;
  return (schema.type ?? "any") + (bounds ? ` ${schema.minimum} to ${schema.maximum}` : "");
}
