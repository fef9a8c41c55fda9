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
    const mark = document.createElement("mark");
    mark.textContent = text.slice(start, end);
    nodes.push(mark);
    done = end;
  }
  nodes.push(text.slice(done));
  return nodes;
}

// A new element with properties and children: strings become text, never markup.
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}
