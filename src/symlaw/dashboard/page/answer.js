// A run of another question than a formula of a table: what its report says, and what can be asked of it.

import { get, post, runPath } from "./api.js";
import { reportPart } from "./documents.js";
import { button, el, equation, math, say, show } from "./dom.js";
import { notesPart } from "./notes.js";
import { badge } from "./runs.js";
import { age } from "./words.js";

const LOOK = 1500;
const GOING = ["running", "paused"];

export function answerPage(place, id) {
  const path = runPath(id);
  const head = el("div");
  const body = el("div");
  const trouble = el("p", { class: "trouble", role: "alert" });
  const notes = notesPart(path, id);
  const report = reportPart(path, id);
  const forms = el("section", { class: "card", "aria-label": "Other forms" });
  let timer = null;
  let gone = false;
  let state = null;

  show(place, head, trouble, body, el("div", { class: "two" }, report.node, forms, notes.node));
  show(body, el("p", { class: "quiet" }, "Reading the run …"));

  async function look() {
    try {
      const told = await get(`${path}/answer`);
      if (gone) return;
      trouble.textContent = "";
      show(head, heading(told));
      notes.update(told);
      // sections of a run that has ended stay as they are
      if (state !== told.state) {
        state = told.state;
        report.draw(told);
        show(forms, formsPart(told));
        show(body, told.sections.length ? told.sections.map(section) : waiting(told));
      }
      if (GOING.includes(told.state)) timer = setTimeout(look, LOOK);
    } catch (error) {
      trouble.textContent = error.message;
      if (state === null) show(body);
    }
  }

  function heading(told) {
    const last = told.remarks[told.remarks.length - 1];
    return [
      el(
        "div",
        { class: "head" },
        el("h1", {}, badge(told.state), " ", told.note.name || told.title || told.target),
        el("div", { class: "tools" }, controls(told.state)),
      ),
      el(
        "p",
        { class: "quiet" },
        [told.task, told.source || "data from memory", age(told.created), `run ${told.id}`].join("; "),
      ),
      told.lacking ? el("p", { class: "quiet small" }, `No picture of the data: ${told.lacking}.`) : null,
      GOING.includes(told.state) && last ? el("p", { "data-what": "remark" }, `Now: ${last}`) : null,
    ];
  }

  function controls(going) {
    if (going === "running") return [ask("Pause", "pause"), ask("Stop", "stop")];
    if (going === "paused") return [ask("Resume", "unpause"), ask("Stop", "stop")];
    return [];
  }

  function ask(label, what) {
    const go = async () => {
      try {
        await post(`${path}/ask`, { what });
        say(`The run is asked to ${what === "unpause" ? "go on" : what}.`);
      } catch (error) {
        say(error.message, true);
      }
    };
    return button(label, go, { "data-focus": `ask-${what}` });
  }

  function waiting(told) {
    const said = GOING.includes(told.state)
      ? "The answer is shown when the search has ended."
      : "The search was cut off before it had an answer: start it again.";
    return el("p", { class: "card" }, said);
  }

  function section({ heading: text, blocks }) {
    const parts = [];
    for (const block of blocks) {
      const shown = drawn(block);
      if (block.kind !== "picture") parts.push(shown);
      else if (parts.length && parts[parts.length - 1].classList.contains("pictures"))
        parts[parts.length - 1].append(shown);
      else parts.push(el("div", { class: "pictures" }, shown));
    }
    return el("section", { class: "card answer", "aria-label": text }, el("h2", {}, text), parts);
  }

  function drawn(block) {
    if (block.kind === "law") return el("div", { class: "law" }, equation(block.name, block.mathml, block.text));
    if (block.kind === "listing") return el("pre", {}, block.text);
    if (block.kind === "table") return table(block);
    if (block.kind === "picture") {
      const source = `${path}/pictures/${block.number}`;
      return el("figure", {}, el("img", { src: source, alt: block.caption }), el("figcaption", {}, block.caption));
    }
    if (block.kind === "pairs")
      return el("dl", {}, block.pairs.map(([name, text]) => [el("dt", {}, name), el("dd", {}, text)]));
    return el("p", { class: block.quiet ? "quiet small" : "" }, block.text);
  }

  function formsPart(told) {
    const text = el("pre", { class: "unseen" });
    const choice = el(
      "select",
      { "aria-label": "Form", onchange: write },
      el("option", { value: "" }, "Choose a form …"),
      Object.entries(told.forms).map(([name, words]) => el("option", { value: name }, `${name}: ${words}`)),
    );
    choice.disabled = told.state !== "finished";

    async function write() {
      if (!choice.value) return;
      try {
        text.textContent = (await get(`${path}/answer/export`, { format: choice.value })).text;
        text.classList.remove("unseen");
      } catch (error) {
        say(error.message, true);
      }
    }

    return [el("h2", {}, "Other forms"), el("div", { class: "tools" }, choice), text];
  }

  look();
  return () => {
    gone = true;
    clearTimeout(timer);
  };
}

function table({ heads, rows, numbers, marked }) {
  const cell = (one, k) =>
    el("td", { class: numbers[k] ? "right figures" : "" }, one.mathml === undefined ? one.text : math(one.mathml, one.text));
  return el(
    "div",
    { class: "wide" },
    el(
      "table",
      { class: "list" },
      el("thead", {}, el("tr", {}, heads.map((head, k) => el("th", { scope: "col", class: numbers[k] ? "right" : "" }, head)))),
      el("tbody", {}, rows.map((row, k) => el("tr", { class: k === marked ? "chosen" : "" }, row.map(cell)))),
    ),
  );
}
