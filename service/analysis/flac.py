"""A recording's sound for an engine elsewhere: FLAC, and nothing of the file that it came from."""

import io

import av
import numpy as np

from service.analysis.sound import RATE, Sound


def encoded(heard: Sound) -> bytes:
    """The sound as a file of its own, without any metadata."""
    samples = np.round(np.clip(heard, -1, 1) * 32767).astype(np.int16).reshape(1, -1)
    written = io.BytesIO()
    with av.open(written, "w", format="flac") as output:
        stream = output.add_stream("flac", rate=RATE, layout="mono", format="s16")
        step = stream.codec_context.frame_size or 4096
        for begin in range(0, samples.shape[1], step):
            part = np.ascontiguousarray(samples[:, begin : begin + step])
            frame = av.AudioFrame.from_ndarray(part, format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, begin
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return written.getvalue()
