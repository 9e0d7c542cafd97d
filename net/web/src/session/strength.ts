// How many guesses a password costs, estimated before it is taken (specs/access.md, section 2). The
// word lists are large and are fetched only where a password is chosen.
import { cleanLogin } from './vault'

/** Ten to this power; at the price of the vault's Argon2id a guesser with a thousand tries a second needs years for the next step. */
export const GUESSES_LOG10_MIN = 10
export const PASSWORD_LEN_MIN = 10
/** An estimate is worked out over this much; what is longer is at least as strong. */
const ESTIMATED_LEN_MAX = 64

export interface Strength { readonly log10: number; readonly isEnough: boolean }

const CYRILLIC = 'ёйцукенгшщзхъфывапролджэячсмитьбю'
const LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."

/** The keys under the Cyrillic letters: «пароль» is "gfhjkm", and that is how lists of passwords know it. */
export function onLatinKeys(text: string): string {
  return text.replace(/[ёа-я]/gi, (c) => {
    const latin = LATIN[CYRILLIC.indexOf(c.toLowerCase())] ?? c
    return c === c.toLowerCase() ? latin : latin.toUpperCase()
  })
}

type Check = (password: string, own: string[]) => number
let check: Promise<Check> | null = null

async function load(): Promise<Check> {
  const { ZxcvbnFactory, graphs, passwords, names } = await import('./strength-words')
  const estimator = new ZxcvbnFactory({ dictionary: { passwords, names }, graphs })
  return (password, own) => estimator.check(password, own).guessesLog10
}

/** `own`: what others know of the person, above all login and name. */
export async function strengthOf(password: string, own: readonly string[]): Promise<Strength> {
  const estimate = await (check ??= load().catch((error: unknown) => {
    check = null
    throw error
  }))
  const text = password.normalize('NFC').slice(0, ESTIMATED_LEN_MAX)
  const words = own.flatMap((w) => w.split(/[\s.]+/)).map(cleanLogin).filter((w) => w.length > 2)
  const log10 = Math.min(estimate(text, words), estimate(onLatinKeys(text), words.map(onLatinKeys)))
  return { log10, isEnough: [...password].length >= PASSWORD_LEN_MIN && log10 >= GUESSES_LOG10_MIN }
}
