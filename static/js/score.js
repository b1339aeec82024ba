/* 评分台的逐行保存与右栏。表单 .desk-l[data-desk][data-items="地址/"]，行 tr[data-row=条目号]，
   行内域 p-、n-、r-（分数、不适用、理由）是唯一来源，各行版本合写在 [name=versions]（“条目:版本 …”）；右栏的 [data-mirror] 与之同步。
   应答：200 {version, saved_at, live:{名:文字}}；409 {message, current:{version, points, not_applicable, reason, by}}；
   422 {message, errors}。合计一律以服务器返回的为准（[data-live]）。断网时存本机，恢复后补存，不丢也不重。 */
(function () {
  "use strict";
  var gf = window.gf, RETRY = 5000, QUIET = 800, WIDE = window.matchMedia("(min-width: 992px)");

  function field(row, letter) { return row.querySelector("[name=" + CSS.escape(letter + "-" + row.dataset.row) + "]"); }
  /* 页面只带写了理由的行的理由框；其余的照样板补上 */
  function furnish(row) {
    var own = field(row, "p").closest("td").cellIndex, cell = row.cells[own + 3], made = document.querySelector("template[data-why-box]");
    var notes = row.querySelector(".notes");
    cell.classList.add("why");
    counted(row, row.cells[own + 2]);
    if (cell && !notes) {
      notes = document.createElement("span");
      notes.className = "notes";
      notes.id = "notes-" + row.dataset.row;
      cell.insertBefore(notes, cell.firstChild);
    }
    if (!cell || !made || field(row, "r")) return;
    var box = made.content.cloneNode(true), code = row.dataset.row, locked = field(row, "p").readOnly;
    var area = box.querySelector("textarea"), absent = box.querySelector("input");
    area.name = "r-" + code;
    area.id = "id_r-" + code;
    area.readOnly = locked;
    area.setAttribute("aria-label", code + " 的理由");
    box.querySelector(".sr").textContent = "：" + code + " 的理由";
    if (cell.dataset.absent === undefined) absent.closest("label").remove();
    else { absent.name = "n-" + code; absent.id = "id_n-" + code; absent.disabled = locked; }
    cell.appendChild(box);
  }
  /* 佐证格：图标、读屏说明，以及右栏换入时要更新的位置 */
  function counted(row, cell) {
    var box = document.createElement("span"), link = cell.querySelector("a"), icons = document.querySelector("template[data-file-icons]");
    box.className = "ev-c";
    box.id = "ev-" + row.dataset.row;
    box.append.apply(box, Array.prototype.slice.call(cell.childNodes));
    cell.appendChild(box);
    if (!link) return;
    var parts = link.textContent.split("/"), text = document.createElement("span");
    text.className = "num";
    text.textContent = link.textContent;
    link.setAttribute("aria-label", "佐证 " + parts[1] + " 件，已核验 " + parts[0] + " 件");
    link.replaceChildren(text);
    if (icons) link.insertBefore(icons.content.children[parts[0] === parts[1] ? 1 : 0].cloneNode(true), text);
  }
  function content(row) {
    var absent = field(row, "n");
    return { p: field(row, "p").value.trim(), n: !!(absent && absent.checked), r: field(row, "r").value.trim() };
  }
  function put(row, values) {
    var absent = field(row, "n");
    field(row, "p").value = values.p;
    if (absent) absent.checked = values.n;
    field(row, "r").value = values.r;
    mirror(row);
    why(row);
  }
  function why(row) {
    var now = content(row), box = row.querySelector("[data-why]");
    if (box) box.textContent = now.n ? "不适用" : now.r ? (now.r.length > 10 ? now.r.slice(0, 9) + "…" : now.r) : "—";
  }
  function mirror(row, even) {
    document.querySelectorAll("[data-mirror]").forEach(function (box) {
      var source = row.querySelector("[name=" + CSS.escape(box.dataset.mirror) + "]");
      if (!source || !even && document.activeElement === box) return;
      if (box.type === "checkbox") box.checked = source.checked; else box.value = source.value;
    });
  }
  /* 右栏底部的理由框不随右栏换入换出：换行时当场改为写这一行，不等服务器，打的字不会落到别处 */
  function judge(row) {
    var box = document.querySelector("[data-judge-box]"), code = row.dataset.row, absent = field(row, "n");
    if (!box) return;
    box.hidden = field(row, "p").readOnly;
    box.querySelector("[data-judge-code]").textContent = code;
    box.querySelector("[data-judge-absent]").hidden = !absent;
    box.querySelectorAll("[data-mirror]").forEach(function (each) { each.dataset.mirror = each.dataset.mirror.slice(0, 2) + code; });
    mirror(row, true);
  }
  function state(name, at) {
    document.querySelectorAll("[data-save-state]").forEach(function (box) {
      box.dataset.state = name;
      if (at) box.querySelectorAll("[data-saved-at]").forEach(function (each) { each.textContent = at; });
    });
  }

  function Desk(form) {
    this.form = form;
    this.key = "gf-draft/" + form.dataset.draftKey;
    this.timer = 0;
    var self = this;
    form.querySelectorAll("tr[data-row]").forEach(function (row) { furnish(row); row.gfSaved = JSON.stringify(content(row)); });
    form.addEventListener("change", function (event) {
      var row = event.target.closest("tr[data-row]");
      if (row) { why(row); mirror(row); self.save(row); }
    });
    form.addEventListener("input", function (event) {
      var row = event.target.closest("tr[data-row]");
      if (!row) return;
      if (row.dataset.refused !== undefined) self.fault(row, "");
      state("dirty");
      gf.markDirty(form);
      mirror(row);
      /* 理由写一段存一段；分数在离开格子或按 Enter 时存 */
      if (event.target.tagName === "TEXTAREA") {
        window.clearTimeout(row.gfQuiet);
        row.gfQuiet = window.setTimeout(function () { self.save(row); }, QUIET);
      }
    });
    form.addEventListener("focusin", function (event) {
      var row = event.target.closest("tr[data-row]");
      if (row) self.open(row);
    });
    form.addEventListener("click", function (event) { self.clicked(event); });
    form.addEventListener("submit", function () { gf.markClean(form); });
    window.addEventListener("online", function () { self.again(); });
    this.steppers();
    this.catchUp();
    this.restore();
  }
  Desk.prototype.url = function (row) { return this.form.dataset.items + encodeURIComponent(row.dataset.row) + "/"; };
  /* 一行的版本；给了新的就记下，整表提交时也带着新的 */
  Desk.prototype.version = function (row, now) {
    var all = {}, box = this.form.elements.versions;
    box.value.split(" ").forEach(function (pair) { var at = pair.lastIndexOf(":"); if (at > 0) all[pair.slice(0, at)] = pair.slice(at + 1); });
    if (now !== undefined) {
      all[row.dataset.row] = String(now);
      box.value = Object.keys(all).map(function (code) { return code + ":" + all[code]; }).join(" ");
    }
    return all[row.dataset.row] || "0";
  };
  Desk.prototype.row = function (code) { return this.form.querySelector("tr[data-row=" + CSS.escape(code) + "]"); };

  /* 保存一行：同一行同时只有一次请求，期间又改的随后再存 */
  Desk.prototype.save = function (row) {
    var now = content(row), text = JSON.stringify(now);
    if (row.dataset.hold && !now.r) { this.settle(); return; }
    delete row.dataset.hold;
    if (row.gfBusy) { row.gfAgain = true; return; }
    /* 上次其实存上了、只是没收到答复：不再存一遍，也不再等 */
    if (text === row.gfSaved && row.dataset.unsaved) this.keep(row, false);
    /* 同样的内容刚被拒收过：Enter 和离开格子会各来一次，只问一次 */
    if (text === row.gfSaved || text === row.gfTried || field(row, "p").getAttribute("aria-invalid") && !row.dataset.refused) { this.settle(); return; }
    var self = this, body = new FormData();
    body.append("p-" + row.dataset.row, now.n ? "" : now.p);
    if (now.n) body.append("n-" + row.dataset.row, "on");
    body.append("r-" + row.dataset.row, now.r);
    body.append("v-" + row.dataset.row, self.version(row));
    row.gfBusy = true;
    row.dataset.saving = "1";
    state("saving");
    fetch(this.url(row), {
      method: "POST", body: body, credentials: "same-origin",
      headers: { "X-CSRFToken": gf.token(), "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
    }).then(function (response) {
      return response.json().catch(function () { return {}; }).then(function (answer) { self.answered(row, text, response.status, answer); });
    }, function () { self.failed(row); });
  };
  Desk.prototype.free = function (row) {
    row.gfBusy = false;
    delete row.dataset.saving;
    if (row.gfAgain) { row.gfAgain = false; this.save(row); return false; }
    return true;
  };
  Desk.prototype.answered = function (row, text, status, answer) {
    if (status >= 500 || !status) { this.failed(row); return; }
    row.gfTried = status === 200 ? "" : text;
    /* 服务器答复了就不是断网：不收的一行留在页面上改，不再当作待补存 */
    this.keep(row, false);
    if (status === 200) {
      row.gfSaved = text;
      this.version(row, answer.version);
      this.stored(row, answer.version);
      /* 从本机留的一份打开、现在通了：其余的（照片、别的行）不等下一轮，立即补传 */
      if (document.documentElement.dataset.copy !== undefined) {
        delete document.documentElement.dataset.copy;
        window.dispatchEvent(new Event("online"));
      }
      this.paint(answer);
      this.sums();
      this.fault(row, "");
      this.at = answer.saved_at;
    } else if (status === 409 && answer.current) {
      this.conflict(row, answer);
    } else {
      var lines = [];
      Object.keys(answer.errors || {}).forEach(function (name) { lines = lines.concat(answer.errors[name]); });
      this.fault(row, lines.join("") || answer.message || "没有保存，请刷新页面后再试。");
      if (answer.errors && answer.errors.reason) this.wanted(row);
    }
    if (this.free(row)) this.settle();
  };
  /* 需要理由时：右栏正是这一项就提示，不抢焦点；手机上展开行内的理由 */
  Desk.prototype.wanted = function (row) {
    var details = row.querySelector(".why details");
    if (details) details.open = true;
  };
  Desk.prototype.failed = function (row) {
    this.keep(row, true);
    this.free(row);
    this.settle();
    var self = this;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(function () { self.again(); }, RETRY);
  };
  Desk.prototype.again = function () {
    var self = this;
    Object.keys(this.kept()).forEach(function (code) { var row = self.row(code); if (row) self.save(row); });
  };
  Desk.prototype.paint = function (answer) {
    Object.keys(answer.live || {}).forEach(function (name) {
      document.querySelectorAll("[data-live=" + CSS.escape(name) + "]").forEach(function (box) { box.textContent = answer.live[name]; });
      document.querySelectorAll("[data-live-bar=" + CSS.escape(name) + "]").forEach(function (bar) { bar.value = Number(answer.live[name]); });
    });
  };
  /* 上限与各大类小计：停手片刻后向服务器要一次，不在每次保存里算 */
  Desk.prototype.sums = function () {
    var self = this;
    window.clearTimeout(this.summing);
    this.summing = window.setTimeout(function () {
      fetch(self.form.dataset.sums, { credentials: "same-origin", headers: { Accept: "application/json" } })
        .then(function (response) { return response.ok ? response.json() : {}; })
        .then(function (answer) { self.paint(answer); }, function () { /* 断网：下次保存后再取 */ });
    }, QUIET);
  };
  Desk.prototype.fault = function (row, text) {
    var cell = field(row, "p"), box = gf.faultBox(cell);
    box.textContent = text;
    box.hidden = !text;
    if (text) {
      row.dataset.refused = "1";
      cell.setAttribute("aria-invalid", "true");
      cell.setAttribute("aria-describedby", box.id);
      gf.say(row.dataset.row + " 没有保存：" + text);
    } else {
      delete row.dataset.refused;
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("aria-describedby");
    }
  };
  /* 他人先存了：两份并列，由人选 */
  Desk.prototype.conflict = function (row, answer) {
    var self = this, theirs = answer.current, mine = content(row), cell = field(row, "p").closest("td");
    cell.querySelectorAll(".conflict").forEach(function (old) { old.remove(); });
    var box = document.createElement("div");
    box.className = "conflict";
    box.setAttribute("role", "alert");
    function words(one) { return (one.n ? "不适用" : one.p || "未评") + (one.r ? "（" + one.r + "）" : ""); }
    var other = { p: theirs.points, n: theirs.not_applicable, r: theirs.reason };
    var lines = [answer.message, (theirs.by || "他人") + "：" + words(other), "您：" + words(mine)];
    lines.forEach(function (text) { var p = document.createElement("p"); p.className = "m-0"; p.textContent = text; box.appendChild(p); });
    [["采用" + (theirs.by || "他人") + "的", other], ["保存我的", mine]].forEach(function (choice) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-line btn-sm";
      button.textContent = choice[0];
      button.addEventListener("click", function () {
        box.remove();
        row.gfTried = "";
        self.version(row, theirs.version);
        put(row, choice[1]);
        if (choice[1] === other) { row.gfSaved = JSON.stringify(content(row)); self.keep(row, false); self.fault(row, ""); self.settle(); }
        else self.save(row);
        field(row, "p").focus();
      });
      box.appendChild(button);
    });
    cell.appendChild(box);
    row.gfConflict = true;
    gf.say(answer.message);
  };
  Desk.prototype.settle = function () {
    var rows = Array.prototype.slice.call(this.form.querySelectorAll("tr[data-row]"));
    if (rows.some(function (row) { return row.gfBusy; })) { state("saving"); return; }
    if (this.form.querySelector(".conflict")) { state("conflict"); return; }
    var kept = this.kept(), left = rows.filter(function (row) { return JSON.stringify(content(row)) !== row.gfSaved; });
    if (Object.keys(kept).length) {
      state("offline");
      /* 都已留在本机：关掉或刷新也不丢，不必拦人 */
      if (left.every(function (row) { return JSON.stringify(kept[row.dataset.row]) === JSON.stringify(content(row)); })) gf.markClean(this.form);
      return;
    }
    var open = left.length > 0;
    state(open ? "dirty" : this.at ? "saved" : "idle", this.at);
    if (!open) gf.markClean(this.form);
  };

  /* 断网后打开的是早些时候留的页面（desk-worker.js）：其后已存上的行照本机记的补上，不当成他人改的 */
  Desk.prototype.storedKey = function () { return "gf-stored/" + this.form.dataset.draftKey; };
  Desk.prototype.storedRows = function () { try { return JSON.parse(localStorage.getItem(this.storedKey()) || "{}"); } catch (e) { return {}; } };
  Desk.prototype.stored = function (row, version) {
    if (!navigator.serviceWorker || !navigator.serviceWorker.controller) return;
    var all = this.storedRows();
    all[row.dataset.row] = { version: version, values: JSON.parse(row.gfSaved) };
    try { localStorage.setItem(this.storedKey(), JSON.stringify(all)); } catch (e) { /* 本机存储不可用：刷新后以服务器为准 */ }
  };
  Desk.prototype.catchUp = function () {
    var self = this, all = this.storedRows(), left = {};
    Object.keys(all).forEach(function (code) {
      var row = self.row(code);
      if (!row || Number(self.version(row)) >= Number(all[code].version)) { if (!row) left[code] = all[code]; return; }
      left[code] = all[code];
      put(row, all[code].values);
      row.gfSaved = JSON.stringify(content(row));
      self.version(row, all[code].version);
    });
    try { if (Object.keys(left).length) localStorage.setItem(this.storedKey(), JSON.stringify(left)); else localStorage.removeItem(this.storedKey()); } catch (e) { /* 同上 */ }
  };

  /* 断网草稿 */
  Desk.prototype.kept = function () { try { return JSON.parse(localStorage.getItem(this.key) || "{}"); } catch (e) { return {}; } };
  Desk.prototype.keep = function (row, on) {
    var all = this.kept();
    if (on) { all[row.dataset.row] = content(row); row.dataset.unsaved = "1"; }
    else { delete all[row.dataset.row]; delete row.dataset.unsaved; }
    try { if (Object.keys(all).length) localStorage.setItem(this.key, JSON.stringify(all)); else localStorage.removeItem(this.key); } catch (e) { /* 本机存储不可用：页面开着时仍会重试 */ }
  };
  Desk.prototype.restore = function () {
    var self = this, all = this.kept(), codes = Object.keys(all);
    if (!codes.length || this.form.dataset.readonly !== undefined) return;
    codes.forEach(function (code) { var row = self.row(code); if (row) { put(row, all[code]); row.dataset.unsaved = "1"; self.save(row); } });
    gf.say("已恢复上次未保存的 " + codes.length + " 项");
  };

  /* 右栏：跟着当前行走（宽屏）。data-wanted 是要看的条目，data-item 是已经显示的条目，两者不同就是还在取 */
  Desk.prototype.open = function (row) {
    var panel = document.querySelector("[data-panel]"), self = this;
    if (!panel || !WIDE.matches) return;
    judge(row);
    window.clearTimeout(this.opening);
    /* 按了 R 没等右栏就走开：那一项没有改，要说出来 */
    if (panel.dataset.then === "r" && panel.dataset.wanted !== row.dataset.row) gf.say(panel.dataset.wanted + " 的退回清单没有改动：右栏还没打开，请回到该行再按 R");
    if (panel.dataset.wanted !== row.dataset.row) delete panel.dataset.then;
    panel.dataset.wanted = row.dataset.row;
    if (panel.dataset.item === row.dataset.row) return;
    this.opening = window.setTimeout(function () {
      window.htmx.ajax("GET", self.url(row), { target: "#panel", swap: "innerHTML" });
    }, 180);
  };
  Desk.prototype.clicked = function (event) {
    var link = event.target.closest("th a, a.ev"), summary = event.target.closest(".why summary"), row = event.target.closest("tr[data-row]");
    if (!row) return;
    if (event.target.closest("[data-take]")) {
      var cell = field(row, "p");
      cell.value = cell.dataset.base;
      cell.dispatchEvent(new Event("input", { bubbles: true }));
      cell.dispatchEvent(new Event("change", { bubbles: true }));
      return;
    }
    if (!WIDE.matches || !(link || summary) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    field(row, "p").focus();
    if (summary) gf.inPanel("c");
  };
  Desk.prototype.steppers = function () {
    var self = this;
    if (WIDE.matches || this.form.dataset.readonly !== undefined) return;
    this.form.querySelectorAll("input[data-score]:not([readonly])").forEach(function (cell) {
      var box = document.createElement("span");
      box.className = "stepper";
      cell.parentNode.insertBefore(box, cell);
      [["−", "-0.1", "减 0.1"], null, ["+", "0.1", "加 0.1"]].forEach(function (part) {
        if (!part) { box.appendChild(cell); return; }
        var button = document.createElement("button");
        button.type = "button";
        button.dataset.step = part[1];
        button.textContent = part[0];
        button.setAttribute("aria-label", cell.name.slice(2) + " " + part[2]);
        box.appendChild(button);
      });
      if (cell.dataset.base === undefined) return;
      var take = document.createElement("button");
      take.type = "button";
      take.className = "take";
      take.dataset.take = "";
      take.textContent = (self.form.dataset.takes || "同") + " " + cell.dataset.base;
      take.setAttribute("aria-label", cell.name.slice(2) + " 采用 " + cell.dataset.base);
      box.insertAdjacentElement("afterend", take);
    });
  };

  /* 离开理由框：没写理由也照存，缺什么由服务器说 */
  document.addEventListener("focusout", function (event) {
    if (!event.target.matches || !event.target.matches("textarea[data-key-c]")) return;
    var source = document.getElementsByName(event.target.dataset.mirror)[0], row = source && source.closest("tr[data-row]");
    if (!row || !row.dataset.hold) return;
    delete row.dataset.hold;
    source.dispatchEvent(new Event("change", { bubbles: true }));
  });
  /* 右栏里的输入写回行内，改完即存 */
  document.addEventListener("input", function (event) { copy(event.target, false); });
  document.addEventListener("change", function (event) { copy(event.target, true); });
  function copy(box, store) {
    if (!box.matches || !box.matches("[data-mirror]")) return;
    var source = document.getElementsByName(box.dataset.mirror)[0], row = source && source.closest("tr[data-row]");
    if (!row) return;
    if (box.type === "checkbox") source.checked = box.checked; else source.value = box.value;
    why(row);
    source.dispatchEvent(new Event(store ? "change" : "input", { bubbles: true }));
  }
  /* 晚到的右栏不换上来：人已经到了别的行。没写完的意见按条目留着，回来时还在 */
  var said = {};
  function asked(event) {
    var panel = event.target.closest && event.target.closest("[data-panel]"), info = event.detail.pathInfo;
    if (!panel || !info || !info.requestPath) return null;
    var found = /\/items\/([^/?#]+)\//.exec(info.requestPath), sent = event.detail.requestConfig && event.detail.requestConfig.parameters;
    var code = found ? decodeURIComponent(found[1]) : sent && sent.item;
    return code ? { panel: panel, code: code, told: /\/remarks\/$/.test(info.requestPath) } : null;
  }
  document.addEventListener("htmx:beforeSwap", function (event) {
    var at = asked(event);
    if (!at) return;
    /* 不合规定的意见（422）也要显示原因；写的字由右栏带回 */
    if (event.detail.xhr.status === 422 || event.detail.xhr.status === 409) event.detail.shouldSwap = true;
    if (at.panel.dataset.wanted && at.code !== at.panel.dataset.wanted) { event.detail.shouldSwap = false; return; }
    var box = at.panel.querySelector("[data-remark] textarea");
    if (box && at.panel.dataset.item) said[at.panel.dataset.item] = at.told && event.detail.xhr.status === 200 ? "" : box.value;
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    var at = asked(event), row = at && document.querySelector("tr[data-row=" + CSS.escape(at.code) + "]");
    if (!row) return;
    at.panel.dataset.item = at.code;
    mirror(row);
    var desk = row.closest("form[data-desk]");
    /* 意见、退回标记也会改变“有疑问”的项数 */
    if (desk && desk.gfScore && event.detail.requestConfig.verb !== "get") desk.gfScore.sums();
    var box = at.panel.querySelector("[data-remark] textarea");
    if (box && said[at.code]) { box.value = said[at.code]; box.closest("details").open = true; }
  });
  /* 先按的键等右栏装好再做；全站换入后立即接上脚本（htmx 的 defaultSettleDelay 为 0），按钮一出现就能按，不会整页提交 */
  document.addEventListener("htmx:afterSettle", function (event) {
    var at = asked(event), row = at && document.querySelector("tr[data-row=" + CSS.escape(at.code) + "]");
    if (!row || at.panel.dataset.item !== at.code || at.panel.dataset.wanted && at.panel.dataset.wanted !== at.code) return;
    var then = at.panel.dataset.then;
    delete at.panel.dataset.then;
    if (then && row.contains(document.activeElement)) gf.inPanel(then);
  });
  /* 意见框里 Ctrl+Enter 保存、Esc 不存，都回到分数格 */
  function remarked(box, event) {
    var store = event.key === "Enter" && event.ctrlKey, panel = box.closest("[data-panel]");
    if (!panel || !store && event.key !== "Escape") return;
    event.preventDefault();
    if (store && !box.value.trim()) return;
    if (store) box.form.querySelector("button[type=submit]").click();
    var cell = document.getElementsByName("p-" + panel.dataset.item)[0];
    if (cell) cell.focus();
  }
  /* Alt+→ 下一件，Alt+← 上一件；理由框里 Esc 回到分数，Ctrl+Enter 存并到下一未评 */
  document.addEventListener("keydown", function (event) {
    if (event.altKey && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      var link = document.querySelector(event.key === "ArrowRight" ? "[data-next-case]" : "[data-previous-case]");
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    var box = event.target;
    if (box.matches && box.matches("[data-remark] textarea") && !event.isComposing) { remarked(box, event); return; }
    if (!box.matches || !box.matches("textarea[data-key-c]") || event.isComposing) return;
    if (event.key !== "Escape" && !(event.key === "Enter" && event.ctrlKey)) return;
    event.preventDefault();
    box.dispatchEvent(new Event("change", { bubbles: true }));
    var cell = document.getElementsByName("p-" + box.dataset.mirror.slice(2))[0];
    if (!cell) return;
    cell.focus();
    if (event.key === "Enter") cell.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  });

  /* 手机用于现场：区级评分台第一次打开只列现场项，其余从筛选进入 */
  var phone = document.querySelector("form[data-desk][data-photos]:not([data-readonly])");
  if (phone && !WIDE.matches && !/[?&](show|item)=/.test(location.search) && !location.hash) location.replace(location.pathname + "?show=onsite");

  gf.onReady(function (scope) {
    scope.querySelectorAll("form[data-desk][data-items]").forEach(function (form) { if (!form.gfScore) form.gfScore = new Desk(form); });
    /* 窄屏上筛选条可以横向滚动：当前的一格要看得见 */
    scope.querySelectorAll(".tools .seg-scroll").forEach(function (box) {
      var current = box.querySelector("[aria-current]");
      if (current) box.scrollLeft = current.offsetLeft - (box.clientWidth - current.offsetWidth) / 2;
    });
  });
})();
