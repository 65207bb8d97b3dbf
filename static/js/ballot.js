/* Is my ballot on the board, as I chose? Reckons tag and leaf from the code here, in the browser (docs/ballot-format.md), and compares
   them with the published list. The code never leaves this page; without WebCrypto the form goes to the portal, which answers the same. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-own]");
  if (!form || !window.crypto?.subtle) return;

  const VERSION = "geumcheon-vote-1", LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", CODE_LENGTH = 26;
  const utf8 = new TextEncoder();
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  /* A field is its length as 4 bytes big-endian, then its bytes. */
  function fields(...values) {
    const parts = values.map((value) => (typeof value === "string" ? utf8.encode(value) : value));
    const all = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
    let at = 0;
    for (const part of parts) {
      new DataView(all.buffer).setUint32(at, part.length);
      all.set(part, at + 4);
      at += 4 + part.length;
    }
    return all;
  }
  const digest = async (...values) => new Uint8Array(await crypto.subtle.digest("SHA-256", fields(...values)));
  async function keyed(key, ...values) {
    const secret = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", secret, fields(...values)));
  }

  /* 16 bytes of a typed code, or null. O is read as 0, I and L as 1. */
  function readCode(text) {
    const plain = text.normalize("NFKC").replace(/[\s\u2010-\u2014\u2212-]/g, "").toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
    if (plain.length !== CODE_LENGTH || [...plain].some((letter) => !LETTERS.includes(letter))) return null;
    let number = 0n;
    for (const letter of plain) number = (number << 5n) | BigInt(LETTERS.indexOf(letter));
    if (number >> 128n) return null;
    const bytes = new Uint8Array(16);
    for (let at = 15; at >= 0; at--, number >>= 8n) bytes[at] = Number(number & 255n);
    return bytes;
  }

  function pickBytes(picks) {
    const bytes = new Uint8Array(4 * picks.length);
    picks.forEach((pick, at) => new DataView(bytes.buffer).setUint32(4 * at, pick));
    return bytes;
  }

  async function ballot(key, round, contest, picks) {
    const tag = (await keyed(key, "tag", contest)).slice(0, 16);
    const nonce = await keyed(key, "nonce", contest);
    return { tag: hex(tag), leaf: hex(await digest(VERSION, round, contest, tag, pickBytes(picks), nonce)) };
  }

  async function look(key, paper) {
    const picks = [...paper.querySelectorAll("input:checked")].map((box) => Number(box.value)).sort((a, b) => a - b);
    const { contest, title } = paper.dataset, least = Number(paper.dataset.least), most = Number(paper.dataset.most);
    const own = await ballot(key, form.dataset.round, contest, picks);
    const prefix = own.tag.slice(0, Number(paper.dataset.prefix));
    const answer = await fetch(paper.dataset.rows + (prefix ? `?prefix=${prefix}` : ""), { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const row = (await answer.json()).ballots.find(([tag]) => tag === own.tag);
    if (!row) return [title, "warning", "이 코드의 표가 게시판에 없습니다. 섞을 때마다 몇 표는 남겨 다음에 올립니다. 투표 중이면 다음 섞기 뒤에, 늦어도 마감 뒤에 다시 확인해 주세요."];
    const told = row[2] ? ` 공개한 표: ${row[2].split(",").map((number) => `${number}번`).join(", ")}.` : "";
    if (!picks.length) return [title, "info", `이 코드의 표가 들어 있습니다.${told} 고른 것을 표시하면 그대로인지도 확인합니다.`];
    if (picks.length < least || picks.length > most) {
      return [title, "warning", `이 투표지는 ${least === most ? "" : `${least}개에서 `}${most}개를 고릅니다. 지금 ${picks.length}개를 표시했습니다.`];
    }
    if (row[1] === own.leaf) return [title, "success", `고른 그대로 들어 있습니다.${told}`];
    return [title, "danger", `표는 있지만 표시한 것과 다릅니다. 고른 것을 다시 살펴봐 주세요.${told}`];
  }

  const field = form.elements.code, error = form.querySelector("[data-code-error]"), answers = form.querySelector("[data-answers]");
  form.querySelector("[data-where]").hidden = true;
  form.querySelector("[data-here]").hidden = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    answers.replaceChildren();
    const key = readCode(field.value);
    error.textContent = key ? "" : "코드는 숫자와 영문 26자입니다. 빠지거나 잘못된 글자가 없는지 봐 주세요.";
    field.toggleAttribute("aria-invalid", !key);
    if (!key) { field.setAttribute("aria-invalid", "true"); field.focus(); return; }
    try {
      const found = await Promise.all([...form.querySelectorAll("fieldset[data-contest]")].map((paper) => look(key, paper)));
      for (const [title, kind, text] of found) {
        const line = document.createElement("li"), name = document.createElement("strong");
        line.className = `notice notice-${kind}`;
        name.textContent = title;
        line.append(name, ` ${text}`);
        answers.append(line);
      }
    } catch {
      const line = document.createElement("li");
      line.className = "notice notice-danger";
      line.textContent = "목록을 불러오지 못했습니다. 잠시 뒤 다시 눌러 주세요.";
      answers.append(line);
    }
  });
})();
