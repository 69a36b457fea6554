/** A piece of a spec before it is written: values with the reasons that become comments. */
export interface Entry {
  readonly key: string;
  readonly value: Scalar | Section | readonly (Scalar | Section)[];
  /** Why it is so; a comment above it. */
  readonly why?: string;
}

export type Scalar = string | number | boolean;

/** A mapping of a spec. */
export class Section {
  readonly entries: readonly Entry[];
  /** Whether it is written on one line. */
  readonly inline: boolean;
  /** Remarks below the entries. */
  readonly remarks: readonly string[];

  constructor(
    entries: readonly Entry[],
    { inline = false, remarks = [] }: { inline?: boolean; remarks?: readonly string[] } = {},
  ) {
    this.entries = entries;
    this.inline = inline;
    this.remarks = remarks;
  }
}

/** An entry; without a reason where the value speaks for itself. */
export const entry = (key: string, value: Entry['value'], why = ''): Entry =>
  why === '' ? { key, value } : { key, value, why };

/** Entries of the options that are set. */
export const entriesOf = (options: Readonly<Record<string, Entry['value'] | undefined>>): Entry[] =>
  Object.entries(options).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
