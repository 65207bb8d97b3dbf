/* The log form in the meeting room: counts while tapping, adds rows, reads the roll of another day. Without it the form's own
   buttons do the same. */
(() => {
  "use strict";
  const form = document.querySelector("form.log-form[data-keep]");
  if (!form) return;
  document.querySelector(".error-summary, .stale")?.focus();
  const changed = () => form.dispatchEvent(new CustomEvent("keep:changed"));

  /* Attendance */
  function count() {
    const taps = [...form.querySelectorAll("[name=present]:checked")];
    for (const tally of form.querySelectorAll(".tally")) {
      const present = taps.filter((tap) => tap.dataset.bodies.split(" ").includes(tally.dataset.body)).length;
      tally.querySelector("[data-present]").textContent = present;
      if (!tally.dataset.need) continue;
      const met = present >= Number(tally.dataset.need);
      tally.classList.toggle("tally-met", met);
      tally.querySelector("[data-words]").textContent =
        met ? "개의 정족수 충족" : `개의하려면 ${tally.dataset.need}명이 필요합니다`;
    }
  }
  function readyRoll() {
    const all = form.querySelector("[data-everybody]");
    if (!all) return;
    all.hidden = !form.querySelector("[name=present]");
    all.addEventListener("click", () => {
      for (const box of form.querySelectorAll("[name=present]")) box.checked = true;
      count();
      changed();
    });
  }
  form.addEventListener("change", (event) => event.target.name === "present" && count());
  readyRoll();

  let asked = 0;
  async function reread(what = "roll") {
    const mine = ++asked;
    const sent = new FormData(form);
    for (const field of [...sent.keys()]) if (sent.get(field) instanceof File) sent.delete(field);
    sent.set("do", what);
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== asked) return;
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      for (const part of form.querySelectorAll("[data-roll]")) {
        const fresh = page.getElementById(part.id);
        if (fresh) part.replaceWith(fresh);
      }
      readyRoll();
      count();
      changed();
      form.querySelector("[data-taken]")?.focus();
    } catch { // no line: the button stays
      if (what === "last") form.querySelector("[data-keep-line]").textContent = "지난 회의를 읽지 못했습니다. 연결을 확인하고 다시 눌러 주세요.";
    }
  }
  form.addEventListener("change", (event) => ["starts_on", "bodies"].includes(event.target.name) && reread());
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reread]");
    if (!button) return;
    event.preventDefault();
    reread(button.value);
  });

  /* Rows */
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add]");
    if (!button) return;
    event.preventDefault();
    const prefix = button.dataset.add;
    const total = form.elements[`${prefix}-TOTAL_FORMS`], number = Number(total.value);
    if (number >= Number(form.elements[`${prefix}-MAX_NUM_FORMS`].value)) return;
    const holder = document.createElement("div");
    holder.innerHTML = form.querySelector(`[data-spare=${prefix}]`).innerHTML.replaceAll("__prefix__", number);
    const row = holder.firstElementChild;
    const label = row.querySelector("[data-number]");
    if (label) label.textContent = number + 1;
    form.querySelector(`[data-rows=${prefix}]`).append(row);
    total.value = number + 1;
    readyDecisions();
    row.querySelector("input, select, textarea")?.focus();
    changed();
  });

  /* Votes show once there is an outcome; the request for an extraordinary meeting once it is one. */
  function readyDecisions() {
    for (const part of form.querySelectorAll("[data-decision]")) {
      part.querySelector("[data-more]").hidden = !part.querySelector("select").value;
    }
    const extra = form.querySelector("[data-extraordinary]");
    if (extra) {
      const kinds = extra.dataset.extraordinary.split(" ");
      extra.hidden = !kinds.includes(form.elements.kind.value) && !extra.querySelector(".field-error");
    }
  }
  form.addEventListener("change", readyDecisions);
  readyDecisions();
})();
