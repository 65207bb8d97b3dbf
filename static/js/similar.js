/* While a proposal's title is typed: proposals like it, as the server finds them. Without it the preview shows the same list. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-similar]");
  const list = document.querySelector("[data-similar-list]");
  const title = form?.elements.title;
  if (!title || !list) return;
  const WAIT = 500;
  let timer, asked = title.value.trim();

  async function ask() {
    const words = title.value.trim();
    if (words === asked) return;
    asked = words;
    if (words.length < 2) { list.replaceChildren(); return; }
    const query = new URLSearchParams({ title: words.slice(0, 80) });
    if (form.dataset.without) query.set("without", form.dataset.without);
    try {
      const answer = await fetch(`${form.dataset.similar}?${query}`, { headers: { Accept: "text/html" } });
      if (!answer.ok || words !== asked) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      list.replaceChildren(...found.body.childNodes);
    } catch { /* no line: the preview shows them */ }
  }
  title.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
})();
