/** A SQL identifier, quoted: names from files and specs are hostile until they went through here. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A SQL string literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
