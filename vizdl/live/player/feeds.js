/* What the attributes of a live figure's traces are, taken from its flow of numbers.
 *
 * new vizdl.Feeds(flow).value(feed)    an array, a colour, texts: what vizdl.figures.live declares
 */
(function (vizdl) {
  "use strict";

  class Feeds {
    constructor(flow) {
      this.flow = flow;
      this.rooms = new Map(); // scratch arrays, one a feed
    }

    // Every name that a feed depends on.
    needs(feed) {
      if (feed.entry) return [feed.entry];
      if (feed.pick) return this.needs(feed.by);
      if (feed.texts) return textNames(feed.texts).concat(feed.over || []);
      const rows = [feed.first, feed.last].filter((row) => row && row[0]).map((row) => row[0]);
      return [feed.take].concat(feed.at || [], rows, feed.item.filter((part) => typeof part === "string"));
    }

    value(feed) {
      if (feed.entry) return this.flow.values[feed.entry];
      if (feed.pick) return this.pick(feed);
      if (feed.texts) return this.texts(feed);
      return this.take(feed);
    }

    pick(feed) {
      const chosen = Array.from(this.take(feed.by), (place) => {
        const index = Math.round(place);
        return feed.pick[index < 0 ? feed.pick.length + index : index];
      });
      return feed.single ? chosen[0] : chosen;
    }

    texts(feed) {
      const said = (i) => vizdl.words.fill(feed.texts, (name, at) => this.flow.lookup(name, at, i));
      if (!feed.over) return said(0);
      const over = this.flow.values[feed.over];
      return Array.from({ length: over.rows === undefined ? over : over.rows }, (_, i) => said(i));
    }

    room(feed, size) {
      let room = this.rooms.get(feed);
      if (!room || room.length < size) this.rooms.set(feed, (room = new Float64Array(size)));
      return room;
    }

    row(at, rows) {
      const row = this.flow.index(at);
      return row < 0 && !at[0] ? row + rows : row;
    }

    take(feed) {
      const found = this.flow.values[feed.take];
      if (typeof found !== "object") {
        const room = this.room(feed, 1);
        room[0] = Number(found);
        return room;
      }
      const first = Math.max(0, this.row(feed.first, found.rows));
      const last = feed.last ? Math.min(found.rows - 1, this.row(feed.last, found.rows)) : found.rows - 1;
      let width = 1;
      for (const length of found.shape) width *= length;
      let size = width;
      let offset = 0;
      for (let k = 0; k < feed.item.length; k++) {
        size /= found.shape[k];
        offset += size * this.flow.index(typeof feed.item[k] === "string" ? [feed.item[k], 0] : ["", feed.item[k]]);
      }
      const at = feed.at ? this.flow.values[feed.at] : null;
      if (size === width && !at) return found.data.subarray(first * width, Math.max(first, last + 1) * width);
      const count = at ? at.rows : Math.max(0, last - first + 1);
      const room = this.room(feed, (at ? count : found.data.length / width) * size);
      for (let n = 0, to = 0; n < count; n++) {
        const row = at ? at.data[n] : first + n;
        for (let k = 0, from = row * width + offset; k < size; k++) room[to++] = found.data[from + k];
      }
      return room.subarray(0, count * size);
    }
  }

  function textNames(texts) {
    const names = [];
    const add = (name, at) => {
      names.push(name);
      at.forEach((part) => { if (part[0]) names.push(part[0]); });
    };
    for (const text of texts) {
      if (text.if) add(text.if[0], text.if[1]);
      for (const part of text.say) if (typeof part !== "string") add(part[0], part[1]);
    }
    return names.filter((name) => name !== "i");
  }

  vizdl.Feeds = Feeds;
})((globalThis.vizdl = globalThis.vizdl || {}));
