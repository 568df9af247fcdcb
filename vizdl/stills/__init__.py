"""Printable stills, one a concept: what stands where a video or a figure can't."""
