/** Text from files and keys as a terminal may show it: control characters, which could move its cursor, are escaped. */
export const printable = (text: string): string =>
  text.replace(
    /\p{Cc}|\p{Cf}/gu,
    character => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
