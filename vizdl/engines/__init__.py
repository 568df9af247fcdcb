"""The maths: pure functions on arrays, NumPy and autograd only."""
