import * as z from 'zod';
import { parseDuration } from './duration.ts';
import { atLeastOne, duration } from './primitives.ts';

/** What a candidate says of the program that trains it. Of the trainer `script` only. */
export const scriptFields = {
  command: atLeastOne(z.string().min(1).max(256))
    .max(100)
    .optional()
    .describe('script only: program and arguments, run in the folder of the spec, or in the image'),
  image: z
    .string()
    .max(255)
    .optional()
    .describe('script only: on AWS, the container image in Amazon ECR that has the program'),
  instance: z
    .string()
    .regex(/^ml\.[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'a SageMaker machine type, such as ml.m5.large')
    .optional()
    .describe('script only: on AWS, the machine type; ml.m5.large by default'),
  time_limit: duration
    .optional()
    .describe('script only: the longest that it may run; 1 hour by default, at most 28 days'),
};

const scriptSchema = z.object(scriptFields);

export type Script = z.output<typeof scriptSchema>;

const FIELDS = ['command', 'image', 'instance', 'time_limit'] as const;

/** SageMaker stops every job after so long. */
const LONGEST_SECONDS = 28 * 86_400;

const ECR_IMAGE =
  /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[a-z0-9][a-z0-9._/-]*(:[\w.-]{1,128})?(@sha256:[0-9a-f]{64})?$/;

/** Seconds of a duration of fixed length; undefined for months and years, which differ. */
export function secondsOf(text: string): number | undefined {
  const parsed = parseDuration(text);
  return parsed === undefined || parsed.months > 0 ? undefined : parsed.milliseconds / 1000;
}

/** What the fields of a script say of each other and of the trainer. */
export function* scriptProblems(
  candidate: Script & { readonly trainer: string },
): Iterable<{ readonly field: string[]; readonly message: string }> {
  if (candidate.trainer !== 'script') {
    for (const field of FIELDS) {
      if (candidate[field] !== undefined) {
        yield { field: [field], message: 'is for the trainer "script" only' };
      }
    }
    return;
  }
  if (candidate.command === undefined) {
    yield {
      field: ['command'],
      message: 'is missing; the trainer "script" needs a program, such as [python3, train.py]',
    };
  }
  if (candidate.image !== undefined && !ECR_IMAGE.test(candidate.image)) {
    yield {
      field: ['image'],
      message:
        `found "${candidate.image.slice(0, 80)}"; allowed: an image in Amazon ECR, such as ` +
        '123456789012.dkr.ecr.eu-west-1.amazonaws.com/trainers@sha256:… (or with a tag)',
    };
  }
  const seconds = secondsOf(candidate.time_limit ?? '1 hour');
  if (seconds === undefined || seconds > LONGEST_SECONDS) {
    yield { field: ['time_limit'], message: `found "${candidate.time_limit}"; the most allowed is 28 days` };
  }
}
