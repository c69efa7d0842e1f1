// Files for people: the report of a run, and a formula's values on another table.

import { download, save, upload } from "./api.js";
import { button, el, say, show } from "./dom.js";
import { count } from "./words.js";

// Endings of tables that the server reads.
export const TABLES = ".csv,.tsv,.txt,.dat,.parquet,.npy,.xlsx,.xlsm,.jsonl,.ndjson,.gz";
const FORMS = [
  ["html", "HTML"],
  ["md", "Markdown"],
  ["pdf", "PDF"],
];

export function reportPart(path, id) {
  const node = el("section", { class: "card", "aria-label": "Report" });

  function draw(about) {
    const state = el("p", { class: "small quiet", role: "status" });
    const buttons = FORMS.map(([form, word]) =>
      button(word, () => write(form, word), { disabled: form === "pdf" && !about.prints, "data-form": form }),
    );

    async function write(form, word) {
      const there = buttons.filter((one) => !one.disabled);
      for (const one of there) one.disabled = true;
      state.textContent = `The ${word} report is written; this takes some seconds …`;
      try {
        await download(`${path}/report`, { format: form }, `report-${id}.${form}`);
        state.textContent = `The ${word} report is saved with your downloads.`;
      } catch (error) {
        state.textContent = "";
        say(error.message, true);
      }
      for (const one of there) one.disabled = false;
    }

    show(
      node,
      el("h2", {}, "Report"),
      el("p", { class: "small quiet" }, "The run as one file: recommended formula, front, evidence and plots."),
      el("div", { class: "tools" }, buttons),
      about.prints
        ? null
        : el("p", { class: "small quiet" }, "A PDF needs Chromium or Chrome, and none is on the path of the server."),
      state,
    );
  }

  return { node, draw };
}

// Values of the formula that is shown, on a table that is chosen.
export function predictPart(path, which) {
  const state = el("p", { class: "small quiet", role: "status" });
  const input = el("input", { type: "file", accept: TABLES, class: "unseen", id: "predict-file", onchange: go });
  const label = el("label", { class: "button", for: "predict-file" }, "Choose a table …");

  async function go() {
    const [file] = input.files;
    if (!file) return;
    state.textContent = `Computing the formula on ${file.name} …`;
    try {
      const told = await upload(file, `${path}/predict`, which);
      save(new Blob([told.csv], { type: "text/csv" }), told.name);
      state.textContent = [
        `${told.name} is saved with your downloads: ${count(told.n_rows)} rows`,
        told.n_undefined ? `, ${count(told.n_undefined)} without a value (nan)` : "",
        ". ",
        told.notes.join(" "),
      ].join("");
    } catch (error) {
      state.textContent = "";
      say(error.message, true);
    }
    input.value = "";
  }

  return [
    el("h3", {}, "Predict"),
    el(
      "p",
      { class: "small quiet" },
      "This formula on another table with the same columns, as CSV: a line for each row, nan where it has no value.",
    ),
    el("div", { class: "tools" }, input, label),
    state,
  ];
}
