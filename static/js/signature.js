/* 手写签名：画布上的笔画按 1000 宽的方格记成数字，随表单提交；没有脚本时上传扫描件。
   <canvas data-signature="#strokes的id"> 与 <button type="button" data-signature-clear="#画布id">。 */
(function () {
  "use strict";
  var WIDTH = 1000, HEIGHT = 400, MOST = 1500;

  function setup(canvas) {
    var field = document.querySelector(canvas.getAttribute("data-signature"));
    var pen = canvas.getContext("2d");
    var strokes = [], current = null, count = 0;
    canvas.width = WIDTH;
    canvas.height = HEIGHT;

    function redraw() {
      pen.clearRect(0, 0, WIDTH, HEIGHT);
      pen.lineWidth = 12;
      pen.lineCap = "round";
      pen.lineJoin = "round";
      pen.strokeStyle = window.getComputedStyle(canvas).color;
      strokes.forEach(function (stroke) {
        pen.beginPath();
        pen.moveTo(stroke[0][0], stroke[0][1]);
        stroke.forEach(function (point) { pen.lineTo(point[0], point[1]); });
        pen.stroke();
      });
      field.value = strokes.length ? JSON.stringify(strokes) : "";
    }
    function place(event) {
      var box = canvas.getBoundingClientRect();
      var x = Math.round((event.clientX - box.left) / box.width * WIDTH);
      var y = Math.round((event.clientY - box.top) / box.height * HEIGHT);
      return [Math.max(0, Math.min(WIDTH, x)), Math.max(0, Math.min(HEIGHT, y))];
    }
    canvas.addEventListener("pointerdown", function (event) {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      current = [place(event)];
      strokes.push(current);
      redraw();
    });
    canvas.addEventListener("pointermove", function (event) {
      if (!current || count > MOST) { return; }
      count += 1;
      current.push(place(event));
      redraw();
    });
    ["pointerup", "pointercancel"].forEach(function (name) {
      canvas.addEventListener(name, function () { current = null; });
    });
    document.querySelectorAll("[data-signature-clear='#" + canvas.id + "']").forEach(function (button) {
      button.addEventListener("click", function () { strokes = []; count = 0; redraw(); });
    });
    if (field.value) {
      try { strokes = JSON.parse(field.value); } catch (fault) { strokes = []; }
    }
    redraw();
  }
  document.querySelectorAll("canvas[data-signature]").forEach(setup);
})();
