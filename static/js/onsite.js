/* 现场核实：手机上逐项拍照。照片先存本机（IndexedDB），有网就传、没网等网，传成了才删；
   每张照片拍的时候就定下幂等键，重传多少次服务器只留一张。表单 [data-desk][data-photos="地址"]，行 tr[data-row]。
   定位默认不带，由 [data-photo-place] 打开；照片连同拍摄时间、定位一并上传，原图不改。 */
(function () {
  "use strict";
  var gf = window.gf, form = document.querySelector("form[data-desk][data-photos]");
  if (!form || !window.indexedDB || !window.fetch) return;
  var url = form.dataset.photos, RETRY = 15000, base = null, busy = false, again = false, sent = 0, cut = false, timer = 0, PLACE = "gf-photo-place";

  function open() {
    if (base) return base;
    base = new Promise(function (done, fail) {
      var request = indexedDB.open("gf-onsite", 1);
      request.onupgradeneeded = function () { request.result.createObjectStore("photos", { keyPath: "key" }); };
      request.onsuccess = function () { done(request.result); };
      request.onerror = function () { fail(request.error); };
    });
    return base;
  }
  function store(mode, work) {
    return open().then(function (db) {
      return new Promise(function (done, fail) {
        var change = db.transaction("photos", mode), answer = work(change.objectStore("photos"));
        change.oncomplete = function () { done(answer && answer.result); };
        change.onabort = change.onerror = function () { fail(change.error); };
      });
    });
  }
  function all() { return store("readonly", function (box) { return box.getAll(); }); }
  function mine(list) { return list.filter(function (one) { return one.url === url; }); }
  function keep(photo) { return store("readwrite", function (box) { box.put(photo); }); }
  function drop(key) { return store("readwrite", function (box) { box.delete(key); }); }
  function token() {
    var bytes = new Uint8Array(16);
    crypto.getRandomValues(bytes);
    return Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
  }

  /* 位置只在本人打开时取，取不到就不带，不挡拍照 */
  function wantsPlace() { try { return localStorage.getItem(PLACE) === "on"; } catch (e) { return false; } }
  function place() {
    if (!wantsPlace() || !navigator.geolocation) return Promise.resolve({});
    return new Promise(function (done) {
      navigator.geolocation.getCurrentPosition(function (at) {
        done({ latitude: at.coords.latitude.toFixed(5), longitude: at.coords.longitude.toFixed(5), accuracy: String(Math.round(at.coords.accuracy)) });
      }, function () { done({}); }, { enableHighAccuracy: true, timeout: 8000, maximumAge: 60000 });
    });
  }
  function taken(code, file) {
    var at = new Date().toISOString();
    return place().then(function (where) {
      return keep({
        key: token(), url: url, item: code, blob: file, name: file.name || "现场照片.jpg", taken_at: at,
        latitude: where.latitude || "", longitude: where.longitude || "", accuracy: where.accuracy || "", refused: "",
      });
    }).then(function () {
      gf.say(code + " 的照片已存在本机" + (reaches() ? "，正在上传" : "，等待网络，有网络后自动上传"));
      return send();
    }, function () { gf.say("本机空间不足，照片没有保存，请先上传或清理后再拍"); show(); });
  }

  function send() {
    window.clearTimeout(timer);
    /* 正在上传时又拍的，等这一轮传完接着传 */
    if (busy) { again = true; return Promise.resolve(); }
    busy = true;
    again = false;
    sent = 0;
    /* 两个页面同时开着时只由一个上传；不支持锁的浏览器由幂等键兜住 */
    var turn = function () { return all().then(function (list) { return next(mine(list).filter(function (one) { return !one.refused; })); }); };
    var work = navigator.locks ? navigator.locks.request("gf-onsite", turn) : turn();
    var done = function () {
      busy = false;
      if (sent) gf.say(sent + " 张照片已上传");
      show();
      return again ? send() : null;
    };
    return work.then(done, done);
  }
  function next(list) {
    var photo = list.shift();
    if (!photo) return Promise.resolve();
    var body = new FormData();
    ["item", "key", "taken_at", "latitude", "longitude", "accuracy"].forEach(function (name) { body.append(name, photo[name]); });
    body.append("file", photo.blob, photo.name);
    return fetch(url, {
      method: "POST", body: body, credentials: "same-origin",
      headers: { "X-CSRFToken": gf.token(), "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
    }).then(function (response) {
      cut = false;
      if (response.ok && /json/.test(response.headers.get("Content-Type") || "")) {
        delete document.documentElement.dataset.copy;
        return drop(photo.key).then(function () { sent += 1; count(photo.item); return next(list); });
      }
      /* 登录过期、限流、服务器忙：照片留着，过一会再试 */
      if (response.status >= 500 || response.status === 429 || response.status === 401 || response.status === 403 || response.redirected) { later(); return null; }
      return response.json().catch(function () { return {}; }).then(function (answer) {
        var lines = [];
        Object.keys(answer.errors || {}).forEach(function (name) { lines = lines.concat(answer.errors[name]); });
        photo.refused = lines.join("") || answer.message || "没有收下，请重新拍摄。";
        return keep(photo).then(function () { return next(list); });
      });
    }, function () { cut = true; later(); return null; });
  }
  /* 浏览器说有网也可能传不到：上一次没传成，就说等待网络 */
  function reaches() { return navigator.onLine && !cut && document.documentElement.dataset.copy === undefined; }
  function later() { timer = window.setTimeout(send, RETRY); }

  function row(code) { return form.querySelector("tr[data-row=" + CSS.escape(code) + "]"); }
  function count(code) {
    var label = row(code) && row(code).querySelector("[data-photo-count]");
    if (label) label.textContent = String(Number(label.textContent || 0) + 1);
  }
  function show() {
    var box = document.querySelector("[data-photo-queue]");
    if (!box) return;
    all().then(function (list) {
      var waiting = mine(list), bad = waiting.filter(function (one) { return one.refused; });
      var lines = document.createElement("div");
      box.replaceChildren(lines);
      var copied = document.documentElement.dataset.copy !== undefined;
      box.hidden = !waiting.length && !copied;
      if (copied) {
        var copy = document.createElement("p");
        copy.className = "m-0";
        copy.textContent = "打开时没有网络，页面为本机存留；打分和照片先存本机，有网络后自动上传。";
        lines.appendChild(copy);
      }
      if (!waiting.length) return;
      var line = document.createElement("p");
      line.className = "m-0";
      line.textContent = waiting.length - bad.length ? (waiting.length - bad.length) + " 张照片存在本机，" + (reaches() ? "正在上传" : "等待网络，有网络后自动上传") + "。" : "";
      lines.appendChild(line);
      bad.forEach(function (photo) {
        var p = document.createElement("p"), button = document.createElement("button");
        p.className = "m-0 c-bad";
        p.textContent = photo.item + "：" + photo.refused + " ";
        button.type = "button";
        button.className = "linkish";
        button.textContent = "删除这张";
        button.addEventListener("click", function () { drop(photo.key).then(show); });
        p.appendChild(button);
        lines.appendChild(p);
      });
    }, function () { box.hidden = true; });
  }

  /* 手机上每项两个按钮：现场拍照、写理由；宽屏用右栏 */
  function buttons() {
    if (window.matchMedia("(min-width: 992px)").matches || form.dataset.readonly !== undefined) return;
    form.querySelectorAll("tr[data-row]").forEach(function (each) {
      var cell = document.createElement("td"), label = document.createElement("label"), input = document.createElement("input"), code = each.dataset.row;
      cell.className = "site";
      label.className = "btn btn-line";
      input.type = "file";
      input.accept = "image/jpeg,image/png";
      input.setAttribute("capture", "environment");
      input.className = "sr";
      input.dataset.photo = code;
      label.append("现场拍照（");
      var number = document.createElement("span");
      number.className = "num";
      number.dataset.photoCount = "";
      number.textContent = each.dataset.photos || "0";
      label.append(number, "）", input);
      var sr = document.createElement("span");
      sr.className = "sr";
      sr.textContent = "：" + code;
      label.insertBefore(sr, input);
      input.addEventListener("change", function () {
        Array.prototype.reduce.call(input.files, function (before, file) { return before.then(function () { return taken(code, file); }); }, Promise.resolve())
          .then(function () { input.value = ""; });
      });
      cell.appendChild(label);
      each.appendChild(cell);
    });
  }
  document.querySelectorAll("[data-photo-place]").forEach(function (box) {
    box.checked = wantsPlace();
    box.addEventListener("change", function () {
      try { localStorage.setItem(PLACE, box.checked ? "on" : "off"); } catch (e) { /* 不能存就只在本页有效 */ }
    });
  });
  /* 断网后刷新仍能打开本页：只在手机、平板上登记（desk-worker.js），桌面不留页面 */
  function offline() {
    if (!navigator.serviceWorker || !form.dataset.worker || form.dataset.readonly !== undefined || !window.matchMedia("(max-width: 991.98px), (pointer: coarse)").matches) return;
    navigator.serviceWorker.register(form.dataset.worker).then(function () { return navigator.serviceWorker.ready; }).then(function (worker) {
      var parts = performance.getEntriesByType("resource").map(function (one) { return one.name; })
        .filter(function (name) { return name.indexOf(location.origin + "/static/") === 0; });
      if (navigator.onLine) worker.active.postMessage({ keep: [location.href.split("#")[0]].concat(parts) });
    }, function () { /* 浏览器不给用：页面开着时照样能存能传 */ });
    navigator.serviceWorker.addEventListener("message", function (event) {
      if (event.data && event.data.kept) document.documentElement.dataset.kept = "1";
    });
  }
  window.addEventListener("online", send);
  window.addEventListener("offline", show);
  buttons();
  offline();
  show();
  send();
})();
