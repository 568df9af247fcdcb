/* The front page: thumbnails that move while they are in view, and a search. */
(function () {
  "use strict";
  var still = window.matchMedia("(prefers-reduced-motion: reduce)");
  var paused = false;
  var visible = new Set();
  var thumbs = Array.from(document.querySelectorAll("[data-thumb]"));

  function film(thumb) {
    var video = thumb.querySelector("video");
    if (video) return video;
    video = document.createElement("video");
    video.muted = true;
    video.loop = true;
    video.playsInline = true;
    video.tabIndex = -1;
    video.setAttribute("aria-hidden", "true");
    video.src = thumb.dataset.thumb;
    video.addEventListener("playing", function () { thumb.classList.add("moving"); });
    thumb.append(video);
    return video;
  }

  function update(thumb) {
    var moves = visible.has(thumb) && !paused && !still.matches;
    if (moves) film(thumb).play().catch(function () {}); // the poster stays
    else if (thumb.querySelector("video")) thumb.querySelector("video").pause();
  }

  function updateAll() { thumbs.forEach(update); }

  if (thumbs.length && "IntersectionObserver" in window) {
    var watcher = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (entry.isIntersecting) visible.add(entry.target);
        else visible.delete(entry.target);
        update(entry.target);
      });
    }, { threshold: 0.4 });
    thumbs.forEach(function (thumb) { watcher.observe(thumb); });
    still.addEventListener("change", updateAll);

    var motion = document.querySelector("[data-motion]");
    motion.hidden = still.matches;
    still.addEventListener("change", function () { motion.hidden = still.matches; });
    motion.addEventListener("click", function () {
      paused = !paused;
      motion.textContent = paused ? "Move the pictures" : "Pause the pictures";
      updateAll();
    });
  }

  // Search

  var input = document.querySelector("[data-search]");
  var found = document.querySelector("[data-found]");
  var cards = Array.from(document.querySelectorAll("[data-card]"));
  document.querySelector("[data-tools]").hidden = false;

  function plain(text) {
    return text.toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, " ");
  }

  var texts = cards.map(function (card) { return plain(card.dataset.card); });

  function search() {
    var words = plain(input.value).trim().split(" ").filter(Boolean);
    var count = 0;
    cards.forEach(function (card, index) {
      var hit = words.every(function (word) { return texts[index].includes(word); });
      card.hidden = !hit;
      if (hit) count += 1;
    });
    document.querySelectorAll(".lecture").forEach(function (lecture) {
      lecture.hidden = !lecture.querySelector("[data-card]:not([hidden])");
    });
    if (!words.length) found.textContent = "";
    else if (!count) found.textContent = "No concept matches. Try another word.";
    else found.textContent = count === 1 ? "1 concept" : count + " concepts";
  }

  input.addEventListener("input", search);
  search();
})();
