// Shows what happens to reports while a person reads: rows are marked and new ones counted, but
// nothing moves and typed text stays. One tab of a browser listens and informs the others.
var live = document.querySelector("[data-live]"), fresh = new Set();
if (live && window.EventSource && window.BroadcastChannel && navigator.locks) {
  var others = new BroadcastChannel("laporan");
  others.onmessage = function (message) { happened(message.data); };
  navigator.locks.request("laporan", function () {
    var stream = new EventSource(live.dataset.live);
    stream.addEventListener("report", function (event) {
      var report = JSON.parse(event.data);
      others.postMessage(report);
      happened(report);
    });
    stream.addEventListener("presence", function (event) {
      var opened = {opened: JSON.parse(event.data).number};
      others.postMessage(opened);
      happened(opened);
    });
    stream.addEventListener("missed", function () {
      others.postMessage(null);
      happened(null);
    });
    return new Promise(function () {});
  });
}
function happened(report) {
  if (report && report.opened) {
    if (document.querySelector("[data-report='" + report.opened + "']")) { present(); }
    return;
  }
  recount();
  if (!report) { return missed(); }
  var row = document.getElementById("laporan-" + report.number);
  var list = document.querySelector("[data-tab]");
  document.querySelectorAll("[data-report='" + report.number + "']").forEach(function (open) {
    if (report.version > Number(open.dataset.version)) { tell(open, report); }
  });
  if (row && report.version > Number(row.dataset.version)) { mark(row); }
  if (!row && list && belongs(list, report)) { fresh.add(report.number); count(list); }
}
// After a long break it is unknown what happened: everything shown may have changed.
function missed() {
  var list = document.querySelector("[data-tab]");
  document.querySelectorAll("[data-report]").forEach(function (open) {
    tell(open, {version: open.dataset.version});
  });
  if (list) { offer(list, words("Daftar ini mungkin berubah — tampilkan", "This list may have changed — show")); }
}
function belongs(list, report) {
  var agency = list.dataset.agency, tab = list.dataset.tab;
  return (!agency || Number(agency) === report.handler_id) && (!tab || tab === report.tab);
}
function mark(row) {
  if (row.querySelector(".changed")) { return; }
  var flag = document.createElement("span");
  flag.className = "flag changed";
  flag.textContent = words("berubah", "changed");
  row.append(flag);
}
function count(list) {
  offer(list, fresh.size + words(" laporan baru — tampilkan", " new — show"));
}
function offer(list, text) {
  var bar = list.querySelector(".fresh");
  bar.querySelector("a").textContent = text;
  bar.hidden = false;
}
// The counts of the tabs are fetched once for all events within a second, and not by a hidden page,
// which fetches them when it is shown again.
var recounting = 0, uncounted = false;
function recount() {
  var tabs = document.querySelector("[data-counts]");
  uncounted = Boolean(tabs) && document.hidden;
  if (!tabs || uncounted || recounting) { return; }
  recounting = setTimeout(function () {
    recounting = 0;
    fetch(tabs.dataset.counts).then(function (answer) {
      return answer.ok ? answer.json() : {};
    }).then(function (counts) {
      tabs.querySelectorAll("[data-count]").forEach(function (place) {
        place.textContent = counts[place.dataset.count] || place.textContent;
      });
    }).catch(function () {});
  }, 1000);
}
document.addEventListener("visibilitychange", function () {
  if (uncounted) { recount(); }
  present();
});
function tell(open, report) {
  open.dataset.version = report.version;
  fetch(open.dataset.since).then(function (answer) {
    return answer.ok ? answer.text() : "";
  }).then(function (text) {
    var page = new DOMParser().parseFromString(text, "text/html");
    var words = page.getElementById("sejak");
    if (!words || !words.querySelector("li")) { return; }
    open.querySelector("[data-words]").replaceChildren.apply(
      open.querySelector("[data-words]"), Array.from(words.childNodes));
    open.hidden = false;
  });
}
// Shows who else has the report open, while it is visible: again when others open or leave it, and
// often enough to be counted as present. `baru` is set the first time.
var inSight = "";
function present() {
  var form = document.querySelector("[data-presence]");
  if (!form || document.hidden) { return; }
  var body = new FormData(form);
  if (inSight !== form.action) { body.set("baru", "ya"); }
  inSight = form.action;
  fetch(form.action, {method: "POST", body: body}).then(function (answer) {
    return answer.ok ? answer.text() : "";
  }).then(function (text) {
    var page = new DOMParser().parseFromString(text, "text/html");
    var words = page.getElementById("pembaca"), line = form.nextElementSibling;
    if (!words || line.textContent === words.textContent) { return; }
    line.textContent = words.textContent;
    line.hidden = !words.textContent;
  }).catch(function () {});
}
present();
setInterval(present, 25000);
