// Reads columns of the released Parquet file, each once and only when it is needed, as plain values: texts, numbers, true and false, null.
import { parquetMetadataAsync } from "./hyparquet/metadata.js";
import { parquetRead } from "./hyparquet/read.js";
import { asyncBufferFromUrl } from "./hyparquet/utils.js";
import { decompress } from "./fzstd/fzstd.js";

const compressors = { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) };
const parsers = {
  dateFromDays: (days) => days == null ? null : new Date(days * 86400000).toISOString().slice(0, 10),
  timestampFromMilliseconds: (millis) => momentText(Number(millis)),
  timestampFromMicroseconds: (micros) => momentText(Number(micros) / 1000),
  timestampFromNanoseconds: (nanos) => momentText(Number(nanos) / 1000000),
  stringFromBytes: textReader(),
};

function momentText(millis) {
  return new Date(millis).toISOString().slice(0, 19);
}

function textReader() {
  const decoder = new TextDecoder();
  return (bytes) => bytes == null ? null : decoder.decode(bytes);
}

function timeText(micros) {
  return new Date(Number(micros) / 1000).toISOString().slice(11, 19);
}

// One value: whole numbers beyond what a number holds exactly stay texts, what is no number is nothing.
function plainValue(value, isTime) {
  if (value == null || Number.isNaN(value)) { return null; }
  if (typeof value !== "bigint") { return value; }
  if (isTime) { return timeText(value); }
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

// The table of the file at `url`; rejects if the file cannot be read or has not the rows that the page was made for.
export async function openTable(url, bytes, rows) {
  const file = await asyncBufferFromUrl({ url, byteLength: bytes });
  const metadata = await parquetMetadataAsync(file);
  if (Number(metadata.num_rows) !== rows) { throw new Error(`${metadata.num_rows} ≠ ${rows}`); }
  const elements = metadata.schema.slice(1);
  const names = elements.map((one) => one.name);
  const times = new Set(elements.filter((one) => one.logical_type?.type === "TIME").map((one) => one.name));
  const cells = {};

  async function load(wanted) {
    const columns = [...new Set(wanted)].filter((name) => !(name in cells));
    if (!columns.length) { return; }
    const read = Object.fromEntries(columns.map((name) => [name, new Array(rows).fill(null)]));
    await parquetRead({
      file, metadata, columns, compressors, parsers,
      onChunk: ({ columnName, columnData, rowStart }) => {
        for (let at = 0; at < columnData.length; at += 1) {
          read[columnName][rowStart + at] = plainValue(columnData[at], times.has(columnName));
        }
      },
    });
    Object.assign(cells, read);
  }

  return { rows, names, cells, load };
}
