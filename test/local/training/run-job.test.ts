import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FileStore } from '../../../core/storage/file-store.ts';
import { jobVariables, textParameters } from '../../../core/training/script/job-contract.ts';
import { readFromArchive } from '../../../core/training/script/read-archive.ts';
import { runJob } from '../../../local/training/run-job.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const hyperparameters = { depth: 3, loss: 'log' };

/** Runs a Node program as a job with one file in each channel. */
async function run(
  source: string,
  {
    seconds = 3600,
    signal = new AbortController().signal,
    command = ['node', 'train.mjs'],
    folder = temporaryDirectory(),
    gone = false,
  } = {},
) {
  const bucket = temporaryDirectory();
  writeFileSync(join(folder, 'train.mjs'), source);
  if (gone) rmSync(folder, { recursive: true });
  const store = new FileStore(pathToFileURL(bucket).href);
  await store.put('in/train/train.csv', 'x,target\n1,2\n');
  await store.put('in/train/more/part.csv', 'more');
  await store.put('in/validation/validation.csv', 'x,target\n3,4\n');
  const result = await runJob({
    job: {
      ...{ name: 'antei-m-1', image: 'local', command, seconds },
      hyperparameters: textParameters(hyperparameters),
      variables: jobVariables(hyperparameters),
      channels: ['train', 'validation'].map(name => ({ name, bucket: 'b', key: `in/${name}/` })),
      output: { bucket: 'b', key: 'out/' },
    },
    program: { image: 'local', command, folder },
    storeOf: () => store,
    signal,
  });
  const archive = join(bucket, 'out', 'antei-m-1', 'output', 'model.tar.gz');
  return {
    ...{ folder, archive, result },
    description: result.description,
    file: async (name: string): Promise<string> => String(await readFromArchive(archive, name, 1e6)),
  };
}

