import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readFromArchive } from '../../../../core/training/script/read-archive.ts';
import { tarEntry, tarGz } from '../../../support/tar.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

function read(archive: Buffer, largest = 1000): Promise<string> {
  const path = join(temporaryDirectory(), 'model.tar.gz');
  writeFileSync(path, archive);
  return readFromArchive(path, 'model.onnx', largest).then(String);
}

const model = { name: 'model.onnx', content: 'the model' };

describe('a file of an archive', () => {
  test('is found at the top, whatever lies around it', async () => {
    expect(await read(tarGz(model))).toBe('the model');
    expect(await read(tarGz({ name: './', type: '5' }, { ...model, name: './model.onnx' }))).toBe(
      'the model',
    );
    const around = [
      { name: 'a/', type: '5' },
      { name: 'a/model.onnx', content: 'another' },
      { name: 'log', content: 'x'.repeat(512) },
    ];
    expect(await read(tarGz(...around, model, ...around))).toBe('the model');
  });

  test('is the last of its name, as when an archive is unpacked', async () => {
    expect(await read(tarGz({ ...model, content: 'first' }, model))).toBe('the model');
  });

  test('may be of any length, up to the largest allowed', async () => {
    for (const length of [0, 1, 511, 512, 513, 1000]) {
      expect(await read(tarGz({ ...model, content: 'x'.repeat(length) }))).toHaveLength(length);
    }
    await expect(read(tarGz({ ...model, content: 'x'.repeat(1001) }))).rejects.toMatchObject({
      name: 'TrainingError',
      message: 'model.onnx in model.tar.gz has 1001 bytes; at most 1000 can be served.',
    });
  });

  test('may have its name in the headers of pax and of GNU tar', async () => {
    const pax = (text: string) => ({ name: 'PaxHeader', type: 'x', content: text });
    expect(await read(tarGz(pax('19 path=model.onnx\n'), { ...model, name: 'short' }))).toBe('the model');
    const long = { name: '././@LongLink', type: 'L', content: `${'d/'.repeat(80)}file\0` };
    expect(await read(tarGz(long, { name: 'cut', content: 'x' }, model))).toBe('the model');
    // The name in a header is for the next entry alone.
    await expect(read(tarGz(pax('14 path=other\n'), model))).rejects.toThrow('it left "other"');
  });
});

describe('names that lead elsewhere are other names, and nothing is written under them', () => {
  test.each(['../model.onnx', '/model.onnx', 'a/../model.onnx', '../../etc/model.onnx'])('%s', async name => {
    await expect(read(tarGz({ ...model, name }))).rejects.toMatchObject({
      name: 'TrainingError',
      message: `The script left no model.onnx in its model directory (it left ${JSON.stringify(name)}).`,
    });
  });

  test('also in the field for folders', async () => {
    await expect(read(tarGz({ ...model, prefix: '..' }))).rejects.toThrow('it left "../model.onnx"');
  });

  test.each(['1', '2', '5'])('a link or folder (type %s) is no model', async type => {
    await expect(read(tarGz({ ...model, content: '', type }))).rejects.toThrow(
      'model.onnx in model.tar.gz is no file but a link or folder.',
    );
  });
});

describe('what is no whole archive is refused', () => {
  const whole = tarGz(model);
  test.each([
    ['garbage', Buffer.from('garbage')],
    ['nothing', Buffer.alloc(0)],
    ['a gzip file that is cut off', whole.subarray(0, -12)],
    ['a gzip file of garbage', gzipSync('x'.repeat(512))],
    ['an archive that is cut off in an entry', gzipSync(gunzipSync(whole).subarray(0, 515))],
    ['an archive that claims more than it has', gzipSync(tarEntry({ ...model, size: 900 }))],
  ])('%s', async (_, archive) => {
    await expect(read(archive)).rejects.toMatchObject({
      name: 'TrainingError',
      message: expect.stringMatching(/^model\.tar\.gz is no archive, or is not whole: /),
    });
  });

  test('a wrong check sum behind the model shows that all of it may be wrong', async () => {
    const broken = Buffer.from(whole);
    broken.writeUInt32LE(broken.readUInt32LE(broken.length - 8) ^ 1, broken.length - 8);
    await expect(read(broken)).rejects.toThrow('incorrect data check');
  });

  test('an empty archive names that nothing is there', async () => {
    await expect(read(tarGz())).rejects.toThrow('(it left no file)');
  });

  test('names are shown as text, and only a few', async () => {
    const names = Array.from({ length: 30 }, (_, i) => ({ name: `f${i}\u001b[31m<b>` }));
    const error = await read(tarGz(...names)).catch(String);
    expect(error).toContain('"f0\\u001b[31m<b>"');
    expect(error).toContain('"f9');
    expect(error).not.toContain('"f10');
  });
});
