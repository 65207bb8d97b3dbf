/* The booth: a live counter, one press of the button, copying and saving the code. Every page works without this script. */
(() => {
  "use strict";

  const paper = document.querySelector("form[data-paper]");
  if (paper) {
    const least = Number(paper.dataset.least), most = Number(paper.dataset.most);
    const boxes = [...paper.querySelectorAll("input[name=pick]")];
    const counter = paper.querySelector("[data-counter]"), counted = paper.querySelector("[data-counted]");
    const words = paper.querySelector("[data-count-words]"), live = paper.querySelector("[data-live]");
    const tell = (count) => {
      if (count > most) return `${count - most}개를 빼 주세요`;
      if (count < least) return `${least - count}개 더 골라 주세요`;
      return count === most ? "다 골랐습니다" : `${most - count}개 더 고를 수 있습니다`;
    };
    const count = (spoken) => {
      const number = boxes.filter((box) => box.checked).length;
      counted.textContent = `${number}/${most}`;
      words.textContent = tell(number);
      counter.classList.toggle("is-ready", number >= least && number <= most);
      counter.classList.toggle("is-over", number > most);
      if (spoken) live.textContent = `${most}개 가운데 ${number}개. ${tell(number)}`;
    };
    counter.hidden = false;
    paper.addEventListener("change", () => count(true));
    addEventListener("pageshow", () => count(false));
    count(false);
  }

  document.querySelector("[data-error]")?.focus();

  /* A second press while the first is on its way sends nothing; after coming back the button works again. */
  for (const form of document.querySelectorAll("form.booth-form")) {
    let sending = false;
    form.addEventListener("submit", (event) => {
      if (sending) { event.preventDefault(); return; }
      sending = true;
      event.submitter?.setAttribute("aria-busy", "true");
      setTimeout(() => { sending = false; event.submitter?.removeAttribute("aria-busy"); }, 15000);
    });
    addEventListener("pageshow", () => { sending = false; });
  }

  const told = document.querySelector("[data-copied]");
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(button.dataset.copy); told.textContent = "복사했습니다"; }
      catch { told.textContent = "복사하지 못했습니다. 적어 두세요."; }
    });
  }
  for (const button of document.querySelectorAll("[data-save]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const file = new Blob([`${button.dataset.name}\n${button.dataset.save}\n`], { type: "text/plain;charset=utf-8" });
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: `${button.dataset.name}.txt` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      told.textContent = "저장했습니다";
    });
  }
})();
