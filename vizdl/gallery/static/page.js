/* A page with a film: captions under the video, chapters and transcript that seek, lecture mode. */
(function () {
  "use strict";

  // A film is one reel or, on the page of a lecture, several that follow each other.

  function Film(root) {
    var self = this;
    this.root = root;
    this.video = root.querySelector("video");
    this.reels = JSON.parse(root.dataset.reels);
    this.reel = 0;
    this.marks = Array.from(root.querySelectorAll("[data-time]"));
    this.rests = [];
    this.reels.forEach(function (reel, index) {
      reel.rests.forEach(function (time) { self.rests.push({ reel: index, time: time }); });
    });
    this.target = null;
    this.captions();
    this.seeking();
    this.lecture();
  }

  // What is done now, or as soon as the reel is there.
  Film.prototype.show = function (index, then) {
    var self = this, video = this.video, reel = this.reels[index];
    if (index !== this.reel) {
      this.reel = index;
      video.querySelectorAll("source, track").forEach(function (part) { part.remove(); });
      video.poster = reel.poster;
      video.src = reel.source;
      var track = document.createElement("track");
      Object.assign(track, { kind: "captions", srclang: "en", label: "English", default: true, src: reel.track });
      video.append(track);
      this.captions();
      video.load();
    }
    if (video.readyState >= 1) return then();
    video.addEventListener("loadedmetadata", function () {
      if (self.reel === index) then();
    }, { once: true });
    return undefined;
  };

  // The captions stand under the picture, not on it; without JavaScript the native track shows.
  Film.prototype.captions = function () {
    var line = this.root.querySelector("[data-caption]");
    var track = this.video.querySelector("track").track;
    track.mode = "hidden";
    line.hidden = false;
    track.addEventListener("cuechange", function () {
      var cue = track.activeCues && track.activeCues[0];
      line.textContent = cue ? cue.getCueAsHTML().textContent : "";
    });
  };

  Film.prototype.seeking = function () {
    var self = this;
    this.marks.forEach(function (mark) {
      mark.addEventListener("click", function (event) {
        event.preventDefault();
        self.show(Number(mark.dataset.reel), function () {
          self.video.currentTime = Number(mark.dataset.time) + 0.01;
          self.video.play().catch(function () {});
          self.highlight();
        });
      });
    });
    this.video.addEventListener("timeupdate", function () { self.highlight(); });
    this.video.addEventListener("ended", function () {
      if (self.on || self.reel + 1 >= self.reels.length) return;
      self.show(self.reel + 1, function () { self.video.play().catch(function () {}); });
    });
  };

  Film.prototype.highlight = function () {
    var self = this, now = this.video.currentTime;
    var started = now > 0 || this.reel > 0;
    this.marks.forEach(function (mark) {
      var here = started && Number(mark.dataset.reel) === self.reel &&
        now >= Number(mark.dataset.time) && now < Number(mark.dataset.end);
      if (here) mark.setAttribute("aria-current", "true");
      else mark.removeAttribute("aria-current");
    });
  };

  // Lecture mode: each rest of the scene is a slide; going on plays to the next rest.

  Film.prototype.lecture = function () {
    var self = this;
    var tools = this.root.querySelector("[data-film-tools]");
    this.slides = this.root.querySelector("[data-slides]");
    this.counter = this.root.querySelector("[data-slide-count]");
    this.opener = this.root.querySelector("[data-lecture]");
    if (!this.rests.length) return;
    tools.hidden = false;
    this.opener.addEventListener("click", function () { self.enter(); });
    this.slides.querySelector("[data-slide=back]").addEventListener("click", function () { self.back(); });
    this.slides.querySelector("[data-slide=forward]").addEventListener("click", function () { self.forward(); });
    this.slides.querySelector("[data-slide=leave]").addEventListener("click", function () { self.leave(); });
    document.addEventListener("fullscreenchange", function () {
      if (!document.fullscreenElement && self.on) self.leave();
    });
    document.addEventListener("keydown", function (event) {
      if (self.on) self.key(event);
    });
  };

  Film.prototype.enter = function () {
    this.on = true;
    this.slide = -1;
    this.video.pause();
    this.video.controls = false;
    this.root.classList.add("lecturing");
    this.slides.hidden = false;
    document.documentElement.classList.add("lecture-open");
    if (this.root.requestFullscreen) this.root.requestFullscreen().catch(function () {});
    this.slides.querySelector("[data-slide=forward]").focus();
    this.forward();
  };

  Film.prototype.leave = function () {
    this.on = false;
    this.stop();
    this.video.pause();
    this.video.controls = true;
    this.root.classList.remove("lecturing");
    this.slides.hidden = true;
    document.documentElement.classList.remove("lecture-open");
    if (document.fullscreenElement) document.exitFullscreen().catch(function () {});
    this.opener.focus();
  };

  Film.prototype.key = function (event) {
    var onButton = event.target.closest && event.target.closest("button");
    if (["ArrowRight", "ArrowDown", "PageDown"].includes(event.key)) this.forward();
    else if (["ArrowLeft", "ArrowUp", "PageUp"].includes(event.key)) this.back();
    else if (event.key === " " && !onButton) this.forward();
    else if (event.key === "Home") this.jump(0);
    else if (event.key === "End") this.jump(this.rests.length - 1);
    else if (event.key === "Escape") this.leave();
    else if (event.key === "Tab") return this.trap(event);
    else return;
    event.preventDefault();
  };

  Film.prototype.trap = function (event) {
    var buttons = Array.from(this.slides.querySelectorAll("button"));
    var at = buttons.indexOf(document.activeElement);
    var next = (at + (event.shiftKey ? -1 : 1) + buttons.length) % buttons.length;
    buttons[next].focus();
    event.preventDefault();
  };

  Film.prototype.forward = function () {
    var self = this;
    if (this.target !== null) return this.jump(this.slide); // still on its way: be there at once
    if (this.slide >= this.rests.length - 1) return;
    this.slide += 1;
    var rest = this.rests[this.slide];
    var first = this.slide === 0 || this.rests[this.slide - 1].reel !== rest.reel;
    this.target = rest;
    this.count();
    this.show(rest.reel, function () {
      if (self.target !== rest) return;
      if (first) self.video.currentTime = 0;
      self.video.play().catch(function () {});
      self.follow();
    });
  };

  Film.prototype.back = function () {
    if (this.slide <= 0) return this.jump(0);
    this.jump(this.slide - 1);
  };

  Film.prototype.jump = function (slide) {
    var self = this;
    this.stop();
    this.slide = slide;
    this.video.pause();
    this.count();
    this.show(this.rests[slide].reel, function () {
      if (self.slide === slide) self.video.currentTime = self.at(slide);
    });
  };

  Film.prototype.at = function (slide) {
    return Math.max(0, Math.min(this.rests[slide].time, this.video.duration || Infinity) - 0.05);
  };

  Film.prototype.follow = function () {
    var self = this;
    this.watching = window.requestAnimationFrame(function () {
      if (self.target === null) return;
      if (self.video.ended || self.video.currentTime >= self.at(self.slide)) {
        self.jump(self.slide); // exactly there, however late this frame came
      } else {
        self.follow();
      }
    });
  };

  Film.prototype.stop = function () {
    window.cancelAnimationFrame(this.watching);
    this.target = null;
  };

  Film.prototype.count = function () {
    this.counter.textContent = this.slide + 1 + " / " + this.rests.length;
  };

  // The list of sections marks the one that is being read.

  function follow(links) {
    var watcher = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) return;
        links.forEach(function (link) {
          if (link.hash === "#" + entry.target.id) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        });
      });
    }, { rootMargin: "-20% 0px -75% 0px" });
    links.forEach(function (link) { watcher.observe(document.querySelector(link.hash)); });
  }

  // Copying

  function copier(block) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", function () {
      var text = block.querySelector("code").textContent;
      var done = function () {
        button.textContent = "Copied";
        window.setTimeout(function () { button.textContent = "Copy"; }, 1500);
      };
      var select = function () { // no clipboard for this page: select it for the reader
        window.getSelection().selectAllChildren(block.querySelector("code"));
        button.textContent = "Selected";
      };
      if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, select);
      else select();
    });
    block.closest(".use").querySelector(".use-head").append(button);
  }

  document.querySelectorAll("[data-film]").forEach(function (root) { new Film(root); });
  document.querySelectorAll("[data-copy]").forEach(copier);
  follow(Array.from(document.querySelectorAll(".contents a")));
})();
