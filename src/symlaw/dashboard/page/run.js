// One run: its front as it grows, the formula that is chosen, and what can be asked of the run.

import { get, news, post, runPath } from "./api.js";
import { reportPart } from "./documents.js";
import { button, el, say, show, showNews } from "./dom.js";
import { formulaPart } from "./formula.js";
import { frontParts } from "./front.js";
import { notesPart } from "./notes.js";
import { ownPart } from "./own.js";
import { budgetPart, lossPart } from "./progress.js";
import { badge } from "./runs.js";
import { age, count, seconds } from "./words.js";

export function runPage(place, id) {
  const path = runPath(id);
  const state = { about: null, live: null, key: null, complexity: null, hidden: false, own: null };
  const head = el("div"),
    front = el("section", { class: "card", "aria-label": "Front" });
  const trouble = el("p", { class: "trouble", role: "alert" });
  const formula = formulaPart(path, (text) => say(text, true));
  const own = ownPart(path, () => state.about, chooseOwn);
  const loss = lossPart(() => state.about);
  const notes = notesPart(path, id);
  const report = reportPart(path, id);
  const parts = [front, formula.node, own.node, loss.node, report.node, notes.node];
  show(place, head, trouble, el("div", { class: "two" }, parts));
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
    Object.assign(state, { key: row.key, complexity: row.complexity, own: null });
    formula.reveal();
    formula.release();
    draw();
  }

  function chooseOwn(record) {
    state.own = record.key;
    formula.showOwn(record);
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
    const { rows: _rows, marked: _marked, reason, improvements: _improvements, ...about } = state.live;
    showNews(head, about, heading);
    const hidden = found.filter((row) => row.mark === "hidden").length;
    const formulas = own.formulas();
    const drawn = formulas.map((one) => one.key);
    showNews(front, [shown, chosen?.key, reason, hidden, state.hidden, about.state, drawn, state.own], () =>
      frontParts({
        live: state.live,
        about: state.about,
        node: front,
        shown,
        chosen: state.own ? null : chosen,
        choose,
        own: { formulas, chosen: state.own, choose: chooseOwn },
        hidden,
        withHidden: state.hidden,
        turn: () => {
          state.hidden = !state.hidden;
          draw();
        },
      }),
    );
    loss.update(state.live);
    notes.update(state.live);
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
    ];
    return [
      el(
        "div",
        { class: "head" },
        el("h1", {}, badge(live.state), " ", live.note.name || about.target),
        el("div", { class: "tools" }, controls()),
      ),
      el(
        "p",
        { class: "quiet" },
        [
          ...(live.note.name ? [`target ${about.target}`] : []),
          `${about.source || "data from memory"}, ${count(about.n_rows)} rows`,
          age(about.created),
          `run ${about.id}`,
        ].join("; "),
      ),
      el("p", { class: "quiet", "data-what": "counters" }, used.filter(Boolean).join("; ")),
      budgetPart(live),
      [
        ...live.doubts.map((text) => el("p", { class: "warn" }, `But ${text}.`)),
        live.notes.length
          ? el(
              "details",
              {},
              el("summary", {}, "Remarks of the search"),
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
      value: Math.ceil(Math.max(used + 60, state.live.limits.seconds || 0)),
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

  let stop = () => {};
  let gone = false;
  get(path)
    .then((about) => {
      state.about = about;
      own.draw();
      report.draw(about);
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
