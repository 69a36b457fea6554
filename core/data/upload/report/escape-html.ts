const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML text or attribute value. Control characters become visible pictures of themselves. */
export const escapeHtml = (text: string): string =>
  text
    .replace(/[&<>"']/g, character => ENTITIES[character] ?? '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
    .replace(/[\u0000-\u001f]/g, character => String.fromCharCode(0x2400 + character.charCodeAt(0)))
    // Direction overrides could make a value read as another one.
    .replace(/[\u202a-\u202e\u2066-\u2069\u007f]/g, '\uFFFD');
