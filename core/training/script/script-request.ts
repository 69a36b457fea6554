import * as z from 'zod';
import { type Script, secondsOf } from '../../spec/script.ts';

/** What a candidate of the trainer `script` says beside its hyperparameters. */
export const scriptRequestSchema = z.object({
  /** Program and arguments; no shell looks at them. */
  command: z.array(z.string()).min(1),
  /** The container that has the program; in the embedded cloud, the program's own digest. */
  image: z.string().optional(),
  /** Machine type on AWS. */
  instance: z.string(),
  /** The longest that it may run. */
  seconds: z.int().min(1),
});

export type ScriptRequest = z.output<typeof scriptRequestSchema>;

const USUAL = { instance: 'ml.m5.large', seconds: 3600 } as const;

/** The script of a candidate of a spec, where it has one, with its defaults. */
export function scriptOf({ command, image, instance, time_limit }: Script): {
  readonly script?: ScriptRequest;
} {
  if (command === undefined) return {};
  return {
    script: {
      command,
      ...(image !== undefined && { image }),
      instance: instance ?? USUAL.instance,
      seconds: (time_limit === undefined ? undefined : secondsOf(time_limit)) ?? USUAL.seconds,
    },
  };
}
