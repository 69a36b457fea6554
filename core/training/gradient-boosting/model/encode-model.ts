import { crc32 } from 'node:zlib';
import { NODE, SET_BYTES, type Tree } from '../trees/tree.ts';
import type { BoostedModel } from './boosted-model.ts';
import { ByteWriter } from './byte-writer.ts';
import { FORMAT_VERSION, MAGIC } from './format.ts';

/** A model as bytes (`format.ts`): equal models give equal bytes. */
export function encodeModel(model: BoostedModel): Uint8Array {
  const payload = encodePayload(model);
  const file = new ByteWriter();
  file.raw(MAGIC);
  file.uint16(FORMAT_VERSION);
  file.uint32(payload.length);
  file.uint32(crc32(payload));
  file.raw(payload);
  return file.bytes;
}

function encodePayload({
  objective,
  features,
  start,
  gains,
  validationLoss,
  trees,
}: BoostedModel): Uint8Array {
  const writer = new ByteWriter();
  const header = new TextEncoder().encode(JSON.stringify({ objective, features }));
  writer.varint(header.length);
  writer.raw(header);
  for (const value of start) writer.float64(value);
  for (const gain of gains) writer.float64(gain);
  writer.varint(validationLoss.length);
  for (const loss of validationLoss) writer.float64(loss);
  writer.varint(trees.length);
  for (const tree of trees) encodeTree(writer, tree);
  return writer.bytes;
}

function encodeTree(writer: ByteWriter, { kinds, features, children, values, sets }: Tree): void {
  writer.varint(kinds.length);
  for (const [node, kind] of kinds.entries()) {
    const value = values[node] ?? Number.NaN;
    writer.uint8(kind);
    if (kind !== NODE.leaf) {
      writer.varint(features[node] ?? 0);
      writer.varint((children[node] ?? 0) - node);
    }
    if (kind !== NODE.categories) {
      writer.float64(value);
      continue;
    }
    const set = sets.subarray(value * SET_BYTES, (value + 1) * SET_BYTES);
    const length = set.findLastIndex(byte => byte !== 0) + 1;
    writer.varint(length);
    writer.raw(set.subarray(0, length));
  }
}
