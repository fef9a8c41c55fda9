// Offsets on the wire count Unicode code points; strings here count UTF-16 code units.

// A function that turns ascending or descending code point offsets of `text` into UTF-16 indices.
// It walks on from the last offset asked, so a sorted list costs one pass over the text.
export function codePointIndex(text) {
  let point = 0;
  let unit = 0;
  return (wanted) => {
    if (wanted < point) {
      point = 0;
      unit = 0;
    }
    while (point < wanted && unit < text.length) {
      unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
      point += 1;
    }
    return unit;
  };
}

// The text as nodes, with <mark> around each span {start, end}: code points of `text`. Spans that
// overlap are marked once. The text is only ever set as text.
export function marked(text, spans) {
  const unitAt = codePointIndex(text);
  const nodes = [];
  let done = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const start = Math.max(unitAt(span.start), done);
    const end = unitAt(span.end);
    if (end <= start) continue;
    if (start > done) nodes.push(text.slice(done, start));
    nodes.push(element("mark", {}, text.slice(start, end)));
    done = end;
  }
  nodes.push(text.slice(done));
  return nodes;
}

// A new element with properties, attributes and children: strings become text, never markup.
// A child that is null or false is left out.
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made && key !== "part") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== false));
  return made;
}

// A button that does not submit; `act` gets the button.
export function button(properties, act, ...children) {
  const made = element("button", { type: "button", ...properties }, ...children);
  made.addEventListener("click", () => act(made));
  return made;
}

// Somebody's text beside our own: its direction stays inside it.
export function foreign(text, className = "") {
  return element("bdi", { className, dir: "auto" }, text);
}

export const percent = (value) => `${Math.round(value * 100)} %`;

export const count = new Intl.NumberFormat("en");

// "Chapter › Section", without a first heading that only repeats the title.
export function sectionPath(section, title) {
  const below = section[0] === title ? section.slice(1) : section;
  return below.join(" › ");
}

// Put text on the clipboard; returns whether that was permitted.
export async function copyText(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not permitted here: the older way may be.
    }
  }
  const area = element("textarea", { value: text, readOnly: true });
  area.style.cssText = "position: fixed; opacity: 0"; // its page may be somebody else's
  document.body.append(area);
  area.select();
  try {
    return document.execCommand("copy"); // the only way on a page without TLS
  } finally {
    area.remove();
  }
}
