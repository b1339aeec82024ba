/* 自动保存：<form data-autosave="地址" data-draft-key="申报号/项号">，含隐藏域 version。
   改动后 800 毫秒静默即存；可见状态写在 [data-save-state]；断网或登录过期时把草稿放进本机，恢复后补存；
   409 时触发 gf:conflict（detail = 服务器返回的 JSON），页面决定怎样并列两份。
   服务器应答 JSON：{"version": 整数, "saved_at": "14:32", "replace": {"元素 id": "文字"}, "next": "下一页"}；
   422：{"errors": {"域": ["原因"]}}。

   加 data-draft-owner="登录名" 的表单另外做到（填报页）：
   · 每次输入立即留底（连同当时的版本号），存好才删：关掉浏览器、断网、登录过期都不丢字；
   · 换页前先存好再走；断网时留在本页；
   · 别的条目留下的草稿按先后顺序补存，版本已变的不覆盖，列在 [data-unsent] 里请人核对。 */
(function () {
  "use strict";
  var gf = window.gf, QUIET = 800, RETRY = 5000, PREFIX = "gf-draft/";

  /* ---------- 本机草稿 ---------- */
  var store = {
    read: function (key) { try { return JSON.parse(localStorage.getItem(key) || "null"); } catch (e) { return null; } },
    write: function (key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch (e) { return false; } },
    drop: function (key) { try { localStorage.removeItem(key); } catch (e) { /* 存储被禁用时本来就没有 */ } },
    keys: function (prefix) {
      var found = [];
      try { for (var i = 0; i < localStorage.length; i++) if (localStorage.key(i).indexOf(prefix) === 0) found.push(localStorage.key(i)); } catch (e) { /* 同上 */ }
      return found;
    },
  };
  function post(url, body) {
    return fetch(url, {
      method: "POST", body: body, credentials: "same-origin",
      headers: { "X-CSRFToken": gf.token(), "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
    }).then(function (response) {
      return response.json().catch(function () { return {}; }).then(function (data) {
        var gone = response.redirected || response.status === 401 || response.status === 403;
        return { status: response.status, body: data, gone: gone || (response.ok && !data.saved_at), ok: response.ok };
      });
    });
  }
  /** 重新登录后旧令牌作废：从本页地址取新的；仍未登录时给 false。 */
  function renewToken() {
    return fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } }).then(function (response) {
      if (response.redirected || !response.ok) return false;
      return response.text().then(function (text) {
        var fresh = new DOMParser().parseFromString(text, "text/html").querySelector("meta[name=csrf-token]");
        var meta = document.querySelector("meta[name=csrf-token]");
        if (!fresh || !meta) return false;
        meta.content = fresh.content;
        document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach(function (field) { field.value = fresh.content; });
        return true;
      });
    });
  }

  /* ---------- 一张表单 ---------- */
  function Saver(form) {
    this.form = form;
    this.owned = form.dataset.draftOwner !== undefined;
    this.key = PREFIX + (this.owned ? form.dataset.draftOwner + "/" : "") + (form.dataset.draftKey || location.pathname);
    this.timer = 0;
    this.busy = false;
    this.again = false;
    this.leaving = null;
    this.now = "idle";
    this.restore();
    var self = this;
    form.addEventListener("input", function () { self.touched(QUIET); });
    form.addEventListener("change", function () { self.touched(0); });
    window.addEventListener("online", function () { if (self.pending()) self.save(); });
    if (!this.owned) return;
    form.addEventListener("submit", function (event) { self.leave(event); });
    ["focus", "visibilitychange"].forEach(function (name) {
      window.addEventListener(name, function () { if (self.now === "expired" && !document.hidden) self.signedIn(); });
    });
  }
  Saver.prototype.state = function (name, at) {
    this.now = name;
    var scope = this.form.dataset.stateScope ? document.querySelector(this.form.dataset.stateScope) : document;
    scope.querySelectorAll("[data-save-state]").forEach(function (box) {
      box.dataset.state = name;
      if (at) box.querySelectorAll("[data-saved-at]").forEach(function (each) { each.textContent = at; });
    });
  };
  Saver.prototype.touched = function (wait) {
    /* 留了底的改动换页也不丢，不必拦人；留不下时才提醒。 */
    if (!this.owned || !this.keep()) gf.markDirty(this.form);
    /* 等人选定哪一份、或重新登录：先留底，不反复去存（否则点按钮的一瞬间按钮会被换掉）。 */
    if (this.owned && (this.now === "conflict" || this.now === "expired")) return;
    this.state("dirty");
    window.clearTimeout(this.timer);
    var self = this;
    this.timer = window.setTimeout(function () { self.save(); }, wait);
  };
  Saver.prototype.pending = function () { return store.read(this.key) !== null; };
  Saver.prototype.keep = function () {
    var fields = [], owned = this.owned;
    new FormData(this.form).forEach(function (value, name) {
      if (typeof value !== "string" || name === "csrfmiddlewaretoken" || (!owned && name === "version")) return;
      fields.push([name, value]);
    });
    return store.write(this.key, {
      at: Date.now(), url: this.form.dataset.autosave, page: location.pathname + location.search,
      label: this.form.dataset.draftLabel || document.title, fields: fields,
    });
  };
  Saver.prototype.forget = function () { store.drop(this.key); };
  Saver.prototype.restore = function () {
    var kept = store.read(this.key), form = this.form, owned = this.owned, values = {};
    if (!kept || !kept.fields) return;
    kept.fields.forEach(function (pair) { (values[pair[0]] = values[pair[0]] || []).push(pair[1]); });
    form.querySelectorAll("[name]").forEach(function (field) {
      var kind = field.type, given = values[field.name] || [];
      if (kind === "file" || kind === "submit" || field.name === "csrfmiddlewaretoken") return;
      if (kind === "radio" || kind === "checkbox") field.checked = given.indexOf(field.value) >= 0;
      else if (kind !== "hidden") { if (given.length) field.value = given.shift(); }
      else if (owned && given.length && field.name !== "rows_of") field.value = given.shift();
    });
    gf.say("已恢复上次未保存的内容");
    this.touched(QUIET);
  };
  Saver.prototype.body = function () {
    var body = new FormData(this.form), button = this.leaving;
    if (button && button.name) body.append(button.name, button.value);
    return body;
  };
  Saver.prototype.save = function () {
    if (this.busy) { this.again = true; return; }
    window.clearTimeout(this.timer);
    this.busy = true;
    this.state("saving");
    var self = this;
    post(this.form.dataset.autosave, this.body()).then(function (answer) { self.answered(answer); }, function () { self.failed(); });
  };
  /** 已选定保留自己的一份：带着新版本号再存。 */
  Saver.prototype.insist = function () { this.state("dirty"); this.save(); };
  /** 换页前先存：存好了才走，没存好就留在本页。 */
  Saver.prototype.leave = function (event) {
    if (this.passing) return;
    event.preventDefault();
    this.leaving = event.submitter || {};
    if (this.busy) this.again = true; else this.save();
  };
  Saver.prototype.go = function (body) {
    var button = this.leaving;
    this.leaving = null;
    if (body.next) { location.assign(body.next); return; }
    this.passing = true;
    if (button.form) this.form.requestSubmit(button); else this.form.submit();
  };
  Saver.prototype.done = function () {
    this.busy = false;
    if (this.again) { this.again = false; this.save(); }
  };
  Saver.prototype.answered = function (answer) {
    var body = answer.body;
    if (answer.gone) {
      /* 登录已过期时服务器转到登录页：不是保存成功。内容留在本机，重新登录后自动补存。 */
      this.keep();
      this.leaving = null;
      this.again = false;
      this.state("expired");
      gf.say("登录已过期，内容已留在本机，请重新登录");
    } else if (answer.ok) {
      if (body.version !== undefined && this.form.elements.version) this.form.elements.version.value = body.version;
      Object.keys(body.replace || {}).forEach(function (id) {
        var box = document.getElementById(id);
        if (box) box.textContent = body.replace[id];
      });
      if (this.again) { if (this.owned) { this.fill(body.fields); this.keep(); } } else {
        this.forget();
        gf.markClean(this.form);
        this.state("saved", body.saved_at);
      }
      /* 要离开本页时不再取右栏：下一页会画出来。 */
      if (this.leaving && !this.again) { this.fill(body.fields); this.go(body); return; }
      this.form.dispatchEvent(new CustomEvent("gf:saved", { bubbles: true, detail: body }));
    } else if (answer.status === 409) {
      this.keep();
      this.leaving = null;
      this.again = false;
      this.state("conflict");
      gf.say("他人已先保存，请核对");
      this.form.dispatchEvent(new CustomEvent("gf:conflict", { bubbles: true, detail: body }));
    } else if (answer.status >= 500) {
      this.failed();
      return;
    } else {
      this.leaving = null;
      this.state("dirty");
      this.form.dispatchEvent(new CustomEvent("gf:refused", { bubbles: true, detail: { status: answer.status, body: body } }));
    }
    this.done();
  };
  Saver.prototype.fill = function (fields) {
    var form = this.form;
    Object.keys(fields || {}).forEach(function (name) {
      var field = form.elements[name];
      if (field && field.type === "hidden") field.value = fields[name];
    });
  };
  Saver.prototype.failed = function () {
    var stayed = this.leaving;
    this.keep();
    this.leaving = null;
    this.state("offline");
    this.busy = false;
    this.again = false;
    if (stayed) gf.say("网络中断，内容已留在本机，恢复后自动补存");
    var self = this;
    window.setTimeout(function () { if (self.pending() && self.now === "offline") self.save(); }, RETRY);
  };
  Saver.prototype.signedIn = function () {
    var self = this;
    renewToken().then(function (yes) { if (yes && self.now === "expired") self.save(); }, function () { /* 仍断网：等恢复 */ });
  };

  /* ---------- 别的页面留下的草稿 ---------- */
  function replay(owner, own) {
    var waiting = store.keys(PREFIX + owner + "/").filter(function (key) { return own.indexOf(key) < 0; })
      .map(function (key) { return { key: key, draft: store.read(key) }; })
      .filter(function (one) { return one.draft && one.draft.url; })
      .sort(function (a, b) { return a.draft.at - b.draft.at; });
    var stuck = [], sent = 0;
    function next() {
      var one = waiting.shift();
      if (!one) {
        list(stuck);
        if (sent) { gf.say("已补存 " + sent + " 处离线时填写的内容"); document.body.dispatchEvent(new CustomEvent("gf:saved", { detail: {} })); }
        return;
      }
      var body = new FormData();
      one.draft.fields.forEach(function (pair) { body.append(pair[0], pair[1]); });
      body.append("csrfmiddlewaretoken", gf.token());
      post(one.draft.url, body).then(function (answer) {
        if (answer.gone || answer.status >= 500) { list(stuck.concat(one, waiting)); return; }
        if (answer.ok) { store.drop(one.key); sent += 1; } else stuck.push(one);
        next();
      }, function () { window.setTimeout(function () { replay(owner, own); }, RETRY); });
    }
    next();
  }
  function list(stuck) {
    document.querySelectorAll("[data-unsent]").forEach(function (box) {
      var rows = box.querySelector("ul");
      rows.replaceChildren();
      stuck.forEach(function (one) {
        var row = document.createElement("li"), link = document.createElement("a");
        link.href = one.draft.page;
        link.textContent = one.draft.label;
        row.appendChild(link);
        rows.appendChild(row);
      });
      box.hidden = !stuck.length;
    });
  }

  gf.onReady(function (scope) {
    var owner, own = [];
    scope.querySelectorAll("form[data-autosave]").forEach(function (form) {
      if (!form.gfSaver) form.gfSaver = new Saver(form);
      own.push(form.gfSaver.key);
      if (form.gfSaver.owned) owner = form.dataset.draftOwner;
    });
    if (!owner || scope !== document) return;
    replay(owner, own);
    window.addEventListener("online", function () { replay(owner, own); });
  });
})();
