import { describe, expect, test } from 'vitest';
import { escapeHtml, html, page, table } from '../../../core/insights/html.ts';
import { lineChart, niceScale } from '../../../core/insights/line-chart.ts';
import { fc } from '../../support/properties.ts';

describe('html', () => {
  test('escapes what is interpolated, between tags and in attributes', () => {
    expect(html`<p title="${`"'`}">${'<b>&</b>'}</p>`.toString()).toBe(
      '<p title="&quot;&#39;">&lt;b&gt;&amp;&lt;/b&gt;</p>',
    );
  });

  test('keeps markup, joins lists, and shows nothing for nothing', () => {
    expect(
      html`<ul>${['a<', 'b'].map(text => html`<li>${text}</li>`)}${null}${undefined}${false}${0}</ul>`.toString(),
    ).toBe('<ul><li>a&lt;</li><li>b</li>0</ul>');
  });

  test('no text can leave its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(html`${text}`.toString()).toBe(escapeHtml(text));
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      }),
    );
  });

  test('a table escapes its cells and sets numbers to the right', () => {
    expect(table(['<th>'], [['<td>', 1.5]]).toString()).toContain(
      '<td>&lt;td&gt;</td><td class="number">1.5</td>',
    );
  });

  test('a page forbids whatever it does not hold, and escapes its title', () => {
    const text = page({ title: '<t>', body: html`<p>x</p>` });
    expect(text).toContain('<title>&lt;t&gt;</title>');
    expect(text).toContain('content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"');
    expect(text).toContain('<p>x</p>');
  });
});

describe('niceScale', () => {
  test.each([
    [0, 9, { low: 0, high: 10, step: 2, steps: 5 }],
    [0, 100, { low: 0, high: 100, step: 20, steps: 5 }],
    [-3, 7, { low: -4, high: 8, step: 2, steps: 6 }],
    [0, 0, { low: 0, high: 0.2, step: 0.2, steps: 1 }],
    [0, 41_000, { low: 0, high: 50_000, step: 10_000, steps: 5 }],
  ])('%d to %d', (low, high, scale) => {
    expect(niceScale(low, high)).toEqual(scale);
  });
});

describe('lineChart', () => {
  const chart = (values: (number | null)[]): string =>
    lineChart({
      ...{ title: 'Chart <1>', labels: values.map((_, i) => `day ${i}`) },
      lines: [{ name: 'a & b', style: 'first', values }],
    }).toString();
  const paths = (text: string): string[] => [...text.matchAll(/ d="([^"]*)"/g)].map(([, path]) => path ?? '');

  test('draws lines, and lifts the pen over what is missing', () => {
    expect(paths(chart([0, 10]))).toEqual(['M64.0 208.0L748.0 12.0']);
    expect(paths(chart([0, null, 10, 5]))).toEqual(['M64.0 208.0h0.1M520.0 12.0L748.0 110.0']);
    expect(paths(chart([null]))).toEqual(['']);
  });

  test('escapes names and has a title for those who cannot see it', () => {
    expect(chart([1])).toContain('<title>Chart &lt;1&gt;</title>');
    expect(chart([1])).toContain('a &amp; b');
  });

  test('an area stands behind the lines', () => {
    const text = lineChart({
      ...{ title: 't', labels: ['x', 'y'], lines: [{ name: 'n', style: 'first', values: [5, 5] }] },
      band: { name: '80 %', lower: [0, 0], upper: [10, 10] },
    }).toString();
    expect(paths(text)[0]).toBe('M64.0 12.0L748.0 12.0L748.0 208.0L64.0 208.0Z');
  });
});
