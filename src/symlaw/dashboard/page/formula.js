// The chosen formula: mathematics, figures, constants, fit, residuals, slices, and its text in other forms.

import { get, post } from "./api.js";
import { dataPart } from "./data.js";
import { predictPart } from "./documents.js";
import { button, copy, el, equation, say, show } from "./dom.js";
import { number, r2 } from "./words.js";

const FIGURES = [
  ["complexity", "complexity"],
  ["loss", "loss"],
  ["r2", "R²"],
  ["rmse", "RMSE"],
  ["mae", "mean error"],
  ["max_error", "largest error"],
  ["objective", "objective"],
];

// Milliseconds that a formula has to stay chosen before its data are asked for.
const SOON = 150;

export function formulaPart(path, complain) {
  const node = el("section", { class: "card formula-part", "aria-label": "Formula" });
  const top = el("div"),
    below = el("div");
  show(node, top, below);
  const onData = dataPart(path);
  let key = null,
    form = "latex",
    state = "",
    held = false;

  function update(row, about, mark) {
    if (held) return;
    if (!row) {
      key = null;
      state = "";
      show(top);
      show(below);
      return;
    }
    const now = JSON.stringify([row.key, row.mark, row.best, row.rmse]);
    if (now === state) return;
    state = now;
    show(
      top,
      title(row, about.target),
      marks(row, mark),
      figures(row),
      row.constraints.map((word) => el("p", { class: "small quiet" }, word)),
    );
    if (row.key !== key) load(row);
  }

  // What is shown of the formula before stays, pale, until the next is there; a front that changes fast asks once.
  async function load(row) {
    const first = key === null;
    key = row.key;
    if (first) show(below, el("p", { class: "quiet" }, "Looking at the data …"));
    below.classList.add("old");
    if (!first) await new Promise((go) => setTimeout(go, SOON));
    if (key !== row.key) return;
    try {
      const record = await get(`${path}/formula`, { key: row.key });
      if (key === row.key) show(below, onData(record), forms(record));
    } catch (error) {
      if (key === row.key) show(below, el("p", { class: "warn" }, error.message));
    }
    if (key === row.key) below.classList.remove("old");
  }

  // An own formula stays until another one is chosen, whatever the search finds meanwhile.
  function showOwn(record) {
    key = record.key;
    state = "";
    held = true;
    below.classList.remove("old");
    show(
      top,
      title(record, record.target),
      el(
        "div",
        { class: "tools" },
        button("Pin", () => pin(record)),
      ),
      figures(record),
    );
    show(below, onData(record), forms(record, { formula: record.exact }));
    reveal();
  }

  // Where it stands below the front, a screen may end before it.
  function reveal() {
    const { top, bottom } = node.getBoundingClientRect();
    if (top > window.innerHeight - 120 || bottom < 120) node.scrollIntoView({ block: "start" });
  }

  async function pin(record) {
    try {
      await post(`${path}/mark`, { ...record.own, mark: "pinned" });
      say("The formula is pinned.");
    } catch (error) {
      complain(error.message);
    }
  }

  function release() {
    if (held) key = null;
    held = false;
  }

  function forms(record, which = { key: record.key }) {
    const out = el("pre", { class: "export", tabindex: 0, "aria-label": "The formula in this form" });
    const choice = el(
      "select",
      {
        "aria-label": "Form",
        onchange: () => {
          form = choice.value;
          write();
        },
      },
      record.formats.map((one) => el("option", { value: one.name }, `${one.name}: ${one.summary}`)),
    );
    choice.value = form;
    async function write() {
      try {
        out.textContent = (await get(`${path}/export`, { ...which, format: form })).text;
      } catch (error) {
        out.textContent = error.message;
      }
    }
    write();
    return [
      predictPart(path, which),
      el("h3", {}, "Export"),
      el(
        "div",
        { class: "tools" },
        choice,
        button("Copy", () => copy(out.textContent), { "data-focus": "copy-export" }),
      ),
      out,
    ];
  }

  return { node, update, showOwn, release, reveal };
}

function title(row, target) {
  return [
    el(
      "div",
      { class: "equation", tabindex: 0, "aria-label": `${target} = ${row.text}` },
      equation(target, row.mathml, row.text),
    ),
    el(
      "div",
      { class: "tools" },
      el("code", { class: "whole" }, row.text),
      button("Copy", () => copy(row.text), { "data-focus": "copy-text" }),
    ),
  ];
}

function marks(row, mark) {
  const turn = (what, label, undo) =>
    button(row.mark === what ? undo : label, () => mark(row, row.mark === what ? "" : what), {
      "aria-pressed": String(row.mark === what),
      "data-focus": `mark-${what}`,
    });
  return el(
    "div",
    { class: "tools" },
    turn("pinned", "Pin", "Unpin"),
    turn("hidden", "Hide", "Unhide"),
    row.best ? el("span", { class: "quiet" }, "★ recommended") : null,
  );
}

function figures(row) {
  const there = FIGURES.filter(([name]) => row[name] !== null && row[name] !== undefined);
  return el(
    "dl",
    { class: "pairs" },
    there.map(([name, word]) =>
      el("div", {}, el("dt", {}, word), el("dd", {}, name === "r2" ? r2(row[name]) : number(row[name]))),
    ),
  );
}
