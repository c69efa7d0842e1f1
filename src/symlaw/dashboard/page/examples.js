// A program from pasted examples: what it gives, where it is in doubt, and answers that settle it.

import { get, post } from "./api.js";
import { button, copy, el, say, show } from "./dom.js";
import { count } from "./words.js";

const NO_VALUE = "no value";
// What was typed stays while other pages are looked at.
const typed = { examples: "", rows: "", exact: false, seconds: 10 };

export function examplesPage(place) {
  const examples = field("examples", "Examples", "Ducati100=Ducati\nHonda125=Honda");
  const rows = field("rows", "Rows to be done", "Suzuki 700\nBMW-123");
  const exact = el("input", { type: "checkbox", onchange: () => (typed.exact = exact.checked) });
  exact.checked = typed.exact;
  const seconds = el("input", {
    type: "number", min: 1, max: 60, step: "any", required: true, value: typed.seconds, class: "short",
    onchange: () => (typed.seconds = Number(seconds.value)),
  });
  const go = el("button", { class: "strong" }, "Find a program");
  const below = el("div", { "aria-live": "polite" });
  // answers so far: each was found from the one before, with an answer more
  const steps = [];
  let gone = false;

  const form = el(
    "form",
    { class: "card paste", onsubmit: find },
    el("p", { class: "quiet" },
      "Write what should become of a few rows, as input=output, or paste columns of a spreadsheet, the output last.",
      " Then paste the rows to be done."),
    el("div", { class: "halves" }, examples.node, rows.node),
    el("div", { class: "tools" },
      el("label", {}, "Seconds at most ", seconds),
      el("label", {}, exact, " No example may be wrong"),
      go),
  );
  show(place, el("h1", {}, "Programs from examples"), form, below);

  function find(event) {
    event.preventDefault();
    const asked = { examples: typed.examples, rows: typed.rows, exact: typed.exact, seconds: Number(seconds.value) };
    ask("/api/programs", asked, () => (steps.length = 0));
  }

  function settle(doubt, answer) {
    const path = `/api/programs/${steps[steps.length - 1].id}/settle`;
    ask(path, { input: doubt.input, answer });
  }

  async function ask(path, asked, before = () => {}) {
    busy(true);
    try {
      const told = await post(path, asked);
      if (gone) return;
      before();
      steps.push(told);
      draw();
    } catch (error) {
      if (gone) return;
      if (path === "/api/programs") show(below, el("p", { class: "card trouble", role: "alert" }, error.message));
      else say(error.message, true);
    } finally {
      busy(false);
    }
  }

  function busy(is) {
    go.textContent = is ? "Searching …" : "Find a program";
    for (const one of place.querySelectorAll("button")) one.disabled = is;
    place.toggleAttribute("aria-busy", is);
  }

  function draw() {
    const told = steps[steps.length - 1];
    const before = steps[steps.length - 2];
    show(below, programPart(told, before), doubtsPart(told, settle), rowsPart(told));
  }

  function programPart(told, before) {
    const changed = before && before.program !== told.program;
    return el(
      "section",
      { class: "card program", "aria-label": "Program" },
      el("div", { class: "head" },
        el("h2", {}, "Program"),
        el("div", { class: "tools" },
          before ? button("Undo the last answer", () => (steps.pop(), draw()), { "data-focus": "undo" }) : null,
          button("Keep it as a run", keep, { "data-focus": "keep" }))),
      el("pre", { class: "shown" }, told.program),
      before ? el("p", { class: "quiet small" }, changed ? `Before the last answer: ${before.program}` : "The last answer agrees with it.") : null,
      told.facts.map((fact) => el("p", { class: "small" }, fact)),
      examplesTable(told),
      told.rivals.length
        ? el("details", {}, el("summary", {}, "Rivals"), el("pre", {}, told.rivals.join("\n")))
        : null,
      codePart(told),
    );
  }

  async function keep() {
    const told = steps[steps.length - 1];
    try {
      const { run } = await post(`/api/programs/${told.id}/keep`, { name: told.names.join(", ") });
      location.hash = `#/answer/${encodeURIComponent(run)}`;
    } catch (error) {
      say(error.message, true);
    }
  }

  if (typed.told?.length) {
    steps.push(...typed.told);
    draw();
  }
  return () => {
    gone = true;
    typed.told = steps;
  };
}

