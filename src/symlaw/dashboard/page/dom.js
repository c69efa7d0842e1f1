// Elements made of plain values: text goes in as text only, never as markup.

const MATH = "http://www.w3.org/1998/Math/MathML";
const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(3)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

// Replaces what is in a node without losing the place of the keyboard.
export function show(node, ...children) {
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  node.replaceChildren(
    ...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false),
  );
  if (focused) node.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}

const last = new WeakMap();

// Makes what is in a node anew where the values that it tells have changed.
export function showNews(node, values, make) {
  const now = JSON.stringify(values);
  if (last.get(node) === now) return;
  last.set(node, now);
  show(node, make());
}

// MathML that the server printed; only elements of mathematics are taken over.
export function math(markup, text) {
  const parsed = markup ? new DOMParser().parseFromString(markup, "application/xml").documentElement : null;
  if (!parsed || parsed.namespaceURI !== MATH || parsed.localName !== "math") return el("code", {}, text);
  return copied(parsed);
}

function copied(from) {
  const node = document.createElementNS(MATH, from.localName);
  for (const name of ["display", "mathvariant"]) {
    if (from.hasAttribute(name)) node.setAttribute(name, from.getAttribute(name));
  }
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) node.append(child.data);
    else if (child.namespaceURI === MATH) node.append(copied(child));
  }
  return node;
}

export function equation(target, markup, text) {
  const right = math(markup, text);
  if (right.namespaceURI !== MATH) return el("code", {}, `${target} = ${text}`);
  const node = document.createElementNS(MATH, "math");
  node.setAttribute("display", "block");
  const row = document.createElementNS(MATH, "mrow");
  const left = document.createElementNS(MATH, "mi");
  left.setAttribute("mathvariant", "normal");
  left.append(target);
  const equals = document.createElementNS(MATH, "mo");
  equals.append("=");
  row.append(left, equals, ...right.childNodes);
  node.append(row);
  return node;
}

export function button(label, act, more = {}) {
  return el("button", { type: "button", onclick: act, ...more }, label);
}

let hiding = 0;

// Says a sentence at the foot of the page, to eyes and screen readers.
export function say(text, bad = false) {
  const place = document.getElementById("said");
  place.textContent = text;
  place.className = bad ? "said bad" : "said";
  clearTimeout(hiding);
  if (text) hiding = setTimeout(() => (place.textContent = ""), bad ? 15000 : 4000);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
  } catch {
    say("The browser did not let the page copy: select the text and copy it by hand.", true);
  }
}
