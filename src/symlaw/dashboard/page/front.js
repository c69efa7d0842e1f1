// The front of a run: its chart, with formulas of one's own as diamonds, and its table.

import { button, el } from "./dom.js";
import { plot } from "./plots.js";
import { number, r2 } from "./words.js";

const FLOOR = 1e-16;

// What the front is drawn of: live news, rows that are shown, the chosen one, own formulas, and what to do.
export function frontParts(what) {
  const { live, shown, hidden, turn } = what;
  const title = el("h2", {}, "Front");
  const others = hidden
    ? button(what.withHidden ? "Leave hidden formulas out" : `Show ${hidden} hidden`, turn)
    : null;
  if (!shown.length) return [title, el("p", { class: "quiet" }, nothing(live)), others];
  return [
    title,
    picture(what),
    live.reason && el("p", { class: "small quiet" }, `★ recommended: ${live.reason}.`),
    live.finding && el("p", { class: "small quiet" }, `Verdict: ${live.finding}.`),
    live.noise && el("p", { class: "small quiet" }, `Noise: ${live.noise}.`),
    live.proof && el("p", { class: "small quiet" }, `Proof: ${live.proof}.`),
    termsTable(live.terms),
    table(what),
    others,
  ];
}

// What each term of the recommended sum is worth.
function termsTable(terms) {
  if (!terms.length) return null;
  const [heads, ...rows] = terms;
  return el(
    "table",
    { class: "small terms" },
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", {}, head)))),
    el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...cells.map((cell) => el("td", {}, cell))))),
  );
}

function nothing(live) {
  if (live.rows.length) return "All formulas are hidden.";
  return ["running", "paused"].includes(live.state) ? "Nothing was found yet." : "Nothing was found.";
}

function picture(what) {
  const { about, shown, chosen, own } = what;
  const log = (loss) => Math.max(Number(loss), FLOOR);
  const points = shown.map((row) => ({
    x: row.complexity,
    y: log(row.loss),
    r: row === chosen ? 7 : 5,
    name: [row.best ? "best" : "", row === chosen ? "chosen" : "", row.off ? "off" : ""].join(" "),
    title: `${row.complexity}: ${row.text}`,
    pick: () => what.choose(row),
  }));
  const drawn = own.formulas.filter((one) => one.loss !== null);
  const marks = drawn.map((one) => ({
    x: one.complexity,
    y: log(one.loss),
    r: one.key === own.chosen ? 8 : 6,
    shape: "diamond",
    name: one.key === own.chosen ? "own chosen" : "own",
    title: `Your own, ${one.complexity}: ${one.text}`,
    pick: () => own.choose(one),
  }));
  return plot(
    {
      title: "Loss against complexity of each formula",
      x: { label: "complexity" },
      y: { label: about.squared ? "loss (1 − R²)" : `loss (${about.loss})`, log: true },
      points: [...points, ...marks],
      caption: legend(shown, drawn),
    },
    240,
  );
}

function legend(shown, own) {
  const keys = [["found", "front"]];
  if (shown.some((row) => row.best)) keys.push(["best", "recommended"]);
  if (shown.some((row) => row.off)) keys.push(["off", "pinned, not on the front"]);
  if (own.length) keys.push(["own", "your own"]);
  return keys.map(([name, word]) => el("span", { class: "legend" }, el("span", { class: `key ${name}` }), word));
}

function table(what) {
  const { about, shown, chosen } = what;
  const scored = shown.some((row) => row.objective !== null);
  const heads = ["", "Complexity", ...(scored ? ["Objective"] : []), about.squared ? "R²" : "Loss", "Formula"];
  return el(
    "table",
    { class: "list front", "aria-label": "Formulas; arrow keys choose one", onkeydown: keys(what) },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        heads.map((head) => el("th", { scope: "col" }, head || el("span", { class: "unseen" }, "Mark"))),
      ),
    ),
    el(
      "tbody",
      {},
      shown.map((row) => line(row, row === chosen, scored, what)),
    ),
  );
}

function line(row, chosen, scored, { about, choose }) {
  return el(
    "tr",
    { class: chosen ? "chosen" : "", onclick: () => choose(row) },
    el(
      "td",
      {},
      row.best ? el("span", { title: "recommended" }, "★") : "",
      row.mark === "pinned" ? el("span", { title: "pinned" }, "◆") : "",
      row.mark === "hidden" ? el("span", { title: "hidden" }, "◇") : "",
    ),
    el("td", { class: "figures" }, number(row.complexity)),
    scored ? el("td", { class: "figures" }, number(row.objective)) : null,
    el("td", { class: "figures" }, about.squared ? r2(row.r2 ?? 1 - row.loss) : number(row.loss)),
    el(
      "td",
      { class: "formula" },
      el(
        "button",
        {
          type: "button",
          class: "plain",
          "aria-pressed": String(chosen),
          "data-focus": `row-${row.complexity}-${row.off || ""}`,
          "data-key": row.key,
        },
        el("code", { class: "cut" }, row.text),
        row.off ? el("span", { class: "quiet small" }, " (not on the front)") : null,
      ),
    ),
  );
}

function keys({ shown, chosen, choose, node }) {
  return (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const here = shown.findIndex((row) => row.key === document.activeElement.dataset.key);
    const from = here < 0 ? shown.indexOf(chosen) : here;
    const next = shown[Math.min(shown.length - 1, Math.max(0, from + step))];
    choose(next);
    node.querySelector(`[data-key="${next.key}"]`)?.focus();
  };
}
