"use strict";
// Reads the columns of the data file back (venue_columns.py) and gives them as one object. Shows nothing.
window.sportlake = (function () {
  var DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  var value = {};
  DIGITS.split("").forEach(function (one, at) { value[one] = at; });

  function readPlaces(at) {
    return typeof at === "string" ? Array.from(at, function (one) { return value[one]; }) : at;
  }

  function readTexts(column) {
    if (column.front) {
      var before = "";
      return column.front.map(function (cell) {
        before = before.slice(0, value[cell[0]]) + cell.slice(1);
        return before;
      });
    }
    return readPlaces(column.at).map(function (at) { return column.values[at]; });
  }

  function readDegrees(column) {
    var now = 0;
    return column.steps.map(function (step) {
      if (step === null) { return null; }
      now += step;
      return now / 100000;
    });
  }

  function read(raw, lang) {
    var language = lang === "zh" ? 0 : 1;
    var columns = {};
    Object.keys(raw.columns).forEach(function (name) {
      var column = raw.columns[name];
      columns[name] = { texts: readTexts(column), at: column.at ? readPlaces(column.at) : null, raw: column };
    });

    // What a cell says to the reader: the label of its code, or the cell.
    function say(name, row) {
      var column = columns[name];
      if (!column) { return ""; }
      return column.raw.labels ? column.raw.labels[column.at[row]][language] : column.texts[row];
    }

    function role(name, row) { return raw.roles[name] ? say(raw.roles[name], row) : ""; }

    // The group of a row's code: its city, or its kind.
    function group(name, row) {
      var column = columns[raw.roles[name]];
      return column && column.raw.groups ? column.raw.groups[column.at[row]] : "";
    }

    function groupLabel(name, code) {
      var labels = columns[raw.roles[name]].raw.group_labels;
      return labels && labels[code] ? labels[code][language] : code;
    }

    function code(name, row) { return raw.roles[name] ? columns[raw.roles[name]].texts[row] : ""; }

    var ids = readTexts(raw.id);
    var place = {};
    ids.forEach(function (id, row) { place[id] = row; });
    return {
      raw: raw, language: language, count: raw.count, ids: ids, place: place,
      lon: readDegrees(raw.lon), lat: readDegrees(raw.lat), flags: readPlaces(raw.flags),
      say: say, role: role, code: code, group: group, groupLabel: groupLabel
    };
  }

  // Kilometres between two places on a sphere.
  function distance(lon, lat, otherLon, otherLat) {
    var rad = Math.PI / 180;
    var up = Math.sin((otherLat - lat) * rad / 2);
    var along = Math.sin((otherLon - lon) * rad / 2);
    var part = up * up + Math.cos(lat * rad) * Math.cos(otherLat * rad) * along * along;
    return 12742 * Math.asin(Math.sqrt(part));
  }

  return { read: read, distance: distance };
})();
