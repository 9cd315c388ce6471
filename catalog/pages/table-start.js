"use strict";
// In the page itself: loads the scripts of the table, or says how to open the page where browsers let no page read files.
(function () {
  var told = JSON.parse(document.getElementById("told").textContent);
  function show(id) { document.getElementById(id).hidden = false; }
  if (location.protocol === "file:") { show("from-disk"); return; }
  show("loading");
  import(new URL(told.script, location.href).href).then(function (table) {
    return table.start(told);
  }).catch(function (error) {
    document.getElementById("loading").hidden = true;
    document.getElementById("problem").textContent = told.words.problem.replace("{reason}", String(error && error.message || error));
    show("problem");
  });
})();
