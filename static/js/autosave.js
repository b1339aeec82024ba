/* 自动保存：<form data-autosave="地址" data-draft-key="申报号/项号">，含隐藏域 version。
   改动后 800 毫秒静默即存；可见状态写在 [data-save-state]；断网或登录过期时把草稿放进本机，恢复后补存；
   409 时触发 gf:conflict（detail = 服务器返回的 JSON），页面决定怎样并列两份。
   服务器应答 JSON：{"version": 整数, "saved_at": "14:32", "replace": {"元素 id": "文字"}}；422：{"errors": {"域": ["原因"]}}。 */
(function () {
  "use strict";
  var gf = window.gf, QUIET = 800, RETRY = 5000;

  function Saver(form) {
    this.form = form;
    this.key = "gf-draft/" + (form.dataset.draftKey || location.pathname);
    this.timer = 0;
    this.busy = false;
    this.again = false;
    this.restore();
    var self = this;
    form.addEventListener("input", function () { self.touched(QUIET); });
    form.addEventListener("change", function () { self.touched(0); });
    window.addEventListener("online", function () { if (self.pending()) self.save(); });
  }
  Saver.prototype.state = function (name, at) {
    var scope = this.form.dataset.stateScope ? document.querySelector(this.form.dataset.stateScope) : document;
    scope.querySelectorAll("[data-save-state]").forEach(function (box) {
      box.dataset.state = name;
      if (at) box.querySelectorAll("[data-saved-at]").forEach(function (each) { each.textContent = at; });
    });
  };
  Saver.prototype.touched = function (wait) {
    gf.markDirty(this.form);
    this.state("dirty");
    window.clearTimeout(this.timer);
    var self = this;
    this.timer = window.setTimeout(function () { self.save(); }, wait);
  };
  Saver.prototype.pending = function () { try { return localStorage.getItem(this.key) !== null; } catch (e) { return false; } };
  Saver.prototype.keep = function () {
    var values = {};
    new FormData(this.form).forEach(function (value, name) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken" && name !== "version") (values[name] = values[name] || []).push(value);
    });
    try { localStorage.setItem(this.key, JSON.stringify(values)); } catch (e) { /* 本机存储已满或被禁用：仍会重试 */ }
  };
  Saver.prototype.forget = function () { try { localStorage.removeItem(this.key); } catch (e) { /* 同上 */ } };
  Saver.prototype.restore = function () {
    var kept = null;
    try { kept = JSON.parse(localStorage.getItem(this.key) || "null"); } catch (e) { kept = null; }
    if (!kept) return;
    var form = this.form;
    Object.keys(kept).forEach(function (name) {
      var fields = form.querySelectorAll("[name=" + CSS.escape(name) + "]");
      fields.forEach(function (field, index) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = kept[name].indexOf(field.value) >= 0;
        else if (field.type !== "hidden" && field.type !== "file") field.value = kept[name][index] || "";
      });
    });
    gf.say("已恢复上次未保存的内容");
    this.touched(QUIET);
  };
  Saver.prototype.save = function () {
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    this.state("saving");
    var self = this;
    fetch(this.form.dataset.autosave, {
      method: "POST", body: new FormData(this.form), credentials: "same-origin",
      headers: { "X-CSRFToken": gf.token(), "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
    }).then(function (response) {
      return response.json().catch(function () { return {}; }).then(function (body) { self.answered(response, body); });
    }, function () { self.failed(); });
  };
  Saver.prototype.done = function () {
    this.busy = false;
    if (this.again) { this.again = false; this.save(); }
  };
  Saver.prototype.answered = function (response, body) {
    var gone = response.redirected || response.status === 401 || response.status === 403;
    if (gone || (response.ok && !body.saved_at)) {
      /* 登录已过期时服务器转到登录页：不是保存成功。内容留在本机，重新登录后自动恢复。 */
      this.keep();
      this.state("expired");
      gf.say("登录已过期，内容已留在本机，请重新登录");
      this.again = false;
    } else if (response.ok) {
      if (body.version !== undefined && this.form.elements.version) this.form.elements.version.value = body.version;
      Object.keys(body.replace || {}).forEach(function (id) {
        var box = document.getElementById(id);
        if (box) box.textContent = body.replace[id];
      });
      this.forget();
      if (!this.again) { gf.markClean(this.form); this.state("saved", body.saved_at); }
      this.form.dispatchEvent(new CustomEvent("gf:saved", { bubbles: true, detail: body }));
    } else if (response.status === 409) {
      this.keep();
      this.state("conflict");
      gf.say("他人已先保存，请核对");
      this.form.dispatchEvent(new CustomEvent("gf:conflict", { bubbles: true, detail: body }));
      this.again = false;
    } else if (response.status >= 500) {
      this.failed();
      return;
    } else {
      this.state("dirty");
      this.form.dispatchEvent(new CustomEvent("gf:refused", { bubbles: true, detail: { status: response.status, body: body } }));
    }
    this.done();
  };
  Saver.prototype.failed = function () {
    this.keep();
    this.state("offline");
    this.busy = false;
    this.again = false;
    var self = this;
    window.setTimeout(function () { if (self.pending()) self.save(); }, RETRY);
  };

  gf.onReady(function (scope) {
    scope.querySelectorAll("form[data-autosave]").forEach(function (form) { if (!form.gfSaver) form.gfSaver = new Saver(form); });
  });
})();
