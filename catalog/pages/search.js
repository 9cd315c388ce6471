"use strict";
// Hides the datasets that do not match. Everything is in the page already; nothing is fetched.
(function () {
  var form = document.getElementById("search");
  var index = JSON.parse(document.getElementById("index").textContent);
  var count = document.getElementById("count");
  var none = document.getElementById("none");
  var kinds = ["family", "department", "format", "cycle"];

  function matches(line, words, chosen) {
    return words.every(function (word) { return line.text.indexOf(word) >= 0; })
      && kinds.every(function (kind) { return !chosen[kind] || line[kind].indexOf(chosen[kind]) >= 0; });
  }

  function show() {
    var words = form.elements.q.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    var chosen = {};
    kinds.forEach(function (kind) { chosen[kind] = form.elements[kind].value; });
    var found = 0;
    index.forEach(function (line) {
      var hit = matches(line, words, chosen);
      document.getElementById("dataset-" + line.dataset).hidden = !hit;
      found += hit ? 1 : 0;
    });
    count.textContent = count.dataset.words.replace("{found}", found).replace("{all}", index.length);
    none.hidden = found > 0 || index.length === 0;
  }

  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(show, 0); });
  show();
})();
