"use strict";
// The finder's page: filters, list and the page of one place. The map is optional; list and filters work without it.
(function () {
  var told = JSON.parse(document.getElementById("finder-words").textContent);
  var words = told.words;
  var venues = window.sportlake.read(window.sportlakeFinder, told.lang);
  var hours = window.sportlake.hours(venues.raw);
  var form = document.getElementById("finder");
  var list = document.getElementById("venues");
  var PAGE = 30;
  var shown = PAGE;
  var near = null;
  var hits = [];
  var listed = [];
  var map = null;
  var FLAGS = { free: 1, paid: 2, accessible: 4 };

  function element(id) { return document.getElementById(id); }

  function make(tag, text, name) {
    var made = document.createElement(tag);
    if (text) { made.textContent = text; }
    if (name) { made.className = name; }
    return made;
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }

  function plain(text) { return text.normalize("NFKC").toLowerCase(); }

  // What a search for words looks through, made when it is first needed.
  var texts = null;
  function searchable() {
    if (!texts) {
      texts = venues.ids.map(function (id, row) {
        return plain([venues.role("title", row), venues.role("name", row), venues.role("address", row), venues.role("type", row), id].join(" "));
      });
    }
    return texts;
  }

  function addChoices(select, counts, label) {
    Array.from(counts.keys()).sort().forEach(function (code) {
      var option = make("option", label(code) + " (" + counts.get(code) + ")");
      option.value = code;
      select.append(option);
    });
  }

  function count(rows, code) {
    var counts = new Map();
    rows.forEach(function (row) {
      var one = code(row);
      if (one) { counts.set(one, (counts.get(one) || 0) + 1); }
    });
    return counts;
  }

  var all = Array.from({ length: venues.count }, function (_, row) { return row; });

  // The divisions below a group, or the kinds of a group, with their labels.
  function refill(select, role, group) {
    while (select.options.length > 1) { select.remove(1); }
    var rows = group ? all.filter(function (row) { return venues.group(role, row) === group; }) : [];
    var labels = new Map();
    rows.forEach(function (row) { labels.set(venues.code(role, row), venues.role(role, row)); });
    addChoices(select, count(rows, function (row) { return venues.code(role, row); }), function (code) { return labels.get(code); });
    select.disabled = select.options.length < 2;
  }

  function offer(role, outer, inner) {
    var select = form.elements[outer];
    if (!venues.raw.roles[role]) { return; }
    addChoices(select, count(all, function (row) { return venues.group(role, row); }), function (code) { return venues.groupLabel(role, code); });
    select.addEventListener("change", function () { refill(form.elements[inner], role, select.value); });
    [outer, inner].forEach(function (name) { form.elements[name].closest(".field").hidden = false; });
  }

  function read() {
    var chosen = {};
    ["q", "city", "county", "group", "type", "charge"].forEach(function (name) { chosen[name] = form.elements[name].value; });
    ["accessible", "now", "inside"].forEach(function (name) { chosen[name] = form.elements[name].checked; });
    return chosen;
  }

  function find(chosen) {
    var asked = plain(chosen.q).split(/\s+/).filter(Boolean);
    var looked = asked.length ? searchable() : null;
    var now = new Date();
    return all.filter(function (row) {
      var flags = venues.flags[row];
      return (!chosen.city || venues.group("division", row) === chosen.city)
        && (!chosen.county || venues.code("division", row) === chosen.county)
        && (!chosen.group || venues.group("type", row) === chosen.group)
        && (!chosen.type || venues.code("type", row) === chosen.type)
        && (!chosen.charge || flags & FLAGS[chosen.charge])
        && (!chosen.accessible || flags & FLAGS.accessible)
        && (!looked || asked.every(function (word) { return looked[row].indexOf(word) >= 0; }))
        && (!chosen.now || hours.state(row, now) === "open");
    });
  }

  function away(row) {
    if (venues.lon[row] === null || venues.lat[row] === null) { return Infinity; }
    return window.sportlake.distance(near.lon, near.lat, venues.lon[row], venues.lat[row]);
  }

  function order(rows) {
    if (!near) { return rows; }
    return rows.map(function (row) { return [away(row), row]; }).sort(function (one, other) { return one[0] - other[0]; })
      .map(function (pair) { return pair[1]; });
  }

  function inside(rows) {
    if (!map || !form.elements.inside.checked) { return rows; }
    var bounds = map.bounds();
    return rows.filter(function (row) {
      return venues.lon[row] !== null && venues.lat[row] !== null && bounds.contains([venues.lon[row], venues.lat[row]]);
    });
  }

  function sayDistance(row) {
    var far = away(row);
    if (far === Infinity) { return ""; }
    return far < 1 ? Math.round(far * 1000) + " m" : far.toFixed(far < 10 ? 1 : 0) + " km";
  }

  function sayState(row) {
    return hours ? words["state_" + hours.state(row, new Date())] : "";
  }

  function badges(row) {
    var flags = venues.flags[row];
    var charge = flags & FLAGS.free ? words.free : flags & FLAGS.paid ? words.paid : "";
    return [charge, flags & FLAGS.accessible ? words.accessible : "", hours && hours.state(row, new Date()) !== "unknown" ? sayState(row) : ""].filter(Boolean);
  }

  function card(row) {
    var item = make("li", "", "venue");
    var heading = make("h3");
    var link = make("a", venues.role("title", row) ? venues.role("title", row) + " · " + venues.role("name", row) : venues.role("name", row));
    link.href = "#" + encodeURIComponent(venues.ids[row]);
    heading.append(link);
    var where = [venues.role("type", row), place(row), venues.role("address", row), near ? sayDistance(row) : ""].filter(Boolean);
    item.append(heading, make("p", where.join(" · "), "quiet"));
    var marks = make("p");
    badges(row).forEach(function (text) { marks.append(make("span", text, "badge"), " "); });
    if (marks.childNodes.length) { item.append(marks); }
    return item;
  }

  function place(row) {
    var city = venues.raw.roles.division ? venues.groupLabel("division", venues.group("division", row)) : "";
    var county = venues.role("division", row);
    return [city, county === city ? "" : county].filter(Boolean).join(" ");
  }

  function drawList() {
    listed = inside(hits);
    list.replaceChildren.apply(list, listed.slice(0, shown).map(card));
    element("found").textContent = fill(words.found, { found: listed.length.toLocaleString(told.lang), all: venues.count.toLocaleString(told.lang) });
    element("none").hidden = listed.length > 0;
    element("more").hidden = listed.length <= shown;
  }

  function show() {
    shown = PAGE;
    hits = order(find(read()));
    drawList();
    if (map) { map.show(hits); }
  }

  function stand(lon, lat, text) {
    near = { lon: lon, lat: lat };
    element("near-said").textContent = text;
    show();
    var nearest = hits.length && away(hits[0]) < Infinity ? [[venues.lon[hits[0]], venues.lat[hits[0]]]] : [];
    if (map) { map.look([[lon, lat]].concat(nearest)); }
  }

  // A place by its name: a city or county (the middle of what is there), or else the first site or object of that name.
  function lookUp(asked) {
    var rows = all.filter(function (row) { return venues.lon[row] !== null && venues.lat[row] !== null; });
    var divided = venues.raw.roles.division ? rows.filter(function (row) { return plain(place(row)).indexOf(asked) >= 0; }) : [];
    var named = divided.length ? divided : rows.filter(function (row) { return searchable()[row].indexOf(asked) >= 0; }).slice(0, 1);
    if (!named.length) { return null; }
    function middle(of) { return named.reduce(function (sum, row) { return sum + of[row]; }, 0) / named.length; }
    return { lon: middle(venues.lon), lat: middle(venues.lat), text: divided.length ? place(named[0]) : venues.role("title", named[0]) || venues.role("name", named[0]) };
  }

  // The cities and counties with their names, each in the middle of what lies there.
  function parts() {
    var found = new Map();
    function add(level, code, text, row) {
      var one = found.get(level + code) || { level: level, text: text, lon: 0, lat: 0, count: 0 };
      found.set(level + code, { level: level, text: text, lon: one.lon + venues.lon[row], lat: one.lat + venues.lat[row], count: one.count + 1 });
    }
    all.forEach(function (row) {
      if (!venues.raw.roles.division || venues.lon[row] === null || venues.lat[row] === null) { return; }
      var city = venues.group("division", row);
      add("city", city, venues.groupLabel("division", city), row);
      if (venues.code("division", row) !== city) { add("county", venues.code("division", row), venues.role("division", row), row); }
    });
    return Array.from(found.values(), function (one) {
      return { level: one.level, text: one.text, lon: one.lon / one.count, lat: one.lat / one.count };
    });
  }

  function term(box, name, content) {
    var line = make("div");
    var value = make("dd");
    value.append(content);
    line.append(make("dt", name), value);
    box.append(line);
  }

  function outside(address) {
    var link = make("a", address);
    link.href = address;
    link.rel = "noreferrer";
    return link;
  }

  // A fact of a place: an address of the web is a link, a code has its label, a number its unit.
  function fact(name, row) {
    var text = venues.say(name, row);
    var unit = venues.raw.fields[name][2];
    return /^https?:\/\/[^\s]+$/.test(text) ? outside(text) : text + (unit ? " " + unit : "");
  }

  // Calling helps where there is a number to call.
  function sayToday(row, phone) {
    var known = hours.state(row, new Date()) !== "unknown";
    return sayState(row) + (known || !phone ? "" : words.pause + words.please_call) + words.stop + (hours.updated ? fill(words.hours_updated, { when: hours.updated }) : "");
  }

  function drawHours(row, phone) {
    var lines = hours ? hours.lines(row, new Date(), venues.language, words) : [];
    element("venue-hours").hidden = !lines.length;
    element("venue-state").textContent = hours ? sayToday(row, phone) : "";
    element("venue-hours-rows").replaceChildren.apply(element("venue-hours-rows"), lines.map(function (line) {
      var made = make("tr");
      [line.kind, line.days, line.time, line.audience, line.first + " – " + line.last].forEach(function (text) { made.append(make("td", text)); });
      return made;
    }));
  }

  // What search engines and other programs read of the place: schema.org.
  function describe(row) {
    var contact = hours ? hours.contact(row) : {};
    var told = {
      "@context": "https://schema.org/", "@type": venues.raw.schema_type, identifier: venues.ids[row],
      name: [venues.role("title", row), venues.role("name", row)].filter(Boolean).join(" "),
      address: [place(row), venues.role("address", row)].filter(Boolean).join(" ")
    };
    if (venues.lon[row] !== null && venues.lat[row] !== null) {
      told.geo = { "@type": "GeoCoordinates", longitude: venues.lon[row], latitude: venues.lat[row] };
    }
    if (venues.role("phone", row) || contact.phone) { told.telephone = venues.role("phone", row) || contact.phone; }
    if (hours && hours.specification(row).length) { told.openingHoursSpecification = hours.specification(row); }
    if (venues.raw.offers.free && venues.flags[row] & 3) { told.isAccessibleForFree = Boolean(venues.flags[row] & FLAGS.free); }
    element("venue-machines").textContent = JSON.stringify(told).replace(/</g, "\\u003c");
  }

  function drawVenue(row) {
    var facts = element("venue-facts");
    var contact = hours ? hours.contact(row) : { phone: "", notice: "" };
    facts.replaceChildren();
    element("venue-name").textContent = [venues.role("title", row), venues.role("name", row)].filter(Boolean).join(" · ");
    [[words.type, venues.role("type", row)], [words.division, place(row)], [words.address, venues.role("address", row)]].forEach(function (pair) {
      if (pair[1]) { term(facts, pair[0], pair[1]); }
    });
    if (badges(row).length) { term(facts, words.offer, badges(row).join(words.comma)); }
    var phone = venues.role("phone", row) || contact.phone;
    if (phone) {
      var call = make("a", phone);
      call.href = "tel:" + phone.replace(/[^\d+]/g, "");
      term(facts, words.phone, call);
    }
    if (/^https?:/.test(contact.notice)) { term(facts, words.notice, outside(contact.notice)); }
    if (venues.lon[row] !== null && venues.lat[row] !== null) {
      term(facts, told.datum, venues.lon[row].toFixed(5) + ", " + venues.lat[row].toFixed(5));
    }
    venues.raw.facts.forEach(function (name) {
      if (venues.say(name, row)) { term(facts, venues.raw.fields[name][venues.language], fact(name, row)); }
    });
    term(facts, words.id, venues.ids[row]);
    drawHours(row, phone);
    describe(row);
  }

  // The address of a place's own page is this page with the place's key after the number sign.
  function route(moved) {
    var id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch (broken) { id = location.hash; }
    var row = Object.prototype.hasOwnProperty.call(venues.place, id) ? venues.place[id] : null;
    var was = element("venue").hidden;
    element("venue").hidden = row === null;
    element("search-part").hidden = row !== null;
    element("lost").hidden = row !== null || !/^[A-Za-z0-9]+[-_]/.test(id);
    if (row !== null) { drawVenue(row); }
    document.title = (row === null ? "" : element("venue-name").textContent + " – ") + told.title;
    element("other-language").href = told.other + (row === null ? "" : "#" + encodeURIComponent(id));
    if (map) { map.choose(row); }
    if (moved && row !== null) { element("venue-name").focus(); }
    if (moved && row === null && !was) { form.elements.q.focus(); }
  }

  function startMap() {
    var box = element("map");
    if (!window.maplibregl || !window.WebGLRenderingContext) { return; }
    try {
      box.hidden = false;
      map = window.sportlake.map(box, venues, told, parts(), function (row) { location.hash = encodeURIComponent(venues.ids[row]); });
    } catch (failed) {
      box.hidden = true;
      map = null;
      return;
    }
    map.loaded(function () { element("still").hidden = true; document.documentElement.dataset.map = "ready"; });
    map.moved(function () { if (form.elements.inside.checked) { shown = PAGE; drawList(); } });
    form.elements.inside.closest(".field").hidden = false;
    map.show(hits);
    route(false);
  }

  offer("division", "city", "county");
  offer("type", "group", "type");
  form.elements.charge.closest(".field").hidden = !(venues.raw.offers.free && venues.raw.offers.paid);
  form.elements.accessible.closest(".field").hidden = !venues.raw.offers.accessible;
  form.elements.now.closest(".field").hidden = !hours;
  if (hours) { element("hours-known").textContent = fill(words.hours_known, { known: hours.known.toLocaleString(told.lang), all: venues.count.toLocaleString(told.lang) }); }
  form.addEventListener("input", function (event) { if (event.target.name !== "place") { show(); } });
  form.addEventListener("reset", function () {
    setTimeout(function () {
      near = null;
      element("near-said").textContent = "";
      ["county", "type"].forEach(function (name) { form.elements[name].disabled = true; });
      show();
    }, 0);
  });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var asked = plain(form.elements.place.value.trim());
    var found = asked ? lookUp(asked) : null;
    if (found) { stand(found.lon, found.lat, fill(words.near, { place: found.text })); } else if (asked) { element("near-said").textContent = words.near_unknown; }
  });
  element("near-me").addEventListener("click", function () {
    if (!navigator.geolocation) { element("near-said").textContent = words.near_refused; return; }
    element("near-said").textContent = words.near_waiting;
    navigator.geolocation.getCurrentPosition(function (at) {
      stand(at.coords.longitude, at.coords.latitude, words.near_me_said);
    }, function () { element("near-said").textContent = words.near_refused; }, { timeout: 10000, maximumAge: 60000 });
  });
  element("more").addEventListener("click", function () {
    var first = shown;
    shown += PAGE;
    drawList();
    list.children[first].querySelector("a").focus();
  });
  window.addEventListener("hashchange", function () { route(true); });
  document.querySelectorAll(".with-script").forEach(function (one) { one.hidden = false; });
  show();
  route(false);
  document.documentElement.dataset.finder = "ready";
  window.addEventListener("load", startMap);
})();
