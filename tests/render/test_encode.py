"""Frames to video and back: what comes out is what went in, whole, in order and in colour."""

import errno
import itertools
import json
import os
import pickle
import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest
import tblib.pickling_support
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl import style
from vizdl.render.convert import Converter, straight
from vizdl.render.encode import (
    FORMATS,
    MANIM,
    PRESETS,
    Encoding,
    SegmentWriter,
    count,
    encoding,
    join,
)

WIDTH, HEIGHT = 64, 48
EXACT = {
    "h264": Encoding("libx264", "yuv444p", {"qp": "0", "threads": "1"}, ".mp4"),
    "vp9": Encoding("libvpx-vp9", "yuv420p", {"lossless": "1", "threads": "1"}, ".webm"),
    "rgb": Encoding("libx264rgb", "bgr0", {"qp": "0", "threads": "1"}, ".mkv", None),
}
FILMS = {f"{f}-{p}": encoding(f, p) for f in ("mp4", "webm") for p in PRESETS} | {
    f"transparent-{p}": encoding("webm", p, transparent=True) for p in PRESETS
}
ALL = FILMS | EXACT | {"manim": MANIM, "gif": encoding("gif")}


def rgb(colour):
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def film(frames, seed=0):
    """A box and a line that move over the course's background. Shape (frames, height, width, 4)."""
    pictures = np.empty((frames, HEIGHT, WIDTH, 4), np.uint8)
    pictures[:] = (*rgb(style.BACKGROUND.dark), 255)
    start = np.random.default_rng(seed).integers(0, 40)
    for k, picture in enumerate(pictures):
        x = (start + k) % 40
        picture[8:30, x : x + 20, :3] = rgb(style.POSITIVE.dark)
        picture[(start + 2 * k) % HEIGHT, :, :3] = rgb(style.GRADIENT.dark)
    return pictures


def segment(path, code, pictures, rate=30, repeat=1):
    with SegmentWriter(path, code, pictures.shape[2], pictures.shape[1], rate) as writer:
        for picture in pictures:
            writer.write(picture, repeat)
    return path


def segments(folder, code, pictures, cuts, rate=30):
    edges = [0, *cuts, len(pictures)]
    return [
        segment(folder / f"{k}{code.container}", code, pictures[a:b], rate)
        for k, (a, b) in enumerate(itertools.pairwise(edges))
    ]


def samples(frame):
    """The planes of a frame without their padding."""
    wide = 4 if len(frame.planes) == 1 else 1
    return [
        np.frombuffer(memoryview(plane), np.uint8)
        .reshape(plane.height, -1)[:, : wide * plane.width]
        .copy()
        for plane in frame.planes
    ]


def decoded(path):
    with av.open(str(path)) as container:
        return [samples(frame) for frame in container.decode(video=0)]


def see_through(path):
    """The frames of a transparent film, by a decoder that, unlike FFmpeg's own, reads opacity."""
    decoder = av.CodecContext.create("libvpx-vp9", "r")
    with av.open(str(path)) as container:
        packets = list(container.demux(video=0))
        frames = [frame for packet in packets for frame in decoder.decode(packet)]
    return [samples(frame) for frame in frames]


def to_rgb(planes):
    """BT.709 with its limited range, as the recommendation defines it. Luma at full resolution."""
    y, u, v = (plane.astype(float) for plane in planes[:3])
    rows, columns = y.shape[0] // u.shape[0], y.shape[1] // u.shape[1]
    u, v = (np.repeat(np.repeat(plane, rows, 0), columns, 1) for plane in (u, v))
    y, u, v = (y - 16) / 219, (u - 128) / 224, (v - 128) / 224
    red, blue = y + 1.5748 * v, y + 1.8556 * u
    green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
    return 255 * np.clip(np.stack([red, green, blue], -1), 0, 1)


def packets(path):
    with av.open(str(path)) as container:
        return [packet for packet in container.demux(video=0) if packet.size]


