/* What recorded programs need in a page: functions that Math does not have, and a runner.
 *
 * var run = vizdlRuntime.runner(program, capacity, keep) makes a program (an expression that
 * vizdl.live.emit writes) ready for up to `capacity` steps. All room is set aside here.
 *   run.inputs, run.start  by name: what may be changed, and the state to begin with
 *   run.rows               room for `capacity` items of each sequence, one after the other
 *   run.run(n)             n steps from the start; says how many were taken
 *   run.more(n)            goes on from there
 *   run.states             by name, one row after the other: before the first step, after each
 *   run.outputs            by name, what each step gave
 *   run.steps, run.stopped how many steps there are; whether the program's own end has come
 * `keep` names the states and outputs of which every step is kept, all if left out. In reverse,
 * step by step from the last item, rows stand in the order of the items.
 */
(function (scope) {
  "use strict";

  var LN2 = Math.LN2;

  function numbers(text) {
    var bytes = atob(text);
    var view = new DataView(new ArrayBuffer(bytes.length));
    for (var i = 0; i < bytes.length; i++) view.setUint8(i, bytes.charCodeAt(i));
    var result = new Float64Array(bytes.length / 8);
    for (var k = 0; k < result.length; k++) result[k] = view.getFloat64(8 * k, true);
    return result;
  }

  function logaddexp(a, b) {
    if (a === b) return a + LN2;
    var d = a - b;
    return d > 0 ? a + Math.log1p(Math.exp(-d)) : d <= 0 ? b + Math.log1p(Math.exp(d)) : d;
  }

  function rint(x) {
    return Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
  }

  function remainder(a, b) {
    var r = a % b;
    return r !== 0 && r < 0 !== b < 0 ? r + b : r;
  }

  function floorDivide(a, b) {
    return b === 0 ? a / b : Math.round((a - remainder(a, b)) / b);
  }

  // erf by its series without cancellation, erfc from 2 on by its continued fraction:
  // Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6 and 7.1.14.
  function erf(x) {
    if (Math.abs(x) > 2) return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
    var square = 2 * x * x;
    var term = x;
    var sum = x;
    for (var n = 3; term > 1e-17 * sum || term < 1e-17 * sum; n += 2) {
      term *= square / n;
      sum += term;
      if (n > 120) break;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }

  function erfc(x) {
    if (!(Math.abs(x) > 2)) return 1 - erf(x);
    if (x < 0) return 2 - erfc(-x);
    var tail = x;
    for (var k = 60; k > 0; k--) tail = x + k / 2 / tail;
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
  }

  var lib = {
    numbers: numbers, logaddexp: logaddexp, rint: rint, remainder: remainder,
    floorDivide: floorDivide, erf: erf, erfc: erfc
  };

  function each(named, visit) {
    Object.keys(named).forEach(function (name) { visit(name, named[name]); });
  }

  function runner(program, capacity, keep) {
    var p = program(lib);
    var wanted = function (name) { return !keep || keep.indexOf(name) >= 0; };
    var made = {
      program: p, inputs: p.inputs, start: {}, rows: {}, states: {}, outputs: {},
      steps: 0, stopped: false, run: run, more: more
    };
    var feeds = []; // {room, slot}: the items of a sequence, and where a step reads its own
    var states = []; // {room, slot}: what is kept of a state, and where it stands now
    var outputs = [];
    each(p.sequences, function (name, slot) {
      made.rows[name] = new Float64Array(capacity * slot.length);
      made.rows[name].set(p.rows[name].subarray(0, made.rows[name].length));
      feeds.push({ room: made.rows[name], slot: slot });
    });
    each(p.state, function (name, slot) {
      made.start[name] = slot.slice();
      if (!wanted(name)) return;
      made.states[name] = new Float64Array((capacity + 1) * slot.length);
      states.push({ room: made.states[name], slot: slot });
    });
    each(p.outputs, function (name, slot) {
      if (!wanted(name)) return;
      made.outputs[name] = new Float64Array(capacity * slot.length);
      outputs.push({ room: made.outputs[name], slot: slot });
    });
    var names = Object.keys(p.state);
    var stop = p.stop ? p.outputs[p.stop] : null;

    function write(kept, row) {
      for (var k = 0; k < kept.length; k++) {
        kept[k].room.set(kept[k].slot, row * kept[k].slot.length);
      }
    }

    function read(row) {
      for (var k = 0; k < feeds.length; k++) {
        var room = feeds[k].room;
        var slot = feeds[k].slot;
        for (var i = 0, at = row * slot.length; i < slot.length; i++) slot[i] = room[at + i];
      }
    }

    function run(n) {
      for (var k = 0; k < names.length; k++) p.state[names[k]].set(made.start[names[k]]);
      made.steps = 0;
      made.stopped = false;
      write(states, p.reverse ? Math.min(n, capacity) : 0);
      return more(n);
    }

    function more(n) {
      var last = Math.min(capacity, made.steps + n);
      while (made.steps < last && !made.stopped) {
        var row = p.reverse ? last - 1 - made.steps : made.steps;
        read(row);
        p.step();
        write(outputs, row);
        write(states, p.reverse ? row : row + 1);
        made.steps += 1;
        made.stopped = stop !== null && stop[0] !== 0;
      }
      return made.steps;
    }

    return made;
  }

  scope.vizdlRuntime = { lib: lib, runner: runner };
})(globalThis);
