import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { COLUMN_NAMES, readCandidates } from "./csv.ts";

// The service knows the same: tests/service/test_candidate_files.py.
const COLUMNS = new URL("../../tests/samples/columns.json", import.meta.url);

const read = (...parts: BlobPart[]) => readCandidates(new File(parts, "candidates.csv"));

async function addresses(...parts: BlobPart[]): Promise<string[]> {
  const file = await read(...parts);
  assert.ok("addresses" in file, JSON.stringify(file));
  return file.addresses;
}

async function refusal(...parts: BlobPart[]): Promise<string> {
  const file = await read(...parts);
  assert.ok("slug" in file, JSON.stringify(file));
  assert.equal(file.slug, "unreadable_file");
  assert.ok(file.hint);
  return file.message;
}

const TWO = ["a@x.example", "b@x.example"];

test("as spreadsheets save it", async () => {
  const files = [
    "Email\na@x.example\nb@x.example\n",
    "Name,Email\r\nJane,a@x.example\r\nJohn,b@x.example\r\n",
    "Name;E-Mail\nJane;a@x.example\nJohn;b@x.example",
    "Name\tmail\nJane\ta@x.example\nJohn\tb@x.example",
    '"Name","email address"\n"Doe, Jane","a@x.example"\n"Doe, ""JD"" John","b@x.example"',
    "\ufeffEmail\na@x.example\nb@x.example",
    "a@x.example\nb@x.example",
    "Kontakt\na@x.example\nb@x.example",
    "Address,E-mail\n1 High Street,a@x.example\n2 High Street,b@x.example",
  ];
  for (const file of files) assert.deepEqual(await addresses(file), TWO, file);
});

test("the names of the column are those of the service", () => {
  assert.deepEqual(COLUMN_NAMES, JSON.parse(readFileSync(COLUMNS, "utf8")));
});

test("what its header and its gaps are called", async () => {
  assert.deepEqual(await read("Name,E-mail\nJane,a@x.example\nJohn,\nAnn,b@x.example"), {
    addresses: TWO,
    blanks: 1,
    header: "E-mail",
    guessed: false,
  });
  const bare = await read("a@x.example");
  assert.ok("addresses" in bare);
  assert.equal(bare.header, null);
});

test("a cell is read as a pasted text, and a mistake stays one", async () => {
  assert.deepEqual(await addresses('Email\n"Jane <a@x.example>"\n"b@x.example;"\nnot an address'), [
    ...TWO,
    "not an address",
  ]);
});

test("encodings", async () => {
  const utf16 = (text: string, little: boolean) => {
    const bytes = new DataView(new ArrayBuffer(2 * text.length + 2));
    for (const [index, unit] of ["\ufeff", ...text].entries()) {
      bytes.setUint16(2 * index, unit.charCodeAt(0), little);
    }
    return bytes.buffer;
  };
  const file = "Name,Email\nJürgen,a@x.example\nJohn,b@x.example";
  assert.deepEqual(await addresses(utf16(file, true)), TWO);
  assert.deepEqual(await addresses(utf16(file, false)), TWO);
  // Windows-1252: read, and said.
  const latin = await read(Uint8Array.from(file, (letter) => letter.charCodeAt(0)));
  assert.ok("addresses" in latin && latin.guessed);
  assert.deepEqual(latin.addresses, TWO);
});

test("what cannot be used says why", async () => {
  assert.match(await refusal(""), /^No column/);
  assert.match(await refusal("Name\nJane"), /^No column/);
  assert.match(await refusal("Email\n\n"), /^The file contains no addresses/);
  assert.match(await refusal(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0)), /^This is not a text file/);
  assert.match(await refusal('Email\n"a@x.example\nb@x.example'), /^A quote in row/);
  assert.match(await refusal("x".repeat(4 * 1024 * 1024 + 1)), /larger than 4 MB/);
  const many = Array.from({ length: 10_001 }, (_, number) => `a${number}@x.example`).join("\n");
  assert.match(await refusal(many), /more than 10,000/);
});
