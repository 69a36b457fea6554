import { crc32 } from 'node:zlib';
import { ModelFormatError, messageOf } from '../../../telemetry/errors.ts';
import { NODE, SET_BYTES, type Tree } from '../trees/tree.ts';
import type { BoostedModel, Feature } from './boosted-model.ts';
import { ByteReader } from './byte-reader.ts';
import { FORMAT_VERSION, headerSchema, MAGIC, PREAMBLE } from './format.ts';

/**
 * A model from the bytes of `encodeModel`.
 * @throws ModelFormatError for bytes of something else, of another format version, cut off, or damaged; it says which.
 */
export function decodeModel(bytes: Uint8Array): BoostedModel {
  const payload = payloadOf(bytes);
  try {
    return decodePayload(new ByteReader(payload));
  } catch (error) {
    throw new ModelFormatError(`The gradient boosting model is not well formed: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** The payload, if it is what was written. */
function payloadOf(bytes: Uint8Array): Uint8Array {
  const magic = bytes.subarray(0, MAGIC.length);
  if (magic.some((byte, at) => byte !== MAGIC[at])) {
    throw new ModelFormatError(`This is no gradient boosting model: it begins with ${readable(magic)}.`);
  }
  if (bytes.length < PREAMBLE) {
    throw new ModelFormatError(
      `The gradient boosting model is cut off: it has ${bytes.length} bytes, fewer than the ${PREAMBLE} of its preamble.`,
    );
  }
  const reader = new ByteReader(bytes.subarray(MAGIC.length));
  const version = reader.uint16();
  if (version !== FORMAT_VERSION) {
    throw new ModelFormatError(
      `The gradient boosting model has format version ${version}; this code reads version ${FORMAT_VERSION}.`,
    );
  }
  const length = reader.uint32();
  const checksum = reader.uint32();
  if (reader.left !== length) {
    const what = reader.left < length ? 'is cut off' : 'has bytes after its end';
    throw new ModelFormatError(
      `The gradient boosting model ${what}: its payload has ${reader.left} bytes and should have ${length}.`,
    );
  }
  const payload = bytes.subarray(PREAMBLE);
  if (crc32(payload) !== checksum) {
    throw new ModelFormatError(
      'The gradient boosting model is damaged: its checksum does not match its payload.',
    );
  }
  return payload;
}

/** Bytes as text where they are printable ASCII, else in hex. */
function readable(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'nothing';
  return bytes.every(byte => byte >= 0x20 && byte < 0x7f)
    ? `"${String.fromCharCode(...bytes)}"`
    : `the bytes ${[...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(' ')}`;
}

/** Throws whatever a malformed payload brings about. */
function decodePayload(reader: ByteReader): BoostedModel {
  const header: unknown = JSON.parse(
    new TextDecoder('utf-8', { fatal: true }).decode(reader.raw(reader.varint())),
  );
  const { objective, features } = headerSchema.parse(header);
  const outputs = objective.kind === 'softmax' ? objective.classes : 1;
  const start = floats(reader, outputs);
  const gains = [...floats(reader, features.length)];
  const validationLoss = floats(reader, reader.varint());
  const trees: Tree[] = [];
  for (let left = reader.varint(); left > 0; left--) trees.push(decodeTree(reader, features));
  if (trees.length % outputs !== 0) throw new RangeError(`${trees.length} trees for ${outputs} outputs`);
  if (reader.left > 0) throw new RangeError(`${reader.left} bytes follow the last tree`);
  return { objective, features, start, trees, gains, validationLoss };
}

function floats(reader: ByteReader, length: number): Float64Array {
  if (8 * length > reader.left) throw new RangeError(`${length} numbers in ${reader.left} bytes`);
  return Float64Array.from({ length }, () => reader.float64());
}

function decodeTree(reader: ByteReader, modelFeatures: readonly Feature[]): Tree {
  const nodes = reader.varint();
  // A node has at least the byte of its kind and one more.
  if (nodes < 1 || 2 * nodes > reader.left) throw new RangeError(`${nodes} nodes in ${reader.left} bytes`);
  const kinds = new Uint8Array(nodes);
  const features = new Int32Array(nodes);
  const children = new Int32Array(nodes);
  const values = new Float64Array(nodes);
  const sets: number[] = [];
  for (let node = 0; node < nodes; node++) {
    const kind = reader.uint8();
    kinds[node] = kind;
    if (kind !== NODE.leaf) {
      const feature = reader.varint();
      const distance = reader.varint();
      checkQuestion(kind, modelFeatures[feature]);
      // Children come after their parents, so that every path ends.
      if (distance < 1 || node + distance + 1 >= nodes)
        throw new RangeError(`a child outside of ${nodes} nodes`);
      features[node] = feature;
      children[node] = node + distance;
    }
    values[node] = kind === NODE.categories ? readSet(reader, sets) : reader.float64();
  }
  return { kinds, features, children, values, sets: Uint8Array.from(sets) };
}

function checkQuestion(kind: number, feature: Feature | undefined): void {
  const asks = kind === NODE.categories ? 'categorical' : 'numeric';
  if (kind > NODE.categories) throw new RangeError(`a node of kind ${kind}`);
  if (feature?.kind !== asks) throw new RangeError(`a question about a ${asks} feature that is not there`);
}

/** Adds a set, and returns its index. */
function readSet(reader: ByteReader, sets: number[]): number {
  const set = reader.raw(reader.varint());
  if (set.length > SET_BYTES) throw new RangeError(`a set of ${set.length} bytes`);
  const index = sets.length / SET_BYTES;
  sets.push(...set, ...new Uint8Array(SET_BYTES - set.length));
  return index;
}
