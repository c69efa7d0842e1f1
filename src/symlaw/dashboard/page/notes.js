// What people say of a run: its name and note; and deleting it, asked twice.

import { post } from "./api.js";
import { button, el, say, show } from "./dom.js";

export function notesPart(path, id) {
  const node = el("section", { class: "card", "aria-label": "Name and note" });
  const name = el("input", { type: "text", id: "run-name", maxlength: 80, autocomplete: "off", oninput: touched });
  const text = el("textarea", { id: "run-note", rows: 3, maxlength: 20000, oninput: touched });
  const save = el("button", { "data-focus": "save-note" }, "Save");
  const erase = button("Delete this run …", () => dialog.showModal(), { class: "danger" });
  const why = el("span", { class: "small quiet" });
  const dialog = confirmation(id, remove);
  let written = { name: "", text: "" };

  function touched() {
    save.disabled = name.value === written.name && text.value === written.text;
  }

  async function keep(event) {
    event.preventDefault();
    save.disabled = true;
    try {
      await post(`${path}/note`, { name: name.value, text: text.value });
      written = { name: name.value, text: text.value };
      say("The note is kept.");
    } catch (error) {
      say(error.message, true);
    }
    touched();
  }

  async function remove() {
    try {
      await post(`${path}/delete`, {});
      say("The run is deleted.");
      location.hash = "#/";
    } catch (error) {
      say(error.message, true);
    }
  }

  // What was written elsewhere is taken over, unless somebody is writing here.
  function update({ note, state }) {
    const clean = name.value === written.name && text.value === written.text;
    if (clean && (note.name !== written.name || note.text !== written.text)) {
      name.value = note.name;
      text.value = note.text;
      written = { name: name.value, text: text.value };
    }
    touched();
    erase.disabled = ["running", "paused"].includes(state);
    why.textContent = erase.disabled ? "Stop the run first; then it can be deleted." : "";
  }

  show(
    node,
    el("h2", {}, "Name and note"),
    el(
      "form",
      { onsubmit: keep },
      el("label", { class: "field" }, "Name", name),
      el("label", { class: "field" }, "Note", text),
      el("div", { class: "tools spread" }, save, el("span", { class: "tools" }, why, erase)),
    ),
    dialog,
  );
  return { node, update };
}

function confirmation(id, remove) {
  const close = () => dialog.close();
  const dialog = el(
    "dialog",
    { "aria-labelledby": "delete-question" },
    el("h2", { id: "delete-question" }, "Delete this run?"),
    el("p", {}, `Run ${id} is deleted with its formulas, marks and note. This cannot be undone. Its table is not deleted.`),
    el(
      "div",
      { class: "tools" },
      button("Keep it", close, { autofocus: true }),
      button(
        "Delete",
        () => {
          close();
          remove();
        },
        { class: "danger" },
      ),
    ),
  );
  return dialog;
}
