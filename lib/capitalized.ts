/** A word as it begins a sentence, or the id of a construct. */
export const capitalized = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