# Presets


@pytest.mark.parametrize("format", [f for f in FORMATS if f != "png"])
def test_each_preset_is_another_encoding_and_tells_all_of_it(format):
    codes = [encoding(format, preset) for preset in PRESETS]
    assert encoding(format) == encoding(format, "share")
    told = [json.dumps(code.about(), sort_keys=True) for code in codes]
    assert len(set(told)) == len(PRESETS)
    for code in codes:
        assert pickle.loads(pickle.dumps(code)) == code
        assert code.about()["options"] == code.options
        assert code.options["threads"] == "1"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mp4", "share", True), "mp4 can't be seen through"),
        (("gif", "draft", True), "gif can't be seen through"),
        (("png",), "a png is one picture"),
        (("avi",), "no format 'avi': choose one of mp4, webm, gif, png"),
        (("mp4", "best"), "no preset 'best': choose one of draft, share, archive"),
    ],
)
def test_refusals_say_what_there_is(arguments, said):
    with pytest.raises(ValueError, match=said):
        encoding(*arguments)


def test_a_shared_film_in_full_hd_asks_no_more_of_a_player_than_level_4_2(tmp_path):
    picture = np.full((1, 1080, 1920, 4), 255, np.uint8)
    path = segment(tmp_path / "a.mp4", encoding("mp4"), picture, rate=60)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.extradata[3] <= 42  # AVCLevelIndication, ISO 14496-15
        assert (stream.profile, stream.pix_fmt) == ("High", "yuv420p")


# Segments and films