function field(name, label, hint) {
  const area = el("textarea", {
    id: name, rows: 8, spellcheck: "false", placeholder: hint, wrap: "off",
    oninput: () => (typed[name] = area.value),
  });
  area.value = typed[name];
  // a tab is a mark between cells here, and Escape, then Tab leaves the field
  let leaving = false;
  area.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && !event.shiftKey && !leaving) {
      event.preventDefault();
      area.setRangeText("\t", area.selectionStart, area.selectionEnd, "end");
      typed[name] = area.value;
    }
    leaving = event.key === "Escape";
  });
  return { area, node: el("div", { class: "field" }, el("label", { for: name }, label), area) };
}

// A text of the user's as it is, with blanks that can be seen.
function cell(text) {
  if (text === null) return el("em", { class: "quiet" }, NO_VALUE);
  const [, before, inner, after] = /^(\s*)([^]*?)(\s*)$/.exec(text);
  const blank = (some) => (some ? el("span", { class: "blank", title: "blanks" }, some) : null);
  return el("span", { class: "cell" }, blank(before), inner, blank(after));
}

function heads(names, more) {
  return el("thead", {}, el("tr", {}, [...names, ...more].map((name) => el("th", { scope: "col" }, name))));
}

function examplesTable(told) {
  const wrong = told.examples.filter((one) => one.says !== one.output);
  return el(
    "details",
    { open: wrong.length > 0 },
    el("summary", {}, `${count(told.examples.length)} examples`),
    el("div", { class: "wide" },
      el("table", { class: "list" },
        heads(told.names, ["should become"]),
        el("tbody", {}, told.examples.map((one) =>
          el("tr", { class: one.says === one.output ? "" : "off" },
            one.input.map((text) => el("td", {}, cell(text))),
            el("td", {}, cell(one.output),
              one.says === one.output ? null : el("span", { class: "warn small block" }, "left out: the program gives ", cell(one.says)))))))),
  );
}

function codePart(told) {
  const text = el("pre", {}, told.code);
  const choice = el(
    "select",
    { "aria-label": "Form", onchange: write },
    Object.entries(told.forms).map(([name, words]) => el("option", { value: name }, `${name}: ${words}`)),
  );

  async function write() {
    try {
      text.textContent = (await get(`/api/programs/${told.id}/export`, { format: choice.value })).text;
    } catch (error) {
      text.textContent = error.message;
    }
  }

  return el("details", {},
    el("summary", {}, "Code"),
    el("div", { class: "tools" }, choice, button("Copy", () => copy(text.textContent))),
    text);
}

function doubtsPart(told, settle) {
  const n = told.doubts.length;
  if (!told.n_rows) return null;
  if (!n)
    return el("section", { class: "card", "aria-label": "Doubtful rows" },
      el("h2", {}, "Doubtful rows"),
      el("p", {}, "On no row do programs that are about as good disagree."));
  const body = el("tbody");
  const open = { row: null };
  const redraw = () => show(body, told.doubts.map((doubt) => doubtRows(told, doubt, open, redraw, settle)));
  redraw();
  return el(
    "section",
    { class: "card doubts", "aria-label": "Doubtful rows" },
    el("h2", {}, "Doubtful rows"),
    el("p", { class: "quiet small" }, "Programs that agree on the examples disagree here, or have no value. Click a row and say what should come: the first answers the most."),
    el("div", { class: "wide" }, el("table", { class: "list" }, heads(["Row", ...told.names], ["becomes", "or", "Doubt"]), body)),
  );
}

