import { checkCode, checkStored, type InputCheck, specOfRun } from '../core/tracking/check-inputs.ts';
import { judgeReproduction, type Reproduction } from '../core/tracking/judge-reproduction.ts';
import type { RunRecord } from '../core/training/run-record.ts';
import { type Program, programOf as programIn } from '../local/training/programs.ts';
import { type Command, UsageError } from './command.ts';
import { printHeading } from './progress.ts';
import { folderOf } from './specs.ts';
import { section, styled, table } from './table.ts';
import { trackedRun } from './tracked-run.ts';

export const reproduce: Command = {
  summary:
    'trains a run or version again from its record, in a fresh process, and compares the model byte for byte',
  usage: 'RUN|VERSION',
  async run({ positionals, deployment, state, models }) {
    const [reference, ...more] = positionals;
    if (reference === undefined || more.length > 0) {
      throw new UsageError('Name one run by its id, or one version, such as departures/2');
    }
    const stores = await deployment.stores();
    const { run, version } = await trackedRun(stores.models, reference);
    const stored = await checkStored(stores, run);
    const spec = await specOfRun(stores.models, run);
    const missing = stored.some(({ input, found }) => input === 'dataset' && found === null);
    const program = run.script && programOf(run, folderOf(run.model, state, models));
    let again: RunRecord | string;
    if (missing) again = '';
    else if (spec === undefined) again = 'the spec that it was trained with cannot be read';
    else {
      printHeading(`Training ${run.trainer} of ${run.model} again, as run ${run.id} recorded it`);
      // Only this command pays for loading the bundler.
      const { retrain } = await import('./retrain.ts');
      again = await retrain(stores, run, spec, program);
    }
    const inputs = [
      ...stored,
      ...checkProgram(run, program),
      ...(typeof again === 'string' ? [] : checkCode(run, again)),
    ];
    const verdict = judgeReproduction(run, again, inputs);
    return {
      facts: { model: run.model, run: run.id, version, ...verdict, inputs },
      text: describe(run, verdict),
      refused: !verdict.reproduced,
    };
  },
};

/** The program of a script as it is now; undefined where nobody knows its folder. */
const programOf = ({ model, script }: RunRecord, folder: string | undefined): Program | undefined =>
  script === undefined || folder === undefined ? undefined : programIn(model, folder, script.command);

/** The recorded program, by its digest, compared with what is there now. */
const checkProgram = ({ script }: RunRecord, program: Program | undefined): InputCheck[] =>
  script === undefined
    ? []
    : [
        {
          ...{ input: 'program', name: script.command.join(' ') },
          recorded: script.image ?? 'none',
          found: program?.image ?? null,
        },
      ];

function describe(run: RunRecord, { reproduced, artifacts, changed, reason }: Reproduction): string {
  const verdict = reproduced ? styled('green', 'reproduced') : styled('red', 'not reproduced');
  const parts = [section(`Run ${run.id}`, `  ${verdict}: ${reason}`)];
  if (artifacts.length > 0) {
    const rows = artifacts.map(({ name, recorded, reproduced: hash }) => [
      ...[name, recorded, hash ?? 'none', recorded === hash ? '' : '≠'],
    ]);
    parts.push(section('Model files', table(['file', 'recorded SHA-256', 'trained again', ''], rows)));
  }
  if (changed.length > 0) {
    const rows = changed.map(({ input, name, recorded, found }) => [
      input,
      name,
      recorded,
      found ?? 'missing',
    ]);
    parts.push(section('Changed since', table(['what', 'name', 'recorded', 'now'], rows)));
  }
  return parts.join('\n\n');
}
