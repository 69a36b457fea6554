import { describe, expect, test } from 'vitest';
import { namesThings, percent, shown, tableName, topicsOf, wordsOf } from '../../../core/init/names.ts';

describe('tableName', () => {
  test.each([
    ['sales.csv', 'sales'],
    ['/data/in/Sales-Daily.csv.gz', 'Sales_Daily'],
    ['sales_2026-01.csv', 'sales'],
    ['sales-20260131.parquet', 'sales'],
    ['2026.csv', 't_2026'],
    ['flights-3m.parquet', 'flights_3m'],
    ['7zip.csv', 't_7zip'],
    ['Größe.csv', 'Gro_e'],
    ['売上.csv', 'table'],
    ['"; DROP TABLE x; --.csv', 'DROP_TABLE_x'],
    ['.csv', 'table'],
    [`${'a'.repeat(80)}.csv`, 'a'.repeat(63)],
  ])('of %j is %j', (file, name) => {
    expect(tableName(file, [])).toBe(name);
  });

  test('is new, for SQL does not tell upper case from lower', () => {
    expect(tableName('sales.csv', ['Sales', 'sales_2'])).toBe('sales_3');
    expect(tableName(`${'a'.repeat(63)}.csv`, ['a'.repeat(63)])).toBe(`${'a'.repeat(61)}_2`);
  });
});

test('words of a name are singular and in lower case', () => {
  expect(wordsOf('shopIds')).toEqual(['shop', 'ids']);
  expect(wordsOf('Number of Categories')).toEqual(['number', 'of', 'category']);
  expect(wordsOf('gross')).toEqual(['gross']);
  expect(topicsOf('customer_id')).toEqual(['customer']);
  expect(topicsOf('id')).toEqual([]);
});

test('a name that ends in id, code or number names things', () => {
  expect(['store_nr', 'id', 'idStore', 'zip code', 'orderNumber'].map(namesThings)).toEqual(
    Array(5).fill(true),
  );
  expect(['number_of_orders', 'amount', 'identity'].map(namesThings)).toEqual([false, false, false]);
});

test('values are shown on one line, short and without control characters', () => {
  expect(shown('a"b\nc')).toBe('"a\\"b\\nc"');
  expect(shown('\u202Eevil\u2028')).toBe('"\\u202eevil\\u2028"');
  expect(shown('x'.repeat(70))).toBe(`"${'x'.repeat(60)}…"`);
});

test('a percentage is never rounded to all or nothing', () => {
  expect([0, 1, 0.5, 0.123, 0.0312, 0.99996, 0.00001, 0.9994].map(percent)).toEqual([
    '0 %',
    '100 %',
    '50 %',
    '12.3 %',
    '3.12 %',
    'more than 99.99 %',
    'less than 0.01 %',
    '99.94 %',
  ]);
});