@settings(max_examples=15)
@given(
    kind=st.sampled_from(sorted(EXACT)),
    cuts=st.sets(st.integers(1, 23), max_size=6),
    rate=st.sampled_from([15, 60, Fraction(30000, 1001)]),
)
def test_any_split_joins_to_the_same_film(tmp_path_factory, kind, cuts, rate):
    code, pictures = EXACT[kind], film(24, seed=len(cuts))
    folder = tmp_path_factory.mktemp("film")
    parts = segments(folder, code, pictures, sorted(cuts), rate)
    whole = folder / f"whole{code.container}"
    join(parts, whole, code, rate)
    assert count(whole) == sum(map(count, parts)) == len(pictures)
    converter = Converter(code.pixel_format, code.matrix)
    given_frames = [samples(converter.convert(picture)) for picture in pictures]
    shown = decoded(whole)
    if kind == "rgb":  # x264 decodes to planes of green, blue and red
        shown = [[np.stack([p[2], p[0], p[1]], -1)] for p in shown]
        given_frames = [[f[0].reshape(HEIGHT, WIDTH, 4)[..., 2::-1]] for f in given_frames]
    for one, other in zip(shown, given_frames, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    check_times(whole, len(pictures), rate, [0, *sorted(cuts)])


def check_times(path, frames, rate, starts):
    found = packets(path)
    places = [packet.pts * packet.time_base * rate for packet in found]
    assert sorted(round(place) for place in places) == list(range(frames))
    tick = float(found[0].time_base * rate)  # a WebM counts in milliseconds
    exact = path.suffix == ".mp4"
    assert np.allclose([float(place - round(place)) for place in places], 0, atol=tick / 2)
    assert all(later.dts > earlier.dts for earlier, later in itertools.pairwise(found))
    keys = {round(p.pts * p.time_base * rate) for p in found if p.is_keyframe}
    assert keys.issuperset(starts)
    with av.open(str(path)) as container:
        assert container.duration == pytest.approx(1e6 * frames / rate, abs=1 if exact else 1000)
        if exact:
            video = container.streams.video[0]
            assert video.duration * video.time_base == Fraction(frames) / rate
        assert container.streams.video[0].average_rate == rate


@pytest.mark.parametrize("name", sorted(FILMS))
def test_films_play_through_and_look_like_what_was_drawn(tmp_path, name):
    code, pictures = FILMS[name], film(20)
    parts = segments(tmp_path, code, pictures, [1, 3, 11], rate=60)
    parts.append(segment(tmp_path / f"rest{code.container}", code, pictures[-1:], 60, repeat=9))
    whole = tmp_path / f"film{code.container}"
    join(parts, whole, code, 60)
    check_times(whole, 29, 60, [0, 1, 3, 11, 20])
    shown = decoded(whole)
    assert len(shown) == 29
    for planes, picture in zip(shown, [*pictures, *pictures[-1:].repeat(9, 0)], strict=True):
        luma = picture[..., :3] @ np.array([0.2126, 0.7152, 0.0722]) / 255 * 219 + 16
        assert np.abs(planes[0] - luma).mean() < 6
    with av.open(str(whole)) as container:
        video = container.streams.video[0].codec_context
        assert (video.colorspace, video.color_range) == (1, 1)  # BT.709, limited
        assert (video.color_primaries, video.color_trc) == (1, 13)  # BT.709, sRGB


def test_an_mp4_has_its_index_in_front(tmp_path):
    parts = segments(tmp_path, encoding("mp4"), film(6), [2])
    join(parts, tmp_path / "film.mp4", encoding("mp4"), 30)
    data = (tmp_path / "film.mp4").read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("role", style.ROLES, ids=lambda role: role.name)
@pytest.mark.parametrize(("format", "levels"), [("mp4", 2), ("webm", 6)])
def test_a_shared_film_keeps_the_colours_of_the_course(tmp_path, format, levels, role):
    picture = np.full((1, HEIGHT, WIDTH, 4), 255, np.uint8)
    picture[..., :3] = rgb(style.BACKGROUND.dark)
    picture[:, 16:, :, :3] = rgb(role.dark)
    code = encoding(format)
    path = segment(tmp_path / f"a{code.container}", code, picture, repeat=30)
    for planes in decoded(path):
        shown = to_rgb(planes)
        assert np.abs(shown[:12] - rgb(style.BACKGROUND.dark)).max() <= levels
        assert np.abs(shown[20:] - rgb(role.dark)).max() <= levels


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_same_frames_are_the_same_bytes_in_any_process(tmp_path, name):
    code, pictures = ALL[name], film(31, seed=3)
    one = segment(tmp_path / f"one{code.container}", code, pictures).read_bytes()
    two = segment(tmp_path / f"two{code.container}", code, pictures).read_bytes()
    assert one == two
    np.save(tmp_path / "film.npy", pictures)
    (tmp_path / "code.pickle").write_bytes(pickle.dumps(code))
    # What glibc fills memory with before it is written: an encoder must not read it.
    dirty = {"MALLOC_PERTURB_": "170", "MALLOC_MMAP_THRESHOLD_": "4294967296"}
    subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(tmp_path), f"three{code.container}"],
        check=True,
        env=os.environ | dirty,
    )
    assert (tmp_path / f"three{code.container}").read_bytes() == one


ELSEWHERE = """
import pickle, sys
from pathlib import Path
import numpy as np
from vizdl.render.encode import SegmentWriter
folder = Path(sys.argv[1])
code, film = pickle.loads((folder / "code.pickle").read_bytes()), np.load(folder / "film.npy")
with SegmentWriter(folder / sys.argv[2], code, film.shape[2], film.shape[1], 30) as writer:
    for picture in film:
        writer.write(picture)
"""


# What is written


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_repeated_frame_is_that_frame_again_and_its_array_is_free(tmp_path, name):
    code, pictures = ALL[name], film(3)
    twice = segment(tmp_path / f"a{code.container}", code, pictures.repeat(4, 0))
    shared = np.empty_like(pictures[0])
    with SegmentWriter(tmp_path / f"b{code.container}", code, WIDTH, HEIGHT, 30) as writer:
        for picture in pictures:
            shared[:] = picture
            writer.write(shared, repeat=4)
            shared[:] = 99
    assert writer.frames == 12
    assert writer.path.read_bytes() == twice.read_bytes()


