"use strict";
// Hides the datasets that do not match. Everything is in the page already; nothing is fetched.
(function () {
  var form = document.getElementById("search");
  var index = JSON.parse(document.getElementById("index").textContent);
  var count = document.getElementById("count");
  var none = document.getElementById("none");
  var kinds = ["family", "department", "format", "cycle"];

  // The words, by their places, of which some spelling has the asked one in it.
  function spelled(asked) {
    var hits = {};
    index.words.forEach(function (spellings, place) {
      if (spellings.some(function (one) { return one.indexOf(asked) >= 0; })) { hits[place] = true; }
    });
    return hits;
  }

  // Whether the letters are initials of several words of the line, one after the other: sytyg is 沈阳 and 体育馆.
  function joined(asked, line) {
    var initials = {};
    line.words.forEach(function (place) {
      index.words[place].slice(2).forEach(function (one) { initials[one] = true; });
    });
    var ends = [true];
    for (var end = 1; end <= asked.length; end += 1) {
      for (var start = 0; start < end && !ends[end]; start += 1) {
        ends[end] = Boolean(ends[start] && initials[asked.slice(start, end)]);
      }
    }
    return Boolean(ends[asked.length]);
  }

  function matches(line, words, chosen) {
    return words.every(function (word) {
      return line.text.indexOf(word.text) >= 0
        || line.words.some(function (place) { return word.hits[place]; })
        || (word.letters && joined(word.text, line));
    }) && kinds.every(function (kind) { return !chosen[kind] || line[kind].indexOf(chosen[kind]) >= 0; });
  }

  function asked(text) {
    return text.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean).map(function (word) {
      return {text: word, hits: spelled(word), letters: /^[a-z]{4,12}$/.test(word)};
    });
  }

  function show() {
    var words = asked(form.elements.q.value);
    var chosen = {};
    kinds.forEach(function (kind) { chosen[kind] = form.elements[kind].value; });
    var found = 0;
    index.lines.forEach(function (line) {
      var hit = matches(line, words, chosen);
      document.getElementById("dataset-" + line.dataset).hidden = !hit;
      found += hit ? 1 : 0;
    });
    count.textContent = count.dataset.words.replace("{found}", found).replace("{all}", index.lines.length);
    none.hidden = found > 0 || index.lines.length === 0;
  }

  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(show, 0); });
  show();
})();
