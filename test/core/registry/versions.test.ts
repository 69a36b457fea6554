import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readChampion, readProduction } from '../../../core/registry/production.ts';
import { promoteVersion } from '../../../core/registry/promote-version.ts';
import { claimNumber, listVersions } from '../../../core/registry/versions.ts';
import { FileStore } from '../../../core/storage/file-store.ts';
import { modelKeys } from '../../../core/storage/layout.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { ObjectNotFoundError } from '../../../core/telemetry/errors.ts';
import { versionFacts } from '../../support/registered-versions.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const store = (): ObjectStore => new FileStore(pathToFileURL(temporaryDirectory()).href);
const time = '2026-02-01T00:00:00.000Z';
const later = '2026-02-02T00:00:00.000Z';

describe('claimNumber', () => {
  test('twenty runs at once get twenty numbers without gaps', async () => {
    const models = store();
    const claimed = await Promise.all(
      Array.from({ length: 20 }, (_, i) => claimNumber(models, versionFacts(`run-${i}`))),
    );
    const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(claimed.map(({ version }) => version).sort((a, b) => a - b)).toEqual(numbers);
    const listed = await listVersions(models, 'm');
    expect(listed.map(({ version }) => version)).toEqual(numbers);
    expect(new Set(listed.map(({ run }) => run)).size).toBe(20);
  });

  test('one run at once, twenty times, gets one number', async () => {
    const models = store();
    const claimed = await Promise.all(
      Array.from({ length: 20 }, () => claimNumber(models, versionFacts('the run'))),
    );
    expect(new Set(claimed.map(({ version }) => version))).toEqual(new Set([1]));
    expect(await listVersions(models, 'm')).toHaveLength(1);
  });

  test('a run that has a version keeps it, with its first record', async () => {
    const models = store();
    await claimNumber(models, versionFacts('a'));
    await claimNumber(models, versionFacts('b'));
    expect(await claimNumber(models, { ...versionFacts('a'), reason: 'another' })).toMatchObject({
      version: 1,
      reason: 'r',
    });
  });
});

describe('promoteVersion', () => {
  const setUp = async (...dataEnds: string[]) => {
    const models = store();
    for (const [i, end] of dataEnds.entries())
      await claimNumber(models, versionFacts(`run-${i}`, `2026-${end}T00:00:00.000Z`));
    const promote = (version: number, at = time) => promoteVersion({ models, model: 'm', version, time: at });
    return { models, promote };
  };

  test('the first version goes into production', async () => {
    const { models, promote } = await setUp('01-01');
    expect(await readProduction(models, 'm')).toBeUndefined();
    expect(await readChampion(models, 'm')).toBeUndefined();
    expect(await promote(1)).toEqual({ promoted: true, reason: 'Version 1 is in production' });
    expect(await readProduction(models, 'm')).toMatchObject({
      ...{ model: 'm', champion: 1, promotedAt: time, dataEnd: '2026-01-01T00:00:00.000Z', previous: null },
    });
  });

  test('newer data replaces it', async () => {
    const { models, promote } = await setUp('01-01', '01-02');
    await promote(1);
    expect(await promote(2, later)).toEqual({
      promoted: true,
      reason: 'Version 2 is in production, in place of version 1',
    });
    expect(await readProduction(models, 'm')).toMatchObject({ champion: 2, previous: 1, promotedAt: later });
    expect(await readChampion(models, 'm')).toMatchObject({ version: 2, run: 'run-1' });
  });

  test('older data does not', async () => {
    const { models, promote } = await setUp('01-02', '01-01');
    await promote(1);
    expect(await promote(2, later)).toEqual({
      promoted: false,
      reason:
        'Version 2 was built on data until 2026-01-01, which is older than the data of version 1 in ' +
        'production (until 2026-01-02)',
    });
    expect(await readProduction(models, 'm')).toMatchObject({ champion: 1, promotedAt: time });
  });

  test('on data of the same time the newer version counts, in whichever order they come', async () => {
    const { models, promote } = await setUp('01-01', '01-01');
    expect(await promote(2)).toMatchObject({ promoted: true });
    expect(await promote(1, later)).toEqual({
      promoted: false,
      reason: 'Version 2 in production is newer than version 1, on data of the same time',
    });
    expect(await readProduction(models, 'm')).toMatchObject({ champion: 2 });
  });

  test('the same promotion again gives the same answer; another one of the champion changes nothing', async () => {
    const { models, promote } = await setUp('01-01', '01-02');
    await promote(1);
    const first = await promote(2, later);
    expect(await promote(2, later)).toEqual(first);
    expect(await promote(2, '2026-03-01T00:00:00.000Z')).toEqual({
      promoted: false,
      reason: `Version 2 is in production already, since 2026-02-02`,
    });
    expect(await readProduction(models, 'm')).toMatchObject({ champion: 2, previous: 1, promotedAt: later });
  });

  test('of many at once the one with the newest data ends in production', async () => {
    const { models, promote } = await setUp(
      ...Array.from({ length: 9 }, (_, i) => `01-0${((i * 4) % 9) + 1}`),
    );
    await Promise.all(Array.from({ length: 9 }, (_, i) => promote(i + 1)));
    expect(await readProduction(models, 'm')).toMatchObject({ dataEnd: '2026-01-09T00:00:00.000Z' });
  });

  test('a version that does not exist is an error by name', async () => {
    const { promote } = await setUp();
    await expect(promote(7)).rejects.toThrow(ObjectNotFoundError);
  });
});

test('a record of another shape is refused, not passed on', async () => {
  const models = store();
  await models.put(modelKeys.version('m', 1), '{"version":"one"}');
  await expect(listVersions(models, 'm')).rejects.toThrow();
});
