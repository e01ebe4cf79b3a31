import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import Papa from "papaparse";
import WORDS from "./candidateColumns.json" with { type: "json" };
import { type ReadFile, readCandidates } from "./csv.ts";
import { type Cell, csvOf } from "./csvOf.ts";

// The service reads the same: tests/service/test_candidate_samples.py.
const SAMPLES = new URL("../../tests/samples/candidates/", import.meta.url);
const FORMULA_SAMPLES = new URL("../../tests/samples/formulas.json", import.meta.url);
const OF_SERVICE = new URL("../../service/http/candidate_columns.json", import.meta.url);
const jsonIn = (file: URL) => JSON.parse(readFileSync(file, "utf8"));

const read = (part: BlobPart, column?: number) =>
  readCandidates(new File([part], "candidates.csv"), column);

async function refusal(part: BlobPart): Promise<string> {
  const file = await read(part);
  assert.ok("slug" in file, JSON.stringify(file));
  assert.equal(file.slug, "unreadable_file");
  assert.ok(file.hint);
  return file.message;
}

/** What a file says, as the samples write it. */
const told = ({ people, header, encoding, leftAside }: ReadFile) => ({
  people: people.map(({ email, name }) => [email, name]),
  column: header,
  encoding,
  left_aside: {
    titles: leftAside.titles,
    rows_without_address: leftAside.rowsWithoutAddress,
    other_addresses: Object.fromEntries(
      leftAside.otherAddresses.map(({ column, header, addresses }) => [
        header ?? `${column + 1}`,
        addresses,
      ]),
    ),
    names: leftAside.names,
  },
});

// biome-ignore lint/suspicious/noExplicitAny: as the file has it
const expected = ({ people, column = null, encoding = "utf-8", left_aside }: any) => ({
  people,
  column,
  encoding,
  left_aside: {
    ...{ titles: 0, rows_without_address: 0, other_addresses: {}, names: 0 },
    ...left_aside,
  },
});

for (const sample of jsonIn(new URL("expected.json", SAMPLES))) {
  test(`a file of candidates: ${sample.file}`, async () => {
    const content = readFileSync(new URL(sample.file, SAMPLES));
    const file = await read(content);
    if (sample.refused) await refusal(content);
    else if (sample.question) {
      assert.ok("columns" in file, JSON.stringify(file));
      const titles = file.columns.map(({ header, index }) => header ?? `${index + 1}`);
      assert.deepEqual(titles, sample.question);
      const chosen = sample.then.column ?? sample.choose;
      const answered = await read(content, file.columns[titles.indexOf(chosen)]?.index);
      assert.ok("people" in answered, JSON.stringify(answered));
      assert.deepEqual(told(answered), expected(sample.then));
    } else {
      assert.ok("people" in file, JSON.stringify(file));
      assert.deepEqual(told(file), expected(sample));
    }
  });
}

test("the words of headers are those of the service", () => {
  assert.deepEqual(WORDS, jsonIn(OF_SERVICE));
});

test("what cannot be used says why", async () => {
  assert.match(await refusal(""), /^No column/);
  assert.match(await refusal("Name\nJane"), /^No column/);
  assert.match(await refusal("Email\n\n"), /^The file contains no addresses/);
  assert.match(await refusal(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0)), /^This is not a text file/);
  assert.match(await refusal('Email\n"a@x.example\nb@x.example'), /^A quote in row/);
  assert.match(await refusal("Jane:a@x.example\nJohn:b@x.example"), /separated by :/);
  assert.match(await refusal("x".repeat(4 * 1024 * 1024 + 1)), /larger than 4 MB/);
});

test("ten thousand rows, and one too many", async () => {
  const lines = Array.from({ length: 10_000 }, (_, row) => `Jane ${row},jane${row}@x.example`);
  const file = await read(["Name,Email", ...lines].join("\n"));
  assert.ok("people" in file);
  assert.equal(file.people.length, 10_000);
  assert.deepEqual(file.people.at(-1), { email: "jane9999@x.example", name: "Jane 9999" });
  assert.match(await refusal([...lines, "Ann,ann@x.example"].join("\n")), /more than 10,000/);
});

// ---- writing -------------------------------------------------------------------------------------

/** What a spreadsheet finds in a file with these cells as header and as its only row. */
function opened(cells: Cell[]): string[][] {
  const file = csvOf({ header: cells.map((cell) => `${cell ?? ""}`), rows: [cells] });
  assert.ok(file.startsWith("\ufeff") && file.endsWith("\r\n"));
  return Papa.parse<string[]>(file.slice(1, -2), { delimiter: ",", newline: "\r\n" }).data;
}

test("what is written is read again as it was", () => {
  const cells = ["Jane", 'say "hello"', "a, b; c", "two\nlines", " Zoë 🎉 ", "", "a-b = c", "1"];
  assert.deepEqual(opened(cells)[1], cells);
  assert.deepEqual(opened([null, 0, -1.5, 12])[1], ["", "0", "-1.5", "12"]);
});

const FORMULAS = [
  ...["=1+1", "+1", "-1", "@SUM(A1)", "|cmd", "＝1", "＋1", "－1", "＠SUM(A1)", "｜cmd"],
  ...["=cmd|'/C calc'!A0", '=HYPERLINK("https://x.example","Jane")', "=x@y.example"],
];
const HIDDEN = [
  "",
  " ",
  "\t",
  "\r",
  "\n",
  "\r\n ",
  "\u00a0",
  "\u3000",
  "\ufeff",
  "\u200b",
  "\0",
  "'",
  '"',
];

test("no cell begins a formula, whatever stands before it", () => {
  for (const formula of FORMULAS.flatMap((one) => HIDDEN.map((before) => before + one))) {
    const [header, row] = opened([formula]);
    assert.deepEqual(header, row);
    assert.equal(row?.[0]?.[0], "'", JSON.stringify(formula));
    assert.equal(row?.[0]?.replaceAll("'", ""), formula.replaceAll("'", ""));
  }
});

test("nor behind what other spreadsheets take for the end of a cell", () => {
  for (const formula of FORMULAS.flatMap((one) => HIDDEN.map((before) => before + one))) {
    const rows = [";", "\t", "\r", "\n", "; ;"].map((end) => [`x${end}${formula}`]);
    assert.doesNotMatch(
      csvOf({ header: [], rows }),
      /[;\t\r\n][\s\p{C}\p{Z}"]*[=+\-@|＝＋－＠｜]/u,
    );
  }
});

// The service writes the same: tests/service/test_export_recordings.py.
test("what is marked, and where", () => {
  for (const { text, written } of jsonIn(FORMULA_SAMPLES)) {
    assert.equal(opened([text])[1]?.[0], written, JSON.stringify(text));
  }
});

test("a cell of nothing but blanks is looked through once", () => {
  // Hours, if each of them looked through all behind it.
  for (const blanks of ["\t", "\n", "\r\n", "\t\u200b"].map((one) => one.repeat(500_000))) {
    assert.equal(csvOf({ header: [], rows: [[blanks]] }), `\ufeff\r\n"${blanks}"\r\n`);
  }
});
