// Unpacks the Chromium of @sparticuz/chromium, with the libraries and the font that it needs, into
// node_modules/.chromium, once. The package itself would do it into /tmp, and leave
// the libraries out where it is not Amazon's Linux.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inflate } from "@sparticuz/chromium";

const PACKED = fileURLToPath(new URL("../bin/", import.meta.resolve("@sparticuz/chromium")));
const FOLDER = fileURLToPath(new URL("node_modules/.chromium", import.meta.url));

// Chromium shows text in the package's font alone, so that pages look the same on every machine.
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir>${FOLDER}/fonts/cache</cachedir>
</fontconfig>
`;

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
process.env.TMPDIR = FOLDER; // where `inflate` writes to
await Promise.all(
  ["chromium.br", "al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br"].map((name) =>
    inflate(PACKED + name),
  ),
);
writeFileSync(`${FOLDER}/fonts.conf`, FONTS);
