/* 上传：选了就传、可拖放、逐个显示进度；图片先在本机缩到长边 2560。没有脚本时是普通的多文件表单。
   <form data-upload data-max-mb="50" action="…">；每个文件一次 POST（字段名同表单），服务器应答：
   200/201 JSON {"html": "已上传那一行 <li>…"} 放进 data-upload-into 指定的列表，或 {"reload": true}；4xx JSON {"error": "原因"}。 */
(function () {
  "use strict";
  var gf = window.gf, LONGEST = 2560;

  function line(file) {
    var item = document.createElement("li");
    var mark = document.createElement("span");
    mark.className = "fic fic-" + (file.name.split(".").pop() || "").toLowerCase().slice(0, 4).replace(/[^a-z]/g, "");
    mark.textContent = (file.name.split(".").pop() || "").toUpperCase().slice(0, 4);
    mark.setAttribute("aria-hidden", "true");
    var text = document.createElement("span");
    text.className = "min-0";
    var name = document.createElement("span");
    name.className = "nm";
    name.textContent = file.name;
    var note = document.createElement("span");
    note.className = "mt";
    var bar = document.createElement("progress");
    bar.className = "bar";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", "上传进度：" + file.name);
    text.append(name, note, bar);
    var actions = document.createElement("span");
    actions.className = "ac";
    item.append(mark, text, actions);
    return { item: item, note: note, bar: bar, actions: actions };
  }
  function button(text, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-quiet btn-sm";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }
  function megabytes(size) { return (size / 1048576).toFixed(1) + " MB"; }
  function fail(row, reason, retry) {
    row.item.className = "bad";
    row.item.setAttribute("role", "alert");
    row.bar.hidden = true;
    row.note.textContent = "上传失败：" + reason;
    row.actions.replaceChildren(button("移除", function () { row.item.remove(); }));
    if (retry) row.actions.prepend(button("重试", function () { row.item.remove(); retry(); }));
  }
  /** 把服务器给的一行放进列表；同一处引用已有一行时换掉它（重传、重复上传）。这段 HTML 由本站模板生成，已转义。 */
  function put(into, html) {
    var holder = document.createElement("ul");
    holder.insertAdjacentHTML("beforeend", html);
    var fresh = holder.firstElementChild, known = fresh.id && document.getElementById(fresh.id);
    if (known) known.replaceWith(fresh); else into.append(fresh);
    if (window.htmx) window.htmx.process(fresh);
  }
  function smaller(file) {
    if (!/^image\/(jpeg|png)$/.test(file.type) || !window.createImageBitmap) return Promise.resolve(file);
    return createImageBitmap(file).then(function (picture) {
      var longest = Math.max(picture.width, picture.height);
      if (longest <= LONGEST) return file;
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * LONGEST / longest);
      canvas.height = Math.round(picture.height * LONGEST / longest);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (resolve) {
        canvas.toBlob(function (blob) {
          resolve(blob && blob.size < file.size ? new File([blob], file.name, { type: file.type, lastModified: file.lastModified }) : file);
        }, file.type, 0.88);
      });
    }).catch(function () { return file; });
  }
  function start(form) {
    var list = form.querySelector("[data-upload-list]");
    var drop = form.querySelector("[data-drop]");
    var field = form.querySelector("input[type=file]").name;
    var limit = Number(form.dataset.maxMb || 50) * 1048576;
    var waiting = [], running = 0, changed = false;

    function next() {
      if (running >= 2 || !waiting.length) return;
      running += 1;
      var job = waiting.shift();
      smaller(job.file).then(function (file) { send(file, job.row); });
    }
    function finished() {
      running -= 1;
      next();
      /* 有失败的文件时不刷新，原因留在页面上 */
      if (changed && !running && !waiting.length && !list.querySelector(".bad")) location.reload();
    }
    function send(file, row) {
      if (file.size > limit) { fail(row, "单个文件不超过 " + form.dataset.maxMb + " MB（当前 " + megabytes(file.size) + "）"); finished(); return; }
      var body = new FormData(form);
      body.delete(field);
      body.append(field, file, file.name);
      var request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("X-CSRFToken", gf.token());
      request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", function (event) {
        if (!event.lengthComputable) return;
        row.bar.value = Math.round(event.loaded / event.total * 100);
        row.note.textContent = row.bar.value < 100 ? "上传中 " + row.bar.value + "% · " + megabytes(event.loaded) + " / " + megabytes(event.total) : "检查中…";
      });
      request.addEventListener("load", function () {
        var answer = {};
        try { answer = JSON.parse(request.responseText); } catch (e) { answer = {}; }
        if (request.status >= 200 && request.status < 300) {
          gf.say(answer.message ? file.name + "：" + answer.message : "已上传 " + file.name);
          var into = form.dataset.uploadInto ? document.querySelector(form.dataset.uploadInto) : null; // a list of its own, or the page anew
          row.bar.hidden = true;
          row.actions.replaceChildren(button("知道了", function () { row.item.remove(); }));
          if (answer.html && into) { put(into, answer.html); if (answer.message) row.note.textContent = answer.message; else row.item.remove(); }
          else if (answer.reload) { row.note.textContent = "已上传"; changed = true; }
          else row.note.textContent = answer.message || "已上传 · " + megabytes(file.size);
          form.dispatchEvent(new CustomEvent("gf:uploaded", { bubbles: true, detail: answer }));
        } else {
          fail(row, answer.error || "服务器没有接受这个文件（" + request.status + "）", request.status >= 500 ? function () { add([file]); } : null);
        }
        finished();
      });
      request.addEventListener("error", function () { fail(row, "网络中断", function () { add([file]); }); finished(); });
      request.addEventListener("abort", function () { row.item.remove(); finished(); });
      row.actions.replaceChildren(button("取消", function () { request.abort(); }));
      request.send(body);
    }
    function add(files) {
      Array.prototype.forEach.call(files, function (file) {
        var row = line(file);
        row.note.textContent = "排队中";
        list.append(row.item);
        waiting.push({ file: file, row: row });
      });
      next(); next();
    }
    form.addEventListener("change", function (event) {
      if (event.target.type !== "file") return;
      add(event.target.files);
      event.target.value = "";
    });
    form.addEventListener("click", function (event) {
      var pick = event.target.closest("[data-pick]");
      if (pick) document.getElementById(pick.dataset.pick).click();
    });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    if (!drop) return;
    ["dragenter", "dragover"].forEach(function (name) {
      drop.addEventListener(name, function (event) { event.preventDefault(); drop.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (name) { drop.addEventListener(name, function () { drop.classList.remove("over"); }); });
    drop.addEventListener("drop", function (event) { event.preventDefault(); add(event.dataTransfer.files); });
  }
  gf.onReady(function (scope) {
    scope.querySelectorAll("form[data-upload]").forEach(function (form) { if (!form.gfUpload) { form.gfUpload = true; start(form); } });
  });
})();
