import { describe, expect, it } from 'vitest';
import { acceptedPartSchema, listAcceptedParts } from '../../../../core/data/accepted-parts.ts';
import { safeName } from '../../../../core/data/upload/quarantine.ts';
import { uploadReportSchema } from '../../../../core/data/upload/verdict.ts';
import { dataKeys } from '../../../../core/storage/layout.ts';
import { deliver, emptyStore, specOf, TIME } from './upload-harness.ts';

describe('the report', () => {
  const evil = '</dd><script>alert("x")</script><img src=x onerror=alert(1)>';
  const spec = specOf({
    time: 'at',
    columns: {
      [evil]: { type: 'integer' },
      at: { type: 'date' },
      s: { type: 'string', pattern: '[a-z<>]*' },
    },
  });
  const file = `"${evil.replaceAll('"', '""')}",at,s,"<b>extra</b>"\n"${evil.replaceAll('"', '""')}",2026-01-01,\u202etxt.exe,x\n2,2026-01-03,a,x\n`;

  async function reported() {
    const data = emptyStore();
    await deliver(`"${evil.replaceAll('"', '""')}",at,s\n1,2026-01-01,b\n`, {
      spec,
      data,
      time: '2026-01-02T00:00:00Z',
      file: 'before.csv',
    });
    const verdict = await deliver(file, { spec, data, file: `${evil}.csv`.replaceAll('/', '') });
    const [json, html] = [
      await data.get(verdict.report?.json ?? ''),
      await data.get(verdict.report?.html ?? ''),
    ];
    return {
      verdict,
      report: uploadReportSchema.parse(JSON.parse(json?.body.toString() ?? '')),
      html: html?.body.toString() ?? '',
    };
  }

  it('as JSON holds the verdict, and every column beside the part before', async () => {
    const { verdict, report } = await reported();
    expect(report).toMatchObject({
      model: 'shop',
      table: 't',
      sha256: verdict.sha256,
      size: Buffer.byteLength(file),
      time: TIME,
      accepted: false,
      rows: { read: 2, accepted: 0, rejected: 2 },
      reasons: verdict.reasons,
      warnings: verdict.warnings,
      previous: { file: 'before.csv', acceptedAt: '2026-01-02T00:00:00.000Z', rows: 1 },
      described: 2,
    });
    expect(Object.keys(report.columns).sort()).toEqual([evil, 'at', 's'].sort());
    expect(report.columns.at).toMatchObject({
      now: { type: 'date', missing: 0, distinct: 2, min: '2026-01-01', max: '2026-01-03', mean: null },
      previous: { type: 'date', distinct: 1 },
    });
  });

  it('as HTML runs nothing, fetches nothing and escapes what comes from the file', async () => {
    const { html } = await reported();
    expect(html).toContain(`default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;`);
    expect(html).not.toMatch(/<script|<img|<b>extra|<link|<iframe|url\(|@import|https?:/i);
    expect(html).not.toContain('\u202e');
    expect(html).toContain('U+202Etxt.exe');
    expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
    // Only tags that the page itself is made of.
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag]) => tag?.toLowerCase()));
    const own = [
      'html',
      'head',
      'meta',
      'title',
      'style',
      'body',
      'h1',
      'h2',
      'h3',
      'p',
      'b',
      'i',
      'br',
      'dl',
      'div',
      'dt',
      'dd',
      'article',
      'details',
      'summary',
      'ul',
      'li',
      'span',
      'table',
      'thead',
      'tbody',
      'tr',
      'th',
      'td',
      'svg',
      'path',
      'rect',
      'text',
      'code',
    ];
    expect([...tags].filter(tag => !own.includes(tag ?? ''))).toEqual([]);
  });
});

describe('names in quarantine', () => {
  it('are one part of a key, whatever the upload was called', () => {
    expect(safeName('plain.csv')).toBe('plain.csv');
    expect(safeName('../../etc/passwd')).toBe('___.._etc_passwd');
    expect(safeName('a\\b\u0000c\n')).toBe('a_b_c_');
    expect(safeName('')).toBe('_');
    expect(safeName('Report.JSON')).toBe('_Report.JSON');
    expect(safeName('release.json')).toBe('_release.json');
    expect(safeName(`${'長'.repeat(100)}.csv`)).toBe(`${'長'.repeat(13)}…${'長'.repeat(11)}.csv`);
    expect(safeName(`${'🛫'.repeat(60)}\ud83d`).isWellFormed()).toBe(true);
  });
});

