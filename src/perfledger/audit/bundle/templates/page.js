"use strict";
(async () => {
  const evidence = JSON.parse(document.getElementById("evidence").textContent);
  const bytes = (text) => new TextEncoder().encode(text);
  const from64 = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const hex = (data) => Array.from(data, (one) => one.toString(16).padStart(2, "0")).join("");
  const both = (zh, en) => [zh, en];
  const states = {};

  function write(node, texts) {
    node.replaceChildren(...texts.map((text, place) => {
      const span = document.createElement("span");
      span.className = span.lang = place === 0 ? "zh" : "en";
      span.textContent = text;
      return span;
    }));
  }

  // state: true, false, or null for what could not be checked here
  function set(name, state, texts) {
    states[name] = state;
    const row = document.querySelector(`[data-check="${name}"]`);
    row.className = state === null ? "" : state ? "good" : "bad";
    row.querySelector(".mark").textContent = state === null ? "?" : state ? "✓" : "✗";
    write(row.querySelector(".detail"), texts);
    conclude();
  }

  function conclude() {
    const verdict = document.getElementById("verdict");
    const found = Object.values(states);
    const wrong = found.includes(false);
    verdict.className = "verdict " + (wrong ? "bad" : found.includes(null) ? "" : "good");
    document.documentElement.dataset.verdict = wrong ? "bad" : found.includes(null) ? "partial" : "good";
    write(verdict, wrong
      ? both("有一项或几项核对不符：不要相信本页。", "Something does not check out: do not rely on this page.")
      : found.includes(null)
        ? both("已核对的各项均相符；标 ? 的没有核对。", "What was checked is right; what is marked ? was not checked.")
        : both("以下各项均相符。", "All of these are right."));
  }

  async function sha256(...parts) {
    const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { joined.set(part, at); at += part.length; }
    return new Uint8Array(await crypto.subtle.digest("SHA-256", joined));
  }

  const LEAF = Uint8Array.of(0), NODE = Uint8Array.of(1);

  // RFC 9162, 2.1.3.2; sizes stay below 2^53
  async function rootOf(leaf, index, size, path) {
    let hash = await sha256(LEAF, leaf), place = index, last = size - 1;
    for (const sibling of path) {
      if (last === 0) return null;
      if (place % 2 === 1 || place === last) {
        hash = await sha256(NODE, sibling, hash);
        while (place !== 0 && place % 2 === 0) { place /= 2; last = Math.floor(last / 2); }
      } else {
        hash = await sha256(NODE, hash, sibling);
      }
      place = Math.floor(place / 2);
      last = Math.floor(last / 2);
    }
    return last === 0 ? hash : null;
  }

  const [origin, sizeText, rootText] = evidence.checkpoint.split("\n");
  const size = Number(sizeText);
  const leaves = new Map();

  async function checkProofs() {
    let wrong = 0;
    for (const [position, text, path] of evidence.leaves) {
      const found = position > size ? null
        : await rootOf(bytes(text), position - 1, size, path.map(from64));
      const good = found !== null && hex(found) === hex(from64(rootText));
      wrong += good ? 0 : 1;
      if (good) leaves.set(position, JSON.parse(text));
      const cell = document.querySelector(`td[data-position="${position}"]`);
      if (cell) { cell.textContent = good ? "✓" : "✗"; cell.className = good ? "good" : "bad"; }
    }
    const count = evidence.leaves.length;
    set("proofs", wrong === 0, wrong === 0
      ? both(`${count} 条均在 ${size} 条的日志之中`, `${count} leaves are in the log of ${size}`)
      : both(`${count} 条中有 ${wrong} 条不符`, `${wrong} of ${count} leaves are not`));
  }

  async function checkSeal() {
    const none = both("本类没有有效的核定", "The class has no live certification");
    if (evidence.certification === null) {
      for (const name of ["table", "streams", "shown"]) set(name, null, none);
      return;
    }
    const leaf = leaves.get(evidence.certification);
    const sealed = leaf && leaf.sealed;
    const table = evidence.files["class-table.json"], streams = evidence.files["streams.json"];
    const fits = async (text, digest) => Boolean(sealed) && text !== undefined
      && hex(await sha256(bytes(text))) === digest;
    const tableFits = await fits(table, sealed && sealed.sha256);
    set("table", tableFits, both(sealed ? sealed.sha256 : "—", sealed ? sealed.sha256 : "—"));
    const streamsFit = await fits(streams, sealed && sealed.streams_sha256);
    checkVersions(tableFits && streamsFit, table, streams);
    checkShown(tableFits, table);
  }

  function checkVersions(sound, table, streams) {
    if (!sound) {
      set("streams", false, both("版本表不是封存的那份", "The map of versions is not the sealed one"));
      return;
    }
    const rows = JSON.parse(table).standings;
    const others = new Set(rows.map((row) => row.unit).filter((unit) => unit !== evidence.unit));
    const held = new Set(Array.from(leaves.values(), (leaf) => `${leaf.version} ${leaf.stream}`));
    const missing = [];
    let count = 0;
    for (const [stream, last] of Object.entries(JSON.parse(streams))) {
      if (!evidence.whole && others.has(stream.slice(stream.indexOf("/") + 1))) continue;
      count += 1;
      for (let version = 1; version <= last; version += 1) {
        if (!held.has(`${version} ${stream}`)) missing.push(`${stream} ${version}`);
      }
    }
    const shown = missing.slice(0, 5).join(", ");
    set("streams", missing.length === 0, missing.length === 0
      ? both(`${count} 个流齐全`, `${count} streams are complete`)
      : both(`缺 ${missing.length} 条：${shown}`, `${missing.length} missing: ${shown}`));
  }

  function checkShown(sound, table) {
    const composite = document.getElementById("shown-composite");
    const rank = document.getElementById("shown-rank");
    const row = sound && JSON.parse(table).standings.find((one) => one.unit === evidence.unit);
    if (!composite || !sound || !row) {
      set("shown", sound ? null : false, both("封存的表中没有该单位", "The sealed table does not have the unit"));
      return;
    }
    const same = composite.textContent === row.composite && rank.textContent === String(row.rank);
    const amended = document.documentElement.dataset.amended === "true";
    set("shown", same ? true : amended ? null : false, same
      ? both(`${row.composite} 分，第 ${row.rank} 名`, `${row.composite}, rank ${row.rank}`)
      : both(`核定时为 ${row.composite} 分，第 ${row.rank} 名`, `It was ${row.composite}, rank ${row.rank}, when certified`));
  }

  async function checkScheme() {
    const text = evidence.files["scheme.yaml"];
    if (text === undefined) { set("scheme", null, both("没有启用的方案", "No scheme is adopted")); return; }
    const digest = hex(await sha256(bytes(text)));
    const adopted = Array.from(leaves.values()).find((leaf) =>
      leaf.entry.type === "scheme-adopted" && leaf.entry.sha256 === digest && leaf.entry.text === text);
    set("scheme", Boolean(adopted), both(digest, digest));
  }

  async function checkSignature(vkey) {
    const unsure = (zh, en) => set("signature", null, both(zh, en));
    if (!vkey) {
      unsure("请在下面填入日志的公钥", "Enter the log's public key below");
      return;
    }
    const wrong = (zh, en) => set("signature", false, both(zh, en));
    const [name, id] = vkey.split("+", 2);
    let key;
    try { key = from64(vkey.slice(name.length + String(id).length + 2)); } catch { key = null; }
    if (!key || key.length !== 33 || key[0] !== 1) { wrong("这不是日志的公钥", "This is no public key of a log"); return; }
    const named = hex((await sha256(bytes(name + "\n"), key)).slice(0, 4));
    const end = evidence.checkpoint.lastIndexOf("\n\n");
    const lines = evidence.checkpoint.slice(end + 2).split("\n");
    const own = lines.filter((line) => line.startsWith(`— ${name} `))
      .map((line) => from64(line.slice(name.length + 3))).filter((raw) => hex(raw.slice(0, 4)) === named);
    if (named !== id || name !== origin || own.length === 0) {
      wrong("检查点没有这个公钥的签名", "The checkpoint has no signature by this key");
      return;
    }
    let public_;
    try {
      public_ = await crypto.subtle.importKey("raw", key.slice(1), "Ed25519", false, ["verify"]);
    } catch {
      unsure("这个浏览器不会验 Ed25519 签名；请按 CHECK.md 用 openssl 核对", "This browser cannot verify Ed25519; use openssl as CHECK.md says");
      return;
    }
    const text = bytes(evidence.checkpoint.slice(0, end + 1));
    const good = await crypto.subtle.verify("Ed25519", public_, own[0].slice(4), text);
    set("signature", good, good ? both(`${name} 的签名有效`, `The signature of ${name} is good`)
      : both("签名不符", "The signature is wrong"));
  }

  if (!window.crypto || !crypto.subtle) {
    write(document.getElementById("verdict"), both(
      "这个浏览器在此不提供 WebCrypto，什么也没有核对；请按 CHECK.md 核对。",
      "This browser offers no WebCrypto here: nothing was checked; see CHECK.md."));
    document.documentElement.dataset.verdict = "none";
    return;
  }
  const input = document.getElementById("vkey");
  document.getElementById("key").addEventListener("submit", (event) => {
    event.preventDefault();
    checkSignature(input.value.trim());
  });
  if (location.hash.startsWith("#vkey=")) input.value = decodeURIComponent(location.hash.slice(6));
  try {
    set("signature", null, both("", ""));
    await checkProofs();
    await checkSeal();
    await checkScheme();
    await checkSignature(input.value.trim());
  } catch (error) {
    set("proofs", false, both(`核对中断：${error}`, `The check broke off: ${error}`));
  }
  document.documentElement.dataset.done = "true";
})();
