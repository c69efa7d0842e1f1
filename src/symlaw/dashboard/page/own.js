// Formulas that a person types, scored on the data of the run.

import { post } from "./api.js";
import { el, say, show } from "./dom.js";
import { number, r2 } from "./words.js";

export function ownPart(path, about, choose) {
  const node = el("section", { class: "card", "aria-label": "Your own formula" });
  const scored = [];
  const list = el("div");

  function draw() {
    const names = about().features;
    const text = el("input", {
      type: "text",
      required: true,
      spellcheck: "false",
      autocomplete: "off",
      class: "wide",
      "aria-label": "Your formula",
      placeholder: `such as 2 * ${quoted(names[0])}`,
      name: "formula",
    });
    const fit = el("input", { type: "checkbox", name: "fit" });
    fit.checked = true;
    const go = async (event) => {
      event.preventDefault();
      const busy = event.submitter;
      busy.disabled = true;
      try {
        const record = await post(`${path}/score`, { formula: text.value, fit: fit.checked });
        record.own = { formula: text.value, fit: fit.checked };
        scored.unshift(record);
        scored.length = Math.min(scored.length, 50);
        show(list, table());
        choose(record);
      } catch (error) {
        say(error.message, true);
      }
      busy.disabled = false;
    };
    show(
      node,
      el("h2", {}, "Your own formula"),
      el(
        "form",
        { onsubmit: go },
        text,
        el("div", { class: "tools" }, el("label", {}, fit, " fit its constants"), el("button", {}, "Score")),
      ),
      el(
        "p",
        { class: "quiet small" },
        `Columns: ${names.slice(0, 30).map(quoted).join(", ")}${names.length > 30 ? ", …" : ""}`,
      ),
      list,
    );
  }

  function table() {
    return el(
      "table",
      { class: "list own" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          ["Complexity", about().squared ? "R²" : "Loss", "Formula"].map((head) =>
            el("th", { scope: "col" }, head),
          ),
        ),
      ),
      el(
        "tbody",
        {},
        scored.map((one) =>
          el(
            "tr",
            { onclick: () => choose(one) },
            el("td", { class: "figures" }, number(one.complexity)),
            el("td", { class: "figures" }, about().squared ? r2(one.r2) : number(one.loss)),
            el(
              "td",
              { class: "formula" },
              el("button", { type: "button", class: "plain" }, el("code", { class: "cut" }, one.text)),
            ),
          ),
        ),
      ),
    );
  }

  return { node, draw, formulas: () => scored };
}

function quoted(name) {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}
