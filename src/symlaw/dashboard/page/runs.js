// The list of runs.

import { news, post } from "./api.js";
import { button, el, say, show } from "./dom.js";
import { age, count, number, seconds } from "./words.js";

const SHOWN = 100;

export function runsPage(place) {
  const chosen = new Set();
  const state = { runs: null, launches: [], filter: "", most: SHOWN };
  const trouble = el("p", { class: "trouble", role: "alert" });
  const list = el("div");
  const compare = el("a", { class: "button", "aria-disabled": "true" }, "Compare");
  const filter = el("input", {
    type: "search",
    placeholder: "Name, target or formula",
    "aria-label": "Filter runs",
    oninput: (event) => {
      state.filter = event.target.value.toLowerCase();
      draw();
    },
  });

  function draw() {
    if (!state.runs) return;
    const wanted = state.runs.filter((run) => words(run).includes(state.filter));
    for (const id of chosen) if (!state.runs.some((run) => run.id === id)) chosen.delete(id);
    const pair = [...chosen];
    const ready = pair.length === 2;
    compare.setAttribute("aria-disabled", String(!ready));
    compare.textContent = ready ? "Compare the two" : "Compare: choose two";
    if (ready) compare.href = `#/compare/${pair.map(encodeURIComponent).join("/")}`;
    else compare.removeAttribute("href");
    show(
      list,
      starting(state.launches),
      wanted.length ? table(wanted.slice(0, state.most)) : nothing(),
      wanted.length > state.most &&
        button(`Show all ${wanted.length}`, () => {
          state.most = Infinity;
          draw();
        }),
    );
  }

  function nothing() {
    if (state.runs.length) return el("p", { class: "quiet" }, "No run is like that.");
    return el(
      "div",
      { class: "card" },
      el("p", {}, "There is no run yet."),
      el("p", {}, el("a", { class: "button strong", href: "#/new" }, "Start a search")),
    );
  }

  function table(runs) {
    const heads = ["", "State", "Target", "Best loss", "Formula", "Formulas tried", "Time", "Begun"];
    return el(
      "table",
      { class: "list runs" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          heads.map((head, k) =>
            el(
              "th",
              { scope: "col", class: k > 4 || k === 3 ? "right" : "" },
              head || el("span", { class: "unseen" }, "Compare"),
            ),
          ),
        ),
      ),
      el("tbody", {}, runs.map(row)),
    );
  }

  function row(run) {
    const box = el("input", {
      type: "checkbox",
      "aria-label": `Compare run ${run.id}`,
      "data-focus": `box-${run.id}`,
      onchange: (event) => {
        event.target.checked ? chosen.add(run.id) : chosen.delete(run.id);
        draw();
      },
    });
    box.checked = chosen.has(run.id);
    // two answers of different kinds have no formulas to compare
    box.disabled = Boolean(run.task);
    const link = el(
      "a",
      { href: `#/${run.task ? "answer" : "run"}/${encodeURIComponent(run.id)}`, "data-focus": `run-${run.id}` },
      run.name || run.target || run.id,
    );
    return el(
      "tr",
      {},
      el("td", {}, box),
      el("td", {}, badge(run.state)),
      el(
        "td",
        {},
        link,
        el("span", { class: "quiet small block" }, origin(run)),
        run.note ? el("span", { class: "small block cut", title: run.note }, run.note) : null,
      ),
      cell("Best loss", number(run.loss), "right figures"),
      el(
        "td",
        { class: "formula" },
        run.why ? el("span", { class: "quiet" }, run.why) : el("code", { class: "cut" }, run.formula || "–"),
      ),
      cell("Formulas tried", count(run.evaluations), "right figures"),
      cell("Time", seconds(run.seconds), "right figures"),
      el("td", { class: "right quiet", "data-label": "Begun", title: run.created }, age(run.created)),
    );
  }

  show(
    place,
    el(
      "div",
      { class: "head" },
      el("h1", {}, "Runs"),
      el(
        "div",
        { class: "tools" },
        filter,
        compare,
        el("a", { class: "button strong", href: "#/new" }, "New search"),
      ),
    ),
    trouble,
    list,
  );
  show(list, el("p", { class: "quiet" }, "Reading the runs …"));
  const stop = news(
    "/api/stream",
    (told) => {
      Object.assign(state, told);
      draw();
    },
    (text) => (trouble.textContent = text),
  );
  const tick = setInterval(draw, 20000);
  return () => {
    stop();
    clearInterval(tick);
  };
}

function words(run) {
  return [run.id, run.name, run.note, run.target, run.source, run.formula, run.state].join(" ").toLowerCase();
}

function origin(run) {
  const source = run.source || (run.why ? "" : "from memory");
  return run.name ? [run.target, source].filter(Boolean).join("; ") : source;
}

function cell(label, text, name) {
  return el("td", { class: name, "data-label": label }, text);
}

export function badge(state) {
  return el("span", { class: `badge ${state}` }, state);
}

function starting(launches) {
  return launches
    .filter((one) => (one.going && !one.run) || one.error)
    .map((one) =>
      el(
        "div",
        { class: one.error ? "card bad" : "card" },
        one.error ? `The search of ${one.name} ended: ${one.error}` : `The search of ${one.name} starts …`,
        !one.error && button("Cancel", () => cancel(one.id)),
      ),
    );
}

export async function cancel(id) {
  try {
    await post(`/api/launches/${encodeURIComponent(id)}/cancel`, {});
  } catch (error) {
    say(error.message, true);
  }
}
