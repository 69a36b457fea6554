import * as z from 'zod';
import { atLeastOne, identifier } from './primitives.ts';

/** What a candidate says of its hyperparameters: fixed ones, and those that are searched. */

const value = z.union([z.number(), z.string(), z.boolean()]);

const range = z
  .strictObject({
    min: z.number().describe('Smallest value'),
    max: z.number().describe('Largest value'),
    integer: z.boolean().default(false).describe('Whole numbers only'),
    scale: z
      .enum(['linear', 'log'])
      .default('linear')
      .describe('log: as many values between 1 and 10 as between 10 and 100'),
  })
  .describe('Numbers from min to max');

export const hyperparameterFields = {
  hyperparameters: z.record(identifier, value).default({}).describe('The same in all runs of this candidate'),
  grid: z
    .record(identifier, atLeastOne(value))
    .optional()
    .describe('Values of hyperparameters: one run for every combination'),
  space: z
    .record(identifier, z.union([atLeastOne(value), range]))
    .optional()
    .describe('Values, or ranges of numbers, that random runs draw from'),
  random: z.int().min(1).max(200).optional().describe('Runs with hyperparameters drawn from the space'),
  seed: z.int().min(0).optional().describe('Other seeds draw other hyperparameters; 1 by default'),
};

const searchSchema = z.object(hyperparameterFields);

export type Search = z.output<typeof searchSchema>;
export type Range = z.output<typeof range>;

/** More runs of one dataset are refused: a search that large does not end while somebody waits for it. */
export const MOST_RUNS = 200;

/** Runs that a candidate asks for; at most, where draws may meet. */
export const runsOf = ({ grid, random }: Search): number =>
  random ?? Object.values(grid ?? {}).reduce((product, values) => product * values.length, 1);

/** What the fields of one search say of each other: the field, and what is wrong with it. */
export function* searchProblems(search: Search): Iterable<{ readonly field: string[]; message: string }> {
  const { hyperparameters, grid, space, random, seed } = search;
  if (grid !== undefined && space !== undefined) {
    yield { field: ['space'], message: 'stands beside "grid"; write two candidates, one for each' };
  }
  if (random === undefined && space !== undefined) {
    yield { field: ['space'], message: 'needs "random", the number of runs to draw' };
  }
  if (random !== undefined && space === undefined) {
    yield { field: ['random'], message: 'needs "space", the hyperparameters to draw from' };
  }
  if (seed !== undefined && random === undefined) {
    yield { field: ['seed'], message: 'is for "random" runs; there are none here' };
  }
  for (const [section, searched] of Object.entries({ grid, space })) {
    for (const name of Object.keys(searched ?? {})) {
      if (name in hyperparameters) {
        yield { field: [section, name], message: 'is fixed under "hyperparameters" already' };
      }
    }
  }
  for (const [name, values] of Object.entries(space ?? {})) {
    if (!Array.isArray(values)) yield* rangeProblems(['space', name], values);
  }
}

function* rangeProblems(field: string[], { min, max, integer, scale }: Range) {
  if (min >= max) yield { field, message: `min ${min} must be below max ${max}` };
  if (scale === 'log' && min <= 0) {
    yield { field, message: `min ${min} must be above 0 on a logarithmic scale` };
  }
  if (integer && !(Number.isInteger(min) && Number.isInteger(max))) {
    yield { field, message: `min ${min} and max ${max} must be whole numbers, as "integer" says` };
  }
}
