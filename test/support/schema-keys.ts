import * as z from 'zod';

const node = z.looseObject({
  $ref: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});

const root = z.looseObject({ $defs: z.record(z.string(), z.unknown()).default({}) });

export interface SchemaKey {
  /** Keys from the root; `*` for a name that the user chooses. */
  readonly path: string;
  readonly description: string | undefined;
  /** One for each kind of object that has the key, where it differs; undefined where there is none. */
  readonly defaults: readonly unknown[];
}

/** Every key that a JSON Schema allows, each once, those within mappings by name and within lists too. */
export function keysOf(schema: unknown): SchemaKey[] {
  const { $defs } = root.parse(schema);
  const keys = new Map<string, SchemaKey>();
  const visit = (value: unknown, path: readonly string[]): void => {
    const found = resolved($defs, value);
    for (const [key, property] of Object.entries(found.properties ?? {})) {
      const { description, default: preset } = resolved($defs, property);
      const name = [...path, key].join('.');
      const known = keys.get(name);
      keys.set(name, {
        path: name,
        description: known?.description ?? description,
        defaults: [...new Set([...(known?.defaults ?? []), preset])],
      });
      visit(property, [...path, key]);
    }
    if (typeof found.additionalProperties === 'object') visit(found.additionalProperties, [...path, '*']);
    if (found.items !== undefined) visit(found.items, path);
    for (const one of [...(found.anyOf ?? []), ...(found.oneOf ?? [])]) visit(one, path);
  };
  visit(schema, []);
  return [...keys.values()];
}

function resolved(definitions: Readonly<Record<string, unknown>>, value: unknown): z.output<typeof node> {
  const parsed = node.parse(value);
  const name = parsed.$ref?.replace('#/$defs/', '');
  return name === undefined ? parsed : { ...node.parse(definitions[name]), ...parsed };
}
