import type { RunRecord } from '../training/run-record.ts';
import { hasChanged, type InputCheck } from './check-inputs.ts';

/** A file that a run left, and what training again left in its place. */
export interface ComparedArtifact {
  readonly name: string;
  readonly recorded: string;
  /** Null where training again did not leave it. */
  readonly reproduced: string | null;
}

export interface Reproduction {
  /** Training again gave the same bytes, or failed in the same way. */
  readonly reproduced: boolean;
  readonly artifacts: readonly ComparedArtifact[];
  /** What is no longer as it was recorded. */
  readonly changed: readonly InputCheck[];
  /** One plain sentence or two. */
  readonly reason: string;
}

/**
 * Whether a run was reproduced, and if not, which of its inputs explains that.
 * @param again The new run; or, where it could not be trained again, why.
 */
export function judgeReproduction(
  recorded: RunRecord,
  again: RunRecord | string,
  inputs: readonly InputCheck[],
): Reproduction {
  const ran = typeof again === 'string' ? undefined : again;
  const changed = inputs.filter(hasChanged);
  const left = ran?.status === 'succeeded' ? ran.artifacts : {};
  const artifacts = Object.entries(recorded.status === 'succeeded' ? recorded.artifacts : {}).map(
    ([name, hash]) => ({ name, recorded: hash, reproduced: left[name] ?? null }),
  );
  const reproduced = ran !== undefined && outcomeOf(recorded) === outcomeOf(ran);
  const causes = changed.filter(({ input }) => input !== 'artifact');
  return { reproduced, artifacts, changed, reason: reasonFor(recorded, again, reproduced, changed, causes) };
}

/** The artifacts' hashes, or the error: equal texts are equal outcomes. */
const outcomeOf = (run: RunRecord): string =>
  run.status === 'failed'
    ? `${run.error.name}: ${run.error.message}`
    : JSON.stringify(Object.entries(run.artifacts).sort(([a], [b]) => (a < b ? -1 : 1)));

function reasonFor(
  recorded: RunRecord,
  again: RunRecord | string,
  reproduced: boolean,
  changed: readonly InputCheck[],
  causes: readonly InputCheck[],
): string {
  if (typeof again === 'string') {
    const why = [again, ...causes.map(inWords)].filter(text => text !== '').join('; ');
    return `It cannot be trained again: ${why}.`;
  }
  if (reproduced) {
    const same =
      recorded.status === 'failed'
        ? 'It fails again, in the same way'
        : 'Training again gave the same model, byte for byte';
    return changed.length === 0 ? `${same}.` : `${same}, although ${changed.map(inWords).join('; ')}.`;
  }
  const ended =
    again.status === 'failed'
      ? `Training again failed (${again.error.message})`
      : 'Training again gave another model';
  if (causes.length > 0) return `${ended}: ${causes.map(inWords).join('; ')}.`;
  const why =
    recorded.script === undefined
      ? 'this trainer does not give the same model twice'
      : 'the script output differs from one time to the next';
  return `${ended}, although nothing that it depends on has changed: ${why}.`;
}

const WHAT = {
  dataset: 'the dataset file',
  brought: 'the brought model file',
  program: 'the program',
  spec: 'the spec',
  seed: 'the seed',
  code: 'the code',
  library: 'the library',
  artifact: 'the stored model file',
} as const;

function inWords({ input, name, recorded, found }: InputCheck): string {
  const what = [WHAT[input], name].filter(part => part !== '').join(' ');
  return found === null
    ? `${what} is missing`
    : `${what} has changed from ${brief(recorded)} to ${brief(found)}`;
}

/** Enough of a hash to tell two apart; versions whole. */
const brief = (text: string): string => text.replace(/\b([0-9a-f]{12})[0-9a-f]{20,}\b/, '$1…');
