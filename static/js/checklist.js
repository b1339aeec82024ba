/* 现场核查表：填一项存一项。每次输入先写进本机（localStorage），有网就传，没网等网，服务器收下才删；
   每项带上填写时看到的版本：同样的内容重传不会多记，别人改过的不覆盖，两份并列请人选。
   表单 [data-checks="复核号"]，行 tr[data-row]；域 p-、n-、f-、v- 加条目号。 */
(function () {
  "use strict";
  var gf = window.gf, form = document.querySelector("form[data-checks]:not([data-readonly])");
  if (!form || !window.fetch) return;
  var PREFIX = "gf-check/" + form.dataset.checks + "/", QUIET = 700, RETRY = 15000;
  var SAVED = "gf-checked/" + form.dataset.checks;
  var timers = {}, busy = false, again = 0, state = document.querySelector("[data-check-state]");

  function read(key) { try { return JSON.parse(localStorage.getItem(key) || "null"); } catch (e) { return null; } }
  function write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch (e) { return false; } }
  function drop(key) { try { localStorage.removeItem(key); } catch (e) { /* 存储被禁用时本来就没有 */ } }
  function waiting() {
    var found = [];
    try { for (var i = 0; i < localStorage.length; i++) if (localStorage.key(i).indexOf(PREFIX) === 0) found.push(localStorage.key(i)); } catch (e) { /* 同上 */ }
    return found;
  }
  function row(code) { return form.querySelector("tr[data-row=" + CSS.escape(code) + "]"); }
  function boxes(code) { return row(code).querySelectorAll("input[name^=p-], input[name^=f-], textarea[name^=n-]"); }
  function version(code) { return row(code).querySelector("input[name^=v-]"); }
  function values(code) {
    var found = {};
    boxes(code).forEach(function (box) { found[box.name] = box.value; });
    return found;
  }
  function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }

  function note(code) {
    var kept = write(PREFIX + code, { fields: values(code), version: version(code).value, at: new Date().toISOString() });
    if (!kept) gf.say("本机空间不足，请保持联网填写");
    window.clearTimeout(timers[code]);
    timers[code] = window.setTimeout(send, QUIET);
    show();
  }
  function send() {
    window.clearTimeout(again);
    if (busy) return;
    var keys = waiting().filter(function (key) { var draft = read(key); return draft && !draft.conflict && !draft.fault; });
    if (!keys.length) { show(); return; }
    busy = true;
    var key = keys[0], code = key.slice(PREFIX.length), draft = read(key), body = new FormData();
    if (!row(code)) { drop(key); busy = false; send(); return; }
    Object.keys(draft.fields).forEach(function (name) { body.append(name, draft.fields[name]); });
    body.append("v-" + code, draft.version);
    body.append("at", draft.at);
    fetch(location.href.split("#")[0], {
      method: "POST", body: body, credentials: "same-origin",
      headers: { "X-CSRFToken": gf.token(), "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
    }).then(function (response) {
      if (response.redirected || response.status >= 500 || [401, 403, 429].indexOf(response.status) >= 0) { later(); return null; }
      return response.json().then(function (answer) { done(key, code, draft, response, answer); });
    }).catch(later);
  }
  function later() { busy = false; again = window.setTimeout(send, RETRY); show(); }
  function done(key, code, draft, response, answer) {
    var now = read(key), changed = now && !same(now.fields, draft.fields);
    busy = false;
    if (!response.ok) {
      var lines = [];
      Object.keys(answer.errors || {}).forEach(function (name) { lines = lines.concat(answer.errors[name]); });
      if (!changed) { draft.fault = lines.join("") || answer.message || "没有收下，请核对后再填。"; write(key, draft); }
      if (response.status === 409) form.setAttribute("data-readonly", "");
    } else {
      var stored = answer.items.filter(function (one) { return one.code === code; })[0];
      if (stored && stored.refused) { draft.conflict = stored; write(key, draft); } else {
        if (stored) version(code).value = stored.version;
        remember(code, draft.fields);
        if (changed) { now.version = version(code).value; write(key, now); } else drop(key);
        paint(answer);
      }
    }
    show();
    if (waiting().length) window.setTimeout(send, 0);
  }
  /* 断网后打开的是早些时候留的页面（desk-worker.js）：其后已存上的项照本机记的补上，不当成他人改的 */
  function remember(code, fields) {
    if (!navigator.serviceWorker || !navigator.serviceWorker.controller) return;
    var all = read(SAVED) || {};
    all[code] = { version: version(code).value, fields: fields };
    write(SAVED, all);
  }
  function catchUp() {
    var all = read(SAVED) || {}, left = {};
    Object.keys(all).forEach(function (code) {
      if (!row(code) || Number(version(code).value) >= Number(all[code].version)) return;
      left[code] = all[code];
      version(code).value = all[code].version;
      boxes(code).forEach(function (box) { if (all[code].fields[box.name] !== undefined) box.value = all[code].fields[box.name]; });
    });
    if (Object.keys(left).length) write(SAVED, left); else drop(SAVED);
  }
  function paint(answer) {
    Object.keys(answer.live).forEach(function (name) {
      document.querySelectorAll("[data-live=" + name + "]").forEach(function (box) { box.textContent = answer.live[name]; });
    });
    Object.keys(answer.after).forEach(function (code) {
      var line = row(code);
      if (!line) return;
      line.querySelector("[data-after]").textContent = answer.after[code][0];
      line.querySelector("[data-gap]").textContent = answer.after[code][1] || "—";
    });
  }
  function conflict(code, draft) {
    var box = row(code).querySelector("[data-conflict]"), stored = draft.conflict;
    box.replaceChildren();
    box.hidden = !stored && !draft.fault;
    if (draft.fault) { box.textContent = draft.fault; return; }
    if (!stored) return;
    var words = ["得分 " + (stored.points || "未填")].concat(Object.keys(stored.figures).map(function (one) { return one + " " + stored.figures[one]; }));
    if (stored.note) words.push(stored.note);
    var line = document.createElement("p");
    line.className = "m-0";
    line.textContent = (stored.by || "其他人") + "已填写：" + words.join("，") + "。";
    box.appendChild(line);
    [["用我填的", true], ["用已保存的", false]].forEach(function (choice) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "linkish";
      button.textContent = choice[0];
      button.addEventListener("click", function () {
        version(code).value = stored.version;
        box.hidden = true;
        if (choice[1]) { note(code); return; }
        fill(code, stored);
        drop(PREFIX + code);
        show();
      });
      box.append(button, " ");
    });
  }
  function fill(code, stored) {
    boxes(code).forEach(function (box) {
      if (box.name === "p-" + code) box.value = stored.points;
      else if (box.name === "n-" + code) box.value = stored.note;
      else box.value = stored.figures[box.name.slice(("f-" + code + "-").length)] || "";
    });
  }
  function show() {
    var keys = waiting(), stuck = 0;
    form.querySelectorAll("[data-conflict]").forEach(function (box) { box.hidden = true; });
    keys.forEach(function (key) {
      var draft = read(key), code = key.slice(PREFIX.length);
      if (!row(code) || !draft) return;
      if (draft.conflict || draft.fault) { stuck += 1; conflict(code, draft); }
    });
    state.hidden = !keys.length;
    state.textContent = keys.length ? (keys.length - stuck ? (keys.length - stuck) + " 项存在本机，" + (navigator.onLine ? "正在保存。" : "有网络后自动保存。") : "") + (stuck ? stuck + " 项需要核对。" : "") : "";
  }
  form.addEventListener("input", function (event) {
    var line = event.target.closest("tr[data-row]");
    if (line && /^[pfn]-/.test(event.target.name || "")) note(line.dataset.row);
  });
  catchUp();
  /* 上次没有传成的，先填回原处 */
  waiting().forEach(function (key) {
    var draft = read(key), code = key.slice(PREFIX.length);
    if (!draft || !row(code)) return;
    boxes(code).forEach(function (box) { if (draft.fields[box.name] !== undefined) box.value = draft.fields[box.name]; });
  });
  window.addEventListener("online", send);
  window.addEventListener("offline", show);
  show();
  send();
})();
