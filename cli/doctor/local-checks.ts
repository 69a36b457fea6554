import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import type { Check } from './examine.ts';
import { specsCheck } from './specs-check.ts';

/** The version that the functions have on AWS, too. */
const NODE = 24;

/** What the embedded cloud needs of this machine. */
export const localChecks = ({
  state,
  models,
}: {
  readonly state: string;
  readonly models: string;
}): readonly (readonly Check[])[] => [
  [
    {
      name: 'Node.js',
      advice: `run Antei by "npm run antei -- …", which uses the Node.js ${NODE} that npm installed`,
      async look() {
        const found = `Node.js ${process.versions.node}`;
        const [major] = process.versions.node.split('.');
        if (Number(major) < NODE) throw new Error(`${found}; needed: ${NODE} or later`);
        return found;
      },
    },
    {
      name: 'data engine',
      advice:
        'run "npm ci" on this machine: the native library belongs to one operating system and processor',
      async look() {
        const { DuckDBInstance } = await import('@duckdb/node-api');
        const instance = await DuckDBInstance.create(':memory:');
        const connection = await instance.connect();
        try {
          const [row] = (await connection.runAndReadAll('SELECT version()')).getRows();
          return `DuckDB ${row?.[0]}`;
        } finally {
          connection.closeSync();
          instance.closeSync();
        }
      },
    },
    {
      name: 'state directory',
      advice: 'name a directory that you may write to, with --state',
      async look() {
        await mkdir(state, { recursive: true });
        await access(state, constants.R_OK | constants.W_OK | constants.X_OK);
        return state;
      },
    },
    specsCheck(models),
  ],
];
