// What test_longest_answer.py runs by Node: reads a JSON object from the command line, makes the
// longest recording as MediaRecorder does, of generated packets, and prints the size of what the
// frontend would send.

import { randomFillSync } from "node:crypto";
import { remux } from "../../frontend/features/candidate/answering/remux.ts";
import { bitrates, kindOfType } from "../../frontend/lib/recording.ts";
import * as mediabunny from "../../frontend/node_modules/mediabunny/dist/modules/src/index.js";

// The most that is asked of a camera (devices.ts), and the shortest packets that browsers write:
// what is small costs the container the most.
const FRAMES_A_SECOND = 30;
const SOUNDS_A_SECOND = 50;
const CONTAINERS = {
  webm: () => new mediabunny.WebMOutputFormat({ appendOnly: true }),
  mp4: () => new mediabunny.Mp4OutputFormat({ fastStart: "fragmented" }),
  ogg: () => new mediabunny.OggOutputFormat(),
};
const CODECS = { webm: ["vp8", "opus"], mp4: ["avc", "aac"], ogg: [null, "opus"] };
const CONFIGS = {
  vp8: { codec: "vp8", codedWidth: 640, codedHeight: 480 },
  avc: {
    codec: "avc1.42E01E",
    codedWidth: 640,
    codedHeight: 480,
    description: bytes("0142e01effe10009 6742e01eda0280f684 01000568ce3c80 00"),
  },
  opus: {
    codec: "opus",
    numberOfChannels: 1,
    sampleRate: 48_000,
    description: bytes("4f70757348656164 01 01 0000 80bb0000 0000 00"),
  },
  aac: {
    codec: "mp4a.40.2",
    numberOfChannels: 1,
    sampleRate: 48_000,
    description: bytes("1188"),
  },
};

const { mimeType, seconds, bitsPerSecond } = JSON.parse(process.argv[2]);
const raw = await recorded();
const sent = await remux([raw], mimeType);
console.log(JSON.stringify({ raw: raw.size, sent: sent.file.size, seconds: sent.seconds }));

async function recorded() {
  const kind = kindOfType(mimeType);
  const bits = bitrates(kind, bitsPerSecond);
  const container = mimeType.split("/")[1];
  const [videoCodec, audioCodec] = CODECS[container];
  const target = new mediabunny.BufferTarget();
  const output = new mediabunny.Output({ format: CONTAINERS[container](), target });
  const video = kind === "video" && new mediabunny.EncodedVideoPacketSource(videoCodec);
  const audio = new mediabunny.EncodedAudioPacketSource(audioCodec);
  if (video) output.addVideoTrack(video);
  output.addAudioTrack(audio);
  await output.start();
  for (let second = 0; second < seconds; second += 1) {
    if (video) await fill(video, videoCodec, bits.videoBitsPerSecond, FRAMES_A_SECOND, second);
    await fill(audio, audioCodec, bits.audioBitsPerSecond, SOUNDS_A_SECOND, second);
  }
  await output.finalize();
  return new Blob([target.buffer], { type: mimeType });
}

/** A second of packets of one track: as many bytes as the encoder was told. */
async function fill(source, codec, bits, packets, second) {
  for (let number = 0; number < packets; number += 1) {
    const data = randomFillSync(new Uint8Array(Math.round(bits / 8 / packets)));
    const isKey = number === 0 || source instanceof mediabunny.EncodedAudioPacketSource;
    if (codec === "avc") {
      // One NAL unit: its length, and its type.
      new DataView(data.buffer).setUint32(0, data.length - 4);
      data[4] = isKey ? 0x65 : 0x41;
    }
    if (codec === "opus") data[0] = 0xf8; // one frame of 20 ms
    const packet = new mediabunny.EncodedPacket(
      data,
      isKey ? "key" : "delta",
      second + number / packets,
      1 / packets,
    );
    await source.add(packet, { decoderConfig: CONFIGS[codec] });
  }
}

function bytes(hex) {
  return new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}
