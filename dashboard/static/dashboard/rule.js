/* Quy tắc thưởng điểm: rows of conditions come and go; whatever changes, the panel beside is counted anew. */
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("rule-form");
  const rows = document.getElementById("rule-rows");
  const panel = document.getElementById("rule-reach");
  const changed = () => panel.dispatchEvent(new Event("rule-changed"));
  const wanted = { percent: ["percent"], fixed: ["points"], per_amount: ["points", "per_amount"], per_unit: ["points"] };

  document.getElementById("rule-add").addEventListener("click", (event) => {
    const n = Number(rows.dataset.next);
    rows.dataset.next = n + 1;
    htmx.ajax("GET", `${event.currentTarget.dataset.url}?n=${n}`, { target: rows, swap: "beforeend" });
  });
  rows.addEventListener("click", (event) => {
    const drop = event.target.closest("[data-drop-row]");
    if (!drop) return;
    drop.closest("[data-row]").remove();
    changed();
  });
  rows.addEventListener("change", (event) => {
    if (!event.target.matches(".rule-field")) return;
    const row = event.target.closest("[data-row]");
    const said = Object.fromEntries([...row.querySelectorAll(".rule-join, .rule-field, .rule-not input:checked")].map((one) => [one.name, one.value]));
    htmx.ajax("GET", event.target.dataset.url, { target: row, swap: "outerHTML", values: said });
  });
  const kind = () => {
    for (const name of ["percent", "points", "per_amount"]) {
      const input = form.querySelector(`[name="${name}"]`);
      const shown = wanted[form.querySelector('[name="kind"]').value].includes(name);
      (input.closest(".form-row, .field-row, .flex-col") ?? input.parentElement).hidden = !shown;
    }
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", () => {
    kind();
    changed();
  });
  rows.addEventListener("htmx:afterSettle", changed);
  kind();
});
