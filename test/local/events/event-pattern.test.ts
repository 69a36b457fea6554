import { describe, expect, test } from 'vitest';
import { compilePattern, keyPrefixes, PatternError } from '../../../local/events/event-pattern.ts';

const matches = (conditions: unknown, value: unknown): boolean =>
  compilePattern({ field: conditions })({ field: value });

describe('operators', () => {
  test.each<[string, unknown, unknown[], unknown[]]>([
    ['exact text', ['a', 'b'], ['a', 'b', ['x', 'b']], ['A', 'ab', '', undefined, null, ['x'], []]],
    ['exact numbers', [1, 2.5], [1, 2.5], ['1', 2, true]],
    ['null and truth', [null, false], [null, false], [undefined, 0, '', true]],
    ['prefix', [{ prefix: 'in/' }], ['in/', 'in/a'], ['IN/a', 'xin/', 1]],
    ['prefix without case', [{ prefix: { 'equals-ignore-case': 'In/' } }], ['in/a', 'IN/b'], ['i', 'xin/']],
    ['suffix', [{ suffix: '.csv' }], ['a.csv', '.csv'], ['a.CSV', 'csv', 'a.csv.gz']],
    ['suffix without case', [{ suffix: { 'equals-ignore-case': '.CSV' } }], ['a.csv', 'a.Csv'], ['csv']],
    ['equals without case', [{ 'equals-ignore-case': 'Alice' }], ['alice', 'ALICE'], ['alice ', 1]],
    [
      'wildcard',
      [{ wildcard: 'in/*/x/*.csv' }],
      ['in/m/x/a.csv', 'in//x/.csv', 'in/a/b/x/c.csv'],
      ['in/x/a.csv', 'in/m/x/a.csvx'],
    ],
    ['wildcard, escaped', [{ wildcard: 'a\\*b\\\\*' }], ['a*b\\', 'a*b\\c'], ['axb\\', 'a*bc']],
    ['wildcard takes no expression', [{ wildcard: 'a.c(' }], ['a.c('], ['abc(']],
    ['anything but', [{ 'anything-but': ['a', 1] }], ['b', 2, null], ['a', 1, undefined]],
    ['anything but one', [{ 'anything-but': 'a' }], ['b'], ['a', undefined]],
    ['anything but a prefix', [{ 'anything-but': { prefix: 'in/' } }], ['out/', 3], ['in/a', undefined]],
    ['anything but wildcards', [{ 'anything-but': { wildcard: ['*a', '*b'] } }], ['c'], ['xa', 'xb']],
    ['exists', [{ exists: true }], ['a', null, 0, ''], [undefined]],
    ['exists not', [{ exists: false }], [undefined], ['a', null]],
    ['numeric range', [{ numeric: ['>', 0, '<=', 5] }], [0.1, 5], [0, 5.1, '3', undefined]],
    ['numeric equality', [{ numeric: ['=', 3.018e2] }], [301.8], [301]],
  ])('%s', (_, conditions, yes, no) => {
    expect(yes.filter(value => !matches(conditions, value))).toEqual([]);
    expect(no.filter(value => matches(conditions, value))).toEqual([]);
  });
});

test('all fields must match; nested fields and alternatives count', () => {
  const pattern = compilePattern({
    source: ['aws.s3'],
    detail: { object: { key: [{ prefix: 'a/' }], size: [{ numeric: ['>', 0] }] } },
    $or: [{ account: ['1'] }, { region: ['r'] }],
  });
  const event = { source: 'aws.s3', account: '1', region: 'q', detail: { object: { key: 'a/b', size: 1 } } };
  expect(pattern(event)).toBe(true);
  expect(pattern({ ...event, account: '2' })).toBe(false);
  expect(pattern({ ...event, account: '2', region: 'r' })).toBe(true);
  expect(pattern({ ...event, detail: { object: { key: 'a/b', size: 0 } } })).toBe(false);
  expect(pattern({ ...event, detail: {} })).toBe(false);
  expect(pattern({ ...event, detail: { object: [{ key: 'x' }, { key: 'a/c', size: 2 }] } })).toBe(true);
});

test.each([
  [{ field: [{ cidr: '10.0.0.0/24' }] }, 'field: found {"cidr":"10.0.0.0/24"}; allowed: a value, prefix,'],
  [
    { detail: { key: [{ prefix: 'a', suffix: 'b' }] } },
    'detail.key: found {"prefix":"a","suffix":"b"}; allowed:',
  ],
  [{ field: [{ numeric: ['~', 1] }] }, 'field: found {"numeric":["~",1]}; allowed:'],
  [
    { field: [{ 'anything-but': { exists: true } }] },
    'field: found {"anything-but":{"exists":true}}; allowed:',
  ],
  [{ field: 'text' }, 'field: found "text"; allowed: an object'],
])('%j is refused by name', (pattern, message) => {
  expect(() => compilePattern(pattern)).toThrow(PatternError);
  expect(() => compilePattern(pattern)).toThrow(message);
});

test('prefixes of what keys can match', () => {
  expect(keyPrefixes([{ prefix: 'in/' }, 'exact', { wildcard: 'req/*/x' }, { wildcard: 'a\\*b' }])).toEqual([
    'in/',
    'exact',
    'req/',
    'a',
  ]);
  expect(keyPrefixes([{ suffix: '.csv' }])).toEqual(['']);
  expect(keyPrefixes(undefined)).toEqual(['']);
});
