/** Control characters, which nobody sees, and marks of direction, which make text read as another text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
const INVISIBLE = /[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text from a file as a report shows it: what is invisible becomes a picture or a code. */
export const visibleText = (text: string): string =>
  text.replace(INVISIBLE, character => {
    const code = character.charCodeAt(0);
    return code < 0x20
      ? String.fromCharCode(0x2400 + code)
      : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
