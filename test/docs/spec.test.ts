import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { specJsonSchema } from '../../core/spec/json-schema.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import { keysOf } from '../support/schema-keys.ts';

const page = readFileSync('docs/spec.md', 'utf8');

interface DocumentedKey {
  readonly path: string;
  readonly default: string;
}

/** Rows of the tables, each below the path that stands in the heading of its table. */
function documentedKeys(markdown: string): DocumentedKey[] {
  let section: string | undefined;
  const keys: DocumentedKey[] = [];
  for (const line of markdown.split('\n')) {
    if (line.startsWith('#')) section = /`([^`]+)`$/.exec(line)?.[1];
    const [, key, preset = ''] = /^\| `(\w+)` \|.*\| ([^|]*) \|$/.exec(line) ?? [];
    if (key !== undefined)
      keys.push({ path: section === undefined ? key : `${section}.${key}`, default: preset });
  }
  return keys;
}

/** Anchors that GitHub gives to the headings. */
const anchorsOf = (markdown: string): Set<string> =>
  new Set(
    [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    ),
  );

const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

describe('docs/spec.md', () => {
  test('explains every key of the schema, each once, and no other', () => {
    const allowed = keysOf(specJsonSchema()).map(({ path }) => path);
    expect(
      documentedKeys(page)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(allowed.sort());
  });

  test('has examples that are valid', () => {
    const examples = [...page.matchAll(/```yaml\n(name: (\S+)\n.*?)```/gs)];
    expect(examples.map(([, text = '', name]) => parseSpec(text, `${name}.yaml`).name)).toEqual([
      'sales',
      'orders',
      'late-arrivals',
    ]);
  });

  test('links to its own headings', () => {
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter(anchor => !anchorsOf(page).has(anchor ?? ''))).toEqual([]);
  });

  test('gives the default of every key that has a plain one', () => {
    const defaults = new Map(documentedKeys(page).map(key => [key.path, key.default]));
    const plain = keysOf(specJsonSchema())
      .map(({ path, defaults: presets }) => ({ path, presets: presets.filter(isPlain) }))
      .filter(({ presets }) => presets.length > 0);
    expect(plain.length).toBeGreaterThan(10);
    expect(plain.map(({ path }) => [path, defaults.get(path)])).toEqual(
      plain.map(({ path, presets }) => [path, presets.map(preset => `\`${preset}\``).join(', ')]),
    );
  });
});
