import type { DuckDBConnection } from '@duckdb/node-api';
import { categoriesOf, columnContract } from './column-contract.ts';
import { type ColumnFacts, isUnique, type SampleFacts } from './column-facts.ts';
import { type Entry, entriesOf, entry, Section } from './draft.ts';
import { counted, namesThings, shown } from './names.ts';
import type { Reference } from './references.ts';
import { type TimeColumn, timeColumnOf } from './time-column.ts';

/** The table that is learnt from: its rows become series or examples. */
export interface LearntTable {
  readonly sample: SampleFacts;
  readonly time: TimeColumn | undefined;
  /** Columns that tell series apart. */
  readonly by: readonly string[];
  /** Columns that are unique together, if the sample shows that. */
  readonly key: readonly string[] | undefined;
}

/** What is known of a table besides its own columns. */
export interface TableContext {
  readonly sample: SampleFacts;
  readonly references: readonly Reference[];
  readonly learnt: LearntTable;
}

/** A table of the spec: how its files come, how they are read, and the contract of each column. */
export async function tableSection(connection: DuckDBConnection, context: TableContext): Promise<Entry> {
  const { sample, references, learnt } = context;
  const identity = identityOf(context);
  const { key, time } = identity;
  const isLearnt = sample.table === learnt.sample.table;
  const naming = new Set([...(key?.value ?? []), ...(isLearnt ? learnt.by : [])]);
  const columns: Entry[] = [];
  for (const fact of sample.facts) {
    const reference = references.find(({ table, column }) => table === sample.table && column === fact.name);
    const role = { reference, names: naming.has(fact.name), isTime: fact.name === time?.value };
    const closed = role.names || reference !== undefined;
    const categories = closed ? undefined : await categoriesOf(connection, sample, fact);
    columns.push(columnContract(fact, role, categories));
  }
  const remarks = sample.leftOut.map(({ name, why }) => `left out: ${shown(name)}, because ${why}`);
  const seen = sample.more ? `the first ${counted(sample.rows, 'row')}` : counted(sample.rows, 'row');
  return entry(
    sample.table,
    new Section(
      [
        entry('mode', identity.mode.value, identity.mode.why),
        ...(time === undefined ? [] : [entry('time', time.value, time.why)]),
        ...(key === undefined
          ? []
          : [entry('key', key.value.length === 1 ? (key.value[0] ?? '') : key.value, key.why)]),
        ...readEntries(sample),
        entry('columns', new Section(columns, { remarks })),
        entry(
          'rows',
          new Section(entriesOf({ min: 1 }), { inline: true }),
          'a file without rows is an export that failed; raise this to what a delivery has at least',
        ),
      ],
      {
        remarks:
          time === undefined
            ? []
            : [
                'freshness: 2 days    # how old the newest row of a file may be; not set, because a sample does not tell',
              ],
      },
    ),
    `from ${shown(sample.file)}, ${seen}`,
  );
}

interface Reasoned<T> {
  readonly value: T;
  readonly why: string;
}

interface Identity {
  readonly mode: Reasoned<'append' | 'replace'>;
  readonly time?: Reasoned<string>;
  readonly key?: Reasoned<readonly string[]>;
}

/** What a row is, and whether a new file adds rows or replaces them. */
function identityOf({ sample, references, learnt }: TableContext): Identity {
  if (sample.table === learnt.sample.table) {
    const { time, key } = learnt;
    return {
      ...modeAndTime(time),
      ...(key && { key: { value: key, why: 'no two rows of the file have the same' } }),
    };
  }
  const target = references.find(({ target }) => target.table === sample.table)?.target.column;
  const key = target ?? keyOf(sample.facts)?.name;
  const unique = key && { value: [key], why: `${counted(sample.rows, 'row')}, each with a value of its own` };
  if (target !== undefined && unique) {
    const mode = {
      value: 'replace',
      why: 'other tables refer to it, so the newest file is the whole list',
    } as const;
    return { mode, key: unique };
  }
  return { ...modeAndTime(timeColumnOf(sample.facts)), ...(unique && { key: unique }) };
}

const modeAndTime = (time: TimeColumn | undefined): Pick<Identity, 'mode' | 'time'> =>
  time === undefined
    ? {
        mode: { value: 'replace', why: 'rows have no time, so the newest file is taken for the whole table' },
      }
    : {
        mode: { value: 'append', why: 'rows have a time, so new files add to those before' },
        time: { value: time.column.name, why: time.why },
      };

/** The column that names a row: by its own name if possible, else the first that could. */
function keyOf(facts: readonly ColumnFacts[]): ColumnFacts | undefined {
  const unique = facts.filter(fact => isUnique(fact) && (fact.type === 'string' || fact.type === 'integer'));
  return unique.find(({ name }) => namesThings(name)) ?? unique[0];
}

function readEntries({ read, readWhy }: SampleFacts): Entry[] {
  const options = entriesOf(read);
  if (options.length === 0) return [];
  const reasons = [...new Set(Object.values(readWhy))].join('; ');
  return [entry('read', new Section(options, { inline: true }), reasons)];
}
