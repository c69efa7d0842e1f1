// A new search: drop a table, say what to explain, start.

import { get, news, post, upload } from "./api.js";
import { TABLES } from "./documents.js";
import { button, el, say, show } from "./dom.js";
import { cancel } from "./runs.js";
import { count } from "./words.js";

export function startPage(place) {
  const input = el("input", {
    type: "file",
    accept: TABLES,
    class: "unseen",
    id: "file",
    onchange: () => take(input.files[0]),
  });
  const drop = el(
    "label",
    { class: "drop", for: "file" },
    el("strong", {}, "Drop a table here"),
    el("span", {}, "or choose a file: CSV, Excel, JSON lines or Parquet"),
  );
  const below = el("div");
  let stop = () => {},
    about = null;
  const asked = get("/api/about")
    .then((told) => (about = told))
    .catch((error) => say(error.message, true));

  for (const name of ["dragenter", "dragover"])
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  // beside the place for it, too: the browser would open the file instead of the page
  const dropped = (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    take(event.dataTransfer.files[0]);
  };
  const over = (event) => event.preventDefault();
  document.addEventListener("dragover", over);
  document.addEventListener("drop", dropped);
  show(place, el("h1", {}, "New search"), input, drop, below);

  async function take(file) {
    if (!file) return;
    await asked;
    try {
      if (about && file.size > about.limit)
        throw new Error(
          `The file has ${(file.size / 1e6).toFixed(1)} MB and the page takes ${about.limit / 1e6} MB: search it with symlaw fit, or start the dashboard with a larger --max-upload.`,
        );
      show(below, el("p", { class: "quiet" }, `Reading ${file.name} …`));
      ask(await upload(file));
    } catch (error) {
      show(below, el("p", { class: "trouble", role: "alert" }, error.message));
    }
    input.value = "";
  }

  function ask(table) {
    const target = el(
      "select",
      { id: "target", onchange: () => draw() },
      table.columns.map((column) =>
        el(
          "option",
          { value: column.name, disabled: column.kind !== "number" || column.constant },
          column.name,
        ),
      ),
    );
    target.value = table.target;
    const rows = table.columns.map((column) => ({
      column,
      use: el("input", { type: "checkbox", "aria-label": `Use ${column.name}` }),
      unit: el("input", {
        type: "text",
        value: column.unit,
        "aria-label": `Unit of ${column.name}`,
        class: "unit",
        spellcheck: "false",
      }),
    }));
    for (const row of rows) row.use.checked = !(row.column.kind === "text" || row.column.constant);
    const units = el("input", { type: "checkbox", id: "units", onchange: () => draw() });
    units.checked = rows.every((row) => row.column.unit || row.column.kind !== "number") && rows.length > 0;
    const free = el("input", { type: "checkbox" });
    const operators = about.operators.map((one) => {
      const box = el("input", { type: "checkbox" });
      box.checked = one.default;
      return { ...one, box };
    });
    const time = el("input", {
      type: "number",
      min: 1,
      max: 604800,
      step: "any",
      value: 60,
      required: true,
      id: "seconds",
    });
    const size = el("input", { type: "number", min: 1, max: 200, placeholder: "auto", id: "size" });
    const choice = (id, named, options) =>
      el(
        "select",
        { id, "aria-label": named },
        options.map(([value, shown]) => el("option", { value }, shown)),
      );
    const columns = table.columns.map((column) => [column.name, column.name]);
    const loss = choice("loss", "What is made small", about.losses.map((name) => [name, name]));
    const weighing = choice("weighing", "What weighs the rows", [
      ["", "all alike"],
      ...columns.map(([name]) => [`y_std ${name}`, `error bars in ${name}`]),
      ...columns.map(([name]) => [`weights ${name}`, `weights in ${name}`]),
    ]);
    const groups = choice("groups", "Groups of rows", [["", "none"], ...columns]);
    const holdout = choice("holdout", "Rows that check formulas", [
      ["", "by chance"],
      ["last", "the last fifth"],
      ...columns.map(([name]) => [name, `rows of one ${name} together`]),
    ]);
    const template = el("input", { type: "text", id: "template", spellcheck: "false", placeholder: "a * f(x) + b" });
    const known = el("textarea", {
      id: "constraints",
      rows: 3,
      spellcheck: "false",
      placeholder: "y >= 0",
    });
    const seed = el("input", { type: "number", id: "seed", min: 0, max: 2147483647, step: 1 });
    const grid = el("div", { class: "wide-part" });

    function draw() {
      for (const row of rows) row.unit.disabled = !units.checked;
      free.disabled = !units.checked;
      show(
        grid,
        el(
          "table",
          { class: "list columns" },
          el(
            "thead",
            {},
            el(
              "tr",
              {},
              ["Use", "Column", "Values", "Unit"].map((head) => el("th", { scope: "col" }, head)),
            ),
          ),
          el(
            "tbody",
            {},
            rows.map(({ column, use, unit }) => {
              const is = column.name === target.value;
              return el(
                "tr",
                { class: is ? "chosen" : "" },
                el("td", {}, is ? "target" : use),
                el(
                  "td",
                  {},
                  column.name,
                  column.missing
                    ? el("span", { class: "quiet small block" }, `${column.missing} missing`)
                    : null,
                ),
                el(
                  "td",
                  { class: "quiet small" },
                  column.kind === "number" ? "" : `${column.kind}: `,
                  column.cells.join(", "),
                  column.constant ? " (all alike)" : "",
                ),
                el("td", {}, unit),
              );
            }),
          ),
        ),
      );
    }

    async function go(event) {
      event.preventDefault();
      const others = rows.filter((row) => row.column.name !== target.value);
      const used = others.filter((row) => row.use.checked).map((row) => row.column.name);
      if (!used.length) return say("Choose at least one column to explain the target with.", true);
      const whole = table.n_columns > table.columns.length && used.length === others.length;
      const picked = operators.filter((one) => one.box.checked).map((one) => one.name);
      if (!picked.length) return say("Choose at least one operator.", true);
      const question = {
        table: table.table,
        target: target.value,
        features: whole ? null : used,
        operators: picked,
        free_constants: free.checked,
        units: units.checked ? Object.fromEntries(rows.map((row) => [row.column.name, row.unit.value])) : {},
        seconds: Number(time.value),
        max_complexity: size.value ? Number(size.value) : "auto",
        loss: loss.value === about.losses[0] ? "" : loss.value,
        groups: groups.value,
        holdout: holdout.value,
        template: template.value.trim(),
        constraints: known.value.split("\n").map((line) => line.trim()).filter(Boolean),
        seed: seed.value === "" ? null : Number(seed.value),
      };
      const [kind, ...name] = weighing.value.split(" ");
      if (kind) question[kind] = name.join(" ");
      if (question.features)
        question.features = question.features.filter((one) => one !== question[kind]);
      try {
        wait(await post("/api/fit", question), () => show(below, form));
      } catch (error) {
        say(error.message, true);
      }
    }

    const form = el(
      "form",
      { onsubmit: go },
      el(
        "div",
        { class: "card" },
        el("h2", {}, table.name),
        el("p", { class: "quiet" }, `${count(table.n_rows)} rows, ${table.n_columns} columns`),
        table.columns.length < table.n_columns
          ? el(
              "p",
              { class: "warn" },
              `The first ${table.columns.length} columns are listed; unless some are left out, all are used.`,
            )
          : null,
        table.notes.map((note) => el("p", { class: "small quiet" }, note)),
        el("p", {}, el("label", { for: "target" }, "Explain "), target),
        el(
          "p",
          {},
          el(
            "label",
            {},
            units,
            " The columns have units, and formulas have to agree with them (an empty unit is a pure number)",
          ),
        ),
        el("p", {}, el("label", {}, free, " Fitted constants have what units they need")),
        grid,
      ),
      el(
        "details",
        { class: "card" },
        el("summary", {}, "Operators"),
        el(
          "div",
          { class: "choices" },
          operators.map((one) => el("label", {}, one.box, " ", one.name)),
        ),
      ),
      el(
        "details",
        { class: "card more" },
        el("summary", {}, "Errors, groups and what is known"),
        el("p", {}, el("label", {}, "Made small: ", loss, " errors")),
        el("p", {}, el("label", {}, "Rows count: ", weighing)),
        el("p", {}, el("label", {}, "Groups with constants of their own: ", groups)),
        el("p", {}, el("label", {}, "Rows that check formulas: ", holdout)),
        el("p", {}, el("label", {}, "Form of the formula: ", template)),
        el("p", {}, el("label", { for: "constraints" }, "Known of the values, a sentence a line:"), known),
        el("p", {}, el("label", {}, "Seed: ", seed)),
      ),
      el(
        "div",
        { class: "card tools" },
        el("label", {}, "Seconds to search ", time),
        el("label", {}, "Greatest complexity ", size),
        el("button", { class: "strong" }, "Start"),
      ),
    );
    draw();
    drop.classList.add("small");
    show(below, form);
  }

  function wait(launch, back) {
    const box = el(
      "div",
      { class: "card" },
      el("p", {}, `The search of ${launch.name} starts …`),
      el(
        "p",
        { class: "quiet small" },
        "On a machine that has not searched yet, kernels are compiled first: about half a minute.",
      ),
      button("Cancel", () => cancel(launch.id)),
    );
    show(below, box);
    stop();
    stop = news(
      "/api/stream",
      ({ launches }) => {
        const now = launches.find((one) => one.id === launch.id);
        if (now?.run) location.hash = `#/run/${encodeURIComponent(now.run)}`;
        else if (!now?.going) {
          stop();
          back();
          say(now?.error ? `The search did not start: ${now.error}` : "The search was cancelled.", true);
        }
      },
      (text) => text && say(text, true),
    );
  }

  return () => {
    stop();
    document.removeEventListener("dragover", over);
    document.removeEventListener("drop", dropped);
  };
}