@given(data=st.data())
def test_converting_what_changed_is_converting_all(data):
    kind = data.draw(st.sampled_from(["yuv420p", "yuv444p", "yuva420p", "bgr0"]))
    width, height = (2 * data.draw(st.integers(8, 60)) for _ in range(2))
    noise = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    pictures = noise.integers(0, 256, (3, height, width, 4), np.uint8)
    pictures[..., 3] //= data.draw(st.sampled_from([1, 128, 255]))
    pictures[..., 3] *= noise.integers(0, 2, (3, height, width), np.uint8)
    pictures[..., :3] = np.minimum(pictures[..., :3], pictures[..., 3:])
    matrix = None if kind == "bgr0" else data.draw(st.sampled_from([None, "bt709"]))
    converter = Converter(kind, matrix)
    picture = pictures[0].copy()
    converter.convert(picture)
    for other in pictures[1:]:
        left, right = sorted(data.draw(st.integers(0, width)) for _ in range(2))
        top, bottom = sorted(data.draw(st.integers(0, height)) for _ in range(2))
        picture[top:bottom, left:right] = other[top:bottom, left:right]
        part = samples(converter.convert(picture, (left, top, right, bottom)))
        whole = samples(Converter(kind, matrix).convert(picture))
        assert all(np.array_equal(a, b) for a, b in zip(part, whole, strict=True))


def test_half_opacity_keeps_its_colour():
    colour = np.array(rgb(style.NEGATIVE.dark))
    picture = np.zeros((4, 4, 4), np.uint8)
    picture[:2, :, 3], picture[:2, :, :3] = 128, colour * 128 // 255
    picture[2, 0] = (*colour, 255)
    made = straight(picture)
    assert np.array_equal(made[..., 3], picture[..., 3])
    assert np.abs(made[:2, :, :3].astype(int) - colour).max() <= 2
    assert np.abs(made[2:, :2, :3].astype(int) - colour).max() <= 2  # the clear ones beside it
    assert np.array_equal(made[2:, 2:], np.zeros((2, 2, 4), np.uint8))


