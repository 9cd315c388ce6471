"use strict";
// Hides the datasets that do not match, and puts the others in the order of what was asked. The index is a script of the site; where it is missing the whole list stays, without a form.
(function () {
  if (typeof sportlakeIndex === "undefined") { return; }
  var form = document.getElementById("search");
  var index = sportlakeIndex;
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

  function asked(texts) {
    return texts.map(function (word) {
      return {text: word, hits: spelled(word), letters: /^[a-z]{4,12}$/.test(word)};
    });
  }

  // What is asked in Chinese without blanks, two characters at a time: 免费开放 as 免费 and 开放.
  function parted(texts) {
    return texts.reduce(function (all, word) {
      return all.concat(/^[\u3400-\u9fff]{4,}$/.test(word) ? word.match(/.{2}(?=.{2})|.+/g) : [word]);
    }, []);
  }

  // First those whose title or keywords have most of the words, of equals those with most rows; without words as the page has them.
  function arrange(texts) {
    function named(line) { return texts.filter(function (text) { return line.head.indexOf(text) >= 0; }).length; }
    var lines = texts.length ? index.lines.slice().sort(function (a, b) { return named(b) - named(a) || b.rows - a.rows; }) : index.lines;
    lines.forEach(function (line) {
      var card = document.getElementById("dataset-" + line.dataset);
      card.parentNode.appendChild(card);
    });
  }

  function find(texts, chosen) {
    var words = asked(texts);
    return index.lines.map(function (line) { return matches(line, words, chosen); });
  }

  function show() {
    var texts = form.elements.q.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    var chosen = {};
    kinds.forEach(function (kind) { chosen[kind] = form.elements[kind].value; });
    var hits = find(texts, chosen);
    if (hits.indexOf(true) < 0) { texts = parted(texts); hits = find(texts, chosen); }
    arrange(texts);
    index.lines.forEach(function (line, at) {
      document.getElementById("dataset-" + line.dataset).hidden = !hits[at];
    });
    var found = hits.filter(Boolean).length;
    count.textContent = count.dataset.words.replace("{found}", found).replace("{all}", index.lines.length);
    none.hidden = found > 0 || index.lines.length === 0;
  }

  // What the front page asked: ?q=… or ?family=….
  new URLSearchParams(location.search).forEach(function (value, name) {
    if (name === "q" || kinds.indexOf(name) >= 0) { form.elements[name].value = value; }
  });
  kinds.forEach(function (kind) {
    if (form.elements[kind].selectedIndex < 0) { form.elements[kind].selectedIndex = 0; }
  });
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(show, 0); });
  show();
})();
