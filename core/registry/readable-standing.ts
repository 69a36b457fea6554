import { readableTime } from '../insights/readable.ts';
import type { Standing } from './standing.ts';

/** What is in production, for a person: the end of a sentence. */
export const readableStanding = (standing: Standing | undefined): string =>
  standing === undefined
    ? 'nothing yet'
    : `version ${standing.champion}, on data until ${readableTime(standing.dataEnd)}`;
