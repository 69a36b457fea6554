import { describe, expect, it } from 'vitest';
import { findQuarantined, listQuarantined } from '../../../../core/data/upload/release/quarantined-files.ts';
import { releaseQuarantined } from '../../../../core/data/upload/release/release-quarantined.ts';
import { validateUpload } from '../../../../core/data/upload/validate-upload.ts';
import { listEvents } from '../../../../core/registry/events.ts';
import type { Spec } from '../../../../core/spec/schema.ts';
import type { ObjectStore } from '../../../../core/storage/object-store.ts';
import { acceptedRows, briefly, deliver, emptyStore, specOf } from './upload-harness.ts';

const contract = (max: number) => specOf({ key: 'n', columns: { n: { type: 'integer', max } } });

/** Releases, and delivers again as a command line does. */
async function release(data: ObjectStore, models: ObjectStore, spec: Spec, id: string, override: boolean) {
  const request = {
    model: 'shop',
    id,
    time: '2026-02-02T00:00:00Z',
    actor: 'Ada',
    reason: 'agreed with sales',
    override,
  };
  const released = await releaseQuarantined({ data, models, ...request });
  const bytes = await data.get(released.bytes);
  await data.put(released.incoming, bytes?.body ?? '');
  return validateUpload({ data, spec, key: released.incoming, time: '2026-02-02T00:00:01Z' });
}

describe('release from quarantine', () => {
  it('judges the same bytes again after the contract was corrected', async () => {
    const [data, models] = [emptyStore(), emptyStore()];
    const refused = await deliver('n\n7\n8\n', { spec: contract(5), data });
    expect(refused.accepted).toBe(false);

    const again = await release(data, models, contract(7), refused.sha256.slice(0, 8), false);
    expect(briefly(again.reasons)).toEqual([['n.max', 1, [3]]]);
    expect((await listQuarantined(data, 'shop')).map(({ state }) => state)).toEqual(['quarantined']);

    const accepted = await release(data, models, contract(8), refused.sha256, false);
    expect(await acceptedRows(data, accepted)).toEqual([['7'], ['8']]);
    expect((await listQuarantined(data, 'shop')).map(({ state }) => state)).toEqual(['quarantined']);
  });

  it('accepts by decision, with who and why on record', async () => {
    const [data, models] = [emptyStore(), emptyStore()];
    const refused = await deliver('n\n7\n8\n7\n', { spec: contract(5), data });
    const accepted = await release(data, models, contract(5), refused.sha256, true);
    expect(await acceptedRows(data, accepted)).toEqual([['7'], ['8'], ['7']]);
    expect([briefly(accepted.reasons), briefly(accepted.warnings)]).toEqual([
      [],
      [
        ['released', 0, []],
        ['n.max', 3, [2, 3, 4]],
        ['key', 1, [4]],
      ],
    ]);
    expect(accepted.warnings[0]?.found).toBe(
      'Ada released the file at 2026-02-02T00:00:00.000Z: agreed with sales',
    );
    expect(await listEvents(models, 'shop')).toEqual([
      {
        time: '2026-02-02T00:00:00.000Z',
        model: 'shop',
        kind: 'released',
        actor: 'Ada',
        summary: 'file.csv was released although it breaks rules: agreed with sales',
        details: {
          table: 't',
          file: 'file.csv',
          sha256: refused.sha256,
          override: true,
          reasons: [
            { rule: 'n.max', rows: 3 },
            { rule: 'key', rows: 1 },
          ],
        },
      },
    ]);
    expect((await listQuarantined(data, 'shop')).map(({ state }) => state)).toEqual(['released']);
  });

  it.each([
    ['a value that is no number', 'n\nx\n', 'n.type'],
    ['a column that is not there', 'm\n1\n', 'n.column'],
    ['a line that cannot be read', 'n\n1\n"2"3\n', 'file.quotes'],
  ])('cannot wave through %s', async (_, file, rule) => {
    const [data, models] = [emptyStore(), emptyStore()];
    const refused = await deliver(file, { spec: contract(5), data });
    const again = await release(data, models, contract(5), refused.sha256, true);
    expect(again.accepted).toBe(false);
    expect(again.reasons.map(reason => reason.rule)).toEqual([rule]);
  });

  it('accepts a file whole that would otherwise lose rows', async () => {
    const [data, models] = [emptyStore(), emptyStore()];
    const spec = specOf({ on_violation: 'drop', columns: { n: { type: 'integer', max: 5 } } });
    const first = await deliver('n\n1\n7\n', { spec, data });
    expect(first.rows).toEqual({ read: 2, accepted: 1, rejected: 1 });
    expect((await listQuarantined(data, 'shop')).map(({ state }) => state)).toEqual(['accepted-in-part']);
    const second = await release(data, models, spec, first.sha256, true);
    expect(second.rows).toEqual({ read: 2, accepted: 2, rejected: 0 });
  });

  it('says what is wrong with an id, a reason or a place', async () => {
    const [data, models] = [emptyStore(), emptyStore()];
    const spec = contract(5);
    await expect(findQuarantined(data, 'shop', 'abc')).rejects.toThrow(
      'Nothing in quarantine of model shop has the id "abc"; there is: nothing.',
    );
    const refused = await deliver('n\n7\n', { spec, data });
    await expect(findQuarantined(data, 'shop', 'xyz')).rejects.toThrow(
      `there is: ${refused.sha256.slice(0, 12)} (file.csv).`,
    );
    const request = {
      data,
      models,
      model: 'shop',
      time: '2026-02-02T00:00:00Z',
      actor: 'Ada',
      override: false,
    };
    await expect(releaseQuarantined({ ...request, id: refused.sha256, reason: '  ' })).rejects.toThrow(
      'A release needs a reason',
    );
    await data.put('incoming/shop/t/', 'n\n1\n');
    const marker = await validateUpload({
      data,
      spec,
      key: 'incoming/shop/t/',
      time: '2026-02-01T00:00:00Z',
    });
    await expect(releaseQuarantined({ ...request, id: marker.sha256, reason: 'x' })).rejects.toThrow(
      'incoming/shop/t/ is no place of a table of shop',
    );
  });
});