function doubtRows(told, doubt, open, redraw, settle) {
  const chosen = open.row === doubt.row;
  const turn = () => {
    open.row = chosen ? null : doubt.row;
    redraw();
  };
  const [first, ...others] = doubt.answers;
  return [
    el("tr", { class: chosen ? "chosen pick" : "pick", onclick: turn },
      el("td", {}, el("button", {
        type: "button", class: "plain", "aria-expanded": String(chosen), "data-focus": `row-${doubt.row}`,
        "aria-label": `Row ${doubt.row}: say what should come`,
        onclick: (event) => (event.stopPropagation(), turn()),
      }, String(doubt.row))),
      doubt.input.map((text) => el("td", {}, cell(text))),
      el("td", {}, cell(first.answer)),
      el("td", {}, others.slice(0, 2).map((one, k) => [k ? ", " : "", cell(one.answer)])),
      el("td", { class: "figures" }, `${Math.round(100 * doubt.doubt)}%`)),
    chosen ? el("tr", { class: "settling" }, el("td", { colspan: told.names.length + 4 }, answerForm(doubt, settle))) : null,
  ];
}

function answerForm(doubt, settle) {
  const own = el("input", { type: "text", spellcheck: "false", "aria-label": "What should come", "data-focus": "own" });
  own.value = doubt.answers.find((one) => one.answer !== null)?.answer ?? "";
  const use = (event) => {
    event.preventDefault();
    settle(doubt, own.value);
  };
  const picks = doubt.answers.map((one) =>
    button([cell(one.answer), " ", el("span", { class: "quiet small" }, one.share < 0.005 ? "under 1%" : `${Math.round(100 * one.share)}%`)],
      () => settle(doubt, one.answer), { class: "answer-pick" }));
  if (doubt.answers.every((one) => one.answer !== null))
    picks.push(button(el("em", { class: "quiet" }, NO_VALUE), () => settle(doubt, null)));
  return el(
    "form",
    { onsubmit: use, class: "settle" },
    el("p", {}, "What should become of ", doubt.input.map((text, k) => [k ? " and " : "", cell(text)]), "?"),
    el("div", { class: "tools" }, picks),
    el("div", { class: "tools" }, el("label", {}, "Or type it: ", own), el("button", { class: "strong" }, "Settle")),
  );
}

function rowsPart(told) {
  if (!told.n_rows) return null;
  const doubtful = new Set(told.doubts.map((doubt) => doubt.row));
  const mark = (row, k) => (row.given ? "example" : row.value === null ? "" : doubtful.has(k + 1) ? "doubtful" : "");
  const copyValues = async () => {
    try {
      await copy((await get(`/api/programs/${told.id}/values`)).text);
    } catch (error) {
      say(error.message, true);
    }
  };
  return el(
    "section",
    { class: "card", "aria-label": "Rows" },
    el("div", { class: "head" }, el("h2", {}, "Rows"), button("Copy all values", copyValues)),
    told.n_failed ? el("p", { class: "warn small" }, `${count(told.n_failed)} of ${count(told.n_rows)} rows have no value.`) : null,
    el("div", { class: "wide" },
      el("table", { class: "list" },
        heads(["Row", ...told.names], ["becomes", ""]),
        el("tbody", {}, told.rows.map((row, k) =>
          el("tr", { class: doubtful.has(k + 1) ? "doubtful" : "" },
            el("td", { class: "quiet figures" }, String(k + 1)),
            row.input.map((text) => el("td", {}, cell(text))),
            el("td", {}, cell(row.value)),
            el("td", { class: "quiet small figures" }, mark(row, k))))))),
    told.rows.length < told.n_rows
      ? el("p", { class: "quiet small" }, `The first ${told.rows.length} of ${count(told.n_rows)} rows are shown; all values are copied.`)
      : null,
  );
}
