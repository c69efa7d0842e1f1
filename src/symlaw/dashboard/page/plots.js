// Plots as SVG: points, lines and bands on linear or logarithmic axes, drawn again when their place changes size.

import { el, svg } from "./dom.js";
import { number } from "./words.js";

const LEFT = 62,
  RIGHT = 12,
  TOP = 10,
  BOTTOM = 42,
  LETTER = 6.2;

const widths = new Map();

// Axes are {label, log, least, labels}: labels stand in place of the numbers 0, 1, 2, ...
// What is drawn: points {x, y, name, title, pick, shape}, lines {x, y, name}, band {x, low, high}, ticks below.
export function plot(what, height = 260) {
  const box = el("figure", { class: "plot" });
  const place = what.place || what.title;
  let width = widths.get(place) || 0;
  const draw = () => box.replaceChildren(drawn(what, width, height), ...caption(what));
  // a plot that takes the place of an older one is as wide, and there at once
  if (width) draw();
  new ResizeObserver(([entry]) => {
    const now = Math.round(entry.contentRect.width);
    if (now && now !== width) {
      width = now;
      widths.set(place, width);
      draw();
    }
  }).observe(box);
  return box;
}

function caption(what) {
  return what.caption ? [el("figcaption", { class: "quiet small" }, what.caption)] : [];
}

function drawn(what, width, height) {
  const across = scale(what.x, all(what, "x"), LEFT, width - RIGHT);
  const up = scale(what.y, all(what, "y"), height - BOTTOM, TOP);
  const root = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": what.title,
  });
  root.append(...axes(what, across, up, width, height));
  if (what.band) root.append(band(what.band, across, up));
  for (const line of what.lines || []) root.append(path(line, across, up));
  for (const value of what.ticks || []) {
    const x = across(value);
    if (Number.isFinite(x))
      root.append(svg("path", { class: "rug", d: `M${x.toFixed(1)} ${height - BOTTOM}v-6` }));
  }
  const chosen = (point) => (point.name || "").includes("chosen");
  for (const point of [...(what.points || [])].sort((a, b) => chosen(a) - chosen(b)))
    root.append(...mark(point, across, up));
  return root;
}

function all(what, axis) {
  const sets = [
    (what.points || []).map((point) => point[axis]),
    ...(what.lines || []).map((line) => line[axis]),
  ];
  if (what.band) sets.push(...(axis === "x" ? [what.band.x] : [what.band.low, what.band.high]));
  if (what[axis].least !== undefined) sets.push([what[axis].least]);
  return sets.flat().filter((value) => Number.isFinite(value) && value !== null);
}

// From values to places, with the values at which ticks stand.
function scale({ log }, values, begin, end) {
  const good = log ? values.filter((value) => value > 0) : values;
  let low = Math.min(...spread(good, Math.min)),
    high = Math.max(...spread(good, Math.max));
  if (!Number.isFinite(low)) [low, high] = [log ? 0.1 : 0, 1];
  const to = log ? Math.log10 : (value) => value;
  let [a, b] = [to(low), to(high)];
  if (b - a < 1e-12 * Math.max(1, Math.abs(a)))
    [a, b] = [a - 0.5 * (Math.abs(a) || 1), b + 0.5 * (Math.abs(b) || 1)];
  const pad = 0.04 * (b - a);
  [a, b] = [a - pad, b + pad];
  const place = (value) => (value === null ? NaN : begin + ((to(value) - a) / (b - a)) * (end - begin));
  const ticks = log ? powers(a, b) : steps(a, b, Math.abs(end - begin) / (begin > end ? 38 : 72));
  // whole numbers, as those of complexities, have no ticks between them
  const whole = !log && good.every(Number.isInteger) ? ticks.filter(Number.isInteger) : [];
  place.ticks = whole.length > 1 ? whole : ticks;
  return place;
}

// The extreme of long lists, which Math.min takes only so many of.
function spread(values, extreme) {
  const found = [];
  for (let k = 0; k < values.length; k += 5000) found.push(extreme(...values.slice(k, k + 5000)));
  return found.length ? found : [extreme === Math.min ? Infinity : -Infinity];
}

