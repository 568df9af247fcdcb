"""Cairo's pixels to what an encoder takes: the costly step beside encoding itself.

Nothing is copied on the way in, and of a frame of which a part changed only that part is converted,
into the frame that the encoder had before. Both give the very bytes that converting all does.
"""

from __future__ import annotations

from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (height, width, 4), RGBA, colours multiplied by their opacity
Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels

REACH = 8  # pixels around a change whose colour it may change too: colour is averaged
MARGIN = 16  # pixels around those that are converted with them, for the same reason


class Converter:
    """Turns pictures of one size into frames of one pixel format.

    `matrix` is "bt709" for its limited range, or None for what FFmpeg takes by itself (BT.601).
    """

    def __init__(self, pixel_format: str, matrix: str | None) -> None:
        self._format = pixel_format
        self._has_alpha = pixel_format.startswith("yuva")
        self._matrix = {} if matrix is None else {
            "dst_colorspace": Colorspace.ITU709, "dst_color_range": ColorRange.MPEG,
        }  # fmt: skip
        self._reformatter = VideoReformatter()
        self._frame: av.VideoFrame | None = None
        self._planes: list[tuple[NDArray[Any], int]] = []

    def convert(self, rgba: Pixels, changed: Box | None = None) -> av.VideoFrame:
        """The picture as a frame, which holds until the next one is asked for.

        With `changed`, the picture is the one before but for the pixels in that box.
        """
        if changed is None or self._frame is None:
            self._frame = self._reformat(rgba)
            self._planes = _planes(self._frame)
        else:
            self._update(rgba, changed)
        return self._frame

    def _update(self, rgba: Pixels, box: Box) -> None:
        height, width = rgba.shape[:2]
        left, top = (max(0, edge // 2 * 2 - REACH) for edge in box[:2])
        right = min(width, -(-box[2] // 2) * 2 + REACH)
        bottom = min(height, -(-box[3] // 2) * 2 + REACH)
        if box[0] >= box[2] or box[1] >= box[3] or left >= right or top >= bottom:
            return
        x, y = max(0, left - MARGIN), max(0, top - MARGIN)
        part = self._reformat(rgba[y : bottom + MARGIN, x : right + MARGIN])
        for (old, step), (new, _) in zip(self._planes, _planes(part), strict=True):
            x0, x1, y0, y1 = left // step, -(-right // step), top // step, -(-bottom // step)
            down, across = y // step, x // step
            old[y0:y1, x0:x1] = new[y0 - down : y1 - down, x0 - across : x1 - across]

    def _reformat(self, rgba: Pixels) -> av.VideoFrame:
        if self._has_alpha:
            rgba = straight(rgba)
        given = av.VideoFrame.from_numpy_buffer(rgba, format="rgba")
        return self._reformatter.reformat(given, format=self._format, threads=1, **self._matrix)


def straight(rgba: Pixels) -> Pixels:
    """The picture with colours that are not multiplied by their opacity, as files hold them.

    Cairo multiplies; taken as it is, half-transparent ink turns dark. Where nothing is drawn, a
    pixel takes the colour of its block of four, as those share one colour in 4:2:0 video. Height
    and width are even.
    """
    height, width = rgba.shape[:2]
    alpha = np.ascontiguousarray(rgba[:, :, 3])
    made = rgba.copy()
    partly = np.nonzero(alpha - np.uint8(1) < 254)  # 0 wraps round to 255
    some = rgba[partly].astype(np.uint16)  # (N, 4)
    down, across = partly
    made[down, across, :3] = np.minimum((some[:, :3] * 255 + some[:, 3:] // 2) // some[:, 3:], 255)
    pairs = (alpha > 0).view(np.uint16)  # of neighbours in a row: 0x0101 where both are drawn
    upper, lower = pairs[::2], pairs[1::2]
    rows, columns = np.nonzero(((upper | lower) > 0) & ((upper & lower) < 0x0101))
    blocks = (height // 2, 2, width // 2, 2, 4)
    edge = rgba.reshape(blocks)[rows, :, columns].astype(np.uint32)  # (N, 2, 2, 4)
    total = edge.sum((1, 2), keepdims=True)
    mean = np.minimum(total[..., :3] * 255 // total[..., 3:], 255)
    filled = made.reshape(blocks)[rows, :, columns]
    filled[..., :3] = np.where(edge[..., 3:] > 0, filled[..., :3], mean)
    made.reshape(blocks)[rows, :, columns] = filled
    return made


def _planes(frame: av.VideoFrame) -> list[tuple[NDArray[Any], int]]:
    """Each plane as rows of samples, and how many pixels a sample stands for each way."""
    kind = np.uint32 if len(frame.planes) == 1 else np.uint8  # a packed pixel is four bytes
    planes = []
    for plane in frame.planes:
        samples = np.frombuffer(memoryview(plane), kind).reshape(plane.height, -1)
        planes.append((samples, -(-frame.width // plane.width)))
    return planes
