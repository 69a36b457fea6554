/** The first line of a DuckDB message, without the paths of this machine. */
export const plainSentence = (message: string): string =>
  (message.split('\n')[0] ?? '')
    .replaceAll(/"[^"]*\/[^"]*"|'[^']*\/[^']*'|(?<!\w)\/\S+/g, 'the file')
    .slice(0, 300);