@pytest.mark.parametrize("preset", PRESETS)
def test_opacity_survives_in_a_transparent_film(tmp_path, preset):
    code, colour = encoding("webm", preset, transparent=True), np.array(rgb(style.POSITIVE.dark))
    picture = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    picture[:, :32] = (*colour, 255)
    picture[24:, :32] = (*(colour * 128 // 255), 128)
    parts = [
        segment(tmp_path / f"{k}.webm", code, np.stack([picture] * frames))
        for k, frames in enumerate((3, 5))
    ]
    join(parts, tmp_path / "film.webm", code, 30)
    with av.open(str(tmp_path / "film.webm")) as container:
        assert container.streams.video[0].metadata["alpha_mode"] == "1"
    frames = see_through(tmp_path / "film.webm")
    assert len(frames) == 8
    for *colours, opacity in frames:
        assert np.abs(opacity[4:20, 4:28].astype(int) - 255).max() <= 3
        assert np.abs(opacity[28:44, 4:28].astype(int) - 128).max() <= 3
        assert opacity[4:44, 36:].max() <= 3
        shown = to_rgb(colours)
        assert np.abs(shown[4:20, 4:28] - colour).max() <= 8
        assert np.abs(shown[28:44, 4:28] - colour).max() <= 8


# GIF


def test_a_gif_of_few_colours_is_exact_and_does_not_flicker(tmp_path):
    code, pictures = encoding("gif"), film(20)
    parts = segments(tmp_path, code, pictures, [7])
    parts.append(segment(tmp_path / "rest.mkv", code, pictures[-1:], repeat=10))
    join(parts, tmp_path / "film.gif", code, 30)
    with av.open(str(tmp_path / "film.gif")) as container:
        frames = list(container.decode(video=0))
        assert container.duration == pytest.approx(1e6, abs=1e4)
    shown = [frame.to_ndarray(format="rgb24") for frame in frames]
    assert np.array_equal(shown[:20], pictures[..., :3])
    assert all(np.array_equal(frame, shown[19]) for frame in shown[20:])
    assert [frame.pts for frame in frames] == [round(100 * k / 30) for k in range(30)]


def test_a_gif_of_many_colours_comes_close(tmp_path):
    ramp = np.linspace(0, 1, WIDTH)[:, None]
    colours = (1 - ramp) * rgb(style.NEGATIVE.dark) + ramp * rgb(style.POSITIVE.dark)
    shade = np.linspace(0.4, 1, HEIGHT)[:, None, None]
    pictures = np.full((8, HEIGHT, WIDTH, 4), 255, np.uint8)
    pictures[..., :3] = colours * shade
    code = encoding("gif")
    join(segments(tmp_path, code, pictures, [3]), tmp_path / "film.gif", code, 15)
    with av.open(str(tmp_path / "film.gif")) as container:
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert np.abs(shown[0].astype(int) - pictures[0, ..., :3]).mean() < 4
    assert all(np.array_equal(frame, shown[0]) for frame in shown)


@pytest.mark.parametrize(("preset", "every"), [("draft", 4), ("share", 2), ("archive", 2)])
def test_a_gif_leaves_out_what_browsers_would_slow_down(tmp_path, preset, every):
    code, pictures = encoding("gif", preset), film(21)
    join(segments(tmp_path, code, pictures, [5, 6], 60), tmp_path / "film.gif", code, 60)
    with av.open(str(tmp_path / "film.gif")) as container:
        frames = list(container.decode(video=0))
    times = [frame.pts for frame in frames]
    assert np.diff(times).min() >= 2
    assert times == [round(100 * k / 60) for k in range(0, 21, every)]
    shown = [frame.to_ndarray(format="rgb24") for frame in frames]
    assert np.array_equal(shown, pictures[::every, ..., :3])


# Manim


@pytest.mark.slow
@pytest.mark.parametrize("size", [(64, 48), (854, 480)], ids=str)
def test_with_manims_settings_frames_and_packets_are_manims(tmp_path, size):
    from manim._config.output import OutputFormat, OutputSpec
    from manim._config.video_encoder import resolve_video_encoder
    from manim.scene.video_segment_encoder import VideoSegmentEncoder

    width, height = size
    noise = np.random.default_rng(0)
    pictures = noise.integers(0, 256, (5, height, width, 4), np.uint8)
    pictures[..., 3] = 255
    code = resolve_video_encoder(
        OutputSpec(OutputFormat.MP4, False, False, False),
        width=width,
        height=height,
        frame_rate=30,
        options={"threads": "1"},
    )
    assert (MANIM.codec, MANIM.pixel_format) == (code.codec, code.pixel_format)
    assert (MANIM.container, dict(MANIM.options)) == (".mp4", dict(code.options))
    theirs = VideoSegmentEncoder(target=tmp_path / "theirs.mp4", spec=code)
    with SegmentWriter(tmp_path / "ours.mp4", MANIM, width, height, 30) as ours:
        for repeat, picture in enumerate(pictures, start=1):
            theirs.write_frame(picture, repeat=repeat)
            ours.write(picture, repeat)
    theirs.finish()
    one, two = packets(theirs.target), packets(ours.path)
    assert [bytes(packet) for packet in one] == [bytes(packet) for packet in two]
    assert [(p.pts, p.dts) for p in one] == [(p.pts, p.dts) for p in two]
    assert len(one) == 15


# Faults


@pytest.mark.parametrize(
    ("size", "said"), [((63, 48), "even, not 63 × 48"), ((64, 47), "even, not 64 × 47")]
)
def test_an_odd_size_is_refused(tmp_path, size, said):
    with pytest.raises(ValueError, match=said):
        SegmentWriter(tmp_path / "a.mp4", encoding("mp4"), *size, 30)
    assert not list(tmp_path.iterdir())


def test_what_is_no_frame_is_refused(tmp_path):
    picture = film(1)[0]
    with SegmentWriter(tmp_path / "a.mp4", MANIM, WIDTH, HEIGHT, 30) as writer:
        for wrong in (picture[:, :, :3], picture.astype(float), picture[:, ::-1], picture[1:]):
            with pytest.raises(ValueError, match=r"uint8 of shape \(48, 64, 4\), not one of"):
                writer.write(wrong)
        with pytest.raises(ValueError, match="once or more, not 0 times"):
            writer.write(picture, repeat=0)
        writer.write(picture)
    assert count(writer.path) == 1
    with pytest.raises(ValueError, match="is closed"):
        writer.write(picture)
    writer.close()  # a second time: nothing to do
    writer.abort()
    assert count(writer.path) == 1


def test_a_segment_without_frames_leaves_no_file(tmp_path):
    writer = SegmentWriter(tmp_path / "a.mp4", MANIM, WIDTH, HEIGHT, 30)
    with pytest.raises(ValueError, match="got no frame"):
        writer.close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", sorted(ALL))
def test_an_aborted_segment_leaves_no_file(tmp_path, name):
    code = ALL[name]
    writer = SegmentWriter(tmp_path / f"a{code.container}", code, WIDTH, HEIGHT, 30)
    for picture in film(3):
        writer.write(picture, repeat=20)
    writer.abort()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        SegmentWriter(tmp_path / "none" / "a.mp4", MANIM, WIDTH, HEIGHT, 30)
    assert caught.value.errno == errno.ENOENT
    (tmp_path / "a.mp4").mkdir()
    with pytest.raises(IsADirectoryError):
        SegmentWriter(tmp_path / "a.mp4", MANIM, WIDTH, HEIGHT, 30)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize("name", sorted(ALL))
def test_a_full_disk_is_an_error_of_the_system_and_leaves_no_file(tmp_path, name):
    code, pictures = ALL[name], film(40)
    place = tmp_path / f"full{code.container}"
    place.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left") as caught:
        segment(place, code, pictures)
    assert caught.value.errno == errno.ENOSPC
    tblib.pickling_support.install()  # as Dask does: what came before an error is sent with it
    assert pickle.loads(pickle.dumps(caught.value)).errno == errno.ENOSPC
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize("code", [encoding("mp4"), encoding("webm"), encoding("gif")], ids=str)
def test_a_film_on_a_full_disk_leaves_no_file(tmp_path, code):
    parts = segments(tmp_path, code, film(8), [3])
    ending = ".gif" if code.most_frames else code.container
    place = tmp_path / f"film{ending}"
    place.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left") as caught:
        join(parts, place, code, 30)
    assert caught.value.errno == errno.ENOSPC
    assert sorted(tmp_path.iterdir()) == sorted(parts)


def test_damaged_segments_are_found_out(tmp_path):
    code = encoding("mp4")
    one, two = segments(tmp_path, code, film(8), [3])
    target = tmp_path / "film.mp4"
    with pytest.raises(ValueError, match="no segments"):
        join([], target, code, 30)
    two.write_bytes(two.read_bytes()[:-200])
    with pytest.raises(ValueError, match=r"1\.mp4"):
        join([one, two], target, code, 30)
    two.write_bytes(b"")
    with pytest.raises(ValueError, match=r"1\.mp4"):
        count(two)
    two.unlink()
    with pytest.raises(FileNotFoundError) as caught:
        join([one, two], target, code, 30)
    assert caught.value.filename == str(two)
    other = segment(two, code, film(8), rate=15)
    with pytest.raises(ValueError, match="do not follow each other"):
        join([one, other], target, code, 30)
    assert not target.exists()
