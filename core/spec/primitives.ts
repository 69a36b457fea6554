import * as z from 'zod';
import { DURATION_PATTERN } from './duration.ts';

/** Pieces that several sections of a spec are made of. */

export const identifier = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
    'a name of letters, digits and _, not starting with a digit, at most 63 long',
  );

export const columnName = z.string().min(1).max(255);

export const duration = z
  .string()
  .regex(
    DURATION_PATTERN,
    'a whole number and a unit, such as "15 minutes", "1 hour", "14 days", "1 week" or "1 month"',
  );

export const share = z.number().min(0).max(1);

/** A SQL expression. */
export const sql = z.string().min(1).max(2000);

export const atLeastOne = <T extends z.ZodType>(item: T) => z.array(item).min(1);

/** One name, or several that count together. */
export const columnList = z.union([columnName.transform(name => [name]), atLeastOne(columnName)]);