const failed = (reason: string) => ({
  ...{ TrainingJobName: 'antei-m-1', TrainingJobStatus: 'Failed', SecondaryStatus: 'Failed' },
  FailureReason: reason,
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe('a program finds what a SageMaker container has', () => {
  test('its channels, its configuration, and empty folders for what it leaves', async () => {
    const { description, file } = await run(`
      import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
      const { SM_CHANNEL_TRAIN, SM_CHANNEL_VALIDATION, SM_INPUT_CONFIG_DIR, SM_INPUT_DIR, SM_MODEL_DIR, SM_OUTPUT_DIR,
        SM_OUTPUT_DATA_DIR } = process.env;
      const root = SM_MODEL_DIR.replace(/model$/, '');
      const at = path => path.replace(root, '/opt/ml/');
      const json = name => JSON.parse(readFileSync(SM_INPUT_CONFIG_DIR + '/' + name, 'utf8'));
      writeFileSync(SM_MODEL_DIR + '/seen.json', JSON.stringify({
        folders: [SM_CHANNEL_TRAIN, SM_CHANNEL_VALIDATION, SM_INPUT_CONFIG_DIR, SM_INPUT_DIR, SM_MODEL_DIR,
          SM_OUTPUT_DIR, SM_OUTPUT_DATA_DIR].map(at),
        train: readFileSync(SM_CHANNEL_TRAIN + '/train.csv', 'utf8'),
        more: readFileSync(SM_CHANNEL_TRAIN + '/more/part.csv', 'utf8'),
        validation: readdirSync(SM_CHANNEL_VALIDATION),
        hyperparameters: json('hyperparameters.json'),
        channels: json('inputdataconfig.json'),
        hosts: json('resourceconfig.json').hosts,
        empty: [SM_MODEL_DIR, SM_OUTPUT_DATA_DIR].map(path => readdirSync(path).length),
      }));
    `);
    expect(description).toMatchObject({ TrainingJobStatus: 'Completed' });
    // Seconds that were begun; how many it takes is the machine's affair.
    const { TrainingTimeInSeconds } = description;
    expect(TrainingTimeInSeconds).toBeGreaterThanOrEqual(1);
    expect(TrainingTimeInSeconds).toBe(Math.trunc(TrainingTimeInSeconds ?? Number.NaN));
    const channel = { ContentType: 'text/csv', RecordWrapperType: 'None', TrainingInputMode: 'File' };
    expect(JSON.parse(await file('seen.json'))).toEqual({
      folders: [
        ...['/opt/ml/input/data/train', '/opt/ml/input/data/validation', '/opt/ml/input/config'],
        ...['/opt/ml/input', '/opt/ml/model', '/opt/ml/output', '/opt/ml/output/data'],
      ],
      train: 'x,target\n1,2\n',
      more: 'more',
      validation: ['validation.csv'],
      hyperparameters: { depth: '3', loss: 'log' },
      channels: { train: channel, validation: channel },
      hosts: ['algo-1'],
      empty: [0, 0],
    });
  });

  test('few variables of the machine, none of which are secrets, and the folder of the spec', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('NODE_OPTIONS', '--no-warnings');
    const { file, folder } = await run(`
      import { writeFileSync } from 'node:fs';
      writeFileSync(process.env.SM_MODEL_DIR + '/seen.json',
        JSON.stringify({ names: Object.keys(process.env), folder: process.cwd(), depth: process.env.SM_HP_DEPTH }));
    `);
    const { names, ...seen } = JSON.parse(await file('seen.json'));
    expect(seen).toEqual({ folder, depth: '3' });
    expect(names.filter((name: string) => !name.startsWith('SM_')).sort()).toEqual(
      ['HOME', 'LANG', 'PATH', 'TMPDIR'].filter(name => name === 'TMPDIR' || process.env[name] !== undefined),
    );
  });

  test('its arguments as they are: no shell looks at them', async () => {
    const { description, result, folder } = await run('console.log(JSON.stringify(process.argv.slice(2)))', {
      command: ['node', 'train.mjs', '$HOME', '; touch hacked', '`id`'],
    });
    expect(description.TrainingJobStatus).toBe('Completed');
    expect(result.output).toBe('["$HOME","; touch hacked","`id`"]\n');
    expect(existsSync(join(folder, 'hacked'))).toBe(false);
  });
});

describe('a program that does not do its work', () => {
  test('dies: its exit code and the last that it printed are the reason', async () => {
    const { description, archive } = await run(
      'console.log("reading"); console.error("Error: no column y"); process.exitCode = 3;',
    );
    expect(description).toMatchObject(failed('AlgorithmError: reading\nError: no column y, exit code: 3'));
    expect(existsSync(archive)).toBe(false);
  });

  test('dies with a failure file: that is the reason, at most 1,024 characters of it', async () => {
    const { description } = await run(`
      import { writeFileSync } from 'node:fs';
      console.error('never mind this');
      writeFileSync(process.env.SM_OUTPUT_DIR + '/failure', 'because ' + 'x'.repeat(1e6));
      process.exit(1);
    `);
    expect(description.FailureReason).toMatch(/^AlgorithmError: because x+, exit code: 1$/);
    expect(description.FailureReason).toHaveLength(1024);
  });

  test('is killed: the exit code is that of the signal', async () => {
    const { description } = await run('process.kill(process.pid, "SIGSEGV")');
    expect(description).toMatchObject(failed('AlgorithmError: , exit code: 139'));
  });

  test('prints without end: only the last is kept', async () => {
    const { description, result } = await run(`
      for (let i = 0; i < 300; i++) process.stdout.write('y'.repeat(1 << 17) + '\\n');
      process.stdout.write('the end', () => process.exit(7));
    `);
    expect(Buffer.byteLength(result.output)).toBe(1 << 16);
    expect(description.FailureReason).toMatch(/^AlgorithmError: .*y\nthe end, exit code: 7$/s);
    expect(description.FailureReason).toHaveLength(1024);
  });

  test('cannot be started: that is no failure of the script', async () => {
    const { description, folder } = await run('', { command: ['no-such-program-here'] });
    expect(description).toMatchObject(
      failed(
        `ClientError: no-such-program-here cannot be started in ${folder}: spawn no-such-program-here ENOENT`,
      ),
    );
  });

  test('has lost its folder: that is no failure of the script either', async () => {
    const { description, folder } = await run('', { gone: true });
    expect(description).toMatchObject(
      failed(`ClientError: the folder of the spec, ${folder}, is not there any more`),
    );
  });

  test('hangs, deaf to signals: it is killed at the end of its time, with all that it has started', async () => {
    const pidFile = join(temporaryDirectory(), 'pids');
    // Its time is over when the test says so: however long it takes to start, it has done all below.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const job = run(
      `
      import { spawn } from 'node:child_process';
      import { writeFileSync } from 'node:fs';
      process.on('SIGTERM', () => undefined);
      const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
      writeFileSync(process.env.SM_MODEL_DIR + '/model.onnx', 'unfinished');
      writeFileSync(${JSON.stringify(pidFile)}, process.pid + ' ' + child.pid + '.');
      setInterval(() => undefined, 1000);
    `,
      { seconds: 86_400 },
    );
    await eventually(() => expect(readFileSync(pidFile, 'utf8')).toMatch(/\.$/));
    vi.advanceTimersByTime(86_400_000);
    const { description, archive } = await job;
    expect(description).toMatchObject({
      TrainingJobStatus: 'Stopped',
      SecondaryStatus: 'MaxRuntimeExceeded',
    });
    expect(existsSync(archive)).toBe(false);
    const pids = readFileSync(pidFile, 'utf8').slice(0, -1).split(' ').map(Number);
    expect(pids).toHaveLength(2);
    await eventually(() => expect(pids.filter(isAlive)).toEqual([]));
  });

  test('leaves links instead of files: nothing outside its folder gets into the archive', async () => {
    const { description, file } = await run(`
      import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
      const model = process.env.SM_MODEL_DIR;
      symlinkSync('/etc/passwd', model + '/model.onnx');
      symlinkSync('/etc', model + '/folder');
      mkdirSync(model + '/deep');
      writeFileSync(model + '/deep/' + 'n'.repeat(90), 'kept');
    `);
    expect(description.TrainingJobStatus).toBe('Completed');
    await expect(file('model.onnx')).rejects.toThrow(`it left "deep/${'n'.repeat(75)}…"`);
    expect(await file(`deep/${'n'.repeat(90)}`)).toBe('kept');

    const replaced = await run(`
      import { rmdirSync, symlinkSync } from 'node:fs';
      rmdirSync(process.env.SM_MODEL_DIR);
      symlinkSync('/etc', process.env.SM_MODEL_DIR);
    `);
    expect(replaced.description).toMatchObject(
      failed('AlgorithmError: what it left could not be stored: the model directory is no folder any more'),
    );
  });

  test('leaves a pipe for a failure file: it is not read', async () => {
    const { description } = await run(`
      import { execFileSync } from 'node:child_process';
      execFileSync('mkfifo', [process.env.SM_OUTPUT_DIR + '/failure']);
      console.log('bye');
      process.exit(1);
    `);
    expect(description).toMatchObject(failed('AlgorithmError: bye, exit code: 1'));
  });
});

test('a job that is told to stop is killed', async () => {
  const stop = new AbortController();
  const pidFile = join(temporaryDirectory(), 'pid');
  const job = run(
    `import { writeFileSync } from 'node:fs';
     writeFileSync(${JSON.stringify(pidFile)}, process.pid + '.');
     setInterval(() => undefined, 1000);`,
    { signal: stop.signal },
  );
  await eventually(() => expect(readFileSync(pidFile, 'utf8')).toMatch(/\.$/));
  stop.abort();
  await expect(job).rejects.toThrow();
  await eventually(() => expect(isAlive(Number.parseInt(readFileSync(pidFile, 'utf8'), 10))).toBe(false));
});

/** Whether a process runs; one that was killed may stay in the table until somebody asks how it ended. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z\s]/.test(stdout.trim());
}
