// What the build makes out of lists that are too large as they are (shell.config.ts).
declare module 'virtual:password-words' {
  export const passwords: string[]
  export const graphs: Record<string, Record<string, (string | null)[]>>
}
