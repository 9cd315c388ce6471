/* The table preview: hides CKAN's own row number and says yes and no in the reader's language. Runs before DataTables starts.
   CKAN 2.12's script calls setTimeout(f(), 100), which hands over undefined; a browser takes that for text to evaluate, and our policy
   forbids evaluation. Here what is no function is not called at all. */
(function () {
  "use strict";
  var told = document.currentScript.dataset;
  var later = window.setTimeout;
  window.setTimeout = function (task) {
    return typeof task === "function" ? later.apply(window, arguments) : 0;
  };
  var words = { True: told.yes, False: told.no };
  jQuery(document).on("init.dt", function (event, settings) {
    new jQuery.fn.dataTable.Api(settings).column(0).visible(false);
  });
  jQuery(document).on("draw.dt", function (event, settings) {
    jQuery("div.sortinfo").filter(function () { return this.textContent.indexOf("_id") >= 0; }).empty();
    var table = new jQuery.fn.dataTable.Api(settings);
    jQuery("th.fhead[data-type='bool']").each(function () {
      var at = Number(this.id.replace("cdx", ""));
      table.column(at).nodes().to$().each(function () {
        var cell = this.textContent.trim();
        if (cell in words) { this.textContent = words[cell]; }
      });
    });
  });
})();
