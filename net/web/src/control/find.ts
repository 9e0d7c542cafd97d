// Searching a list: every word must be somewhere in what a row says.

export const wordsOf = (find: string): string[] => find.toLowerCase().split(/\s+/).filter((w) => w !== '')

export function hasWords(text: string, words: readonly string[]): boolean {
  const there = text.toLowerCase()
  return words.every((w) => there.includes(w))
}
