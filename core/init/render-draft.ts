import { Document, type Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { type Entry, Section } from './draft.ts';

/** The text of a spec: a comment above every entry that has a reason. */
export function renderDraft(draft: Section, heading: readonly string[]): string {
  const document = new Document(mapOf(draft));
  const body = document.toString({ lineWidth: 0, flowCollectionPadding: true });
  return `${heading.map(line => commentLine(line)).join('\n')}\n${body}`;
}

function mapOf({ entries, inline, remarks }: Section): YAMLMap {
  const map = new YAMLMap();
  map.flow = inline;
  for (const { key, value, why } of entries) {
    const name = new Scalar(key);
    if (why !== undefined) name.commentBefore = commentOf([why]);
    map.add({ key: name, value: nodeOf(value) } as Pair<Scalar, unknown>);
  }
  if (remarks.length > 0) map.comment = commentOf(remarks);
  return map;
}

function nodeOf(value: Entry['value']): YAMLMap | YAMLSeq | Scalar {
  if (value instanceof Section) return mapOf(value);
  if (typeof value !== 'object') return new Scalar(value);
  const list = new YAMLSeq();
  list.items = value.map(nodeOf);
  list.flow = !value.some(item => item instanceof Section);
  return list;
}

const commentOf = (lines: readonly string[]): string => lines.map(line => ` ${oneLine(line)}`).join('\n');

const commentLine = (line: string): string => (line === '' ? '' : `# ${oneLine(line)}`);

/** Names and values of a file may hold line ends, which would end the comment. */
const oneLine = (text: string): string =>
  text.replace(
    /[\p{Control}\p{Format}\p{Surrogate}\u2028\u2029]/gu,
    character => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
