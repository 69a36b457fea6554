import * as z from 'zod';

const node = z.looseObject({
  description: z.string().optional(),
  default: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
});

export interface SchemaKey {
  /** Keys from the root; `*` for a name that the user chooses. */
  readonly path: string;
  readonly description: string | undefined;
  readonly default: unknown;
}

/** Every key that a JSON Schema allows, those within mappings by name and within lists too. */
export function keysOf(schema: unknown, path: readonly string[] = []): SchemaKey[] {
  const { properties = {}, additionalProperties, items, anyOf = [] } = node.parse(schema);
  const own = Object.entries(properties).flatMap(([key, value]) => {
    const { description, default: preset } = node.parse(value);
    return [
      { path: [...path, key].join('.'), description, default: preset },
      ...keysOf(value, [...path, key]),
    ];
  });
  const named = typeof additionalProperties === 'object' ? keysOf(additionalProperties, [...path, '*']) : [];
  const listed = items === undefined ? [] : keysOf(items, path);
  return [...own, ...named, ...listed, ...anyOf.flatMap(one => keysOf(one, path))];
}
