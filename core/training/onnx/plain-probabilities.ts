import protobuf from 'protobufjs/minimal.js';

/**
 * Numbers of the fields in the messages of ONNX, from its schema
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3), whose numbers never change.
 */
const GRAPH_OF_MODEL = 7;
const GRAPH = { node: 1, output: 12 } as const;
const NODE = { input: 1, output: 2, type: 4 } as const;
const VALUE = { name: 1, type: 2 } as const;

/** The type "tensor of float32", of whatever shape. */
const FLOAT_TENSOR = Uint8Array.of(0x0a, 0x02, 0x08, 0x01);

/**
 * A model whose classifier answers with a matrix of probabilities, from one that puts them into a list of maps, as the
 * exporters of scikit-learn, LightGBM and CatBoost do when nobody tells them not to: the runtime here cannot give maps
 * away. The operator ZipMap, which makes them of the matrix and computes nothing, becomes Identity, and the output gets
 * the type of a matrix.
 * @returns The very same bytes where there is no such operator, or where they are no model: the runtime says so then.
 */
export function plainProbabilities(model: Uint8Array): Uint8Array {
  try {
    return rewritten(model, field =>
      field.number === GRAPH_OF_MODEL ? plainGraph(field.content) : undefined,
    );
  } catch (error) {
    if (error instanceof NotAMessage) return model;
    throw error;
  }
}

function plainGraph(graph: Uint8Array): Uint8Array | undefined {
  const mapped = new Set<string>();
  for (const { number, content } of fieldsOf(graph)) {
    if (number === GRAPH.node && textOf(content, NODE.type) === 'ZipMap')
      mapped.add(textOf(content, NODE.output));
  }
  if (mapped.size === 0) return undefined;
  return rewritten(graph, ({ number, content }) => {
    if (number === GRAPH.node && mapped.has(textOf(content, NODE.output))) {
      return message([
        [NODE.input, textOf(content, NODE.input)],
        [NODE.output, textOf(content, NODE.output)],
        [NODE.type, 'Identity'],
      ]);
    }
    const name = number === GRAPH.output ? textOf(content, VALUE.name) : '';
    return mapped.has(name)
      ? message([
          [VALUE.name, name],
          [VALUE.type, FLOAT_TENSOR],
        ])
      : undefined;
  });
}

/** One field of a protobuf message (https://protobuf.dev/programming-guides/encoding). */
interface Field {
  readonly number: number;
  /** Tag and all. */
  readonly whole: Uint8Array;
  /** What a field of bytes, text or another message holds; of other fields nothing. */
  readonly content: Uint8Array;
}

class NotAMessage extends Error {}

const NOTHING = new Uint8Array(0);
const DELIMITED = 2;

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) yield nextField(reader, bytes);
}

function nextField(reader: protobuf.Reader, bytes: Uint8Array): Field {
  const start = reader.pos;
  try {
    const tag = reader.uint32();
    let content: Uint8Array = NOTHING;
    if (tag % 8 === DELIMITED) content = reader.bytes();
    else reader.skipType(tag % 8);
    return { number: tag >>> 3, whole: bytes.subarray(start, reader.pos), content };
  } catch (error) {
    throw new NotAMessage('A field is cut short or of no known type', { cause: error });
  }
}

/** The first text under a number; empty where there is none. */
function textOf(bytes: Uint8Array, number: number): string {
  for (const field of fieldsOf(bytes)) {
    if (field.number === number) return Buffer.from(field.content).toString('utf8');
  }
  return '';
}

/** A message with the content of some fields replaced; the same bytes where none is. */
function rewritten(bytes: Uint8Array, replace: (field: Field) => Uint8Array | undefined): Uint8Array {
  let changed = false;
  const parts: Uint8Array[] = [];
  for (const field of fieldsOf(bytes)) {
    const content = replace(field);
    changed ||= content !== undefined;
    parts.push(content === undefined ? field.whole : message([[field.number, content]]));
  }
  return changed ? Buffer.concat(parts) : bytes;
}

/** A message of fields that hold texts or bytes. */
function message(fields: readonly (readonly [number: number, content: string | Uint8Array])[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [number, content] of fields)
    writer.uint32(number * 8 + DELIMITED).bytes(typeof content === 'string' ? Buffer.from(content) : content);
  return writer.finish();
}
