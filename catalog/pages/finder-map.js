"use strict";
// The map: outlines, clusters and points with MapLibre GL. Nothing is fetched; where there is no WebGL the drawn map of the page stays.
window.sportlake.map = function (element, venues, told, names, chosen) {
  var library = window.maplibregl;
  var SOURCE = "venues";

  function colour(name) { return getComputedStyle(element).getPropertyValue(name).trim(); }

  function outlines() {
    var raw = window.sportlakeOutlines;
    var rings = raw ? raw.rings : [];
    return { type: "FeatureCollection", features: rings.map(function (steps) {
      var points = [];
      for (var at = 0, x = 0, y = 0; at < steps.length; at += 2) {
        x += steps[at];
        y += steps[at + 1];
        points.push([x / raw.per_degree, y / raw.per_degree]);
      }
      return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [points] } };
    }) };
  }

  function points(rows) {
    return { type: "FeatureCollection", features: rows.filter(function (row) { return venues.lon[row] !== null && venues.lat[row] !== null; })
      .map(function (row) {
        return { type: "Feature", properties: { row: row }, geometry: { type: "Point", coordinates: [venues.lon[row], venues.lat[row]] } };
      }) };
  }

  function paint() {
    return [
      { id: "sea", type: "background", paint: { "background-color": colour("--mist") } },
      { id: "land", type: "fill", source: "outlines", paint: { "fill-color": colour("--paper") } },
      { id: "borders", type: "line", source: "outlines", paint: { "line-color": colour("--quiet"), "line-width": 1 } },
      { id: "clusters", type: "circle", source: SOURCE, filter: ["has", "point_count"], paint: {
        "circle-color": colour("--family"), "circle-radius": ["step", ["get", "point_count"], 14, 100, 18, 1000, 24] } },
      { id: "single", type: "circle", source: SOURCE, filter: ["!", ["has", "point_count"]], paint: {
        "circle-color": colour("--family"), "circle-radius": 7, "circle-stroke-color": colour("--paper"), "circle-stroke-width": 2 } },
      { id: "chosen", type: "circle", source: "chosen", paint: {
        "circle-color": colour("--focus"), "circle-radius": 11, "circle-stroke-color": colour("--ink"), "circle-stroke-width": 3 } }
    ];
  }

  var map = new library.Map({
    container: element, attributionControl: false, bounds: [[told.box[0], told.box[2]], [told.box[1], told.box[3]]], maxZoom: 17, minZoom: 4,
    dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: 0, cooperativeGestures: false, locale: told.words.map,
    style: { version: 8, layers: paint(), sources: {
      outlines: { type: "geojson", data: outlines() },
      venues: { type: "geojson", data: points([]), cluster: true, clusterRadius: 46, clusterMaxZoom: 15 },
      chosen: { type: "geojson", data: points([]) }
    } }
  });
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.touchZoomRotate.disableRotation();

  // Fonts would have to be fetched, so what is written on the map is ordinary text above it. It is in the list too: programs that read aloud skip it.
  function write(text, name, at) {
    var made = document.createElement("span");
    made.className = name;
    made.textContent = text;
    var marker = new library.Marker({ element: made }).setLngLat(at).addTo(map);
    ["role", "tabindex", "aria-label"].forEach(function (attribute) { made.removeAttribute(attribute); });
    made.setAttribute("aria-hidden", "true");
    return marker;
  }

  // Names of cities, and of counties where there is room, in the middle of what lies there.
  function nameParts() {
    element.classList.toggle("close", map.getZoom() >= 8.5);
    element.classList.toggle("far", map.getZoom() < 5.4);
  }
  nameParts();
  map.on("load", function () { names.forEach(function (one) { write(one.text, "part " + one.level, [one.lon, one.lat]); }); });
  map.on("zoom", nameParts);

  var figures = new Intl.NumberFormat(told.lang === "zh" ? "zh-CN" : "en", { notation: "compact", maximumFractionDigits: 1 });
  var labels = new Map();
  function label() {
    var seen = new Set();
    map.querySourceFeatures(SOURCE, { filter: ["has", "point_count"] }).forEach(function (feature) {
      var id = feature.properties.cluster_id;
      seen.add(id);
      if (labels.has(id)) { return; }
      var count = feature.properties.point_count;
      var marker = write(figures.format(count), "cluster", feature.geometry.coordinates);
      marker.getElement().dataset.radius = count < 100 ? 14 : count < 1000 ? 18 : 24;  // as its circle
      labels.set(id, marker);
    });
    labels.forEach(function (marker, id) {
      if (!seen.has(id)) { marker.remove(); labels.delete(id); }
    });
  }
  // Where names would lie upon figures, on points of clusters or on each other, the later one is left out until there is room.
  function uncrowd() {
    var taken = Array.from(element.querySelectorAll(".cluster")).map(function (one) { return roundBox(one); });
    element.querySelectorAll(".part").forEach(function (one) {
      var box = textBox(one);
      var covered = taken.some(function (other) {
        return box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top;
      });
      one.classList.toggle("covered", covered);
      if (!covered) { taken.push(box); }
    });
  }
  // A cluster is a circle around its figure; a name stands below the middle of its box.
  function roundBox(one) {
    var box = one.getBoundingClientRect();
    var x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2, reach = Number(one.dataset.radius) - 6;  // a name may touch the rim
    return { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach };
  }
  function textBox(one) {
    var box = one.getBoundingClientRect();
    var above = parseFloat(getComputedStyle(one).paddingTop);
    return { left: box.left, right: box.right, top: box.top + above, bottom: box.bottom };
  }
  function relabel() { labels.forEach(function (marker) { marker.remove(); }); labels.clear(); }
  map.on("idle", function () { label(); uncrowd(); });
  map.on("move", function () { if (map.isSourceLoaded(SOURCE)) { label(); } });

  map.on("click", "clusters", function (event) {
    var feature = event.features[0];
    map.getSource(SOURCE).getClusterExpansionZoom(feature.properties.cluster_id).then(function (zoom) {
      map.easeTo({ center: feature.geometry.coordinates, zoom: zoom, animate: !calm() });
    });
  });
  map.on("click", "single", function (event) { chosen(event.features[0].properties.row); });
  ["clusters", "single"].forEach(function (layer) {
    map.on("mouseenter", layer, function () { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, function () { map.getCanvas().style.cursor = ""; });
  });
  function calm() { return matchMedia("(prefers-reduced-motion: reduce)").matches; }

  var ready = false;
  var waiting = [];
  function whenReady(task) { if (ready) { task(); } else { waiting.push(task); } }
  map.on("load", function () { ready = true; waiting.forEach(function (task) { task(); }); waiting = []; });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () {
    whenReady(function () {
      paint().forEach(function (layer) {
        Object.keys(layer.paint).forEach(function (name) { map.setPaintProperty(layer.id, name, layer.paint[name]); });
      });
    });
  });

  return {
    show: function (rows) { whenReady(function () { relabel(); map.getSource(SOURCE).setData(points(rows)); }); },
    choose: function (row) {
      whenReady(function () {
        map.getSource("chosen").setData(points(row === null ? [] : [row]));
        if (row !== null && venues.lon[row] !== null) {
          map.jumpTo({ center: [venues.lon[row], venues.lat[row]], zoom: Math.max(map.getZoom(), 13) });
        }
      });
    },
    // Shows all these points, and no less than a few kilometres.
    look: function (points) {
      var bounds = points.reduce(function (box, point) { return box.extend(point); }, new maplibregl.LngLatBounds());
      whenReady(function () { map.fitBounds(bounds, { padding: 48, maxZoom: 12, animate: false }); });
    },
    bounds: function () { return map.getBounds(); },
    moved: function (task) { map.on("moveend", task); },
    loaded: function (task) { whenReady(task); }
  };
};
