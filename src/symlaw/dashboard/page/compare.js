// Two runs side by side.

import { get } from "./api.js";
import { el, show } from "./dom.js";
import { badge } from "./runs.js";
import { count, number } from "./words.js";

export function comparePage(place, first, second) {
  show(place, el("h1", {}, "Two runs"), el("p", { class: "quiet" }, "Reading the runs …"));
  get("/api/compare", { a: first, b: second })
    .then((told) => show(place, el("h1", {}, "Two runs"), drawn(told)))
    .catch((error) =>
      show(place, el("h1", {}, "Two runs"), el("p", { class: "trouble", role: "alert" }, error.message)),
    );
}

function drawn(told) {
  return [
    el(
      "div",
      { class: "card" },
      told.runs.map((run, k) =>
        el(
          "p",
          {},
          `${"AB"[k]}  `,
          el("a", { href: `#/run/${encodeURIComponent(run.id)}` }, run.id),
          " ",
          badge(run.state),
          run.counters.evaluations ? ` ${count(run.counters.evaluations)} formulas tried` : "",
        ),
      ),
    ),
    told.same_data ? null : el("p", { class: "warn" }, "They are of different data."),
    el("section", { class: "card wide-part" }, el("h2", {}, "Settings that differ"), settings(told.settings)),
    el("section", { class: "card wide-part" }, el("h2", {}, "Fronts"), fronts(told.rows)),
  ];
}

function settings(changed) {
  if (!changed.length) return el("p", { class: "quiet" }, "All settings are the same.");
  return el(
    "table",
    { class: "list" },
    head(["Setting", "A", "B"]),
    el(
      "tbody",
      {},
      changed.map((one) =>
        el(
          "tr",
          {},
          el("td", {}, one.name),
          one.values.map((value) => el("td", {}, el("code", {}, value))),
        ),
      ),
    ),
  );
}

function fronts(rows) {
  return el(
    "table",
    { class: "list" },
    head(["Complexity", "Loss A", "Loss B", "A", "B"]),
    el(
      "tbody",
      {},
      rows.map((row) =>
        el(
          "tr",
          {},
          el("td", { class: "figures" }, number(row.complexity)),
          row.formulas.map((one) => el("td", { class: "figures" }, one ? number(one.loss) : "")),
          row.formulas.map((one) =>
            el(
              "td",
              { class: "formula" },
              one ? [one.recommended ? "★ " : "", el("code", {}, one.text)] : "",
            ),
          ),
        ),
      ),
    ),
  );
}

function head(names) {
  return el(
    "thead",
    {},
    el(
      "tr",
      {},
      names.map((name) => el("th", { scope: "col" }, name)),
    ),
  );
}
