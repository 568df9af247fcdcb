/* Random numbers by a counter, the same as vizdl.engines.draws gives in Python: see there.
 * Every function fills an array that is given, and makes no garbage. A key is made once.
 */
(function (scope) {
  "use strict";

  var ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
  var PARITY = 0x1bd11bda;
  var keys = new Int32Array(3);
  var words = new Int32Array(2);

  // Fills `words` for the counter (first, second).
  function threefry(key, first, second) {
    keys[0] = key[0];
    keys[1] = key[1];
    keys[2] = key[0] ^ key[1] ^ PARITY;
    var x0 = (first + keys[0]) | 0;
    var x1 = (second + keys[1]) | 0;
    for (var r = 0; r < 20; r++) {
      var turn = ROTATIONS[r % 8];
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << turn) | (x1 >>> (32 - turn))) ^ x0;
      if (r % 4 === 3) {
        var s = (r >> 2) + 1;
        x0 = (x0 + keys[s % 3]) | 0;
        x1 = (x1 + keys[(s + 1) % 3] + s) | 0;
      }
    }
    words[0] = x0;
    words[1] = x1;
  }

  function key(seed) {
    var made = new Int32Array([seed, 0]);
    for (var k = 1; k < arguments.length; k++) {
      threefry(made, arguments[k] | 0, 1);
      made.set(words);
    }
    return made;
  }

  function number(key, at) {
    threefry(key, at | 0, 0);
    return ((words[0] >>> 5) * 67108864 + (words[1] >>> 6)) / 9007199254740992;
  }

  function uniform(key, out, low, high) {
    var from = low === undefined ? 0 : low;
    var width = (high === undefined ? 1 : high) - from;
    for (var i = 0; i < out.length; i++) out[i] = from + width * number(key, i);
    return out;
  }

  function normal(key, out) {
    for (var i = 0; i < out.length; i++) {
      var radius = Math.sqrt(-2 * Math.log(1 - number(key, 2 * i)));
      out[i] = radius * Math.cos(2 * Math.PI * number(key, 2 * i + 1));
    }
    return out;
  }

  function integers(key, out, below) {
    for (var i = 0; i < out.length; i++) out[i] = Math.floor(number(key, i) * below);
    return out;
  }

  // One row of the orders of 0 … out.length - 1.
  function permutation(key, out, row) {
    var count = out.length;
    var at = (row || 0) * count;
    for (var i = 0; i < count; i++) out[i] = i;
    for (var last = count - 1; last > 0; last--, at++) {
      var k = Math.floor(number(key, at) * (last + 1));
      var kept = out[last];
      out[last] = out[k];
      out[k] = kept;
    }
    return out;
  }

  scope.vizdlRuntime.draws = {
    key: key, threefry: function (key, first, second) { threefry(key, first, second); return words; },
    uniform: uniform, normal: normal, integers: integers, permutation: permutation
  };
})(globalThis);
