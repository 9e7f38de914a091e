"use strict";
// Finds the options that fit a typed text, even without accents, shortened or misspelt.
var MISSPELT = 7, NOT = 20;  // what a word costs; less where it fits better
// Returns the options that have each word, in any order, the best first and its group with it. A
// word begins, shortens or, if nothing else fits, nearly spells a word of the option, of its group
// or of its other words, which are then shown with it.
function fitting(options, asked) {
  var wanted = plain(asked), groups = {};
  if (!wanted.length) { return options; }
  var rated = options.filter(function (one) { return one.value; }).map(function (one) {
    var own = plain(one.name), around = plain(one.group), begins = own.join(" ").indexOf(wanted.join(" "));
    var others = one.also.split(",").map(plain);
    var costs = wanted.map(function (word) {
      var called = Math.min.apply(null, others.map(function (other) { return cost(word, other) + 1; }));
      if (called < cost(word, own)) { one.about = one.also; }
      return Math.min(cost(word, own), called, cost(word, around) + 3);
    });
    return {option: one, worst: Math.max.apply(null, costs), sum: costs.reduce(function (a, b) { return a + b; })
      + ([own].concat(others).some(function (other) { return other.join(" ") === wanted.join(" "); }) ? -2 : begins ? 0 : -1)};
  });
  var near = rated.some(function (one) { return one.worst < MISSPELT; }) ? MISSPELT : NOT;
  rated = rated.filter(function (one) { return one.worst < near; });
  rated.forEach(function (one) {
    var group = one.option.group;
    groups[group] = Math.min(one.sum, group in groups ? groups[group] : one.sum);
  });
  return rated.sort(function (a, b) {
    var of = [a.option.group, b.option.group];
    return groups[of[0]] - groups[of[1]] || of[0].localeCompare(of[1]) || a.sum - b.sum;
  }).map(function (one) { return one.option; });
}
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}
function cost(asked, own) {
  return own.reduce(function (least, word, n) {
    return Math.min(least, word === asked ? 0 : word.startsWith(asked) ? 1
      : shortens(asked, own.slice(n)) ? 2 : nearly(asked, word) ? MISSPELT : NOT);
  }, NOT);
}
// Abbreviations as people write them: jln, bdg (its consonants), PJU (first letters), jateng
// (beginnings).
function shortens(asked, own) {
  var initials = own.slice(0, asked.length).map(function (word) { return word[0]; }).join("");
  if (asked.length < 2) { return false; }
  if (asked === initials || (asked.length > 3 && joined(asked, own))) { return true; }
  return !/[aeiou\d]/.test(asked) && asked[0] === own[0][0] && holds(own[0], asked);
}
function joined(asked, own) {
  for (var n = 2; own.length && own[0].startsWith(asked.slice(0, n)); n++) {
    if (n >= asked.length || joined(asked.slice(n), own.slice(1))) { return true; }
  }
  return false;
}
function holds(word, letters) {
  var at = 0;
  return Array.from(letters).every(function (letter) {
    at = word.indexOf(letter, at) + 1;
    return at;
  });
}
// Accepts one letter wrong, missing or too many, or two swapped, in a word of five or more.
function nearly(asked, word) {
  var n = 0;
  if (asked.length < 5 && (asked.length < 4 || word.length !== 5)) { return false; }
  while (n < asked.length && asked[n] === word[n]) { n++; }
  var rest = asked.slice(n), other = word.slice(n);
  return other.slice(1).startsWith(rest.slice(1)) || other.startsWith(rest.slice(1))
    || other.slice(1).startsWith(rest) || other.startsWith(rest.slice(1, 2) + rest[0] + rest.slice(2));
}
