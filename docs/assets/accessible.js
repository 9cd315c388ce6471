"use strict";
// What the theme leaves out for those who read with a keyboard or a screen reader: names of the search and of code's buttons, tables that can be scrolled.
(function () {
  var zh = document.documentElement.lang.indexOf("zh") === 0;

  function complete() {
    document.querySelectorAll(".md-search[role=dialog]").forEach(function (one) { one.setAttribute("aria-label", zh ? "搜索" : "Search"); });
    document.querySelectorAll(".md-code__nav").forEach(function (one, at) { one.setAttribute("aria-label", (zh ? "代码 " : "Code ") + (at + 1)); });
    document.querySelectorAll(".md-typeset__scrollwrap, pre > code").forEach(function (one) {
      if (one.scrollWidth > one.clientWidth) { one.tabIndex = 0; }
    });
  }

  // The theme wraps tables and adds buttons after its own start, on a slow machine much later.
  addEventListener("load", function () {
    complete();
    new MutationObserver(complete).observe(document.body, { childList: true, subtree: true });
  });
  addEventListener("resize", complete);
})();
