/* Keeps what is typed into a long form: on this device with every stroke, on the server soon after. Nothing typed is lost to a
   closed tab, a lost line or an ended sign-in. A form asks for it with data-keep; the page names forms that were saved with
   data-keep-clear. Copies are kept per account and go after 30 days. */
(() => {
  "use strict";
  const DAYS_30 = 30 * 24 * 3600 * 1000, WAIT = 1500;
  const nameOf = (user, key) => `kept:${user}:${key}`;
  const store = {
    get(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
    set(name, entry) { try { localStorage.setItem(name, JSON.stringify(entry)); return true; } catch { return false; } },
    drop(name) { try { localStorage.removeItem(name); } catch { /* no storage, nothing kept */ } },
    dropOld() {
      try {
        for (const name of Object.keys(localStorage)) {
          if (name.startsWith("kept:") && !(store.get(name)?.at > Date.now() - DAYS_30)) localStorage.removeItem(name);
        }
      } catch { /* no storage */ }
    },
  };

  store.dropOld();
  for (const mark of document.querySelectorAll("[data-keep-clear]")) {
    for (const key of mark.dataset.keepClear.split(" ")) store.drop(nameOf(mark.dataset.user, key));
  }
  const form = document.querySelector("form[data-keep]");
  if (!form) return;

  const { user, url, token: tokenUrl } = form.dataset;
  const name = nameOf(user, form.dataset.keep);
  const line = document.querySelector("[data-keep-line]");
  const csrf = form.querySelector("[name=csrfmiddlewaretoken]");
  const offer = document.querySelector("[data-offer]");
  const hour = () => new Date().toTimeString().slice(0, 5);

  function say(text, link) {
    line.textContent = text;
    if (!link) return;
    const anchor = document.createElement("a");
    Object.assign(anchor, { href: link, target: "_blank", textContent: "새 창에서 로그인" });
    line.append(" ", anchor);
  }

  function values() {
    const found = {};
    for (const [field, value] of new FormData(form)) {
      if (field !== "csrfmiddlewaretoken" && typeof value === "string") (found[field] ??= []).push(value);
    }
    return found;
  }

  const signIn = () => say("로그인이 끝났습니다 – 이 기기에 저장됨. 로그인한 뒤 다시 눌러 주세요.", form.dataset.signIn);
  const offline = () => say("연결 없음 – 이 기기에 저장됨");

  async function freshToken() {
    const answer = await fetch(tokenUrl, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const { csrf: fresh, user: now } = await answer.json();
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = fresh;
    return now === user;
  }

  function post(body) {
    return fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf.value },
      body: JSON.stringify({ user, ...body }),
    });
  }

  /* Keep the copy on the server. Returns whether it is there. */
  async function sync() {
    const entry = store.get(name) ?? { values: values() };
    try {
      let answer = await post({ values: entry.values });
      if (answer.status === 403 && (await freshToken())) answer = await post({ values: entry.values });
      if (answer.status === 401 || answer.status === 403) { signIn(); return false; }
      const told = await answer.json().catch(() => ({}));
      if (!answer.ok) { say(told.error ?? "서버에 갈무리하지 못함 – 이 기기에 저장됨"); return false; }
      const latest = store.get(name);
      if (latest && latest.at === entry.at) store.set(name, { ...latest, synced: true });
      say(`${told.saved_at} 저장됨`);
      return true;
    } catch { offline(); return false; }
  }

  let timer, first = true;
  const started = JSON.stringify(values());
  function typed() {
    const now = values();
    if (first && JSON.stringify(now) === started) return;
    first = false;
    const here = store.set(name, { values: now, at: Date.now(), version: form.elements.version?.value, synced: false });
    if (!navigator.onLine && here) offline();
    clearTimeout(timer);
    timer = setTimeout(sync, WAIT);
  }
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("keep:changed", typed);
  addEventListener("online", () => store.get(name)?.synced === false && sync());
  addEventListener("offline", () => store.get(name) && offline());

  /* Sending: only over a line that stands and with a sign-in that holds; otherwise the page stays as it is. */
  let state = "idle";
  addEventListener("pageshow", () => { state = "idle"; });
  form.addEventListener("submit", async (event) => {
    if (state === "cleared") { state = "sending"; return; }
    event.preventDefault();
    if (state !== "idle") return;
    state = "checking";
    const entry = { values: values(), at: Date.now(), version: form.elements.version?.value, synced: false, sent: true };
    clearTimeout(timer);
    store.set(name, entry);
    try {
      if (!(await freshToken())) { state = "idle"; signIn(); return; }
    } catch { state = "idle"; offline(); return; }
    state = "cleared";
    form.requestSubmit(event.submitter);
  });

  /* Offering what was kept. */
  const kept = store.get(name);
  const version = Number(form.elements.version?.value || 0);
  const savedSince = kept?.sent && kept.version !== "" && Number(kept.version) < version;
  if (savedSince) store.drop(name);
  const same = kept && JSON.stringify(kept.values) === started;
  if ("typed" in form.dataset) { first = false; typed(); return; }
  if ("continued" in form.dataset) {
    if (kept && !savedSince && !kept.synced && !kept.sent) sync().then((there) => there && location.reload());
    return;
  }
  const here = kept && !savedSince && !same;
  if (!here && !("drafted" in form.dataset)) return;
  offer.hidden = false;
  form.inert = true;
  if (here) {
    const when = new Date(kept.at);
    offer.querySelector("[data-offer-when]").textContent =
      `${when.getMonth() + 1}월 ${when.getDate()}일 ${when.toTimeString().slice(0, 5)}에 이 기기에 저장됨`;
    offer.querySelector("[data-continue]").addEventListener("click", async (event) => {
      event.preventDefault();
      const there = kept.synced || (await sync());
      if (there) location.assign(event.target.href);
    });
  }
  offer.querySelector("[data-forget]").addEventListener("submit", () => store.drop(name));
})();
