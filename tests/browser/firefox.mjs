// What test_firefox.py runs by Node: reads a JSON object from the command line, opens a recruiter's
// page of a candidate in Firefox, plays the answer, and prints what the player did as another.

import puppeteer from "puppeteer-core";

const { program, signIn, email, password, seconds } = JSON.parse(process.argv[2]);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: program,
  // Where a machine has no sound output, Firefox ends a sound alone with OnMediaSinkAudioError,
  // unless its volume is 0.
  extraPrefsFirefox: { "media.default_volume": "0.0" },
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(signIn);
  await page.locator("input[type=email]").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.locator("button[type=submit]").click();
  await page.locator("::-p-aria([name='Play'][role='button'])").click();
  await page.waitForSelector("video[src], audio[src]");
  const played = await page.evaluate(play, seconds);
  console.log(JSON.stringify({ version: await browser.version(), ...played }));
} finally {
  await browser.close();
}

/** In the page: how long the recording is, where it comes to when sought, and that it plays on. */
async function play(seconds) {
  const media = document.querySelector("video[src], audio[src]");
  const failed = new Promise((_, reject) => {
    media.onerror = () => reject(new Error(`Firefox does not play it: ${media.error.message}`));
  });
  if (media.error) media.onerror();
  const until = (event, isSo) =>
    Promise.race([
      failed,
      new Promise((resolve) => {
        const look = () => isSo() && resolve();
        media.addEventListener(event, look);
        look();
      }),
    ]);
  const playsOn = (from) => until("timeupdate", () => media.currentTime > from + 0.3);

  await until("loadedmetadata", () => media.readyState >= HTMLMediaElement.HAVE_METADATA);
  await playsOn(0);
  media.pause();
  const sought = [];
  for (const second of seconds) {
    media.currentTime = second;
    await until("seeked", () => !media.seeking);
    await until("canplay", () => media.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA);
    const at = media.currentTime;
    await media.play();
    await playsOn(at);
    media.pause();
    sought.push(at);
  }
  media.currentTime = 0;
  await media.play();
  media.playbackRate = 2;
  await until("ended", () => media.ended);
  const { duration, currentTime, videoWidth = 0 } = media;

  const file = await (await fetch(media.src)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 16_000).decodeAudioData(file);
  const loudest = sound.getChannelData(0).reduce((most, at) => Math.max(most, Math.abs(at)), 0);
  const decoded = sound.length / 16_000;
  return { duration, decoded, loudest, sought, end: currentTime, videoWidth };
}
