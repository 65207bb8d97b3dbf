// Rows that Django's own script adds to a form: htmx looks at them too, so that their formulas are checked while typing.
document.addEventListener("formset:added", (event) => window.htmx && window.htmx.process(event.target));

// Folded rows: one button opens or closes all of a section. Without script each row opens by itself.
for (const group of document.querySelectorAll(".rows")) {
  const rows = () => group.querySelectorAll(".inline-related:not(.empty-form) > details");
  if (rows().length < 2) continue;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "unfold", textContent: "모두 펼치기" });
  button.addEventListener("click", () => {
    const open = button.textContent === "모두 펼치기";
    rows().forEach((row) => { row.open = open; });
    button.textContent = open ? "모두 접기" : "모두 펼치기";
  });
  group.querySelector(".inline-heading").append(button);
}
