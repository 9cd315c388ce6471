"use strict";
// Opening hours: whether a place is open at a moment, and the lines of its table. Times are those of Beijing, whatever the reader's clock says.
window.sportlake.hours = function (raw) {
  var hours = raw.hours;
  if (!hours) { return null; }
  var holidays = new Set(raw.holidays);
  var byPlace = new Map(hours.venues.map(function (venue) { return [venue[0], venue]; }));
  var HOLIDAY = 128;
  var EVERY_DAY = 255;

  // The moment in Beijing: day, time, and the bit of the day of the week.
  function moment(date) {
    var there = new Date(date.getTime() + 8 * 3600000);
    var day = there.toISOString();
    return { day: day.slice(0, 10), time: day.slice(11, 16), bit: 1 << ((there.getUTCDay() + 6) % 7), holiday: holidays.has(day.slice(0, 10)) };
  }

  function spansOf(place) {
    var venue = byPlace.get(place);
    return venue ? venue[1].map(function (at) { return hours.spans[at]; }) : [];
  }

  function inForce(span, now) { return span[4] <= now.day && (!span[5] || now.day <= span[5]); }

  // The hours of that kind on that day; on a public holiday those for holidays, if there are any.
  function ofDay(spans, now) {
    var special = now.holiday ? spans.filter(function (span) { return span[1] & HOLIDAY; }) : [];
    return special.length ? special : spans.filter(function (span) { return span[1] & now.bit; });
  }

  // "open", "closed", or "unknown" where no hours for everybody are on record for that day.
  function state(place, date) {
    var now = moment(date);
    var spans = spansOf(place).filter(function (span) { return inForce(span, now); });
    var closures = spans.filter(function (span) { return span[0] === "c" && span[6] === ""; });
    if (ofDay(closures, now).some(function (span) { return !span[2] || !span[3] || within(span, now); })) { return "closed"; }
    var open = spans.filter(function (span) { return span[6] === ""; });
    var adjusted = ofDay(open.filter(function (span) { return span[0] === "a"; }), now);
    var regular = open.filter(function (span) { return span[0] === "r"; });
    if (!adjusted.length && !regular.length) { return "unknown"; }
    return (adjusted.length ? adjusted : ofDay(regular, now)).some(function (span) { return within(span, now); }) ? "open" : "closed";
  }

  // 23:59 is how the data write midnight.
  function within(span, now) { return span[2] <= now.time && (now.time < span[3] || span[3] === "23:59"); }

  // The names of the days in a span's bits: one for a run of days, such as Monday to Friday.
  function nameDays(bits, words) {
    if (bits === EVERY_DAY) { return words.every_day; }
    var names = [];
    for (var day = 0; day < 7; day += 1) {
      if (!(bits & 1 << day)) { continue; }
      var last = day;
      while (last < 6 && bits & 1 << (last + 1)) { last += 1; }
      names.push(last > day ? words.days[day] + words.to + words.days[last] : words.days[day]);
      day = last;
    }
    if (bits & HOLIDAY) { names.push(words.days[7]); }
    return names.join(words.comma);
  }

  function lines(place, date, language, words) {
    var now = moment(date);
    return spansOf(place).filter(function (span) { return !span[5] || span[5] >= now.day; }).map(function (span) {
      var audience = span[6] && hours.audiences[span[6]];
      return {
        kind: words.kinds[span[0]], days: nameDays(span[1], words), first: span[4], last: span[5],
        time: span[2] && span[3] ? span[2] + "–" + (span[3] === "23:59" ? "24:00" : span[3]) : words.all_day,
        audience: audience ? audience[language] : words.everyone
      };
    });
  }

  function contact(place) {
    var venue = byPlace.get(place);
    return { phone: venue ? venue[2] : "", notice: venue ? venue[3] : "" };
  }

  // For machines: the regular hours for everybody as schema.org names them.
  function specification(place) {
    var names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "PublicHolidays"];
    return spansOf(place).filter(function (span) { return span[0] === "r" && span[6] === ""; }).map(function (span) {
      var told = {
        "@type": "OpeningHoursSpecification", opens: span[2], closes: span[3], validFrom: span[4],
        dayOfWeek: names.filter(function (_, bit) { return span[1] & 1 << bit; }).map(function (name) { return "https://schema.org/" + name; })
      };
      if (span[5]) { told.validThrough = span[5]; }
      return told;
    });
  }

  return { state: state, lines: lines, contact: contact, specification: specification, updated: hours.updated, known: byPlace.size };
};