function steps(a, b, count) {
  const rough = (b - a) / Math.max(2, count);
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5, 10].find((one) => one * unit >= rough) || 10);
  const found = [];
  for (let k = Math.ceil(a / step); k * step <= b && found.length < 20; k++)
    found.push(Number((k * step).toPrecision(12)));
  return found;
}

function powers(a, b) {
  const every = Math.max(1, Math.ceil((b - a) / 6));
  const found = [];
  for (let k = Math.ceil(a); k <= b; k++) if (k % every === 0) found.push(10 ** k);
  return found.length > 1
    ? found
    : [0, 0.25, 0.5, 0.75, 1].map((part) => Number((10 ** (a + part * (b - a))).toPrecision(2)));
}

function axes(what, across, up, width, height) {
  const parts = [];
  const bottom = height - BOTTOM;
  for (const value of up.ticks) {
    const y = up(value).toFixed(1);
    parts.push(
      svg("path", { class: "grid", d: `M${LEFT} ${y}H${width - RIGHT}` }),
      svg("text", { class: "tick", x: LEFT - 6, y, dy: "0.32em", "text-anchor": "end" }, number(value, 3)),
    );
  }
  let free = -Infinity;
  const labels = what.x.labels?.length ? what.x.labels : null;
  for (const value of labels ? labels.keys() : across.ticks) {
    const x = across(value),
      text = labels ? cut(labels[value], (width - LEFT) / labels.length) : number(value, 4),
      half = (text.length * LETTER) / 2;
    if (x - half < free) continue;
    free = x + half + 8;
    parts.push(
      svg("text", { class: "tick", x: x.toFixed(1), y: bottom + 16, "text-anchor": "middle" }, text),
    );
  }
  parts.push(
    svg("path", { class: "axis", d: `M${LEFT} ${TOP}V${bottom}H${width - RIGHT}` }),
    svg(
      "text",
      { class: "label", x: (LEFT + width - RIGHT) / 2, y: height - 6, "text-anchor": "middle" },
      cut(what.x.label, width - LEFT),
    ),
    svg(
      "text",
      {
        class: "label",
        transform: `translate(13 ${(TOP + bottom) / 2}) rotate(-90)`,
        "text-anchor": "middle",
      },
      cut(what.y.label, bottom - TOP),
    ),
  );
  return parts;
}

function cut(text, room) {
  const most = Math.max(6, Math.floor(room / LETTER));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function path(line, across, up) {
  let pen = "M",
    d = "";
  line.x.forEach((value, k) => {
    const [x, y] = [across(value), up(line.y[k])];
    if (Number.isFinite(x) && Number.isFinite(y)) {
      d += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
      pen = "L";
    } else pen = "M";
  });
  return svg("path", { class: `line ${line.name || ""}`, d });
}

function band({ x, low, high }, across, up) {
  const places = x
    .map((_, k) => k)
    .filter((k) => Number.isFinite(up(low[k])) && Number.isFinite(up(high[k])));
  const there = places.map((k) => `${across(x[k]).toFixed(1)} ${up(low[k]).toFixed(1)}`);
  const back = places.reverse().map((k) => `${across(x[k]).toFixed(1)} ${up(high[k]).toFixed(1)}`);
  return svg("path", { class: "band", d: there.length ? `M${[...there, ...back].join("L")}Z` : "" });
}

function mark(point, across, up) {
  const [cx, cy] = [across(point.x), up(point.y)];
  if (!Number.isFinite(cx) || !Number.isFinite(cy)) return [];
  const title = point.title ? svg("title", {}, point.title) : null;
  const dot = shaped(point, cx.toFixed(1), cy.toFixed(1));
  if (!point.pick) return [title ? svg("g", {}, dot, title) : dot];
  // a finger needs more room than the dot has
  const room = svg("circle", { class: "room", cx, cy, r: 13, onclick: point.pick });
  return [svg("g", { class: "pick" }, dot, room, title)];
}

function shaped(point, x, y) {
  const name = `dot ${point.name || ""}`,
    r = point.r || 3.5;
  if (point.shape !== "diamond") return svg("circle", { class: name, cx: x, cy: y, r });
  return svg("path", { class: name, d: `M${x} ${y}m0 ${-r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z` });
}