describe('a file that was accepted with warnings', () => {
  const columns = { a: { type: 'integer' }, b: { type: 'integer', max: 10, severity: 'warn' } };

  it('has its report beside the part', async () => {
    const data = emptyStore();
    const verdict = await deliver('a,b\n1,11\n', { spec: specOf({ columns }), data });
    const { part = '' } = verdict;
    expect(verdict.report).toEqual({
      json: `accepted/shop/t/${part}.report.json`,
      html: `accepted/shop/t/${part}.report.html`,
    });
    const json = await data.get(verdict.report?.json ?? '');
    expect(uploadReportSchema.parse(JSON.parse(json?.body.toString() ?? ''))).toMatchObject({
      accepted: true,
      rows: { read: 1, accepted: 1, rejected: 0 },
      reasons: [],
      warnings: [{ rule: 'b.max', rows: 1, examples: [{ row: 2, value: '11' }] }],
    });
    const html = (await data.get(verdict.report?.html ?? ''))?.body.toString() ?? '';
    expect(html).toContain('file.csv was accepted with a warning');
    expect(html).toContain('The upload was accepted whole');
    // The report is no part.
    expect(await listAcceptedParts(data, 'shop', 't')).toHaveLength(1);
  });

  it('has none without warnings', async () => {
    const data = emptyStore();
    const verdict = await deliver('a,b\n1,2\n', { spec: specOf({ columns }), data });
    expect(verdict.report).toBeUndefined();
    expect(await data.head(dataKeys.acceptedReport('shop', 't', verdict.part ?? '', 'html'))).toBeUndefined();
  });
});

describe('the description of an accepted part', () => {
  it('tells what is in each column', async () => {
    const data = emptyStore();
    const spec = specOf({
      time: 'at',
      columns: {
        at: { type: 'timestamp' },
        n: { type: 'integer' },
        x: { type: 'number' },
        b: { type: 'boolean' },
        s: { type: 'string' },
      },
    });
    const verdict = await deliver(
      'at,n,x,b,s\n2026-01-02T10:00:00+09:00,1,0.5,yes,a\n2026-01-01,3,,no,b\n,20,1,yes,a\n',
      { spec, data },
    );
    const found = await data.get(dataKeys.acceptedPartInfo('shop', 't', verdict.part ?? ''));
    const info = acceptedPartSchema.parse(JSON.parse(found?.body.toString() ?? ''));
    const empty = { min: null, max: null, mean: null, top: [], histogram: null };
    const bins = (...at: number[]) =>
      Array.from({ length: 20 }, (_, i) => at.filter(bin => bin === i).length);
    expect(info).toMatchObject({
      table: 't',
      file: 'file.csv',
      sha256: verdict.sha256,
      part: verdict.part,
      acceptedAt: TIME,
      rows: 3,
      timeRange: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T01:00:00.000Z' },
      columns: {
        at: {
          ...empty,
          type: 'timestamp',
          missing: 1,
          distinct: 2,
          min: '2026-01-01 00:00:00',
          max: '2026-01-02 01:00:00',
          histogram: { rows: bins(0, 19) },
        },
        n: {
          ...empty,
          type: 'integer',
          missing: 0,
          distinct: 3,
          min: '1',
          max: '20',
          mean: 8,
          histogram: { rows: bins(0, 2, 19) },
        },
        x: {
          ...empty,
          type: 'number',
          missing: 1,
          distinct: 2,
          min: '0.5',
          max: '1.0',
          mean: 0.75,
          histogram: { rows: bins(0, 19) },
        },
        b: {
          type: 'boolean',
          missing: 0,
          distinct: 2,
          mean: 0.666666666667,
          top: [
            { value: 'true', rows: 2 },
            { value: 'false', rows: 1 },
          ],
          histogram: null,
        },
        s: {
          type: 'string',
          missing: 0,
          distinct: 2,
          min: 'a',
          max: 'b',
          mean: null,
          top: [
            { value: 'a', rows: 2 },
            { value: 'b', rows: 1 },
          ],
          histogram: null,
        },
      },
    });
    expect(info.columns.n?.histogram?.edges.slice(0, 2)).toEqual([1, 1.95]);
  });
});
