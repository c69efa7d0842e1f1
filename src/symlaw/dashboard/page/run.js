// One run: its front as it grows, the formula that is chosen, and what can be asked of the run.

import { get, news, post, runPath } from "./api.js";
import { button, el, say, show, showNews } from "./dom.js";
import { formulaPart } from "./formula.js";
import { ownPart } from "./own.js";
import { plot } from "./plots.js";
import { badge } from "./runs.js";
import { age, count, number, r2, seconds } from "./words.js";

const FLOOR = 1e-16;

export function runPage(place, id) {
  const path = runPath(id);
  const state = { about: null, live: null, key: null, complexity: null, hidden: false };
  const head = el("div"),
    front = el("section", { class: "card", "aria-label": "Front" });
  const trouble = el("p", { class: "trouble", role: "alert" });
  const formula = formulaPart(path, (text) => say(text, true));
  const own = ownPart(
    path,
    () => state.about,
    (record) => formula.showOwn(record),
  );
  show(place, head, trouble, el("div", { class: "two" }, front, formula.node, own.node));
  show(front, el("p", { class: "quiet" }, "Reading the run …"));

  function hear(live) {
    state.live = live;
    draw();
  }

  function rows() {
    const marks = new Map(state.live.marked.map((one) => [one.key, one.mark]));
    const here = state.live.rows.map((row, k) => ({
      ...row,
      mark: marks.get(row.key) || "",
      best: k === state.live.recommended,
    }));
    const kept = state.live.marked.filter((one) => !one.on_front && one.mark === "pinned");
    return [...here, ...kept.map((row) => ({ ...row, off: true }))].sort(
      (a, b) => a.complexity - b.complexity,
    );
  }

  function choose(row) {
    Object.assign(state, { key: row.key, complexity: row.complexity });
    formula.reveal();
    formula.release();
    draw();
  }

  function draw() {
    if (!state.live || !state.about) return;
    const found = rows();
    const shown = found.filter((row) => state.hidden || row.mark !== "hidden");
    // a better formula of its complexity takes the place of one that was chosen
    const chosen =
      found.find((row) => row.key === state.key) ||
      shown.find((row) => row.complexity === state.complexity) ||
      shown.find((row) => row.best) ||
      shown[shown.length - 1];
    const { rows: _rows, marked: _marked, reason, ...about } = state.live;
    showNews(head, about, heading);
    const hidden = found.filter((row) => row.mark === "hidden").length;
    showNews(front, [shown, chosen?.key, reason, hidden, state.hidden, about.state], () =>
      frontParts(shown, chosen, hidden),
    );
    formula.update(chosen, state.about, mark);
  }

  function heading() {
    const { about, live } = state;
    const used = [
      live.counters.evaluations !== undefined && `${count(live.counters.evaluations)} formulas tried`,
      live.counters.seconds !== undefined && seconds(live.counters.seconds),
      Object.keys(live.shares).length &&
        `work: ${Object.entries(live.shares)
          .map(([name, share]) => `${name} ${Math.round(100 * share)}%`)
          .join(", ")}`,
      live.stopped_by && `ended by: ${live.stopped_by}`,
    ];
    return [
      el(
        "div",
        { class: "head" },
        el("h1", {}, badge(live.state), " ", about.target),
        el("div", { class: "tools" }, controls()),
      ),
      el(
        "p",
        { class: "quiet" },
        [
          `${about.source || "data from memory"}, ${count(about.n_rows)} rows`,
          age(about.created),
          `run ${about.id}`,
        ].join("; "),
      ),
      el("p", { class: "quiet", "data-what": "counters" }, used.filter(Boolean).join("; ")),
      [
        ...live.doubts.map((text) => el("p", { class: "warn" }, `But ${text}.`)),
        live.notes.length
          ? el(
              "details",
              {},
              el("summary", {}, "Notes"),
              live.notes.map((note) => el("p", { class: "small" }, note)),
            )
          : null,
      ],
    ];
  }

  function controls() {
    const going = state.live.state;
    if (going === "running") return [ask("Pause", "pause"), ask("Stop", "stop")];
    if (going === "paused") return [ask("Resume", "unpause", "strong"), ask("Stop", "stop")];
    return [longer()];
  }

  function ask(label, what, name = "") {
    return button(
      label,
      () => tell(path + "/ask", { what }, `The run is asked to ${what === "unpause" ? "go on" : what}.`),
      { "data-focus": `ask-${what}`, class: name },
    );
  }

  function longer() {
    const used = state.live.counters.seconds || 0;
    const enough = state.live.state === "interrupted" || (state.live.stopped_by || "").includes("user");
    const time = el("input", {
      type: "number",
      min: 1,
      step: "any",
      required: true,
      value: Math.ceil(Math.max(used + 60, state.about.time_budget || 0)),
    });
    const go = async (event) => {
      event.preventDefault();
      const asked = enough ? {} : { seconds: Number(time.value) };
      await tell(path + "/resume", asked, "The search goes on in a moment.");
    };
    return el(
      "form",
      { class: "inline", onsubmit: go },
      enough ? null : el("label", {}, "seconds in all ", time),
      el("button", { "data-focus": "resume" }, "Go on"),
    );
  }

  async function tell(address, value, word) {
    try {
      await post(address, value);
      say(word);
    } catch (error) {
      say(error.message, true);
    }
  }

  function mark(row, what) {
    return tell(
      path + "/mark",
      { key: row.key, mark: what },
      what === "" ? "The mark is taken away." : `The formula is ${what}.`,
    );
  }

  function frontParts(shown, chosen, hidden) {
    const title = el("h2", {}, "Front");
    const turn = () => {
      state.hidden = !state.hidden;
      draw();
    };
    const others = hidden
      ? button(state.hidden ? "Leave hidden formulas out" : `Show ${hidden} hidden`, turn)
      : null;
    if (!shown.length) {
      const found = state.live.rows.length > 0;
      const going = ["running", "paused"].includes(state.live.state);
      const word = found
        ? "All formulas are hidden."
        : going
          ? "Nothing was found yet."
          : "Nothing was found.";
      return [title, el("p", { class: "quiet" }, word), others];
    }
    return [
      title,
      picture(shown, chosen),
      state.live.reason && el("p", { class: "small quiet" }, `★ recommended: ${state.live.reason}.`),
      state.live.finding && el("p", { class: "small quiet" }, `Verdict: ${state.live.finding}.`),
      state.live.noise && el("p", { class: "small quiet" }, `Noise: ${state.live.noise}.`),
      table(shown, chosen),
      others,
    ];
  }

  function picture(shown, chosen) {
    return plot(
      {
        title: "Loss against complexity of each formula",
        x: { label: "complexity" },
        y: { label: state.about.squared ? "loss (1 − R²)" : `loss (${state.about.loss})`, log: true },
        points: shown.map((row) => ({
          x: row.complexity,
          y: Math.max(Number(row.loss), FLOOR),
          r: row === chosen ? 7 : 5,
          name: [row.best ? "best" : "", row === chosen ? "chosen" : "", row.off ? "off" : ""].join(" "),
          title: `${row.complexity}: ${row.text}`,
          pick: () => choose(row),
        })),
      },
      240,
    );
  }

  function table(shown, chosen) {
    const squared = state.about.squared,
      scored = shown.some((row) => row.objective !== null);
    const heads = ["", "Complexity", ...(scored ? ["Objective"] : []), squared ? "R²" : "Loss", "Formula"];
    return el(
      "table",
      {
        class: "list front",
        "aria-label": "Formulas; arrow keys choose one",
        onkeydown: keys(shown, chosen),
      },
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
        shown.map((row) =>
          el(
            "tr",
            { class: row === chosen ? "chosen" : "", onclick: () => choose(row) },
            el(
              "td",
              {},
              row.best ? el("span", { title: "recommended" }, "★") : "",
              row.mark === "pinned" ? el("span", { title: "pinned" }, "◆") : "",
              row.mark === "hidden" ? el("span", { title: "hidden" }, "◇") : "",
            ),
            el("td", { class: "figures" }, number(row.complexity)),
            scored ? el("td", { class: "figures" }, number(row.objective)) : null,
            el("td", { class: "figures" }, squared ? r2(row.r2 ?? 1 - row.loss) : number(row.loss)),
            el(
              "td",
              { class: "formula" },
              el(
                "button",
                {
                  type: "button",
                  class: "plain",
                  "aria-pressed": String(row === chosen),
                  "data-focus": `row-${row.complexity}-${row.off || ""}`,
                  "data-key": row.key,
                },
                el("code", { class: "cut" }, row.text),
                row.off ? el("span", { class: "quiet small" }, " (not on the front)") : null,
              ),
            ),
          ),
        ),
      ),
    );
  }

  function keys(shown, chosen) {
    return (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const here = shown.findIndex((row) => row.key === document.activeElement.dataset.key);
      const next =
        shown[Math.min(shown.length - 1, Math.max(0, (here < 0 ? shown.indexOf(chosen) : here) + step))];
      choose(next);
      front.querySelector(`[data-key="${next.key}"]`)?.focus();
    };
  }

  let stop = () => {};
  let gone = false;
  get(path)
    .then((about) => {
      state.about = about;
      own.draw();
      if (!gone) stop = news(`${path}/stream`, hear, (text) => (trouble.textContent = text));
    })
    .catch((error) => {
      trouble.textContent = error.message;
      show(front);
    });
  return () => {
    gone = true;
    stop();
  };
}
